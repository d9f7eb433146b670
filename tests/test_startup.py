"""What a command does not need, it does not load: told by the interpreter itself."""

import os
import subprocess
import sys

import pytest

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

    assert loaded(ASKED.format(kind=shell, line=line), rensei.home) == TAB


def test_a_tab_reads_an_active_context_with_nothing_of_ours_besides(rensei, world):
    assert world.enqueue()
    assert rensei("session", "list").exit == 0
    (rensei.home / "config").mkdir(exist_ok=True)
    (rensei.home / "config/contexts.toml").write_text('active = "a"\n[contexts.a]\n')

    found = loaded(ASKED.format(kind="bash", line="rensei session show "), rensei.home)
    assert "tomllib" in found
    assert {name for name in found if name.startswith("rensei_cli")} == TAB


@pytest.mark.parametrize(
    ("argv", "absent"),
    [
        (("session", "list", "--json"), {"rich"}),
        (("session", "show", "@latest", "--json"), {"rich"}),
        (("session", "list", "-q"), {"rich"}),
        (("session", "list"), set()),
        (("session", "show", "@latest"), set()),
    ],
)
def test_reading_loads_no_loop_no_server_and_json_no_screen(rensei, world, argv, absent):
    assert world.enqueue()

    found = loaded(RUN + "assert code == 0; " + MODULES, rensei.home, *argv)

    assert "rensei_cli.api.client" in found
    assert found & (absent | {"asyncio", "sqlite3", "starlette", "uvicorn"}) == set()
    assert not {
        name for name in found if name.startswith(("rensei_cli.embedded", "rensei_cli.watch"))
    }
