"""What shows the state of a health signal, in one sentence."""

from collections.abc import Mapping
from typing import Any

from rensei_cli.render.marks import SENTENCE_CHARACTERS
from rensei_cli.render.text import MISSING, ago, brief, duration
from rensei_cli.session.loops import repeats
from rensei_cli.session.signals import Signal, State

_SAMPLE_CHARACTERS = 60


def evidence(signal: Signal) -> str:
    """Give in one sentence what shows the state of a signal, or an empty text."""
    facts, state = signal.evidence, signal.state
    said = [brief(str(facts["message"]), SENTENCE_CHARACTERS)] if facts.get("message") else []
    if signal.name == "ToolLoopStuck" and state is State.active:
        said.append(_loop(facts))
    if state is State.active and facts.get("workerId"):
        said.append(f"worker {brief(str(facts['workerId']), _SAMPLE_CHARACTERS)}")
    age = facts.get("lastActivitySecondsAgo")
    if isinstance(age, int | float) and state in {State.active, State.unknown}:
        said.append(f"last activity {ago(age)}")
    return "; ".join(filter(None, said))


def _loop(facts: Mapping[str, Any]) -> str:
    """Give the repetition in words: how often, over how long, and how much of it is the same."""
    tool, calls = facts.get("tool"), facts.get("calls")
    if not (isinstance(tool, str) and isinstance(calls, int)):
        return ""
    spent = facts.get("seconds")
    over = f" in {duration(spent)}" if isinstance(spent, int | float) and spent >= 1 else ""
    sentence = f"{brief(tool, _SAMPLE_CHARACTERS)} {_count(calls)}{over}"
    identical, sample = facts.get("identical"), facts.get("sample")
    if not isinstance(identical, int):
        return sentence
    if calls > 1 and not repeats(calls, identical):
        distinct = facts.get("distinct", calls)
        return f"{sentence}, {distinct} different ones: probably busy, not looping"
    same = f", {identical} identical" if calls > 1 else ""
    after = ", and nothing since" if calls == 1 else ""
    return f"{sentence}{same}: {brief(str(sample or MISSING), _SAMPLE_CHARACTERS)}{after}"


def _count(calls: int) -> str:
    return "once" if calls == 1 else f"{calls}×"
