"""What every act is planned with."""

from dataclasses import dataclass

from rensei_cli.session.snapshot import Snapshot

_NAME_CHARACTERS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be acted on, as its server told it; `key` names this one act."""

    session_id: str
    snapshot: Snapshot
    key: str

    @property
    def name(self) -> str:
        """The issue, or the id where there is none that a person could read out and type."""
        told = self.snapshot.session.identifier or ""
        typable = told.isprintable() and 0 < len(told) <= _NAME_CHARACTERS
        return told if typable else self.session_id
