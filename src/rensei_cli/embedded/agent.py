"""The demo's agents: what each of them does about an issue, in steps that are really done."""

import itertools
import json
import re
from collections.abc import Callable, Generator

from rensei_cli.embedded.bugs import Bug, Task
from rensei_cli.embedded.steps import Agent, Note, Pause, Say, Step, Use
from rensei_cli.embedded.tools import Result

_TESTS = "python -m unittest -q"
_FOREVER_SECONDS = 86_400.0
_REPEATS = 25


def mending(task: Task) -> Agent:
    """Write a module, find its two bugs by test, mend them, and say so."""
    yield Say("thought", f"{task.title}. I put down what should hold before I touch anything.")
    yield from _drafted(task)
    yield Use("Bash", {"command": "ls -l && wc -l *.py"})
    yield from _mended(task, task.first)
    yield Say("thought", task.doubt)
    test = _test_file(task)
    yield Use("Edit", {"file_path": test, **_added(task)})
    yield Note("lastEditedFile", test)
    yield from _mended(task, task.second)
    yield Say("thought", "Once more from a clean start, with every test named.")
    yield Use("Bash", {"command": "python -m unittest -v"})
    yield Use("Bash", {"command": f"python -W error -c 'import {task.module}' && echo imports"})
    yield Say("response", task.summary)


def quick(task: Task) -> Agent:
    """Mend one bug and stop there."""
    yield from _drafted(task)
    yield from _mended(task, task.first)
    yield Say("response", f"{task.title}: {task.first.insight}")


def repeating(task: Task) -> Agent:
    """Run a failing test over and over, and notice late."""
    yield Say("thought", "The test will tell me what is wrong.")
    yield from _drafted(task)
    for _ in range(_REPEATS):
        yield Use("Bash", {"command": _TESTS})
        yield Pause(1.0)
    yield Say("thought", "The same failure every time. Running it again changes nothing: I read.")
    yield from _mended(task, task.first)
    yield Say("response", task.first.insight)


def breaking(task: Task) -> Agent:
    """Trust a report that is cut off, and break on it."""
    yield Say("thought", "I measure first and go by the numbers.")
    yield from _drafted(task)
    report = f'{{"module": "{task.module}", "lines": '
    yield Use("Write", {"file_path": "report.json", "content": report})
    result = yield Use("Bash", {"command": "cat report.json"})
    yield Say("thought", f"{json.loads(result.output)['lines']} lines are few enough.")


def falling_silent(task: Task) -> Agent:
    """Think aloud, and then say nothing more."""
    yield Say("thought", f"{task.title}. Before I touch anything I want to understand it.")
    yield Note("currentFile", f"{task.module}.py")
    yield Say("thought", "Three places could be at fault; only one of them is called every time.")
    yield Say("progress", "Narrowed down to one function.")
    yield Say("thought", task.doubt)
    yield Say("thought", "I weigh two ways to mend it.")
    yield Pause(_FOREVER_SECONDS)


def tending(task: Task) -> Agent:
    """Mend a module, then try it again and again, and write down each time: only a stop ends it."""
    yield Say("thought", f"{task.title}. I mend what the tests find, and then keep an eye on it.")
    yield from _drafted(task)
    yield from _mended(task, task.first)
    log = f"{task.module}.log"
    yield Use("Write", {"file_path": log, "content": "0 rounds\n"})
    for number in itertools.count(1):
        yield from _tended(task, log, number)


def waiting(task: Task) -> Agent:
    """Wait for a word in a file that nobody writes: each call of the tool goes on until cut off."""
    yield from _drafted(task)
    while True:
        yield Use("Bash", {"command": f"tail -f {task.module}.py | grep --max-count 1 done"})


def never_starting(_: Task) -> Agent:
    """Do nothing at all."""
    yield Pause(_FOREVER_SECONDS)


AGENTS: dict[str, Callable[[Task], Agent]] = {
    "mending": mending,
    "quick": quick,
    "repeating": repeating,
    "breaking": breaking,
    "falling-silent": falling_silent,
    "tending": tending,
    "waiting": waiting,
    "never-starting": never_starting,
}


def _drafted(task: Task) -> Generator[Step, Result, None]:
    source = f"{task.module}.py"
    yield Use("Write", {"file_path": source, "content": task.source})
    yield Use("Write", {"file_path": _test_file(task), "content": task.test})
    yield Note("currentFile", source)


def _mended(task: Task, bug: Bug) -> Generator[Step, Result, None]:
    """Run the tests, read, mend, and run them again; go by what they say."""
    source = f"{task.module}.py"
    failed = yield Use("Bash", {"command": _TESTS})
    yield Say("thought", _read_off(failed))
    yield Use("Read", {"file_path": source})
    yield Say("thought", bug.insight)
    yield Use("Edit", {"file_path": source, "old_string": bug.old, "new_string": bug.new})
    again = yield Use("Bash", {"command": _TESTS})
    yield Say("error" if again.is_error else "progress", _read_off(again))


def _tended(task: Task, log: str, number: int) -> Generator[Step, Result, None]:
    """Try the module with another seed; read, and write down how often it was tried."""
    yield Say("thought", f"Round {number}: it has to hold whatever the hash seed is.")
    tried = yield Use("Bash", {"command": f"PYTHONHASHSEED={number} {_TESTS}"})
    yield Say("error" if tried.is_error else "progress", f"Round {number}: {_read_off(tried)}")
    yield Use("Read", {"file_path": (f"{task.module}.py", _test_file(task))[number % 2]})
    yield Use("Edit", {"file_path": log, **_counted(number)})
    yield Note("roundsDone", str(number))


def _counted(number: int) -> dict[str, str]:
    return {"old_string": f"{number - 1} rounds\n", "new_string": f"{number} rounds\n"}


def _added(task: Task) -> dict[str, str]:
    last = task.test.splitlines()[-1]
    return {"old_string": f"{last}\n", "new_string": f"{last}\n{task.more}"}


def _test_file(task: Task) -> str:
    return f"test_{task.module}.py"


def _read_off(result: Result) -> str:
    """Give what the tests say, in a sentence."""
    ran = re.search(r"^Ran (\d+) test", result.output, re.MULTILINE)
    ended = result.output.splitlines()[-1:] or [""]
    wrong = re.findall(r"^(?:FAIL|ERROR): (\w+)", result.output, re.MULTILINE)
    if not result.is_error and ran:
        return f"All {ran[1]} tests pass."
    return f"{', '.join(wrong)}: {ended[0]}" if wrong else ended[0]
