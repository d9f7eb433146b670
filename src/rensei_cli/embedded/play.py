"""An agent as a process of its own: it does its steps in a folder and tells of each one.

`python -m rensei_cli.embedded.play AGENT IDENTIFIER PACE FOLDER`. Activities go out as lines of
JSON, prompts come in as lines of JSON, and the end of input is the end of the agent and of every
tool it runs. The exit status says how it went: 0 completed, 1 failed.
"""

import itertools
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

from rensei_cli.embedded.agent import AGENTS
from rensei_cli.embedded.family import end_session, leave_with_parent, leaving_on_signals
from rensei_cli.embedded.steps import Activity, played
from rensei_cli.embedded.tasks import task_for
from rensei_cli.embedded.tools import Workspace

COMPLETED, FAILED = 0, 1
# Steps do not come like clockwork; the mean stays the pace.
_RHYTHM = (0.7, 1.2, 1.0, 0.8, 1.3)


def main(agent: str, identifier: str, pace_seconds: float, folder: Path) -> int:
    """Let an agent work on an issue; gives the exit status."""
    if not folder.is_dir():
        return FAILED  # whoever wanted this agent has gone meanwhile
    prompts = SimpleQueue[str]()
    with leaving_on_signals(), Workspace(folder) as workspace:
        leave_with_parent(lambda line: prompts.put(json.loads(line)))
        try:
            steps = played(AGENTS[agent](task_for(identifier)), workspace)
            return _told(_paced(steps, prompts, pace_seconds))
        finally:
            # A tool that was just being started is known to nobody but the system.
            end_session(os.getpid())


def _told(activities: Iterator[Activity]) -> int:
    try:
        for activity in activities:
            _tell(activity)
    except BrokenPipeError:
        return FAILED  # nobody listens any more
    except Exception as error:  # noqa: BLE001 - an agent may break on anything
        _tell({"type": "error", "content": f"{type(error).__name__}: {error}"})
        return FAILED
    return COMPLETED


def _tell(activity: Activity) -> None:
    os.write(1, json.dumps(activity).encode() + b"\n")


def _paced(
    steps: Iterator[Activity], prompts: SimpleQueue[str], pace_seconds: float
) -> Iterator[Activity]:
    for activity, share in zip(steps, itertools.cycle(_RHYTHM)):
        yield activity
        yield from _heard(prompts)
        time.sleep(pace_seconds * share)
    yield from _heard(prompts)


def _heard(prompts: SimpleQueue[str]) -> Iterator[Activity]:
    while not prompts.empty():
        yield {"type": "thought", "content": f"The operator says: {prompts.get()}"}
        yield {"type": "response", "content": "Understood. I go on with that in mind."}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], sys.argv[2], float(sys.argv[3]), Path(sys.argv[4])))
