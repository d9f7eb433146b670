"""The answer to a TAB: a line that says what follows, then the words in the shell's own form."""

import os
import sys

from rensei_cli.completion import cache, grammar, line, offers

# Another program called `rensei` says something else, which no script of ours takes for an answer.
WORDS = "rensei words"
FILES = "rensei files"
_SCRIPTS = {"bash": "rensei.bash", "zsh": "_rensei", "fish": "rensei.fish"}
# bash's name for showing what there is, where a word with its meaning behind it cannot be inserted.
_LISTING = ("63", "33", "64")
_LONGEST_MEANING = 56

Offer = tuple[str, str]


def answer(environ: dict[str, str]) -> int:
    """Answer what a script of `scripts/` asks, or print the script itself (`source_bash`)."""
    asked, _, shell = environ["_RENSEI_COMPLETE"].rpartition("_")
    if shell not in _SCRIPTS or asked not in {"source", "complete"}:
        sys.stderr.write(f"_RENSEI_COMPLETE takes source_ or complete_ and {', '.join(_SCRIPTS)}\n")
        return 2
    text = script(shell) if asked == "source" else reply(shell, environ)
    sys.stdout.write(text)
    return 0


def script(shell: str) -> str:
    """Give the completion script of a shell."""
    folder = os.path.join(os.path.dirname(__file__), "scripts")
    with open(os.path.join(folder, _SCRIPTS[shell]), encoding="utf-8") as opened:
        return opened.read()


def reply(shell: str, environ: dict[str, str]) -> str:
    """Give what a shell is to offer at the cursor."""
    *before, word = line.arguments(environ.get("_RENSEI_COMPLETE_LINE", ""))
    place = grammar.Place()
    for finished in before:
        place.enter(finished)
    kept, values = place.offered(word)
    if (offers.FILES, "") in values:
        return f"{FILES}\n"
    found = [offer for value in values for offer in _known(value, place.given, environ)]
    whole = [(kept + value, meaning) for value, meaning in found]
    lines = _FORMS[shell](whole, word, environ)
    return "".join(f"{text}\n" for text in [WORDS, *lines])


def _known(value: Offer, given: dict[str, str], environ: dict[str, str]) -> list[Offer]:
    """Give what a declared value stands for now."""
    if value[0] == offers.CONTEXTS:
        return _contexts(environ)
    if value[0] not in {offers.SESSIONS, offers.LIVE_SESSIONS}:
        return [value]
    known = cache.remembered(environ, given)
    return _sessions(known, live=value[0] == offers.LIVE_SESSIONS)


def _contexts(environ: dict[str, str]) -> list[Offer]:
    """Give the stored contexts and where they lead; of the keys nothing is read."""
    from rensei_cli.context import stored_contexts  # they lie in TOML, whose reader takes time
    from rensei_cli.errors import RenseiError

    try:
        known = stored_contexts(environ).known
    except RenseiError:
        return []
    names = (name for name in sorted(known) if cache.word(name))
    return [(name, cache.prose((known[name].server or "").rpartition("//")[2])) for name in names]


def _sessions(known: list[cache.Known], *, live: bool) -> list[Offer]:
    """Give the newest session, and each by its id and, where that names only it, by its issue."""
    named = [one.identifier for one in known if one.live]
    wanted = [one for one in known if one.live or not live]
    found = {} if live else {"@latest": "the newest session"}
    for one in wanted:
        if one.identifier and named.count(one.identifier) < 2:  # noqa: PLR2004 - two are ambiguous
            found.setdefault(one.identifier, _joined(one.status, one.title or one.id))
    for one in wanted:
        found.setdefault(one.id, _joined(one.identifier, one.status, one.title))
    return list(found.items())


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _bash(offered: list[Offer], word: str, environ: dict[str, str]) -> list[str]:
    """Give what fits the word; bash replaces only what follows its last `=` or `:`."""
    fitting = [one for one in offered if one[0].lower().startswith(word.lower())]
    replaced = environ.get("_RENSEI_COMPLETE_WORD", "")
    stays = len(word) - len(replaced) if word.endswith(replaced) else 0
    listing = len(fitting) > 1 and environ.get("_RENSEI_COMPLETE_TYPE") in _LISTING
    return [value[stays:] + (_aside(meaning) if listing else "") for value, meaning in fitting]


def _aside(meaning: str) -> str:
    return f"  ({meaning[:_LONGEST_MEANING]})" if meaning else ""


def _zsh(offered: list[Offer], _word: str, _environ: dict[str, str]) -> list[str]:
    """Give value:meaning; zsh chooses by its own rules what fits."""
    escaped = [(value.replace(":", "\\:"), meaning) for value, meaning in offered]
    return [f"{value}:{meaning}" if meaning else value for value, meaning in escaped]


def _fish(offered: list[Offer], _word: str, _environ: dict[str, str]) -> list[str]:
    """Give value, tab, meaning; fish chooses by its own rules what fits."""
    return [f"{value}\t{meaning}" if meaning else value for value, meaning in offered]


_FORMS = {"bash": _bash, "zsh": _zsh, "fish": _fish}
