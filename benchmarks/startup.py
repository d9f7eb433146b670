"""Start-up: how many times `python -c pass` a command takes, each between two passes of its own."""

import shutil
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench import Bench
from child import BrokenError, Child, finished
from measure import Figure, figure, in_turn
from sessions import MARK, SHOWN

_SHOWN_HOLDS = b"test_200.py"
_TAB_IDS = 200
# The same program with every import at the top, as programs usually are; the server that is an
# extra apart.
_EAGER = """
import importlib, pkgutil, rensei_cli
for found in pkgutil.walk_packages(rensei_cli.__path__, "rensei_cli."):
    if not found.name.startswith(("rensei_cli.__main__", "rensei_cli.embedded")):
        importlib.import_module(found.name)
import keyring, platformdirs, rich.live, tomli_w, tomllib, truststore
from rensei_cli.cli import main
main()
"""
_SHOW, _SHOW_JSON, _EAGER_SHOW = "show, 200 activities", "show --json", "show, eager"


@dataclass(frozen=True, slots=True)
class Case:
    """One command to start; it is done at its end, or with `first` once the proof was written."""

    name: str
    command: list[str]
    proof: bytes
    limit: float | None = None
    environ: dict[str, str] = field(default_factory=dict)
    first: bool = False

    def seconds(self, bench: Bench) -> float:
        """Give how long it took."""
        environ = bench.environ | self.environ
        if self.first:
            return _until(self.proof, self.command, environ)
        return finished(self.command, environ, self.proof).seconds


def start(bench: Bench) -> list[Figure]:
    """Measure all commands in turn."""
    rivals = _rivals(bench)
    cases = [*_commands(bench), *rivals]
    rounds = 3 if bench.quick else 11
    works = [_paired(bench, case) for case in cases]
    in_turn(1, works)  # fills the caches, and is not counted
    results = in_turn(rounds, works)
    taken = dict(zip((case.name for case in cases), results, strict=True))
    ratios = {name: [took / bare for took, bare in pairs] for name, pairs in taken.items()}
    rival = ", ".join(f"{case.name} {statistics.median(ratios[case.name]):.1f}" for case in rivals)
    eager = ratios.pop(_EAGER_SHOW)
    lazy = [mine / whole for mine, whole in zip(ratios[_SHOW], eager, strict=True)]
    return [
        *(
            figure(
                "start",
                case.name,
                "x pass",
                ratios[case.name],
                limit=case.limit,
                rival=rival if case.name == _SHOW_JSON else "",
                is_ours=case not in rivals,
            )
            for case in cases
            if case.name in ratios
        ),
        figure("start", "show, lazy / eager", "", lazy, limit=0.6),
    ]


def _paired(bench: Bench, case: Case) -> Callable[[], tuple[float, float]]:
    """Give the work that takes the time of a command, and of a pass: before and after it."""

    def work() -> tuple[float, float]:
        before = bench.pass_seconds()
        took = case.seconds(bench)
        return took, (before + bench.pass_seconds()) / 2

    return work


def _commands(bench: Bench) -> list[Case]:
    show = bench.session("show", SHOWN)
    watch = bench.session("watch", SHOWN)
    thousand = bench.session("list", "--project", "1000")
    return [
        Case("--version", bench.rensei("--version"), b"rensei ", 1.5),
        Case("--help", bench.rensei("--help"), b"session", 12),
        Case("session --help", bench.rensei("session", "--help"), b"watch", 12),
        tab(bench),
        Case(_SHOW, show, _SHOWN_HOLDS, 24),
        Case(_SHOW_JSON, [*show, "--json"], _SHOWN_HOLDS, 18),
        Case(_EAGER_SHOW, [bench.python, "-c", _EAGER, *show[1:]], _SHOWN_HOLDS),
        Case("list of 1,000", thousand, b"ENG-999"),
        Case("list of 1,000 --json", [*thousand, "--json"], b"ENG-999"),
        Case("watch, to first activity", watch, MARK, 18, first=True),
        Case("watch --json, to first activity", [*watch, "--json"], MARK, 18, first=True),
    ]


def tab(bench: Bench) -> Case:
    """Give a TAB that is answered from what a list of 200 sessions left behind."""
    environ = tab_environ(bench)
    listing = bench.session("list", "--project", str(_TAB_IDS))
    finished(listing, bench.environ | {"RENSEI_HOME": environ["RENSEI_HOME"]}, b"ENG-")
    offered = finished(bench.rensei(), bench.environ | environ, SHOWN.encode()).stdout
    if len(offered.splitlines()) < _TAB_IDS:
        raise BrokenError(f"a TAB offered fewer than {_TAB_IDS} ids: {offered[:200]!r}")
    return Case("TAB, 200 ids", bench.rensei(), SHOWN.encode(), 5, environ)


def tab_environ(bench: Bench) -> dict[str, str]:
    """Give what a shell's script sets before it asks what may follow, for a home of its own."""
    return {
        "RENSEI_HOME": f"{bench.environ['RENSEI_HOME']}/tab",
        "RENSEI_API_URL": bench.url,
        "_RENSEI_COMPLETE": "complete_bash",
        "_RENSEI_COMPLETE_LINE": "rensei session show 0",
        "_RENSEI_COMPLETE_WORD": "0",
    }


def _rivals(bench: Bench) -> list[Case]:
    """Give what of the other programs is installed, for the three requests of `show --json`."""
    urls = [
        f"{bench.url}/api/public/sessions",
        f"{bench.url}/api/public/sessions/{SHOWN}",
        f"{bench.url}/api/public/session-activities?sessionId={SHOWN}",
    ]
    found = []
    if shutil.which("curl") and shutil.which("jq"):
        quoted = " ".join(f"'{url}'" for url in urls)
        found.append(Case("curl|jq", _shell(f"curl -sZ {quoted} | jq ."), _SHOWN_HOLDS))
    if shutil.which("gh"):
        asked = [f"gh api '{url}'" for url in urls]
        beside = f"{' & '.join(asked)} & wait"
        home = {"GH_TOKEN": "none", "GH_CONFIG_DIR": f"{bench.environ['RENSEI_HOME']}/gh"}
        found += [
            Case("gh x 3", _shell("; ".join(asked)), _SHOWN_HOLDS, environ=home),
            Case("gh x 3 beside", _shell(beside), _SHOWN_HOLDS, environ=home),
        ]
    return [case for case in found if _works(bench, case)]


def _works(bench: Bench, case: Case) -> bool:
    """Whether a rival can be had at this server: `gh` was made for another one."""
    try:
        case.seconds(bench)
    except BrokenError:
        return False
    return True


def _shell(line: str) -> list[str]:
    return ["/bin/sh", "-c", line]


def _until(proof: bytes, command: list[str], environ: dict[str, str]) -> float:
    """Give the time from launch to the first sight of something."""
    with Child(command, environ) as child:
        written = b""
        for at, chunk in child.chunks():
            written += chunk
            if proof in written:
                return at - child.began
        raise child.broken(f"{proof.decode()!r} never came: {time.perf_counter() - child.began} s")
