"""When two activities are one, and in which order they stand."""

from collections.abc import Sequence
from itertools import pairwise

from rensei_cli.api.activity import Activity


def is_same(one: Activity, other: Activity) -> bool:
    """Whether two activities with one id are one, though routes may word it differently."""
    if one.at is not None and other.at is not None:
        return one.type == other.type and one.at == other.at
    return identity(one) == identity(other)


def identity(activity: Activity) -> tuple[str, str, str]:
    """Give what makes an activity itself under any id, in whichever spelling it came."""
    at = activity.at
    when = at.isoformat() if at else str(activity.raw.get("timestamp"))
    return activity.type, activity.content, when


def named(activity: Activity) -> tuple[str, ...]:
    """Give what makes an activity itself under the id it has."""
    return activity.id, *identity(activity)


def those_after(activities: Sequence[Activity], cursor: str | None) -> Sequence[Activity]:
    """Give what follows the activity with an id; all, where it is not among them."""
    place = next((n for n, item in enumerate(activities, 1) if item.id == cursor), 0)
    return activities[place:]


def in_order(activities: Sequence[Activity]) -> Sequence[Activity]:
    """Give numbered activities by their numbers, as every known server sends them."""
    numbers = [item.number or 0 for item in activities]
    if all(one <= other for one, other in pairwise(numbers)):
        return activities
    return sorted(activities, key=lambda item: item.number or 0)
