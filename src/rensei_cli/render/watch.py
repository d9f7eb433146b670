"""A watch as lines: one for each piece of news, folded, marked and cut to the width."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from rensei_cli.api.activity import Activity
from rensei_cli.render.activity import tool_name
from rensei_cli.render.diff import edit_lines
from rensei_cli.render.health import LABELS, evidence, signal_mark
from rensei_cli.render.history import told
from rensei_cli.render.paint import Paint, fit
from rensei_cli.render.text import clean, one_line
from rensei_cli.render.theme import LEVELS, Look, Mark, activity_mark, status_mark
from rensei_cli.session.health import Health
from rensei_cli.session.loops import arguments, is_call
from rensei_cli.session.signals import State
from rensei_cli.watch.events import (
    Acted,
    Cause,
    Event,
    Gap,
    HealthChanged,
    Remediated,
    Started,
    StatusChanged,
)
from rensei_cli.watch.repeats import LOOP_CALLS, Repeat, Repeats

# What is shown of long content before `--full` is needed, in lines.
_FOLDED_LINES = {"response": 6, "error": 6, "thought": 2}
_DIFF_LINES = 12
# Without a terminal there is no width; a line of a log is cut here.
_PIPE_CHARACTERS = 200
_NARROW = 60
_LOOP = Mark("↻", "repeated", "yellow")
_NEWS = Mark("◆", "now", "bold")
_HOLE = Mark("!", "missing", "yellow")


@dataclass(slots=True)
class Fold:
    """A call that is repeated, and how many of its repetitions were not drawn yet."""

    activity: Activity
    repeat: Repeat
    hidden: int


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

    def draw(self, events: Iterable[Event]) -> list[str]:
        """Give the lines for events."""
        return [line for event in events for line in self._event(event)]

    def rest(self) -> list[str]:
        """Give what is still folded away, before something else is said."""
        fold, self._fold = self._fold, None
        return [self._folded(fold)] if fold and fold.hidden else []

    @property
    def folding(self) -> str:
        """The repetition that is going on, for the status line."""
        if self._fold is None or not self._fold.repeat.is_loop:
            return ""
        return f"↻ {_called(self._fold.activity)} ×{self._fold.repeat.calls}"

    def _event(self, event: Event) -> Iterator[str]:
        if isinstance(event, Acted):
            yield from self._acted(event.activity)
            return
        news = list(self._news(event))
        if news:
            yield from self.rest()
            yield from news

    def _acted(self, activity: Activity) -> Iterator[str]:
        repeat = self._repeats.see(activity)
        if repeat and repeat.is_folded and not self.full:
            hidden = self._fold.hidden + 1 if self._fold else 1
            self._fold = Fold(activity, repeat, hidden)
            if repeat.calls == LOOP_CALLS * repeat.period:
                yield from self.rest()
                self._fold = Fold(activity, repeat, 0)
            return
        yield from self.rest()
        if repeat:
            self._fold = Fold(activity, repeat, 0)
        yield from self._activity(activity)

    def _activity(self, activity: Activity) -> Iterator[str]:
        mark = activity_mark(activity.type)
        head = self._head(activity.at, mark)
        indent = " " * head[1]
        body, style = _said(activity), mark.style if activity.type != "action" else ""
        lines = self._lines(activity, body)
        tool = f"{tool_name(activity.tool)} " if activity.tool and is_call(activity) else ""
        failed = "✗ " if activity.is_error and activity.type != "error" else ""
        room = self._room(head[1] + len(tool) + len(failed))
        first = self.paint(fit(lines[0], room), style)
        yield head[0] + self.paint(tool, "bold") + self.paint(failed, "red") + first
        for line in lines[1:]:
            yield indent + self.paint(fit(line, self._room(head[1])), style)
        if not self.compact:
            yield from self._aside(activity, indent)

    def _lines(self, activity: Activity, body: str) -> list[str]:
        if self.full:
            return clean(body).expandtabs(4).splitlines() or [""]
        shown = 1 if self.compact else _FOLDED_LINES.get(activity.type, 1)
        if shown == 1:
            return [one_line(body[: 4 * _PIPE_CHARACTERS])]
        parts = body.lstrip().split("\n", shown)
        lines = [one_line(part[: 8 * _PIPE_CHARACTERS]) for part in parts[:shown]]
        more = parts[shown].count("\n") + 1 if len(parts) > shown and parts[shown].strip() else 0
        return [*lines, f"… {more} more lines (--full)"] if more else lines

    def _aside(self, activity: Activity, indent: str) -> Iterator[str]:
        if not is_call(activity):
            return
        changed = edit_lines(activity)
        limit = len(changed) if self.full else _DIFF_LINES
        for line, style in changed[:limit]:
            yield indent + self.paint(fit(line, self._room(len(indent))), style)
        if len(changed) > limit:
            yield indent + self.paint(f"… {len(changed) - limit} more (--full)", "bright_black")
        if self.full and activity.tool_output and not changed:
            for line in clean(activity.tool_output).expandtabs(4).splitlines():
                yield indent + self.paint(line, "bright_black")

    def _head(self, at: datetime | None, mark: Mark) -> tuple[str, int]:
        """Give time, mark and word of a line, and how many cells they take."""
        time = at.astimezone(self.zone).strftime("%H:%M:%S") if at else "   –    "
        if self.width is not None and self.width < _NARROW and not self.look.a11y:
            return f"{self.paint(time, 'bright_black')} {self.paint(mark.symbol, mark.style)} ", 11
        word = mark.word if self.look.a11y else f"{mark.symbol} {mark.word}"
        padded = f"{word:<10} "
        return f"{self.paint(time, 'bright_black')} {self.paint(padded, mark.style)}", 20

    def _folded(self, fold: Fold) -> str:
        each = "times" if fold.repeat.period == 1 else "calls in turn"
        head, used = self._head(fold.activity.at, _LOOP)
        style = "yellow" if fold.repeat.is_loop else ""
        text = f"{_called(fold.activity)} {fold.repeat.calls} {each}"
        return head + self.paint(fit(text, self._room(used)), style)

    def _news(self, event: Event) -> Iterator[str]:
        match event:
            case StatusChanged(before, after):
                mark = status_mark(after)
                yield self._say(mark, f"{one_line(before or '?')} → {one_line(after)}{_why(event)}")
            case HealthChanged(health, before):
                yield from self._health(health, before)
            case Remediated(entry):
                yield self._say(_NEWS, told(entry, self.look).plain.replace("\n", ": "))
            case Gap(_, before, missed, Cause.late_start):
                yield self._say(
                    _HOLE, f"{missed} older activities are no longer held (before {before})"
                )
            case Gap(after, before, missed, Cause.overflow):
                yield self._say(
                    _HOLE, f"{missed} activities were lost between {after} and {before}"
                )
            case Gap(after, before, missed, _):
                lost = f", {missed} of the new ones lost" if missed else ""
                yield self._say(_HOLE, f"the server counts anew after {after}: now {before}{lost}")
            case Started():
                yield from self._started(event)
            case _:
                pass

    def _started(self, event: Started) -> Iterator[str]:
        session = event.session
        mark = status_mark(event.status)
        title = session.issue_title if session.issue_title != session.identifier else None
        parts = [session.identifier, title, session.id, session.provider]
        text = "  ".join(one_line(part) for part in parts if part)
        status = mark.word if self.look.a11y else f"{mark.symbol} {mark.word}"
        yield f"{self.paint(status, mark.style)}  {text}"

    def _health(self, health: Health, before: Health | None) -> Iterator[str]:
        mark = LEVELS[health.level]
        origin = "" if health.source == "server" else " (estimated)"
        known = {signal.name: signal.state for signal in before.signals} if before else {}
        changed = [
            signal
            for signal in health.signals
            if known.get(signal.name, State.clear) is not signal.state
            and State.active in {signal.state, known.get(signal.name)}
        ]
        if before is None and not changed:
            return
        for signal in changed:
            sign = signal_mark(signal)
            state = "" if signal.state is State.active else f" {sign.word}"
            facts = evidence(signal)
            text = f"health {health.level}{origin}: {LABELS.get(signal.name, clean(signal.name))}"
            yield self._say(mark, f"{text}{state}{' — ' if facts else ''}{facts}")
        if not changed and before is not None and before.level is not health.level:
            yield self._say(mark, f"health {health.level}{origin}")

    def _say(self, mark: Mark, text: str) -> str:
        word = mark.word if self.look.a11y else mark.symbol
        return f"{' ' * 9}{self.paint(f'{word} {one_line(text)}', mark.style)}"

    def _room(self, used: int) -> int:
        if self.full:
            return 1 << 30
        return max(8, (self.width or _PIPE_CHARACTERS + used) - used)


def _why(event: StatusChanged) -> str:
    back = event.before == "working" and event.after in {"queued", "parked"}
    return " (released and queued again, or finishing: the server calls both so)" if back else ""


def _said(activity: Activity) -> str:
    return arguments(activity) if is_call(activity) else activity.content


def _called(activity: Activity) -> str:
    return one_line(f"{tool_name(activity.tool or '')} {arguments(activity)[:_PIPE_CHARACTERS]}")
