"""A JSON object of the wire as a lenient value that keeps all that was sent.

A field is read when it is first asked for: what is not shown is not converted, and no library is
loaded to say what a field is.
"""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

from rensei_cli.api.reading import first

T = TypeVar("T")


class Field(Generic[T]):
    """A field of a wire object: how it is read, and its names there, the likeliest first.

    Without a name it is called as in Python, but in camel case. A reader takes any JSON value and
    gives `None` for one that cannot be true.
    """

    def __init__(self, read: Callable[[Any], T], *names: str) -> None:
        self.names = names
        self._read = read

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name
        self.names = self.names or (_camel(name),)

    @overload
    def __get__(self, wire: None, _owner: object) -> Self: ...
    @overload
    def __get__(self, wire: "Wire", _owner: object) -> T: ...
    def __get__(self, wire: "Wire | None", _owner: object) -> "Self | T":
        if wire is None:
            return self
        # From now on the value is found there before this is asked.
        found: T = wire.__dict__.setdefault(self._name, self._read(first(wire.raw, *self.names)))
        return found


class Wire:
    """A JSON object with the fields that its class names, and all the others in `raw`."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.raw == self.raw

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.raw!r})"

    @classmethod
    def fields(cls) -> dict[str, Field[Any]]:
        """Give the fields by their names in Python."""
        return {name: field for name, field in vars(cls).items() if isinstance(field, Field)}

    def sends(self, name: str) -> bool:
        """Whether a field was sent, by its name in Python; `null` was, and cannot be read."""
        return any(key in self.raw for key in self.fields()[name].names)

    def but(self, **raw: object) -> Self:
        """Give the same object with other values, by their names on the wire."""
        return type(self)({**self.raw, **raw})


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(map(str.capitalize, tail))
