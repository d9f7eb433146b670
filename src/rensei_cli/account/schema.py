"""The JSON that `rensei auth … --json` prints, as types; no field ever holds a secret.

Adding a field keeps a version, removing or renaming raises it.
"""

from typing import Any, Literal

from typing_extensions import TypedDict  # comes with pydantic, which needs this one before 3.12


class ContextDocument(TypedDict):
    """A stored context; `secret` is where its key is kept, as far as this program keeps it."""

    name: str
    active: bool
    url: str | None
    org: str | None
    project: str | None
    kind: str | None
    secret: Literal["keyring", "file", "none"]
    origin: Literal["rensei", "official"]


class OrganisationDocument(TypedDict):
    """The organisation that a credential acts in."""

    id: str | None
    name: str | None
    slug: str | None
    plan: str | None


class ProjectDocument(TypedDict):
    """A project that a credential sees."""

    id: str | None
    name: str | None
    slug: str | None


class IdentityDocument(TypedDict):
    """Whose credential it is, and what it may do, in the server's words."""

    org: OrganisationDocument | None
    projects: list[ProjectDocument]
    scopes: list[str]


class ChoiceDocument(TypedDict):
    """A value and what decided it: an option, a variable, a context, or the default."""

    value: str
    source: str


class CredentialDocument(TypedDict):
    """Where the credential came from, what it looks like, and how it ends."""

    source: str
    kind: str | None
    ending: str | None
    endsAt: str | None


class StatusDocument(TypedDict):
    """What `auth status --json` prints; `error` is the reason for any state but the first two."""

    schema: Literal["rensei.auth-status/1"]
    state: Literal["valid", "unchecked", "invalid", "missing", "unknown"]
    server: ChoiceDocument
    context: str | None
    org: ChoiceDocument | None
    project: ChoiceDocument | None
    credential: CredentialDocument | None
    identity: IdentityDocument | None
    notes: list[str]
    error: dict[str, Any] | None


class ContextsDocument(TypedDict):
    """What `auth list --json` prints; `hidden` has the official client's names that ours have."""

    schema: Literal["rensei.auth-list/1"]
    active: str | None
    contexts: list[ContextDocument]
    hidden: list[str]


class LoginDocument(TypedDict):
    """What `auth login --json` prints."""

    schema: Literal["rensei.auth-login/1"]
    context: ContextDocument
    replaced: bool
    checked: bool
    identity: IdentityDocument | None
    notes: list[str]


class UseDocument(TypedDict):
    """What `auth use --json` prints."""

    schema: Literal["rensei.auth-use/1"]
    context: ContextDocument
    previous: str | None
    notes: list[str]


class LogoutDocument(TypedDict):
    """What `auth logout --json` prints; `removed` is `null` where nothing was stored."""

    schema: Literal["rensei.auth-logout/1"]
    removed: str | None
    secretRemoved: bool
    active: str | None
    notes: list[str]
