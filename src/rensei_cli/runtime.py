"""What a command may touch, made when it is first needed."""

import io
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, TextIO

from rensei_cli.options import GlobalOptions, TimeStyle
from rensei_cli.output import Output
from rensei_cli.settings import Settings, resolve, wanted_color, wants_a11y, wants_json

if TYPE_CHECKING:
    from rensei_cli.api.client import Client, Limits
    from rensei_cli.render.marks import Look


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(kw_only=True)
class Runtime:
    """The world of one call; a test hands in another clock, environment or network."""

    environ: Mapping[str, str]
    options: GlobalOptions = field(default_factory=GlobalOptions)
    # A stream that was closed before the start is `None`: reading it ends, writing is in vain.
    stdin: TextIO = field(default_factory=lambda: sys.stdin or io.StringIO())
    stdout: TextIO = field(default_factory=lambda: sys.stdout or io.StringIO())
    stderr: TextIO = field(default_factory=lambda: sys.stderr or io.StringIO())
    now: Callable[[], datetime] = _now
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    limits: "Limits | None" = None

    @cached_property
    def settings(self) -> Settings:
        """Where to go and as whom; telling what was assumed is part of finding out."""
        settings = resolve(self.options, self.environ, self.stdin)
        output = self._output(settings)
        for notice in settings.notices:
            output.notice(f"rensei: {notice}")
        credential = settings.credential.source if settings.credential else "none"
        output.decision(
            f"server {settings.url} from {settings.url_source}; credential: {credential}"
        )
        return settings

    @cached_property
    def output(self) -> Output:
        """The streams, as the settings want them."""
        return self._output(self.settings)

    @cached_property
    def client(self) -> "Client":
        """The shared API client."""
        from rensei_cli.api.client import Client

        return Client(
            self.settings,
            now=self.now,
            sleep=self.sleep,
            trace=self.output.decision if self.settings.debug else None,
            notice=lambda why: self.output.notice(f"rensei: {why}"),
            limits=self.limits,
        )

    def watching_client(self, patience_seconds: float | None = None) -> "Client":
        """Give a client that tries once: who looks again and again decides itself when.

        Nothing is waited for longer than `patience_seconds`, where they are given.
        """
        from rensei_cli.api.client import Client, Limits

        limits = self.limits or Limits()
        return Client(
            self.settings,
            now=self.now,
            trace=self.output.decision if self.settings.debug else None,
            limits=limits if patience_seconds is None else limits.within(patience_seconds),
            tries=1,
        )

    def again(self, command: str) -> str:
        """Give a command to copy, such as `session show ID`, for the server of this call."""
        from rensei_cli.again import repeated

        return repeated(f"rensei {command}", self.options)

    def look(self, times: TimeStyle = TimeStyle.relative) -> "Look":
        """Give how views are drawn for this caller."""
        from rensei_cli.render.marks import Look

        return Look(times=times, a11y=self.words)

    @property
    def words(self) -> bool:
        """Whether words stand for symbols: they are wanted, or stdout cannot write the symbols."""
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"
        try:
            "✓✗●○–╭".encode(encoding)
        except (UnicodeEncodeError, LookupError):
            return True
        return wants_a11y(self.options, self.environ)

    def plain_output(self, *, as_json: bool = False) -> Output:
        """Give streams that need no settings, for what fails before there are any."""
        return Output(
            stdout=self.stdout,
            stderr=self.stderr,
            environ=self.environ,
            as_json=as_json or wants_json(self.options, self.environ),
            color=wanted_color(self.options, self.environ),
        )

    def _output(self, settings: Settings) -> Output:
        return Output(
            stdout=self.stdout,
            stderr=self.stderr,
            environ=self.environ,
            as_json=settings.json,
            color=settings.color,
            verbose=settings.verbose,
        )

    def close(self) -> None:
        """Let go of what was opened."""
        if "client" in self.__dict__:
            self.client.close()
