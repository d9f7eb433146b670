"""What stands behind a parameter, as the command tree declares it for completion.

A word in angle brackets is not offered itself: `answer` puts in what is known when TAB is pressed.
"""

SESSIONS = "<sessions>"
LIVE_SESSIONS = "<live-sessions>"
CONTEXTS = "<contexts>"
FILES = "<files>"


def sessions() -> list[str]:
    """Offer every session."""
    return [SESSIONS]


def live_sessions() -> list[str]:
    """Offer the sessions that have not ended."""
    return [LIVE_SESSIONS]


def contexts() -> list[str]:
    """Offer the stored contexts."""
    return [CONTEXTS]


def statuses() -> list[str]:
    """Offer the documented words for a status."""
    return ["queued", "parked", "working", "completed", "failed", "stopped"]


def colors() -> list[str]:
    """Offer when colour is written."""
    return ["auto", "always", "never"]


def transports() -> list[str]:
    """Offer the ways to see a session."""
    return ["auto", "sse", "poll"]


def conditions() -> list[str]:
    """Offer what can end a watch; the time of the last one is an example."""
    return ["red", "yellow", "error", "loop", "idle=10m"]
