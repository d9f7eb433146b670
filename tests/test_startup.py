"""What a command does not need, it does not load: told by the interpreter itself."""

import os
import subprocess
import sys
import textwrap

import pytest
from inline_snapshot import snapshot

HEAVY = {"httpx", "pydantic", "rich", "asyncio", "sqlite3", "starlette", "uvicorn", "platformdirs"}
LATE = {f"rensei_cli.{name}" for name in ("api", "session", "render", "watch", "embedded")}


def loaded(code, home, *argv):
    """Give the modules that a fresh interpreter holds after some code."""
    program = f"import sys; sys.argv[1:] = {list(argv)!r}; {code}"
    # A run that measures coverage would put its own modules into every interpreter.
    environ = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**environ, "RENSEI_HOME": str(home)},
    )
    return set(done.stdout.partition("MODULES\n")[2].split())


MODULES = "print('MODULES'); print('\\n'.join(sys.modules))"
RUN = (
    "import os; "
    "from rensei_cli.cli import run; from rensei_cli.runtime import Runtime; "
    "code = run(sys.argv[1:], Runtime(environ=os.environ)); "
)


@pytest.mark.parametrize(
    ("code", "argv"),
    [
        ("import rensei_cli.cli; ", ()),
        ("from rensei_cli.cli import build; import typer; typer.main.get_command(build()); ", ()),
        (RUN, ("--help",)),
        (RUN, ("session", "--help")),
        (RUN, ("session", "show", "--help")),
        (RUN, ("session", "list", "--help")),
        (RUN, ("demo", "--help")),
    ],
)
def test_telling_about_a_command_loads_nothing_heavy(tmp_path, code, argv):
    found = loaded(code + MODULES, tmp_path, *argv)

    assert "rensei_cli.cli" in found
    assert found & (HEAVY | LATE) == set()


def test_the_version_is_told_without_typer(tmp_path):
    found = loaded("from rensei_cli.__main__ import run; run(); " + MODULES, tmp_path, "--version")

    assert "rensei_cli" in found
    assert found & ({"typer", "rensei_cli.cli"} | HEAVY | LATE) == set()


TAB = {
    "rensei_cli",
    "rensei_cli.__main__",
    "rensei_cli.completion",
    *(f"rensei_cli.completion.{part}" for part in ("answer", "cache", "grammar", "line")),
    *(f"rensei_cli.completion.{part}" for part in ("meant", "offers")),
}
ASKED = (
    "import os; before = set(sys.modules); "
    "os.environ |= dict(_RENSEI_COMPLETE='complete_{kind}', _RENSEI_COMPLETE_LINE={line!r}); "
    "from rensei_cli.__main__ import run\n"
    "try: run()\n"
    "except SystemExit: pass\n"
    "print('MODULES'); print('\\n'.join(set(sys.modules) - before))"
)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    "line", ["rensei ", "rensei session stop -", "rensei session show ", "rensei --color="]
)
def test_a_tab_is_answered_with_what_the_interpreter_has_loaded(rensei, world, shell, line):
    assert world.enqueue()
    assert rensei("session", "list").exit == 0

    assert loaded(ASKED.format(kind=shell, line=line), rensei.home) == TAB | {
        "gc"
    }  # it is built in


def test_a_tab_reads_an_active_context_with_nothing_of_ours_besides(rensei, world):
    assert world.enqueue()
    assert rensei("session", "list").exit == 0
    (rensei.home / "config").mkdir(exist_ok=True)
    (rensei.home / "config/contexts.toml").write_text('active = "a"\n[contexts.a]\n')

    found = loaded(ASKED.format(kind="bash", line="rensei session show "), rensei.home)
    assert "tomllib" in found
    assert {name for name in found if name.startswith("rensei_cli")} == TAB


# The libraries that are worth a word: each costs as much as an interpreter, or several.
WEIGHTY = HEAVY | {"httpcore", "keyring", "tomllib", "tomli_w", "truststore", "typer"}


def listed(found):
    """Give the libraries that were loaded, and our own modules by their packages."""
    packages = {"libraries": sorted(found & WEIGHTY)}
    for parts in sorted(name.split(".") for name in found if name.startswith("rensei_cli.")):
        if parts[1:] and ".".join(parts) not in {other.rpartition(".")[0] for other in found}:
            packages.setdefault(".".join(parts[:-1]), []).append(parts[-1])
    return "\n".join(
        textwrap.fill(f"{name}: {' '.join(inner)}", 96, subsequent_indent="  ")
        for name, inner in packages.items()
        if inner
    )


@pytest.fixture
def loads(rensei, world):
    """Give what a command has loaded when it ends, beyond what another had."""
    world.enqueue()

    def modules(*argv):
        return loaded(RUN + "assert code in (0, 8), code; " + MODULES, rensei.home, *argv)

    return lambda *argv, beyond=(): listed(modules(*argv) - (modules(*beyond) if beyond else set()))


HELP = ("session", "--help")
LIST = ("session", "list", "--json")
SHOW = ("session", "show", "@latest", "--json")
WATCH = ("session", "watch", "@latest", "--no-follow", "--json")


def test_what_every_command_loads(loads):
    assert loads(*HELP) == snapshot("""\
libraries: typer
rensei_cli: address again cli context contextfile credentials errors official options output
  paths platforms private runtime settings vault
rensei_cli.commands: acting advice arguments asking auth demo doctor following observe prompt
  release seen server session signals stop tree viewing watch
rensei_cli.completion: offers\
""")


def test_what_list_json_loads(loads):
    assert loads(*LIST, beyond=HELP) == snapshot("""\
libraries: httpcore httpx
rensei_cli.api: activity answer calls certificate client decoding exchange http models network
  opening outage proxy reading redaction redirect reports retry trust wire wording
rensei_cli.completion: cache meant remember
rensei_cli.render: text
rensei_cli.session: document estimate health lifecycle listing loops signals snapshot\
""")


def test_what_a_list_for_people_loads_besides(loads):
    assert loads("session", "list", beyond=LIST) == snapshot("""\
libraries: rich
rensei_cli.render: listing marks theme\
""")


def test_what_show_json_loads_beyond_a_list(loads):
    assert loads(*SHOW, beyond=LIST) == snapshot("rensei_cli.session: reference")


def test_what_a_page_for_people_loads_besides(loads):
    assert loads("session", "show", "@latest", beyond=SHOW) == snapshot("""\
libraries: rich
rensei_cli.control: holder
rensei_cli.render: activity evidence health history marks session theme\
""")


def test_what_a_watch_loads_beyond_a_page(loads):
    assert loads(*WATCH, beyond=SHOW) == snapshot("""\
rensei_cli.api: sse stream tail
rensei_cli.screen: records saving stream
rensei_cli.watch: arrivals beginning conditions ending errands events feed filter follow held
  identity known link loop plan recent record repeats sight state timetable told\
""")


def test_what_the_lines_of_a_watch_load_besides(loads):
    argv = [word for word in WATCH if word != "--json"]
    assert loads(*argv, beyond=WATCH) == snapshot("""\
rensei_cli.render: content diff digest evidence marks news paint watch
rensei_cli.screen: lines\
""")


def test_what_a_stop_loads_beyond_a_page(loads):
    assert loads("session", "stop", "@latest", "--dry-run", "--json", beyond=SHOW) == snapshot("""\
rensei_cli.api: acts
rensei_cli.control: beat claim document history holder observation observed plan prompt release
  sending stop\
""")
