"""Whose credential it is, as `GET /api/cli/whoami` tells it."""

from typing import Annotated

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic import PlainValidator as Reader
from pydantic.alias_generators import to_camel

from rensei_cli.api import reading
from rensei_cli.api.answer import Answer

Word = Annotated[str | None, Reader(reading.word)]


class _Wire(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, defer_build=True, extra="allow", frozen=True
    )


def _mapping_or_none(value: object) -> object:
    return value if isinstance(value, dict) else None


def _mappings(value: object) -> object:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _words(value: object) -> object:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _handle(slug: str | None, name: str | None) -> str | None:
    """Give the first that can stand in a header, as it is to be sent back."""
    return next((it for it in (slug, name) if it and it.isascii() and it.isprintable()), None)


class Organisation(_Wire):
    """The organisation that a credential acts in."""

    id: Word = None
    name: Word = None
    slug: Word = None
    plan: Word = None

    @property
    def handle(self) -> str | None:
        """What stands in `--org`: the slug, or else the id."""
        return _handle(self.slug, self.id)


class Project(_Wire):
    """A project that a credential sees."""

    id: Word = None
    name: Word = None
    slug: Word = None

    @property
    def handle(self) -> str | None:
        """What stands in `--project`: the slug, or else the id."""
        return _handle(self.slug, self.id)


class Identity(_Wire):
    """Whose credential it is, and what it may do."""

    org: Annotated[Organisation | None, BeforeValidator(_mapping_or_none)] = None
    projects: Annotated[tuple[Project, ...], BeforeValidator(_mappings)] = ()
    scopes: Annotated[tuple[str, ...], BeforeValidator(_words)] = ()
    # No source publishes it; the official client's contexts have such a field.
    kind: Word = Field(default=None, validation_alias=AliasChoices("kind", "tokenKind", "keyKind"))


def read_identity(answer: Answer) -> Identity:
    """Give whose credential it is, or a `ContractError`."""
    body = answer.json()
    if not isinstance(body, dict) or not {"org", "projects", "scopes"} & body.keys():
        raise answer.contract_error("the identity of a caller")
    return Identity.model_validate(body)
