"""Activities in, activities out: each exactly once, in order, every hole with its size.

Two inputs tell the same story. A *read* is the truth of what the server holds and overlaps the
last one by one activity, so that a hole and a renumbering both show. The *stream* is a hint: what
continues the story is passed on at once, anything else waits for a read.
"""

from collections.abc import Iterable, Sequence

from rensei_cli.api.activity import Activity, number_of
from rensei_cli.watch.events import Cause, Gap
from rensei_cli.watch.held import Held
from rensei_cli.watch.identity import identity, in_order, named, those_after
from rensei_cli.watch.told import Told

Item = Activity | Gap


class Feed:
    """One session's activities from any number of overlapping, cut and repeated deliveries."""

    def __init__(self, cursor: str | None = None) -> None:
        self.needs_read = True
        self._told, self._held = Told(cursor), Held()
        self._asked_start = cursor is not None
        self._page: set[tuple[str, ...]] = set()
        # Whether the next read is to bring everything, and whether nothing continues before it.
        self._whole = self._unsure = False
        self._reads_tell = False
        self._doubted_at: int | None = None

    @property
    def cursor(self) -> str | None:
        """The id of the last activity that was passed on."""
        return self._told.cursor

    @property
    def in_doubt(self) -> bool:
        """Whether a read was ahead of a stream that may still bring what lies between."""
        return self._doubted_at is not None

    @property
    def counts(self) -> bool:
        """Whether the server numbers its activities, so that a hole has a size."""
        return self._told.counts

    @property
    def is_full(self) -> bool:
        """Whether the stream should wait for a read before it sends more."""
        return self._held.is_full

    @property
    def after(self) -> str | None:
        """The cursor of the next read: one before the last activity, `None` for everything."""
        if self._whole or self.cursor is None:
            return None
        number = number_of(self.cursor)
        if number is None:
            return self.cursor
        return str(number - 1) if number > 0 else None

    @property
    def recent(self) -> Sequence[Activity]:
        """The last activities that were passed on, oldest first."""
        return self._told.recent

    def read(
        self, activities: Sequence[Activity], after: str | None, *, streaming: bool = False
    ) -> list[Item]:
        """Give what is new in an answer to a read that was sent with the cursor `after`.

        While the session is `streaming`, an answer that is ahead of the stream is no proof of a
        loss: it is held, and believed when the stream has not moved until the next answer.
        """
        self.needs_read = self._unsure = False
        if not activities:
            return [*self._nothing(after), *self._drain()]
        self._reads_tell = True
        self._held.forget_unplaced()
        if any(item.number is None for item in activities) or self._told.is_named:
            return self._by_identity(activities)
        activities = in_order(activities)
        if streaming and self._is_ahead(activities):
            return self._doubt(activities)
        self._doubted_at = None
        begins = self._told.last_number is None
        found = self._first(activities) if begins else self._next(activities)
        return [*found, *self._drain()]

    def resume(self) -> None:
        """Note that the stream is another one, of a server that may have restarted and count anew.

        What it tells may only look like what comes next: a read, which overlaps, has to say so.
        """
        self._unsure = bool(self.recent)

    def live(self, activities: Iterable[Activity]) -> list[Activity]:
        """Give what continues the story; what does not is held until a read has decided."""
        found: list[Activity] = []
        last = self._told.last_number
        again = []
        for activity in activities:
            number = activity.number
            if last is not None and number == last + 1 and not self._unsure:
                found.append(activity)
                last = number
            elif number is None or last is None or number > last:
                self.needs_read = True
                self._held.put(activity)
            else:
                again.append(activity)
        self._told.add(found)
        if any(map(self._told.contradicts, again)):
            self.needs_read = True
        return [*found, *self._drain()] if found and self._held else found

    def unconfirmed(self) -> list[Item]:
        """Give what only the stream has told, when nothing more is to be expected of reads.

        Only where they never told anything: reads that do are believed about what they leave out.
        """
        if self._reads_tell:
            return []
        placed, unplaced = self._held.everything()
        known = self._page | self._told.names()
        fresh = [item for item in unplaced if named(item) not in known]
        found = self._contiguous(placed, self._told.last_number or 0) if placed else []
        self._told.add(fresh)
        return [*found, *fresh]

    def _is_ahead(self, activities: Sequence[Activity]) -> bool:
        """Whether there is a hole before an answer that the stream may be about to fill."""
        last, first = self._told.last_number, activities[0].number or 0
        told = 0 if last is None else last + 1 + self._held.count_before(first)
        return last is not None and first > told and self._doubted_at != last

    def _doubt(self, activities: Sequence[Activity]) -> list[Item]:
        self._doubted_at = self._told.last_number
        self.needs_read = True
        self._held.put_all(activities)
        return [*self._drain()]

    def _drain(self) -> list[Activity]:
        """Give what was held and continues the story now."""
        if self._unsure:
            return []
        found = self._held.following(self._told.last_number)
        self._told.add(found)
        # What still waits lies behind a hole that only another read can size.
        self.needs_read = self.needs_read or bool(self._held)
        return found

    def _nothing(self, after: str | None) -> list[Item]:
        """Judge an empty answer: with an overlap it must at least hold the last activity."""
        if self.cursor is None:
            self._told.begin()
        elif after is not None and not self._told.is_named and not self._whole:
            self._whole = True
            self.needs_read = True
        return []

    def _first(self, activities: Sequence[Activity]) -> list[Item]:
        first = activities[0].number or 0
        found: list[Item] = []
        if first > 1:
            found.append(Gap(None, activities[0].id, first - 1, Cause.late_start))
        return [*found, *self._contiguous(activities, first - 1)]

    def _next(self, activities: Sequence[Activity]) -> list[Item]:
        last = self._told.last_number or 0
        renumbered = self._is_renumbered(activities, last)
        if renumbered and not self._whole:
            # A read that was cut off at the old cursor cannot tell what the new numbering holds.
            self._whole = self._unsure = True
            self.needs_read = True
            return []
        self._whole = False
        if renumbered:
            return self._restarted(activities)
        return self._contiguous(self._with_held(activities), last)

    def _is_renumbered(self, activities: Sequence[Activity], last: int) -> bool:
        """Whether an id that was passed on now belongs to something else.

        The stream may have run ahead of an answer that was on its way: an answer that ends before
        the last id is only old, as long as it ends with what was passed on under that id.
        """
        judged = next((item for item in activities if item.number == last), activities[-1])
        if (judged.number or 0) > last:
            return False
        if judged.number == last and not self.recent:
            self._told.move(judged)  # the watch began at this cursor without knowing it
            return False
        return not self._told.recognises(judged)

    def _restarted(self, activities: Sequence[Activity]) -> list[Item]:
        """Resynchronise with a server that counts from 1 again."""
        known = set(map(identity, self.recent))
        fresh = [item for item in activities if identity(item) not in known]
        before = self.cursor
        self._held.clear()
        lost = max(0, (activities[0].number or 1) - 1)
        self._told.add(fresh)
        if activities[-1] not in fresh[-1:]:  # it is what the next read overlaps
            self._told.move(activities[-1])
        first = fresh[0] if fresh else activities[-1]
        return [Gap(before, first.id, lost, Cause.restart), *fresh]

    def _contiguous(self, activities: Sequence[Activity], last: int) -> list[Item]:
        """Give activities that follow `last`, with a gap wherever a number is skipped."""
        found: list[Item] = []
        for activity in activities:
            number = activity.number or 0
            if number <= last:
                continue
            if number > last + 1:
                late = self._asked_start and not (found or self.recent)
                cause = Cause.late_start if late else Cause.overflow
                found.append(Gap(str(last), activity.id, number - last - 1, cause))
            found.append(activity)
            last = number
        self._told.add([item for item in found if not isinstance(item, Gap)])
        return found

    def _with_held(self, activities: Sequence[Activity]) -> Sequence[Activity]:
        """Give a page and what the stream had told of the time before it, in order."""
        return [*self._held.before(activities[0].number or 0), *activities]

    def _by_identity(self, activities: Sequence[Activity]) -> list[Item]:
        """Give what was not passed on yet, for servers whose ids cannot be counted."""
        self._whole = False
        if not self.recent:
            activities = those_after(activities, self.cursor)
        known = self._page | self._told.names()
        fresh = [item for item in activities if named(item) not in known]
        self._told.add(fresh)
        # A page may be longer than what is remembered, and comes again with the next read.
        self._page = set(map(named, activities))
        return list(fresh)
