"""What a server can do, told by questions that change nothing.

An act is never tried. Its route is asked by `OPTIONS`, then by `GET`, about a session that cannot
exist, and the answer is held against that of a route which cannot exist either.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from rensei_cli.api import calls
from rensei_cli.api.answer import Answer
from rensei_cli.api.exchange import Call
from rensei_cli.doctor.check import Check, ok, untold, warning
from rensei_cli.doctor.probe import SILENCE, Heard, Prober
from rensei_cli.doctor.remedies import Command, Remedy
from rensei_cli.errors import RouteMissingError

# Of the form that servers give, so that it is looked up, and so unlikely that there is none.
NOBODY = "0000000000000000"
ACTS = ("stop", "release-claim", "prompt")
_NO_ACT = "no-such-act"
_SAY_NOTHING = frozenset({401, 403, 407, 408, 429})

Question = Callable[[], Heard]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The session that is asked about: one of the list, or one that cannot exist."""

    session_id: str
    real: bool


def questions(prober: Prober, sample: Sample) -> dict[str, Question]:
    """Give what is asked, by name; each may be asked beside the others."""
    one, query = calls.session(sample.session_id), calls.activities(sample.session_id)
    asked: dict[str, Call[object]] = {
        "show": one,
        "query": query,
        "control": _call("GET", sample.session_id, _NO_ACT),
    }
    if query.older:
        asked["path"] = query.older
    for act in (*ACTS, _NO_ACT):
        for method in ("OPTIONS", "GET"):
            asked[f"{method} {act}"] = _call(method, NOBODY, act)
    found: dict[str, Question] = {name: partial(prober.ask, call) for name, call in asked.items()}
    return found | {"stream": partial(prober.open_stream, sample.session_id)}


def _call(method: str, session_id: str, act: str) -> Call[object]:
    path = f"{calls.session(session_id).path}/{act}"
    return Call(method, path, lambda answer: answer)


def show_check(heard: Mapping[str, Heard], sample: Sample) -> Check:
    """Give whether one session can be read."""
    spoken = _spoken(heard, "show", sample)
    if spoken and heard["show"].error is None:
        return ok("show", "one session is readable", able=True)
    if spoken and not sample.real:
        return ok("show", "there is a route for it, and no session to read now", able=True)
    error = heard.get("show", SILENCE).error
    told = error.message if error else "no answer in time"
    return warning("show", f"a session of the list is not readable: {told}", _trace(), able=None)


def activities_check(heard: Mapping[str, Heard], sample: Sample) -> Check:
    """Give which form of the activities' route is spoken."""
    query, path = _spoken(heard, "query", sample), _spoken(heard, "path", sample)
    if query:
        return ok("activities", "by the query form, as the hosted platform", route="query")
    if path:
        return ok("activities", "by the path form, as donmai's server", route="path")
    if query is False and path is False:
        told = "this server has no route for them: there is nothing to watch, show still works"
        return warning("activities", told, Remedy.show.command(), route=None)
    return untold("activities", _doubt(heard, ("query", "path"), sample), route=None)


def stream_check(heard: Mapping[str, Heard], sample: Sample, activities: Check) -> Check:
    """Give whether a watch is told of news, or has to ask."""
    asks = "watch asks every 15 s instead" if activities.details.get("route") else "nor can it ask"
    error = heard.get("stream", SILENCE).error
    if "stream" in heard and error is None:
        return ok("stream", "server-sent events: watch is told at once", able=True)
    if isinstance(error, RouteMissingError):
        told = f"this server has none ({error.http_status}): {asks}"
        return warning("stream", told, Remedy.poll.command(), able=False)
    if not sample.real:
        return untold("stream", "cannot be told without a session to follow", able=None)
    why = error.message if error else "it did not open in time"
    return warning("stream", f"{why}: {asks}", Remedy.poll.command(), able=None)


def ability_checks(heard: Mapping[str, Heard], sample: Sample) -> Iterator[Check]:
    """Give what can be told of each thing that a server may be able to do."""
    yield show_check(heard, sample)
    activities = activities_check(heard, sample)
    yield activities
    yield stream_check(heard, sample, activities)
    yield from (act_check(act, heard) for act in ACTS)


def act_check(act: str, heard: Mapping[str, Heard]) -> Check:
    """Give whether there is a route for an act, which was not tried."""
    able = None
    for method in ("OPTIONS", "GET"):
        found = heard.get(f"{method} {act}", SILENCE).answer
        control = heard.get(f"{method} {_NO_ACT}", SILENCE).answer
        if found is not None and able is None:
            able = _takes(found, control)
    if able:
        return ok(act, "there is a route for it (not tried)", able=True)
    if able is False:
        told = f"this server has no route to {act.replace('-claim', ' a claim')}"
        return warning(act, told, Remedy.page.command(), able=False)
    return untold(act, _doubt(heard, (f"GET {act}",), None), able=None)


def _takes(found: Answer, control: Answer | None) -> bool | None:
    """Tell whether a route takes a POST, by what it answers to another method."""
    if found.status in _SAY_NOTHING or found.status >= 500:  # noqa: PLR2004
        return None
    # A gate in front may answer every path alike; then the answer is not the route's.
    alike = control is not None and _same(found, control)
    if not alike and (_allows_post(found) or found.status == 405):  # noqa: PLR2004
        return True
    return False if found.status == 404 and _is_page(found) else None  # noqa: PLR2004


def _allows_post(answer: Answer) -> bool:
    return "POST" in answer.headers.get("allow", "").upper().replace(",", " ").split()


def _spoken(heard: Mapping[str, Heard], name: str, sample: Sample) -> bool | None:
    """Tell whether a server has the route that was asked by GET."""
    answer = heard.get(name, SILENCE).answer
    control = heard.get("control", SILENCE).answer
    if answer is None or answer.status in _SAY_NOTHING or answer.status >= 500:  # noqa: PLR2004
        return None
    if answer.status in range(200, 300):
        return not _is_page(answer)
    if isinstance(heard[name].error, RouteMissingError):
        return False
    if control is not None and _same(answer, control):
        return False if sample.real else None
    return answer.status in {400, 404, 410, 422}


def _same(one: Answer, other: Answer) -> bool:
    """Tell whether two answers say the same; the pages of errors differ in what nobody reads."""
    if (one.status, one.content_type) != (other.status, other.content_type):
        return False
    return _is_page(one) or one.body == other.body


def _is_page(answer: Answer) -> bool:
    return answer.content_type != "application/json" and not _is_json(answer)


def _is_json(answer: Answer) -> bool:
    return answer.body.lstrip()[:1] in {b"{", b"["}


def _doubt(heard: Mapping[str, Heard], names: tuple[str, ...], sample: Sample | None) -> str:
    statuses = {heard.get(name, SILENCE).status for name in names} - {None}
    said = f" ({', '.join(map(str, sorted(filter(None, statuses))))})" if statuses else ""
    if sample is not None and not sample.real:
        return f"cannot be told without a session to read{said}"
    return f"cannot be told without trying{said}"


def _trace() -> Command:
    return Remedy.trace.command()
