"""The JSON that acts print with `--json`, as types: `docs/schemas` is made from them.

Keys are camelCase as on the wire. Adding a field keeps a version, removing or renaming raises it.
"""

from typing import Any, Literal

from typing_extensions import TypedDict  # comes with pydantic, which needs this one before 3.12

from rensei_cli.session.schema import EntryDocument


class _Act(TypedDict):
    """What every act tells.

    `doubt` is why its answer does not say whether it arrived, `newStatus` is `null` where the
    session could not be read afterwards.
    """

    session: str
    identifier: str | None
    previousStatus: str | None
    newStatus: str | None
    doubt: str | None


class _Recorded(_Act):
    """What a server may write into the remediation history.

    `remediationReported` is `false` where it reports no history, `null` where none was read since.
    """

    remediation: EntryDocument | None
    remediationReported: bool | None
    waitedSeconds: float


class StopDocument(_Recorded):
    """What `session stop --json` prints.

    `stage` is how far it came: `planned` was not sent, `ended` found the session over, `requested`
    was sent, `accepted` was taken by the server, `confirmed` was seen to have ended and fallen
    silent. `changed` says whether the session ended by this act; `pending` is what the server
    said it still waits for. `workerSilentSeconds` is a number where the worker had been silent for
    too long when the session ended: nobody has shown that its agent's process ended.
    """

    schema: Literal["rensei.stop/1"]
    stage: Literal["planned", "ended", "requested", "accepted", "confirmed"]
    changed: bool
    pending: str | None
    receipt: dict[str, Any] | None
    workerSilentSeconds: float | None
    lastActivityAt: str | None


class ReleaseDocument(_Recorded):
    """What `session release-claim --json` prints; `released` is `null` where nobody can tell.

    `objection` is why a release that was only planned would be refused; `fate` is what became of
    the session, `unknown` where the server does not tell who holds it. `heartbeatSecondsAgo` is how
    long the former holder had not been heard of: its agent may still run.
    """

    schema: Literal["rensei.release-claim/1"]
    sent: bool
    objection: str | None
    released: bool | None
    fate: Literal["queued", "claimed", "ended", "unchanged", "unknown"]
    heartbeatSecondsAgo: float | None
    previousWorkerId: str | None
    newWorkerId: str | None


class PromptDocument(_Act):
    """What `session prompt --json` prints; `delivered` is `null` where nobody can tell.

    `restarts` says that the session had ended, so that the prompt queued it again; the same
    `idempotencyKey` again is the same prompt.
    """

    schema: Literal["rensei.prompt/1"]
    sent: bool
    delivered: bool | None
    restarts: bool
    promptId: str | None
    disposition: str | None
    refusal: str | None
    recovery: str | None
    idempotencyKey: str
