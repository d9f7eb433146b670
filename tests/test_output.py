"""How results leave: through a pipe, a closed or a full one, in ASCII, each on its own stream."""

import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.text import Text

from rensei_cli.errors import RenseiError
from rensei_cli.options import Color
from rensei_cli.output import Output, dumps


@pytest.fixture
def output():
    """Streams kept in memory, and what was written to them."""

    def made(**how):
        stdout, stderr = io.StringIO(), io.StringIO()
        how = {"environ": {}} | how
        return Output(stdout=stdout, stderr=stderr, **how), stdout, stderr

    return made


def test_a_result_goes_to_stdout_and_all_else_to_stderr(output):
    out, stdout, stderr = output(verbose=True)

    out.emit(lambda: {"a": 1}, lambda width: Text(f"wide {width}"))
    out.notice("told")
    out.decision("decided")
    out.report(RenseiError("broken", "why", "what"))

    assert stdout.getvalue() == "wide 80\n"
    assert stderr.getvalue() == "told\n· decided\nerror: broken\n  why\n  try: what\n"


def test_with_json_a_result_and_an_error_are_documents_on_one_line(output):
    out, stdout, stderr = output(as_json=True)

    out.emit(lambda: {"ä": [1, None]}, lambda _: Text("never"))
    out.report(RenseiError("broken"))

    first, second = stdout.getvalue().splitlines()
    assert first == '{"\\u00e4":[1,null]}'
    assert json.loads(second)["error"]["message"] == "broken"
    assert stderr.getvalue() == "error: broken\n"


def test_a_decision_is_told_only_to_whoever_asks(output):
    out, _, stderr = output()

    out.decision("decided")

    assert stderr.getvalue() == ""


def test_what_is_written_is_made_harmless(output):
    out, stdout, stderr = output(verbose=True)

    out.write("id\x1b[2J\nnext\tone\n")
    out.notice("a\x9b31m\u202e")
    out.decision("b\rc")

    assert stdout.getvalue() == "id␛[2J\nnext\tone\n"
    assert stderr.getvalue() == "a⟨9B⟩31m⟨202E⟩\n· b␍c\n"


def test_a_long_error_stays_on_its_line_in_a_pipe(output):
    out, _, stderr = output()

    out.report(RenseiError("word " * 100 + "end"))

    assert stderr.getvalue().count("\n") == 1


@pytest.mark.parametrize(
    ("columns", "width"),
    [("40", 40), ("9999", 9999), *((odd, 80) for odd in ("", "0", "-5", "²", "wide", "9" * 5000))],
)
def test_the_width_of_a_pipe_is_what_was_asked_for_or_80(output, columns, width):
    out, stdout, _ = output(environ={"COLUMNS": columns})

    out.emit(dict, lambda width: Text(str(width)))

    assert stdout.getvalue() == f"{width}\n"


@pytest.mark.parametrize(
    ("color", "colored"), [(Color.auto, False), (Color.never, False), (Color.always, True)]
)
def test_a_pipe_is_coloured_only_on_demand(output, color, colored):
    out, stdout, _ = output(color=color)

    out.emit(dict, lambda _: Text("x", style="red"))

    assert ("\x1b[31m" in stdout.getvalue()) is colored


@pytest.mark.parametrize(
    ("how", "colored"),
    [
        ({}, True),
        ({"environ": {"TERM": "dumb"}}, False),
        ({"color": Color.never}, False),
        ({"color": Color.always, "environ": {"TERM": "dumb"}}, True),
    ],
    ids=str,
)
def test_a_terminal_is_coloured_unless_it_cannot_be(how, colored):
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as reader, os.fdopen(theirs, "w") as terminal:
        how = {"environ": {"TERM": "xterm"}} | how
        out = Output(stdout=terminal, stderr=io.StringIO(), **how)
        out.emit(dict, lambda _: Text("x", style="red"))
        shown = reader.read(100)

    assert (b"\x1b[31m" in shown) is colored


def test_a_terminal_gets_a_document_that_can_be_read():
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as reader, os.fdopen(theirs, "w") as terminal:
        out = Output(stdout=terminal, stderr=io.StringIO(), environ={}, as_json=True)
        out.document({"a": {"b": 1}})
        shown = reader.read(100)

    assert shown.replace(b"\r", b"") == b'{\n  "a": {\n    "b": 1\n  }\n}\n'


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
    max_leaves=15,
)


def _refuse(constant):
    raise ValueError(constant)


@settings(max_examples=40)
@given(st.dictionaries(st.text(), _values), st.sampled_from([None, 2]))
def test_a_document_is_strict_json_in_ascii(document, indent):
    text = dumps(document, indent)

    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    assert json.loads(text, parse_constant=_refuse).keys() == document.keys()


def test_a_full_disk_is_an_error_of_ours():
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    for say in (
        lambda out: out.write("x"),
        lambda out: out.document({}),
        lambda out: out.emit(dict, lambda _: Text("x")),
    ):
        with full.open("w") as stream:
            out = Output(stdout=stream, stderr=io.StringIO(), environ={})
            with pytest.raises(RenseiError, match="could not be written: No space left"):
                say(out)


def shell(script, home, **environ):
    """Run a line of shell in which `$rensei` is the program, and give what came of it."""
    program = f"{sys.executable} -m rensei_cli"
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {script}"],
        env={"PATH": os.environ["PATH"], "RENSEI_HOME": str(home), "rensei": program} | environ,
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("command", ["session list", "session list --json", "session list -q"])
def test_a_reader_that_has_seen_enough_ends_the_program_quietly(rensei, world, command):
    world.enqueue()

    done = shell(f"$rensei {command} | :", rensei.home)

    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr.splitlines() == [
        f"rensei: using the embedded platform at {world.platform.url}".encode()
    ]


@pytest.mark.parametrize("command", ["list --json", "show 0000000000000000 --json"])
def test_both_streams_may_end_early(rensei, world, command):
    assert world.platform.url
    done = shell(f"$rensei session {command} 2>&1 | :", rensei.home)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize("closed", [">&-", "2>&-", "--json >&- 2>&- <&-"])
def test_a_stream_that_was_closed_before_the_start_is_done_without(rensei, world, closed):
    world.enqueue()

    done = shell(f"$rensei session list {closed}", rensei.home)

    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


def test_nothing_on_a_closed_standard_input_is_no_credential(rensei, world):
    assert world.platform.url
    done = shell("$rensei session list --token-stdin <&-", rensei.home)

    assert done.returncode == 2
    assert done.stderr.startswith(b"error: the credential from standard input is empty")


def test_a_full_disk_is_said_in_one_line(rensei, world):
    world.enqueue()

    done = shell("$rensei session list -q > /dev/full", rensei.home)

    assert done.returncode == 1
    assert done.stderr.splitlines()[1:] == [
        b"error: the output could not be written: No space left on device"
    ]


@pytest.mark.parametrize(
    "environ",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=str,
)
def test_a_stream_without_our_letters_gets_escapes_and_no_traceback(rensei, world, environ):
    world.enqueue("ENG-124", issueTitle="Überprüfe 語", branch="zweig-語")

    done = shell("$rensei session show ENG-124", rensei.home, **environ)

    assert done.returncode == 0, done.stderr
    assert b"ENG-124" in done.stdout
    assert b"Traceback" not in done.stderr
    done = shell("$rensei session show ENG-124 --json", rensei.home, **environ)
    assert json.loads(done.stdout)["session"]["branch"] == "zweig-語"


def test_a_user_without_a_home_reads_no_configuration(tmp_path):
    """A container often runs as a number without a name and without `HOME`."""
    code = (
        "import os; os.getuid = lambda: 987654;"
        "from rensei_cli.paths import config_dir; print((config_dir({}) / 'x').exists())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"]},
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == (b"False\n", b"")


def test_not_even_delete_leaves_as_it_is():
    assert dumps({"a": "\x7f"}) == '{"a":"\\u007f"}'
