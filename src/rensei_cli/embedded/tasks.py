"""Small projects with real bugs in them, for the demo's agents to find and mend."""

from rensei_cli.embedded.bugs import Bug, Task

TASKS = (
    Task(
        title="Retries hammer the payment provider",
        module="backoff",
        source='''"""How long to wait before each retry."""


def delays(attempts, base=1.0, cap=30.0):
    """Give the seconds to wait before each of so many retries."""
    return [base * 2 * attempt for attempt in range(attempts)]


def total(attempts, base=1.0, cap=30.0):
    """Give the longest time all retries together may take."""
    return sum(delays(attempts, base))
''',
        test="""import unittest

from backoff import delays, total


class BackoffTest(unittest.TestCase):
    def test_doubles_each_time(self):
        self.assertEqual(delays(4), [1.0, 2.0, 4.0, 8.0])

    def test_no_attempt_no_delay(self):
        self.assertEqual(delays(0), [])

    def test_total_is_the_sum(self):
        self.assertEqual(total(3), 7.0)
""",
        first=Bug(
            insight="`base * 2 * attempt` starts at zero and grows by addition; it has to double.",
            old="base * 2 * attempt for",
            new="base * 2**attempt for",
        ),
        doubt="Doubling has no end. What holds it below `cap`?",
        more="""
    def test_never_longer_than_the_cap(self):
        self.assertEqual(delays(7, cap=30.0)[-2:], [30.0, 30.0])

    def test_total_knows_the_cap(self):
        self.assertEqual(total(7, cap=30.0), 91.0)
""",
        second=Bug(
            insight="`cap` is taken and never used, neither here nor on the way from `total`.",
            old="[base * 2**attempt for attempt in range(attempts)]",
            new="[min(cap, base * 2**attempt) for attempt in range(attempts)]",
        ),
        summary="Retries now double up to the cap: 1, 2, 4, 8, 16, then 30 seconds.",
    ),
    Task(
        title="Split invoices lose a cent",
        module="shares",
        source='''"""Split an amount of cents among people."""


def split(cents, weights):
    """Give each weight its share of the cents; the shares add up to all of them."""
    whole = sum(weights)
    shares = [cents * weight // whole for weight in weights]
    return shares
''',
        test="""import unittest

from shares import split


class SharesTest(unittest.TestCase):
    def test_even(self):
        self.assertEqual(split(900, [1, 1, 1]), [300, 300, 300])

    def test_nothing_is_lost(self):
        self.assertEqual(sum(split(1000, [1, 1, 1])), 1000)

    def test_by_weight(self):
        self.assertEqual(split(100, [3, 1]), [75, 25])
""",
        first=Bug(
            insight="Each share is rounded down, and nobody gets the cents that are left.",
            old="    return shares",
            new="""    for place in range(cents - sum(shares)):
        shares[place] += 1
    return shares""",
        ),
        doubt="Who gets the odd cent when somebody's weight is zero?",
        more="""
    def test_nothing_for_no_weight(self):
        self.assertEqual(split(100, [0, 1, 1, 1]), [0, 34, 33, 33])
""",
        second=Bug(
            insight="The odd cent goes to the first in line, even with a weight of zero.",
            old="""    for place in range(cents - sum(shares)):
        shares[place] += 1""",
            new="""    owed = [place for place, weight in enumerate(weights) if weight]
    for place in owed[: cents - sum(shares)]:
        shares[place] += 1""",
        ),
        summary="The shares add up again, and the odd cents go to those who pay.",
    ),
    Task(
        title="Calendar shows two meetings as one",
        module="spans",
        source='''"""Merge spans of time."""


def merge(spans):
    """Give the spans with those that overlap made one, in order."""
    merged = [list(spans[0])]
    for start, end in spans[1:]:
        last = merged[-1]
        if start <= last[1]:
            last[1] = end
        else:
            merged.append([start, end])
    return [tuple(span) for span in merged]
''',
        test="""import unittest

from spans import merge


class SpansTest(unittest.TestCase):
    def test_apart(self):
        self.assertEqual(merge([(1, 2), (4, 5)]), [(1, 2), (4, 5)])

    def test_overlap(self):
        self.assertEqual(merge([(1, 4), (3, 6)]), [(1, 6)])

    def test_one_inside_another(self):
        self.assertEqual(merge([(1, 9), (2, 3)]), [(1, 9)])
""",
        first=Bug(
            insight="A span inside another cuts it short: the later end has to win, not the last.",
            old="last[1] = end",
            new="last[1] = max(last[1], end)",
        ),
        doubt="The loop trusts the order of its input, and that there is any.",
        more="""
    def test_order_does_not_matter(self):
        self.assertEqual(merge([(4, 5), (1, 2)]), [(1, 2), (4, 5)])

    def test_nothing_to_merge(self):
        self.assertEqual(merge([]), [])
""",
        second=Bug(
            insight="Sorting first settles the order, and an empty list has no first span.",
            old="""    merged = [list(spans[0])]
    for start, end in spans[1:]:
        last = merged[-1]
        if start <= last[1]:
            last[1]""",
            new="""    merged = []
    for start, end in sorted(spans):
        last = merged[-1] if merged else None
        if last and start <= last[1]:
            last[1]""",
        ),
        summary="Spans are merged whatever their order, and a short one no longer cuts a long one.",
    ),
    Task(
        title="Rate limiter lets a burst through",
        module="window",
        source='''"""Allow so many calls in so many seconds."""


class Window:
    """Counts the calls of the last seconds."""

    calls = []

    def __init__(self, most, seconds):
        self.most, self.seconds = most, seconds

    def allow(self, now):
        """Tell whether a call may be made now, and count it if so."""
        recent = [at for at in self.calls if now - at < self.seconds]
        if len(recent) > self.most:
            return False
        self.calls.append(now)
        return True
''',
        test="""import unittest

from window import Window


class WindowTest(unittest.TestCase):
    def test_no_more_than_the_limit(self):
        window = Window(2, 10)
        self.assertEqual([window.allow(now) for now in (0, 1, 2)], [True, True, False])
""",
        first=Bug(
            insight="`>` lets one call too many through: at the limit the answer is no already.",
            old="len(recent) > self.most",
            new="len(recent) >= self.most",
        ),
        doubt="`calls` belongs to the class. Do two limiters count for each other?",
        more="""
    def test_two_windows_do_not_meet(self):
        first, second = Window(1, 10), Window(1, 10)
        self.assertEqual([first.allow(50), second.allow(50)], [True, True])

    def test_old_calls_are_forgotten(self):
        window = Window(1, 10)
        self.assertEqual([window.allow(now) for now in (100, 105, 110)], [True, False, True])
""",
        second=Bug(
            insight="They do: one list is shared by all of them. Each one needs its own.",
            old="""    calls = []

    def __init__(self, most, seconds):
        self.most""",
            new="""    def __init__(self, most, seconds):
        self.calls = []
        self.most""",
        ),
        summary="The limit is exact now, and every limiter counts its own calls.",
    ),
)


def task_for(identifier: str) -> Task:
    """Give the task of an issue: consecutive issues have different ones."""
    digits = "".join(character for character in identifier if character.isdigit()) or "0"
    return TASKS[int(digits[-9:]) % len(TASKS)]
