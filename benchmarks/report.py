"""The figures as a table of 100 columns and as JSON, and in sentences what changed since."""

import json
import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from measure import PASS_SECONDS, Figure

BASELINE = Path(__file__).parent / "baseline.json"
PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
_KEPT = ("part", "name", "unit", "value", "noise", "limit", "more_is_better", "rival")
_ROW = "{:<34}{:>17} {:>10} {:<5}{:<15}{:>10}{:>8}"
_HEAD = ("", "figure", "limit", "", "rival", "baseline", "change")
COLUMNS = 100
_HUNDRED, _TEN = 100, 10


def baseline() -> dict[str, dict[str, Any]]:
    """Give the figures of the run that was kept last, by their names; none where none was."""
    if not BASELINE.exists():
        return {}
    return {kept["name"]: kept for kept in json.loads(BASELINE.read_text())["figures"]}


def write(file: Path, figures: Sequence[Figure], pass_seconds: float) -> None:
    """Write all there is to know of a run, samples and machine included."""
    told = _machine(pass_seconds) | {"figures": [_document(one) for one in figures]}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(told, indent=2) + "\n")


def keep(figures: Sequence[Figure], pass_seconds: float) -> None:
    """Make this run the baseline of the next; what it did not measure stays as it was."""
    kept = baseline() | {one.name: _document(one, samples=False) for one in figures}
    told = _machine(pass_seconds) | {"figures": list(kept.values())}
    BASELINE.write_text(json.dumps(told, indent=2) + "\n")
    PAGE.write_text(page(PAGE.read_text()))


def page(text: str) -> str:
    """Give the page about performance with the table of the baseline in its first code block."""
    kept = json.loads(BASELINE.read_text())
    lines = list(table([Figure(**one) for one in kept["figures"]], {}))
    lines[0] = f"`python -c pass`: {kept['passSeconds'] * 1000:.1f} ms, Python {kept['python']}"
    before, _, after = text.partition("```\n")
    return f"{before}```\n" + "\n".join(lines) + "\n```" + after.partition("```")[2]


def table(figures: Sequence[Figure], before: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Give the lines of the table."""
    yield _ROW.format(*_HEAD).rstrip()
    for one in figures:
        kept = before.get(one.name)
        then = _number(kept["value"]) if kept else ""
        change = f"{_change(one, kept):+.0%}" if kept else ""
        yield _ROW.format(
            one.name,
            f"{_number(one.value)} {one.unit}".strip(),
            _limit(one),
            {True: "ok", False: "OVER", None: ""}[one.is_within],
            one.rival,
            then,
            change,
        ).rstrip()


def sentences(
    figures: Sequence[Figure], before: dict[str, dict[str, Any]], pass_seconds: float
) -> Iterator[str]:
    """Give in sentences what the table means, and what changed by more than its noise."""
    slower = pass_seconds / PASS_SECONDS
    yield (
        f"`python -c pass` took {pass_seconds * 1000:.1f} ms. Rates and latencies are told for"
        f" {PASS_SECONDS * 1000:.0f} ms: a clock showed {1 / slower:.2f} times these rates and"
        f" {slower:.2f} times these latencies."
    )
    yield from _missed(figures)
    if not before:
        yield "There is no baseline; `--keep` makes this run one."
        return
    compared = [(one, before[one.name]) for one in figures if one.is_ours and one.name in before]
    for word, sign in (("worse", 1), ("better", -1)):
        changed = [_told(*pair) for pair in compared if sign * _worse(*pair) > _noise(*pair)]
        if changed:
            yield f"Got {word} by more than the noise of both runs: {'; '.join(changed)}."
        elif compared:
            yield f"Nothing got {word} by more than the noise of both runs."


def _missed(figures: Sequence[Figure]) -> Iterator[str]:
    limited = [one for one in figures if one.is_within is not None]
    over = [one.name for one in limited if not one.is_within]
    if over:
        yield f"Limits missed: {', '.join(over)}."
    elif limited:
        yield "Every limit is kept."


def _document(one: Figure, *, samples: bool = True) -> dict[str, Any]:
    told = asdict(one) | {"value": float(f"{one.value:.5g}"), "noise": round(one.noise, 4)}
    if not samples:
        return {name: told[name] for name in _KEPT}
    return told | {"within": one.is_within}


def _machine(pass_seconds: float) -> dict[str, Any]:
    return {
        "at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        "cores": os.cpu_count(),
        "passSeconds": round(pass_seconds, 5),
    }


def _change(one: Figure, kept: dict[str, Any]) -> float:
    return one.value / kept["value"] - 1 if kept["value"] else 0.0


def _worse(one: Figure, kept: dict[str, Any]) -> float:
    """Give by how much a figure is worse than it was, relative; below zero it is better."""
    return -_change(one, kept) if one.more_is_better else _change(one, kept)


def _noise(one: Figure, kept: dict[str, Any]) -> float:
    """Give what two runs may differ by without anything having changed."""
    return one.noise + float(kept["noise"])


def _told(one: Figure, kept: dict[str, Any]) -> str:
    return f"{one.name} from {_number(kept['value'])} to {_number(one.value)} {one.unit}".strip()


def _limit(one: Figure) -> str:
    sign = ">=" if one.more_is_better else "<="
    return f"{sign} {_number(one.limit)}" if one.limit is not None else ""


def _number(value: float) -> str:
    """Give three digits, or a whole number in groups."""
    if value >= _HUNDRED:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= _TEN else f"{value:.2f}"
