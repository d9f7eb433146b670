"""A session over time: one feed from several sources, nothing lost without saying so."""
