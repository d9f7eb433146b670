"""The three screens of a watch: lines with a pinned one below, lines alone, JSON lines."""
