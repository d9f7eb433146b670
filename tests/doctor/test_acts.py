"""Whether a server takes an act, told by its answers to questions that are none."""

import pytest

from rensei_cli.api.answer import Answer
from rensei_cli.doctor.abilities import act_check
from rensei_cli.doctor.probe import Heard

PAGE = Answer(404, {"content-type": "text/html"}, b"<h1>404</h1>")
OTHER_PAGE = Answer(404, {"content-type": "text/html"}, b"<h1>404</h1><!-- 7f3a -->")
NO_ROUTE = Answer(404, {"content-type": "application/json"}, b'{"error":"Not Found"}')
NO_SESSION = Answer(404, {"content-type": "application/json"}, b'{"error":"Session not found"}')
WRONG_METHOD = Answer(405, {"content-type": "application/json", "allow": "POST"}, b"{}")
BARE_405 = Answer(405, {}, b"")
OPTIONS_204 = Answer(204, {"allow": "OPTIONS, POST"}, b"")
CORS = Answer(204, {"access-control-allow-methods": "GET, POST"}, b"")
UNKNOWN_CALLER = Answer(401, {"content-type": "application/json"}, b'{"error":"no"}')
BROKEN = Answer(500, {"content-type": "text/html"}, b"oops")


def told(options=None, get=None, *, no_options=None, no_get=None):
    answers = {
        "OPTIONS stop": options,
        "GET stop": get,
        "OPTIONS no-such-act": no_options,
        "GET no-such-act": no_get,
    }
    heard = {name: Heard(answer=answer) for name, answer in answers.items() if answer}
    return act_check("stop", heard)


@pytest.mark.parametrize(
    ("options", "get", "no_options", "no_get"),
    [
        (WRONG_METHOD, WRONG_METHOD, NO_ROUTE, NO_ROUTE),  # the embedded platform
        (OPTIONS_204, BARE_405, PAGE, PAGE),  # a route handler of Next.js
        (CORS, BARE_405, CORS, NO_ROUTE),  # a gate answers every OPTIONS
        (UNKNOWN_CALLER, WRONG_METHOD, UNKNOWN_CALLER, PAGE),
        (None, BARE_405, None, PAGE),
    ],
)
def test_a_route_that_takes_a_post_says_so(options, get, no_options, no_get):
    found = told(options, get, no_options=no_options, no_get=no_get)

    assert (found.state, found.finding) == ("ok", "there is a route for it (not tried)")


@pytest.mark.parametrize(
    ("options", "get", "no_options", "no_get"),
    [
        (PAGE, PAGE, PAGE, PAGE),
        (PAGE, OTHER_PAGE, OTHER_PAGE, PAGE),
        (CORS, PAGE, CORS, PAGE),
        (BROKEN, PAGE, BROKEN, PAGE),
        (None, PAGE, None, None),
    ],
)
def test_a_page_for_a_missing_route_says_that_there_is_none(options, get, no_options, no_get):
    found = told(options, get, no_options=no_options, no_get=no_get)

    assert (found.state, found.finding) == ("warning", "this server has no route to stop")


@pytest.mark.parametrize(
    ("options", "get", "no_options", "no_get"),
    [
        (UNKNOWN_CALLER, UNKNOWN_CALLER, UNKNOWN_CALLER, UNKNOWN_CALLER),
        (CORS, NO_ROUTE, CORS, NO_ROUTE),
        (CORS, NO_SESSION, CORS, NO_ROUTE),
        (BARE_405, BARE_405, BARE_405, BARE_405),  # every path refuses these methods
        (OPTIONS_204, BROKEN, OPTIONS_204, BROKEN),
        (None, None, None, None),
    ],
)
def test_what_says_nothing_of_the_route_is_not_taken_for_an_answer(
    options, get, no_options, no_get
):
    found = told(options, get, no_options=no_options, no_get=no_get)

    assert found.state == "skipped"
    assert found.finding.startswith("cannot be told without trying")
