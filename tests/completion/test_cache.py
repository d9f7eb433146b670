"""Which sessions a TAB offers: the ones that commands have shown, in the scope that is meant."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import tomli_w
from shells import SEEN

from rensei_cli.completion import cache, meant
from rensei_cli.completion.cache import Known, Scope
from rensei_cli.completion.remember import forget, remember
from rensei_cli.embedded.platform import Config, running
from rensei_cli.settings import DEFAULT_URL

SHOW, STOP = "rensei session show ", "rensei session stop "


def row(number, **facts):
    fields = {"identifier": f"ENG-{number}", "status": "working", "live": "live", "title": ""}
    return [f"{number:016x}", *{**fields, **facts}.values()]


def ids(offered):
    return [word for word in offered if len(word) == 16]


def complete(world, session):
    worker = world.worker()
    world.claim(session, worker)
    for step in ("running", "finalizing", "completed"):
        world.status(session, worker, step)


def home(rensei):
    return {"RENSEI_HOME": str(rensei.home)}


def test_a_list_is_what_is_offered(rensei, world, answers):
    first = world.enqueue("ENG-1")
    second = world.enqueue("ENG-2")
    complete(world, first)
    rensei("session", "list")

    assert answers(SHOW, **home(rensei)) == {
        "@latest": "the newest session",
        "ENG-2": f"queued {second}",
        "ENG-1": f"completed {first}",
        second: "ENG-2 queued",
        first: "ENG-1 completed",
    }
    assert answers(STOP, **home(rensei)) == {"ENG-2": f"queued {second}", second: "ENG-2 queued"}


@pytest.mark.parametrize("argv", [("show",), ("watch", "--no-follow"), ("show", "--json")])
def test_what_was_looked_at_is_offered(rensei, world, answers, argv):
    session = world.enqueue("ENG-7", issueTitle="Round cents")
    rensei("session", argv[0], session, *argv[1:])

    assert answers(SHOW, **home(rensei))[session].startswith("ENG-7 queued")


def test_a_look_is_kept_beside_the_list_and_a_list_instead_of_all(rensei, world, answers):
    first, second = world.enqueue("ENG-1"), world.enqueue("ENG-2")
    rensei("session", "list")
    complete(world, first)
    rensei("session", "show", first)
    offered = answers(SHOW, **home(rensei))
    assert ids(offered) == [second, first]
    assert offered[first].startswith("ENG-1 completed")

    (file,) = (rensei.home / "cache/sessions").iterdir()
    file.write_text(file.read_text() + "0123456789abcdef\tENG-9\tqueued\tlive\t\n")
    assert "ENG-9" in answers(SHOW, **home(rensei))
    rensei("session", "list")
    assert "ENG-9" not in answers(SHOW, **home(rensei))


def test_it_is_for_this_user_alone(rensei, world):
    world.enqueue()
    before = os.umask(0)
    try:
        rensei("session", "list")
    finally:
        os.umask(before)
    folder = rensei.home / "cache/sessions"
    (file,) = folder.iterdir()

    assert folder.stat().st_mode & 0o777 == 0o700
    assert file.stat().st_mode & 0o777 == 0o600


def test_every_folder_above_it_is_for_this_user_alone_too(tmp_path):
    environ = {"RENSEI_HOME": str(tmp_path / "a/b")}
    for _ in range(2):
        remember(environ, Scope(["http://one.test"]), [Known(row(1))], whole=True)
    made = [path for path in tmp_path.rglob("*") if path.is_dir()]
    assert {path.name for path in made} == {"a", "b", "cache", "sessions"}
    assert {path.stat().st_mode & 0o777 for path in made} == {0o700}


def test_nothing_about_it_fails_a_command(rensei, world):
    world.enqueue()
    (rensei.home / "cache").write_text("in the way")

    told = rensei("session", "list")
    assert (told.exit, told.stderr.count("\n")) == (0, 1)
    assert "ENG-124" in told.stdout


def test_an_issue_with_several_live_sessions_is_not_offered(see, answers):
    see(row(1), row(2, identifier="ENG-1"), row(3, identifier="ENG-1", live="ended"), row(4))

    assert {"ENG-4", *(f"{number:016x}" for number in (1, 2, 3, 4))} <= set(answers(SHOW))
    assert "ENG-1" not in answers(SHOW)


def test_live_ones_come_first_however_they_were_kept(see, answers):
    see(row(1, live="ended"), row(2), row(3, live="ended"), row(4))

    assert ids(answers(SHOW)) == [f"{number:016x}" for number in (2, 4, 1, 3)]


def test_the_newest_two_hundred_are_enough(see, answers):
    see(*(row(number) for number in range(1000, 1300)))

    assert len(ids(answers(SHOW))) == 200


@pytest.mark.parametrize(
    ("line", "environ", "offered"),
    [
        ("", {}, 3),
        ("--url http://one.test", {}, 1),
        ("--url=http://one.test/", {}, 1),
        ("", {"RENSEI_API_URL": "http://one.test"}, 1),
        ("--url http://two.test", {"RENSEI_API_URL": "http://one.test"}, 3),
        ("--project web", {}, 2),
        ("", {"RENSEI_PROJECT": "web"}, 2),
        ("--project web --url http://one.test", {}, None),
        ("--org acme", {}, 3),
        ("--auth work", {}, 4),
        ("", {"RENSEI_AUTH": "work"}, 4),
        ("--auth play", {}, None),
        ("--url http://unknown.test", {}, None),
        ("--project web --project api", {}, 3),
    ],
)
def test_the_scope_is_the_one_that_is_typed_exported_or_newest(
    see, answers, tmp_path, line, environ, offered
):
    see(row(1), url="http://one.test")
    see(row(2), url="http://two.test", project="web")
    see(row(3), url="http://two.test", project="api", org="acme")
    see(row(4), url="http://four.test", auth="work")
    files = (tmp_path / "rensei/cache/sessions").iterdir()
    for file in files:
        number = int(file.read_text().split("\n")[1].split("\t")[0], 16)
        os.utime(file, (number, number))

    found = ids(answers(f"rensei {line} session show ", **environ))
    assert found == ([] if offered is None else [f"{offered:016x}"])


@pytest.fixture
def contexts(tmp_path):
    """Have the user log in: the contexts by name, and which is active."""
    folder = tmp_path / "rensei/config"

    def stored(active, **known):
        folder.mkdir(parents=True, exist_ok=True)
        told = {name: {"url": url} if "/" in url else {"kind": url} for name, url in known.items()}
        content = {**({"active": active} if active else {}), "contexts": told}
        (folder / "contexts.toml").write_text(tomli_w.dumps(content))

    return stored


def offered_in(see, answers, tmp_path):
    """The server or the context of each scope that has sessions, the last one the newest."""
    scopes = [
        ("http://one.test", "one"),
        ("http://two.test", "two"),
        ("http://two.test", ""),
        ("https://app.rensei.ai", "hosted"),
        ("http://three.test", ""),
    ]
    for number, (url, name) in enumerate(scopes, 1):
        see(row(number), url=url, auth=name)
    for file in (tmp_path / "rensei/cache/sessions").iterdir():
        number = int(file.read_text().split("\n")[1].split("\t")[0], 16)
        os.utime(file, (number, number))

    def offered(line="", **environ):
        found = ids(answers(f"rensei {line} session show ", **environ))
        return scopes[int(found[0], 16) - 1] if found else None

    return offered


def test_the_active_context_is_meant_where_nothing_else_is_said(see, answers, tmp_path, contexts):
    offered = offered_in(see, answers, tmp_path)
    known = {"one": "http://one.test/", "two": "http://two.test", "new": "http://new.test"}
    for active, line, environ, found in [
        ("one", "", {}, ("http://one.test", "one")),
        ("two", "", {}, ("http://two.test", "two")),
        ("new", "", {}, None),
        ("one", "--auth two", {}, ("http://two.test", "two")),
        ("one", "", {"RENSEI_AUTH": "two"}, ("http://two.test", "two")),
        ("one", "--url http://two.test", {}, ("http://two.test", "")),
        ("two", "--url http://two.test/", {}, ("http://two.test", "two")),
        ("two", "", {"RENSEI_API_URL": "http://three.test"}, ("http://three.test", "")),
        (None, "", {}, ("http://three.test", "")),
        ("gone", "", {}, ("http://three.test", "")),
    ]:
        contexts(active, **known)
        assert offered(line, **environ) == found, (active, line)


def test_a_context_without_an_address_is_for_the_hosted_platform(see, answers, tmp_path, contexts):
    contexts("hosted", hosted="user token")
    assert offered_in(see, answers, tmp_path)() == (DEFAULT_URL, "hosted")
    assert meant.DEFAULT_URL == DEFAULT_URL


def test_a_context_of_the_official_client_is_meant_too(see, answers, tmp_path):
    offered = offered_in(see, answers, tmp_path)
    (tmp_path / "rensei/config").mkdir()
    told = {"activeContext": "one", "contexts": {"one": {"url": "http://one.test"}}}
    (tmp_path / "rensei/config/config.json").write_text(json.dumps(told))
    assert offered() == ("http://one.test", "one")


def test_a_context_for_embedded_platforms_leads_to_whichever_runs(see, answers, tmp_path, contexts):
    contexts("local", local="embedded")
    see(row(1), url="http://elsewhere.test")
    see(
        row(2),
        url="http://127.0.0.1:2",
        auth="local",
        running=str(tmp_path / "rensei/state/platforms"),
    )
    assert ids(answers(SHOW)) == []
    with running(Config(in_memory=True), environ={"RENSEI_HOME": str(tmp_path / "rensei")}):
        assert ids(answers(SHOW)) == [f"{2:016x}"]


def test_contexts_that_cannot_be_read_are_no_trouble(see, answers, tmp_path, contexts):
    see(row(1))
    contexts(None)
    for broken in (b"\xff", b"active = 1\ncontexts = 2", b"[contexts.x", b""):
        (tmp_path / "rensei/config/contexts.toml").write_bytes(broken)
        assert ids(answers(SHOW)) == [f"{1:016x}"]


def test_what_was_kept_of_a_server_or_a_context_can_be_forgotten(see, surroundings, tmp_path):
    def left():
        return {cache.read(str(file))[0].auth for file in folder.iterdir()}

    folder = tmp_path / "rensei/cache/sessions"
    see(row(1), url="http://one.test", auth="one")
    see(row(2), url="http://one.test", auth="same-server")
    see(row(3), url="http://two.test", auth="two")
    see(row(4), url="http://127.0.0.1:2", auth="local")
    forget(surroundings, "http://one.test/", "one")
    assert left() == {"two", "local"}
    forget(surroundings, None, "local")
    assert left() == {"two"}


def test_a_demo_that_is_over_is_forgotten(rensei, see, answers, tmp_path):
    see(row(1), running=str(tmp_path / "nothing-runs"), url="http://127.0.0.1:1")
    assert ids(answers(SHOW)) == []
    assert ids(answers("rensei --url http://127.0.0.1:1 session show ")) == [f"{1:016x}"]

    with running(Config(in_memory=True), environ=home(rensei)):
        see(row(2), url="http://127.0.0.1:2", running=str(rensei.home / "state/platforms"))
        assert ids(answers(SHOW)) == [f"{2:016x}"]
    assert ids(answers(SHOW)) == []


def test_a_demo_is_offered_while_it_runs_and_leaves_nothing(surroundings, answers, tmp_path):
    demo = subprocess.Popen(
        [sys.executable, "-m", "rensei_cli", "demo", "--no-watch"],
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert any("Ctrl-C ends it" in line for line in demo.stderr)
        assert "ENG-124" in answers(SHOW)
        assert any((tmp_path / "rensei/cache/sessions").iterdir())
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=30)
    finally:
        demo.kill()
        demo.wait()
    assert list((tmp_path / "rensei/cache/sessions").iterdir()) == []


def test_old_scopes_make_room(see, tmp_path):
    for number in range(30):
        see(row(number), url=f"http://{number}.test")

    assert len(list((tmp_path / "rensei/cache/sessions").iterdir())) == 16


def test_it_lies_where_the_system_keeps_caches(tmp_path):
    environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    code = "import platformdirs; print(platformdirs.user_cache_path('rensei', appauthor=False))"
    for more in ({}, {"XDG_CACHE_HOME": str(tmp_path / "xdg")}):
        theirs = subprocess.run(
            [sys.executable, "-c", code],
            env={**environ, **more},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        ours = "import os; from rensei_cli.completion.cache import folder; "
        told = subprocess.run(
            [sys.executable, "-c", ours + "print(folder(dict(os.environ)))"],
            env={**environ, **more},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        assert Path(told) == Path(theirs, "sessions")


def test_the_home_of_nobody_is_nowhere():
    assert cache.folder({"RENSEI_HOME": "~nobody-at-all/x"}).startswith(os.devnull)


def test_the_order_of_what_is_offered(see, answers):
    see(*SEEN)

    assert list(answers(SHOW)) == [
        "@latest",
        *(fields[1] for fields in SEEN),
        *(fields[0] for fields in SEEN),
    ]
