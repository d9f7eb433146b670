"""What a person types: parameters in, one call of the layers below, a result out."""
