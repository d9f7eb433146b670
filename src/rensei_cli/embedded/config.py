"""What may be set about an embedded platform."""

from dataclasses import dataclass, field
from pathlib import Path

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """How long, in milliseconds, before a health signal is active.

    The defaults are those of the open-source supervisor.
    """

    long_running_ms: int = 2_700_000
    stale_heartbeat_ms: int = 90_000
    tool_loop_ms: int = 600_000
    claim_ms: int = 300_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Where an embedded platform listens, what it keeps and by which times it judges.

    `data` is the folder of the database (the user's data folder when `None`), `in_memory` keeps
    nothing at all. A claim outlives its worker's last heartbeat by `claim_ttl_seconds`; 180 is
    when the open-source supervisor gives a worker up for dead. `log` is the file to which every
    act of a worker or an operator is added as a line of JSON.
    """

    host: str = "127.0.0.1"
    port: int = 0
    data: Path | None = None
    in_memory: bool = False
    thresholds: Thresholds = field(default_factory=Thresholds)
    claim_ttl_seconds: float = 180.0
    tick_seconds: float = 1.0
    keep_alive_seconds: float = 10.0
    stream_buffer: int = 256
    project: str = "demo"
    log: Path | None = None

    def __post_init__(self) -> None:
        if self.host not in LOOPBACK:
            raise ValueError(
                f"The embedded platform listens on this machine only, not on {self.host}."
            )
