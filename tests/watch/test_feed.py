"""The feed: each activity once, in order, every hole with its size."""

from hypothesis import given, settings
from hypothesis import strategies as st
from ring import Ring

from rensei_cli.api.activity import Activity, read_activity
from rensei_cli.watch.events import Cause, Gap
from rensei_cli.watch.feed import Feed


def contents(items):
    return [item.content for item in items if isinstance(item, Activity)]


def gaps(items):
    return [(item.missed, item.cause) for item in items if isinstance(item, Gap)]


def read(feed, ring):
    """One read and as many more as the feed asks for at once."""
    found = feed.read(ring.read(after := feed.after).activities, after)
    for _ in range(3):
        if not feed.needs_read:
            break
        found += feed.read(ring.read(after := feed.after).activities, after)
    return found


def started(count, **kind):
    ring, feed = Ring(**kind), Feed()
    for _ in range(count):
        ring.post()
    return ring, feed, read(feed, ring)


def test_a_quiet_session_gives_nothing_and_asks_for_nothing():
    _, feed, found = started(0)
    assert found == []
    assert not feed.needs_read
    assert feed.after is None


def test_a_late_start_says_how_many_are_gone():
    _, _, found = started(431)
    assert gaps(found) == [(231, Cause.late_start)]
    assert len(contents(found)) == 200


def test_an_overflow_between_two_reads_is_reported_with_its_exact_size():
    ring, feed, _ = started(10)
    for _ in range(350):
        ring.post()
    found = read(feed, ring)
    assert gaps(found) == [(150, Cause.overflow)]
    assert contents(found) == [f"line {n}" for n in range(160, 360)]


def test_the_ring_may_drop_exactly_the_overlap_without_a_gap():
    ring, feed, _ = started(10)
    for _ in range(200):
        ring.post()
    found = read(feed, ring)
    assert gaps(found) == []
    assert len(contents(found)) == 200


def test_a_restart_that_has_not_reached_the_cursor_is_noticed():
    ring, feed, _ = started(14)
    ring.restart()
    for _ in range(5):
        ring.post()
    found = read(feed, ring)
    assert gaps(found) == [(0, Cause.restart)]
    assert contents(found) == [f"line {n}" for n in range(14, 19)]


def test_a_restart_that_has_passed_the_cursor_is_noticed():
    ring, feed, _ = started(14)
    ring.restart()
    for _ in range(40):
        ring.post()
    found = read(feed, ring)
    assert gaps(found) == [(0, Cause.restart)]
    assert len(contents(found)) == 40


def test_what_a_new_stream_tells_is_believed_once_a_read_has_overlapped_it():
    ring, feed, _ = started(10)
    ring.restart()
    for _ in range(15):
        ring.post()
    feed.resume()
    assert feed.live(ring.held[10:]) == []
    found = read(feed, ring)
    assert gaps(found) == [(0, Cause.restart)]
    assert contents(found) == [f"line {n}" for n in range(10, 25)]
    assert contents(feed.live([ring.post()])) == ["line 25"]


def test_a_new_stream_of_the_same_numbering_loses_nothing():
    ring, feed, _ = started(10)
    feed.resume()
    assert feed.live([ring.post(), ring.post()]) == []
    assert contents(read(feed, ring)) == ["line 10", "line 11"]


def test_an_emptied_server_is_asked_for_everything_until_it_holds_something():
    ring, feed, _ = started(14)
    ring.restart()
    assert read(feed, ring) == []
    assert feed.after is None
    ring.post()
    assert contents(read(feed, ring)) == ["line 14"]


def test_an_instance_that_holds_nothing_is_not_taken_for_a_restart():
    ring, feed, _ = started(14)
    assert feed.read([], feed.after) == []
    assert feed.needs_read
    ring.post()
    found = read(feed, ring)
    assert gaps(found) == []
    assert contents(found) == ["line 14"]


def test_a_cursor_given_at_the_start_is_continued():
    ring = Ring()
    for _ in range(20):
        ring.post()
    assert contents(read(Feed("15"), ring)) == [f"line {n}" for n in range(15, 20)]


def test_a_cursor_the_server_no_longer_holds_is_a_late_start():
    ring = Ring()
    for _ in range(300):
        ring.post()
    found = read(Feed("50"), ring)
    assert gaps(found) == [(50, Cause.late_start)]


def test_names_instead_of_numbers_are_told_once_by_identity():
    ring, feed, first = started(5, named=True)
    ring.post()
    assert contents(first) == [f"line {n}" for n in range(5)]
    assert contents(read(feed, ring)) == ["line 5"]


def test_what_continues_the_story_is_passed_on_from_the_stream():
    ring, feed, _ = started(3)
    assert contents(feed.live([ring.post()])) == ["line 3"]
    assert not feed.needs_read


def test_a_hole_in_the_stream_waits_for_a_read():
    ring, feed, _ = started(3)
    ring.post()
    ahead = ring.post()
    assert feed.live([ahead]) == []
    assert feed.needs_read
    assert contents(read(feed, ring)) == ["line 3", "line 4"]


def test_what_came_during_a_read_is_not_lost():
    ring, feed, _ = started(3)
    ring.post()
    snapshot = (ring.read(feed.after), feed.after)
    feed.live([ring.post()])
    assert contents(feed.read(snapshot[0].activities, snapshot[1])) == ["line 3", "line 4"]
    assert not feed.needs_read


def test_a_story_that_begins_on_the_stream_needs_no_read():
    ring, feed, _ = started(0)
    assert contents(feed.live([ring.post() for _ in range(300)])) == [
        f"line {n}" for n in range(300)
    ]


def test_what_the_stream_told_before_a_late_read_is_not_called_lost():
    ring, feed, _ = started(3)
    ring.post()
    feed.live([ring.post() for _ in range(500)])
    found = read(feed, ring)
    assert gaps(found) == [(1, Cause.overflow)]
    assert len(contents(found)) == 500


def test_a_read_that_is_ahead_of_the_stream_is_no_proof_of_a_loss():
    ring, feed, _ = started(3)
    behind = [ring.post() for _ in range(400)]
    assert feed.read(ring.read(feed.after).activities, feed.after, streaming=True) == []
    assert feed.in_doubt
    assert contents(feed.live(behind)) == [f"line {n}" for n in range(3, 403)]
    assert gaps(feed.read(ring.read(feed.after).activities, feed.after, streaming=True)) == []
    assert not feed.in_doubt


def test_a_stream_that_does_not_move_makes_a_loss_of_it():
    ring, feed, _ = started(3)
    for _ in range(400):
        ring.post()
    for _ in range(2):
        found = feed.read(ring.read(feed.after).activities, feed.after, streaming=True)
    assert gaps(found) == [(200, Cause.overflow)]
    assert contents(found) == contents(ring.held)


def test_a_stream_that_repeats_itself_is_told_once():
    ring, feed, _ = started(3)
    new = ring.post()
    assert contents(feed.live([new, new, *ring.held])) == ["line 3"]
    assert not feed.needs_read


def test_a_stream_that_counts_from_one_again_asks_for_a_read():
    ring, feed, _ = started(3)
    ring.restart()
    assert feed.live([ring.post()]) == []
    assert feed.needs_read
    found = read(feed, ring)
    assert gaps(found) == [(0, Cause.restart)]
    assert contents(found) == ["line 3"]


steps = st.lists(
    st.one_of(
        st.tuples(st.just("post"), st.one_of(st.integers(1, 9), st.integers(150, 250))),
        st.tuples(st.just("stream"), st.integers(1, 40)),
        st.tuples(st.just("stream lost"), st.integers(1, 40)),
        st.tuples(st.just("stream shuffled"), st.integers(2, 40)),
        st.tuples(st.just("stream again"), st.integers(1, 210)),
        st.tuples(st.just("read"), st.just(0)),
        st.tuples(st.just("stale read"), st.integers(1, 30)),
    ),
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(steps, st.randoms(use_true_random=False))
def test_any_pattern_of_deliveries_tells_each_once_and_sizes_every_hole(script, random):
    ring, feed, told = Ring(), Feed(), []
    for action, count in [*script, ("read", 0)]:
        if action == "read":
            told += read(feed, ring)
        elif action == "stale read":
            page, after = ring.read(feed.after), feed.after
            told += feed.live([ring.post() for _ in range(count)])
            told += feed.read(page.activities, after)
        elif action == "stream again":
            told += feed.live(ring.held[-count:])
        else:
            new = [ring.post() for _ in range(count)]
            if action == "stream shuffled":
                random.shuffle(new)
            if action.startswith("stream") and action != "stream lost":
                told += feed.live(new)
    told += read(feed, ring)
    ids = [int(item.id) for item in told if isinstance(item, Activity)]
    assert ids == sorted(set(ids))
    missed = sum(item.missed for item in told if isinstance(item, Gap))
    assert len(ids) + missed == len(ring.history)
    assert set(range(ring.next_id - len(ring.held), ring.next_id)) <= set(ids) | _unheld(ids, ring)


def _unheld(ids, ring):
    """What had left the ring before any delivery could tell it."""
    return set(range(1, ring.next_id)) - {int(item.id) for item in ring.held} - set(ids)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 260), st.booleans()), max_size=12))
def test_restarts_lose_nothing_that_the_server_still_holds(script):
    ring, feed, told = Ring(), Feed(), []
    for count, restarts in script:
        for _ in range(count):
            ring.post()
        told += read(feed, ring)
        if restarts:
            ring.restart()
            if count % 2:
                told += read(feed, ring)
    told += read(feed, ring)
    lines = [item.content for item in told if isinstance(item, Activity)]
    assert len(lines) == len(set(lines))
    assert lines == sorted(lines, key=lambda line: int(line.split()[1]))
    assert {item.content for item in ring.held} <= set(lines)


def test_names_on_a_page_longer_than_what_is_remembered_are_told_once():
    ring, feed, first = started(2000, named=True, holds=5000)
    assert len(contents(first)) == 2000
    ring.post()
    assert contents(read(feed, ring)) == ["line 2000"]


def test_a_name_is_a_cursor_where_the_server_still_holds_it():
    ring, _, _ = started(6, named=True)
    assert contents(read(Feed(ring.held[3].id), ring)) == ["line 4", "line 5"]
    assert len(contents(read(Feed("act_gone"), ring))) == 6


def test_a_page_in_another_order_is_told_in_the_order_of_its_numbers():
    ring = Ring()
    page = [ring.post() for _ in range(9)]
    assert contents(Feed().read(page[::-1], None)) == [f"line {n}" for n in range(9)]


def test_one_activity_in_two_wordings_is_no_restart():
    ring, feed, _ = started(3)
    last = ring.held[-1]
    ring.held[-1] = read_activity({**last.raw, "content": "line 2, but longer"})
    ring.post()
    found = read(feed, ring)
    assert gaps(found) == []
    assert contents(found) == ["line 3"]
