"""The embedded platform: a Rensei server's rules on one machine, spoken from its own literals."""
