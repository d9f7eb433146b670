"""Saying something to an agent of a real platform."""

import json

import pytest
from inline_snapshot import snapshot
from pydantic import TypeAdapter

from rensei_cli.control.schema import PromptDocument


@pytest.fixture
def working(world):
    session, worker = world.enqueue(), world.worker()
    world.claim(session, worker)
    world.act(session, worker)
    return session, worker


@pytest.fixture
def ended(world):
    session = world.enqueue()
    world.call("POST", f"/api/public/sessions/{session}/stop", {}, operator=True)
    return session


def heard(world, worker):
    return [one["prompt"] for one in world.call("GET", f"/api/workers/{worker}/poll")["prompts"]]


def printed(done):
    document = json.loads(done.stdout)
    return TypeAdapter(PromptDocument).validate_python(document, strict=True)


def test_a_prompt_reaches_the_worker(rensei, world, working):
    session, worker = working

    done = rensei("session", "prompt", session, "Keep the public API", "--json")

    document = printed(done)
    assert (done.exit, document["delivered"], document["restarts"]) == (0, True, False)
    assert document["promptId"].startswith("prm_")
    assert heard(world, worker) == ["Keep the public API"]


@pytest.mark.parametrize("argument", [(), ("-",)], ids=["a pipe", "a dash"])
def test_a_prompt_may_come_from_standard_input(rensei, world, working, argument):
    session, worker = working

    done = rensei("session", "prompt", session, *argument, stdin="diff --git\n+ one\n")

    assert done.exit == 0
    assert heard(world, worker) == ["diff --git\n+ one"]


def test_the_same_key_is_the_same_prompt(rensei, world, working):
    session, worker = working

    first, again = (
        printed(rensei("session", "prompt", session, "Once", "--idempotency-key", "k1", "--json"))
        for _ in range(2)
    )

    assert first == again
    assert heard(world, worker) == ["Once"]


def test_every_prompt_has_a_key_of_its_own(rensei, world, working):
    session, worker = working

    for _ in range(2):
        rensei("session", "prompt", session, "Again")

    assert heard(world, worker) == ["Again", "Again"]


@pytest.mark.parametrize("key", ["", "two words", "é", "x" * 129])
def test_a_key_has_to_stand_in_a_header(rensei, world, working, key):
    done = rensei("session", "prompt", working[0], "Hello", "--idempotency-key", key)

    assert done.exit == 2
    assert "an idempotency key is one word" in done.stderr
    assert heard(world, working[1]) == []


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_a_prompt_says_something(rensei, world, working, text):
    done = rensei("session", "prompt", working[0], text)

    assert (done.exit, done.stdout) == (2, "")
    assert "the prompt is empty" in done.stderr
    assert heard(world, working[1]) == []


def test_a_prompt_that_no_request_can_hold_is_refused(rensei, world, working):
    done = rensei("session", "prompt", working[0], stdin="x" * 200_000)

    assert done.exit == 2
    assert "more than 150000 characters" in done.stderr
    assert heard(world, working[1]) == []


def test_control_characters_are_sent_as_what_they_look_like(rensei, world, working):
    done = rensei("session", "prompt", working[0], "a \x1b[31mred\x1b[0m line\r\nand one more")

    assert done.exit == 0
    assert "control characters in the prompt are sent visibly" in done.stderr
    assert heard(world, working[1]) == ["a ␛[31mred␛[0m line\nand one more"]


def test_what_has_ended_is_started_again_only_on_purpose(rensei, world, ended):
    done = rensei("session", "prompt", ended, "One more test")

    assert (done.exit, done.stdout) == (2, "")
    assert f"try: rensei session prompt {ended} … --yes" in done.stderr
    assert world.call("GET", f"/api/public/sessions/{ended}", operator=True)["session"][
        "status"
    ] == ("stopped")


def test_a_prompt_starts_an_ended_session_again(rensei, world, ended):
    done = rensei("session", "prompt", ended, "One more test", "--yes", "--json")

    document = printed(done)
    assert (done.exit, document["restarts"]) == (0, True)
    assert (document["previousStatus"], document["newStatus"]) == ("stopped", "queued")
    worker = world.worker()
    world.claim(ended, worker)
    assert heard(world, worker) == ["One more test"]


def test_standard_input_is_one_thing_only(rensei, working):
    done = rensei("session", "prompt", working[0], "-", "--token-stdin", stdin="rsk_live_x\nHello")

    assert done.exit == 2
    assert "standard input cannot be both" in done.stderr


def screen(done, session):
    return done.stdout.replace(session, "a1b2c3d4e5f60718").rstrip()


def test_a_prompt_on_the_screen(rensei, working):
    done = rensei("session", "prompt", working[0], "Keep the public API")

    assert screen(done, working[0]) == snapshot("""\
● working  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development
╭─ Prompt  ✓ delivered ────────────────────────────────────────────────────────╮
│ delivered                                                                    │
╰──────────────────────────────────────────────────────────────────────────────╯
  rensei session watch a1b2c3d4e5f60718  follow it\
""")


def test_a_prompt_that_starts_a_session_again_on_the_screen(rensei, ended):
    done = rensei("session", "prompt", ended, "One more test", "--yes")

    assert screen(done, ended) == snapshot("""\
◌ queued  ENG-124  Retry failed refunds
  a1b2c3d4e5f60718 · development
╭─ Prompt  ✓ delivered ────────────────────────────────────────────────────────╮
│ delivered; the session is queued again for it                                │
╰──────────────────────────────────────────────────────────────────────────────╯
  rensei session watch a1b2c3d4e5f60718  follow it\
""")
