"""Look at, follow and steer one run of a coding agent from the terminal."""

# A literal, because reading it from the installed metadata costs 50 ms at every start.
__version__ = "0.1.0"
