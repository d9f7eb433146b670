"""A watch as lines: one for each piece of news, folded, marked and cut to the width."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import NamedTuple

from rensei_cli.api.activity import Activity
from rensei_cli.render.content import PIPE_CHARACTERS, called, folded, said, whole
from rensei_cli.render.diff import edit_lines
from rensei_cli.render.marks import FAILED, Look, Mark, activity_mark, status_mark
from rensei_cli.render.news import sentences
from rensei_cli.render.paint import Paint, fit, wrapped
from rensei_cli.render.text import one_line, tool_name
from rensei_cli.session.loops import is_call
from rensei_cli.watch.events import Acted, Event, Remediated, Started
from rensei_cli.watch.repeats import LOOP_CALLS, Repeat, Repeats

_DIFF_LINES = 12
_NARROW = 60
_TIME_CELLS = 9
_WORD_CELLS = 10
_LOOP = Mark("↻", "repeated", "yellow")
_ASIDE = Mark("", "", "bright_black")
_PLAIN = Look()


class Fold(NamedTuple):
    """A call that is repeated, and how many of its repetitions were not drawn yet."""

    activity: Activity
    repeat: Repeat
    hidden: int
    before: Activity | None = None


class Lines:
    """Turns events into finished lines; remembers only the repetition it is folding."""

    def __init__(
        self,
        paint: Paint,
        look: Look = _PLAIN,
        width: int | None = None,
        *,
        full: bool = False,
        compact: bool = False,
        zone: tzinfo | None = None,
    ) -> None:
        self.paint, self.look, self.width = paint, look, width
        self._full, self._compact, self._zone = full, compact, zone
        self._repeats = Repeats()
        self._fold: Fold | None = None
        self._call: Activity | None = None
        self._second: tuple[datetime | None, str] = (None, "")

    def draw(self, events: Iterable[Event]) -> list[str]:
        """Give the lines for events."""
        drawn: list[str] = []
        for event in events:
            drawn += self._acted(event.activity) if isinstance(event, Acted) else self._news(event)
        return drawn

    def rest(self) -> list[str]:
        """Give what is still folded away, before something else is said."""
        fold, self._fold = self._fold, None
        return [self._folded(fold)] if fold and fold.hidden else []

    def aside(self, text: str) -> list[str]:
        """Give what is told beside the session itself."""
        return self._say(_ASIDE, text)

    @property
    def folding(self) -> str:
        """The repetition that is going on, for the status line."""
        fold = self._fold
        if fold is None or not fold.repeat.is_loop:
            return ""
        return f"{_sign(_LOOP, self.look)} {fold.repeat.calls}× {called(fold.activity)}"

    def _news(self, event: Event) -> list[str]:
        at = event.entry.at if isinstance(event, Remediated) else None
        news = self._started(event) if isinstance(event, Started) else []
        for mark, text in sentences(event, self.look):
            news += self._say(mark, text, at)
        return [*self.rest(), *news] if news else []

    def _acted(self, activity: Activity) -> list[str]:
        repeat = self._repeats.see(activity)
        if repeat is None:
            return [*self.rest(), *self._activity(activity)]
        before, self._call = self._call, activity
        if not repeat.is_folded or self._full:
            rest, self._fold = self.rest(), Fold(activity, repeat, 0)
            return [*rest, *self._activity(activity)]
        hidden = self._fold.hidden + 1 if self._fold else 1
        self._fold = Fold(activity, repeat, hidden, before)
        if repeat.calls != LOOP_CALLS * repeat.period:
            return []
        rest, self._fold = self.rest(), Fold(activity, repeat, 0, before)
        return rest

    def _activity(self, activity: Activity) -> list[str]:
        mark = activity_mark(activity.type)
        head, used = self._head(activity.at, mark)
        prefix, lead = "", used
        if activity.tool:
            name = f"{tool_name(activity.tool)} "
            prefix, lead = self.paint(name, "bold"), lead + len(name)
        if activity.is_error and activity.type != "error":
            failed = f"{_sign(FAILED, self.look)} "
            prefix, lead = prefix + self.paint(failed, "red"), lead + len(failed)
        style = "" if activity.type == "action" else mark.style
        room = self._room(lead)
        first, *more = self._content(activity, room)
        drawn = [f"{head}{prefix}{self.paint(fit(first, room), style)}"]
        indent, room = " " * used, self._room(used)
        drawn += [indent + self.paint(fit(line, room), style) for line in more]
        if not self._compact and is_call(activity):
            drawn += [indent + line for line in self._effects(activity, room)]
        return drawn

    def _content(self, activity: Activity, room: int) -> list[str]:
        """Give as much of a content as is shown, at least one line."""
        if self._full:
            return whole(said(activity)) or [""]
        columns = None if self.width is None else room
        return folded(activity.type, said(activity), compact=self._compact, columns=columns)

    def _effects(self, activity: Activity, room: int) -> list[str]:
        """Give an edit as a diff, and with `--full` what a tool gave back."""
        changed = edit_lines(activity)
        limit = len(changed) if self._full else _DIFF_LINES
        drawn = [self.paint(fit(line, room), style) for line, style in changed[:limit]]
        if len(changed) > limit:
            drawn.append(self.paint(f"… {len(changed) - limit} more (--full)", "bright_black"))
        if self._full and activity.tool_output and not changed:
            drawn += [self.paint(line, "bright_black") for line in whole(activity.tool_output)]
        return drawn

    def _head(self, at: datetime | None, mark: Mark) -> tuple[str, int]:
        """Give time, mark and word of a line, and how many cells they take."""
        time = self._time(at) if at else "   –    "
        narrow = self.width is not None and self.width < _NARROW
        word, cells = _word(mark, self.paint, narrow=narrow, a11y=self.look.a11y)
        return f"{self.paint(time, 'bright_black')} {word}", _TIME_CELLS + cells

    def _folded(self, fold: Fold) -> str:
        head, used = self._head(fold.activity.at, _LOOP)
        style = "yellow" if fold.repeat.is_loop else ""
        text = f"{fold.repeat.calls}× {called(fold.activity)}"
        if fold.repeat.period > 1 and fold.before is not None:
            text = f"{fold.repeat.calls}× in turn: {called(fold.before)}, {called(fold.activity)}"
        return head + self.paint(fit(text, self._room(used)), style)

    def _started(self, event: Started) -> list[str]:
        session, mark = event.session, status_mark(event.status)
        title = session.issue_title if session.issue_title != session.identifier else None
        parts = [session.identifier, title, session.id, session.provider]
        text = "  ".join(one_line(part) for part in parts if part)
        sign = mark.word if self.look.a11y else f"{mark.symbol} {mark.word}"
        first, *more = wrapped(f"{sign}  {text}", self.width)
        return [self.paint(first[: len(sign)], mark.style) + first[len(sign) :], *more]

    def _say(self, mark: Mark, text: str, at: datetime | None = None) -> list[str]:
        """Give a sentence below the times, or beside its own, on as many lines as it needs."""
        sentence = f"{_sign(mark, self.look)} {one_line(text)}".strip()
        indent = 0 if self.look.a11y and not at else _TIME_CELLS
        first, *more = wrapped(sentence, self.width, indent)
        time = f"{self.paint(self._time(at), 'bright_black')} " if at else first[:indent]
        lines = [time + self.paint(first[indent:], mark.style)]
        return lines + [self.paint(line, mark.style) for line in more]

    def _time(self, at: datetime) -> str:
        """Give the time of day; a burst has many activities in one second."""
        second = at.replace(microsecond=0)
        if second != self._second[0]:
            self._second = second, at.astimezone(self._zone).strftime("%H:%M:%S")
        return self._second[1]

    def _room(self, used: int) -> int:
        if self._full:
            return 1 << 30
        return max(8, (self.width or PIPE_CHARACTERS + used) - used)


@lru_cache(maxsize=64)  # there are six types of activity, and now and then another
def _word(mark: Mark, paint: Paint, *, narrow: bool, a11y: bool) -> tuple[str, int]:
    """Give a mark with its word where there is room for it, and the cells both take."""
    if narrow and not a11y:
        return f"{paint(mark.symbol, mark.style)} ", 2
    word = f"{mark.word if a11y else f'{mark.symbol} {mark.word}':<{_WORD_CELLS}} "
    return paint(word, mark.style), len(word)


def _sign(mark: Mark, look: Look) -> str:
    return mark.word if look.a11y else mark.symbol
