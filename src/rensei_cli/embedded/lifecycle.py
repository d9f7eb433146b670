"""The state machine of a session, and the words the public hears."""

LIVE = ("pending", "claimed", "running", "finalizing")
HELD = ("claimed", "running", "finalizing")
TERMINAL = ("completed", "failed", "stopped")

_NEXT = {
    "pending": {"claimed", "stopped"},
    "claimed": {"running", "stopped", "pending"},
    "running": {"finalizing", "failed", "stopped", "pending"},
    "finalizing": {"completed", "failed", "stopped", "pending"},
    "completed": {"pending"},
    "failed": {"pending"},
    "stopped": {"pending"},
}


def allows(status: str, target: str) -> bool:
    """Tell whether a session may go from one status to another; operators may override."""
    return target in _NEXT.get(status, ())


def entry(status: str, parked: bool) -> str:
    """Give the word of the lifecycle: the machine's own, with waiting told apart."""
    if status != "pending":
        return status
    return "parked" if parked else "queued"


def public(status: str, parked: bool) -> str:
    """Give the word of the public status: everything a worker holds is `working`."""
    return "working" if status in HELD else entry(status, parked)
