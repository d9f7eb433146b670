"""The embedded platform: the real rules of a Rensei server on one machine, spoken from its own literals."""
