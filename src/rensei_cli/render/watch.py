"""A watch as lines: one for each piece of news, folded, marked and cut to the width."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from rensei_cli.api import reading
from rensei_cli.api.activity import Activity
from rensei_cli.render.activity import tool_name
from rensei_cli.render.diff import edit_lines
from rensei_cli.render.news import sentences
from rensei_cli.render.paint import Paint, fit, wrapped
from rensei_cli.render.text import clean, one_line
from rensei_cli.render.theme import FAILED, Look, Mark, activity_mark, status_mark
from rensei_cli.session.loops import arguments, is_call, wording
from rensei_cli.watch.events import Acted, Event, Remediated, Started
from rensei_cli.watch.repeats import LOOP_CALLS, Repeat, Repeats

# What is shown of prose before `--full` is needed, in lines; of everything else it is one.
_FOLDED_LINES = {"response": 6, "error": 6, "thought": 2}
_DIFF_LINES = 12
# Without a terminal there is no width; a line of a log is cut here.
_PIPE_CHARACTERS = 200
_NARROW = 60
_TIME_CELLS = 9
_WORD_CELLS = 10
_TAB = 4
_LOOP = Mark("↻", "repeated", "yellow")


@dataclass(slots=True)
class Fold:
    """A call that is repeated, and how many of its repetitions were not drawn yet."""

    activity: Activity
    repeat: Repeat
    hidden: int
    before: Activity | None = None


@dataclass(slots=True)
class Lines:
    """Turns events into finished lines; remembers only the repetition it is folding."""

    paint: Paint
    look: Look = field(default_factory=Look)
    width: int | None = None
    full: bool = False
    compact: bool = False
    zone: tzinfo | None = None
    _repeats: Repeats = field(default_factory=Repeats)
    _fold: Fold | None = None
    _call: Activity | None = None

    def draw(self, events: Iterable[Event]) -> list[str]:
        """Give the lines for events."""
        return [line for event in events for line in self._event(event)]

    def rest(self) -> list[str]:
        """Give what is still folded away, before something else is said."""
        fold, self._fold = self._fold, None
        return [self._folded(fold)] if fold and fold.hidden else []

    def aside(self, text: str) -> list[str]:
        """Give what is told beside the session itself."""
        return self._say(Mark("", "", "bright_black"), text)

    @property
    def folding(self) -> str:
        """The repetition that is going on, for the status line."""
        fold = self._fold
        if fold is None or not fold.repeat.is_loop:
            return ""
        return f"{_sign(_LOOP, self.look)} {fold.repeat.calls}× {_called(fold.activity)}"

    def _event(self, event: Event) -> Iterator[str]:
        if isinstance(event, Acted):
            yield from self._acted(event.activity)
            return
        at = event.entry.at if isinstance(event, Remediated) else None
        news = [
            line for mark, text in sentences(event, self.look) for line in self._say(mark, text, at)
        ]
        if isinstance(event, Started):
            news = [*self._started(event), *news]
        if news:
            yield from self.rest()
            yield from news

    def _acted(self, activity: Activity) -> Iterator[str]:
        repeat = self._repeats.see(activity)
        if repeat is None:
            yield from self.rest()
            yield from self._activity(activity)
            return
        before, self._call = self._call, activity
        if not repeat.is_folded or self.full:
            yield from self.rest()
            self._fold = Fold(activity, repeat, 0)
            yield from self._activity(activity)
            return
        hidden = self._fold.hidden + 1 if self._fold else 1
        self._fold = Fold(activity, repeat, hidden, before)
        if repeat.calls == LOOP_CALLS * repeat.period:
            yield from self.rest()
            self._fold = Fold(activity, repeat, 0, before)

    def _activity(self, activity: Activity) -> Iterator[str]:
        mark = activity_mark(activity.type)
        head, used = self._head(activity.at, mark)
        call = is_call(activity)
        tool = f"{tool_name(activity.tool)} " if activity.tool else ""
        failed = f"{_sign(FAILED, self.look)} " if _failed(activity) else ""
        style = "" if activity.type == "action" else mark.style
        room = self._room(used + len(tool) + len(failed))
        lines = self._lines(activity, arguments(activity) if call else _said(activity), room)
        first = self.paint(fit(lines[0], room), style)
        yield head + self.paint(tool, "bold") + self.paint(failed, "red") + first
        indent = " " * used
        for line in lines[1:]:
            yield indent + self.paint(fit(line, self._room(used)), style)
        if call and not self.compact:
            yield from self._aside(activity, indent)

    def _lines(self, activity: Activity, body: str, room: int) -> list[str]:
        """Give as much of a content as is shown, at least one line."""
        if self.full:
            return clean(body).expandtabs(_TAB).splitlines() or [""]
        shown = 1 if self.compact else _FOLDED_LINES.get(activity.type, 1)
        if shown == 1:
            return [one_line(body[: 4 * _PIPE_CHARACTERS])]
        parts = body.strip().replace("\r\n", "\n").split("\n", shown)
        lines = [
            line
            for part in parts[:shown]
            for line in self._broken(part[: 2 * shown * _PIPE_CHARACTERS], room)
        ]
        hidden = parts[shown].count("\n") + 1 if len(parts) > shown else 0
        more = len(lines) - shown + hidden
        if more > 1 or hidden:
            lines[shown:] = [f"… {more} more {'line' if more == 1 else 'lines'} (--full)"]
        return lines

    def _broken(self, text: str, room: int) -> list[str]:
        """Give a line of prose on as many lines as a terminal needs; a log has no edge."""
        line = clean(text).expandtabs(_TAB).rstrip()
        if self.width is None or len(line) <= room:
            return [line]
        return wrapped(line.strip(), room, hanging=0)

    def _aside(self, activity: Activity, indent: str) -> Iterator[str]:
        """Give an edit as a diff, and with `--full` what a tool gave back."""
        changed = edit_lines(activity)
        limit = len(changed) if self.full else _DIFF_LINES
        room = self._room(len(indent))
        for line, style in changed[:limit]:
            yield indent + self.paint(fit(line, room), style)
        if len(changed) > limit:
            yield indent + self.paint(f"… {len(changed) - limit} more (--full)", "bright_black")
        if self.full and activity.tool_output and not changed:
            for line in clean(activity.tool_output).expandtabs(_TAB).splitlines():
                yield indent + self.paint(line, "bright_black")

    def _head(self, at: datetime | None, mark: Mark) -> tuple[str, int]:
        """Give time, mark and word of a line, and how many cells they take."""
        time = self.paint(self._time(at) if at else "   –    ", "bright_black")
        if self.width is not None and self.width < _NARROW and not self.look.a11y:
            return f"{time} {self.paint(mark.symbol, mark.style)} ", _TIME_CELLS + 2
        word = mark.word if self.look.a11y else f"{mark.symbol} {mark.word}"
        return f"{time} {self.paint(f'{word:<{_WORD_CELLS}} ', mark.style)}", (
            _TIME_CELLS + max(_WORD_CELLS, len(word)) + 1
        )

    def _folded(self, fold: Fold) -> str:
        head, used = self._head(fold.activity.at, _LOOP)
        style = "yellow" if fold.repeat.is_loop else ""
        text = f"{fold.repeat.calls}× {_called(fold.activity)}"
        if fold.repeat.period > 1 and fold.before is not None:
            text = f"{fold.repeat.calls}× in turn: {_called(fold.before)}, {_called(fold.activity)}"
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
        return at.astimezone(self.zone).strftime("%H:%M:%S")

    def _room(self, used: int) -> int:
        if self.full:
            return 1 << 30
        return max(8, (self.width or _PIPE_CHARACTERS + used) - used)


def _sign(mark: Mark, look: Look) -> str:
    return mark.word if look.a11y else mark.symbol


def _failed(activity: Activity) -> bool:
    return activity.is_error and activity.type != "error"


def _said(activity: Activity) -> str:
    value = reading.text(activity.raw.get("contextValue"))
    if activity.type == "context" and value is not None:
        return f"{activity.content} = {value}"
    return wording(activity) if activity.type == "action" else activity.content


def _called(activity: Activity) -> str:
    return one_line(f"{tool_name(activity.tool or '')} {arguments(activity)[:_PIPE_CHARACTERS]}")
