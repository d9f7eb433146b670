"""An edit as a diff, where an activity carries both sides of it."""

from collections.abc import Iterator

from rensei_cli.api.activity import Activity
from rensei_cli.render.text import clean

# Longer texts are not compared: a tail must not stop for a file that was written anew.
_COMPARED_CHARACTERS = 20_000
_SIDES = (("old_string", "new_string"), ("oldString", "newString"), ("old_str", "new_str"))


def edit_lines(activity: Activity) -> list[tuple[str, str]]:
    """Give the changed lines of an edit with their styles; nothing for what is no edit."""
    given = activity.tool_input
    if not given:
        return []
    edits = given.get("edits")
    found: list[tuple[str, str]] = []
    for edit in edits if isinstance(edits, list) else [given]:
        if isinstance(edit, dict):
            found += _changed(edit)
    return found


def _changed(edit: dict[str, object]) -> Iterator[tuple[str, str]]:
    for old, new in _SIDES:
        before, after = edit.get(old), edit.get(new)
        if isinstance(before, str) and isinstance(after, str):
            yield from _diff(before, after)
            return


def _diff(before: str, after: str) -> Iterator[tuple[str, str]]:
    if len(before) + len(after) > _COMPARED_CHARACTERS:
        return
    from difflib import SequenceMatcher  # noqa: PLC0415 - most runs are watched without an edit

    old, new = clean(before).splitlines(), clean(after).splitlines()
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from ((f"- {line}", "red") for line in old[i:j])
            yield from ((f"+ {line}", "green") for line in new[k:m])
