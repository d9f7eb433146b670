"""Finding in the remediation history what an act left there."""

from collections.abc import Sequence
from typing import Any

from rensei_cli.api.redaction import redacted
from rensei_cli.api.reports import RemediationEntry
from rensei_cli.session.snapshot import Snapshot


def recorded(
    word: str,
    reason: str | None,
    before: Snapshot,
    after: Sequence[RemediationEntry] | None,
) -> RemediationEntry | None:
    """Give the newest entry of an act of ours: new, of its action, with our reason if with any.

    Somebody else may have acted in the same moment, and servers name an action differently: `word`
    is what their names have in common.
    """
    ours = [
        entry
        for entry in after or ()
        if _is_new(entry, before)
        and word in entry.action.lower()
        and entry.reason in {None, reason}
        and (entry.source or "cli").lower() == "cli"
    ]
    return _without_secrets(ours[-1]) if ours else None


def _is_new(entry: RemediationEntry, before: Snapshot) -> bool:
    """Tell whether an entry came after a snapshot, which may not have known the history at all."""
    if before.remediation is None:
        return entry.at is not None and entry.at >= before.now
    return entry not in before.remediation


def _without_secrets(entry: RemediationEntry) -> RemediationEntry:
    told = entry._asdict().items()
    shown: dict[str, Any] = {
        name: redacted(value) for name, value in told if isinstance(value, str)
    }
    return entry._replace(**shown)
