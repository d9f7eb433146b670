"""What the facts about one session mean: pure functions, no terminal, no network, no clock."""
