"""Acting on a session: plan what would happen, send once, observe what became of it."""
