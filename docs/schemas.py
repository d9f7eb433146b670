"""The JSON Schemas of what `--json` prints: made from the types, written beside this script."""

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from rensei_cli.account import schema as account
from rensei_cli.control.schema import PromptDocument, ReleaseDocument, StopDocument
from rensei_cli.doctor.schema import DoctorDocument
from rensei_cli.session import schema
from rensei_cli.watch.schema import WatchRecord

_FOLDER = Path(__file__).parent / "schemas"
_DOCUMENTS: dict[str, Any] = {
    "rensei.session-1": schema.SessionDocument,
    "rensei.sessions-1": schema.ListDocument,
    "rensei.watch-1": WatchRecord,
    "rensei.stop-1": StopDocument,
    "rensei.release-claim-1": ReleaseDocument,
    "rensei.prompt-1": PromptDocument,
    "rensei.doctor-1": DoctorDocument,
    "rensei.auth-status-1": account.StatusDocument,
    "rensei.auth-list-1": account.ContextsDocument,
    "rensei.auth-login-1": account.LoginDocument,
    "rensei.auth-use-1": account.UseDocument,
    "rensei.auth-logout-1": account.LogoutDocument,
}


def schemas() -> dict[str, dict[str, Any]]:
    """Give each schema under the name of its file."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {
        f"{name}.json": dialect | TypeAdapter(document).json_schema()
        for name, document in _DOCUMENTS.items()
    }


def text(found: dict[str, Any]) -> str:
    """Give a schema as it stands in its file."""
    return json.dumps(found, indent=2) + "\n"


if __name__ == "__main__":
    _FOLDER.mkdir(exist_ok=True)
    for name, found in schemas().items():
        (_FOLDER / name).write_text(text(found), encoding="utf-8")
