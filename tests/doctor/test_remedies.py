"""Everything the doctor may advise exists: our commands with their options, and the shell's."""

import re

import pytest

from rensei_cli.doctor.remedies import Remedy

VALUES = {
    "url": "http://localhost:3000/a b",
    "name": "it's mine",
    "variable": "HTTPS_PROXY",
    "place": "proxy:3128",
    "host": "rensei.example",
    "folder": "/home/a b",
    "file": "/home/a b/contexts.toml",
}


def filled(remedy):
    names = re.findall(r"\{(\w+)\}", remedy.value)
    return remedy.command(**{name: VALUES[name] for name in names})


@pytest.mark.parametrize("remedy", Remedy, ids=lambda remedy: remedy.name)
def test_every_remedy_is_a_command_that_exists(remedy, exists):
    assert exists(filled(remedy))


@pytest.mark.parametrize(
    "line",
    [
        "rensei auth lgoin",
        "rensei auth use",
        "rensei session watch @latest --transport-ways poll",
        "rensei doctor --url",
        "rm -rf /",
        "chmod 777 file",
    ],
)
def test_the_proof_would_notice_a_command_that_does_not_exist(line, exists):
    assert not exists(line)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_advised_completion_script_is_one_that_would_be_found(process, shell):
    told = process(_RENSEI_COMPLETE=f"source_{shell}")

    assert told.exit == 0
    assert "_RENSEI_COMPLETE" in told.stdout
