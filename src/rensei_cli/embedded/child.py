"""The platform as a child process: it says where it is, and ends with its parent.

`python -m rensei_cli.embedded.child '{"in_memory": true, "claim_ttl_seconds": 3600}'`
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from rensei_cli.embedded.config import Config, Thresholds
from rensei_cli.embedded.family import leave_with_parent
from rensei_cli.embedded.platform import Running, StartError, serve


def main(settings: dict[str, Any]) -> None:
    """Serve with these settings of a `Config`, its thresholds an object of their own."""
    leave_with_parent()
    fields = {**settings, "thresholds": Thresholds(**settings.get("thresholds", {}))}
    if "data" in settings:
        fields["data"] = Path(settings["data"])
    try:
        serve(Config(**fields), environ=os.environ, ready=_tell)
    except StartError as error:
        raise SystemExit(error.told) from None


def _tell(platform: Running) -> None:
    card = {"url": platform.url, "credentials": str(platform.credentials_path)}
    os.write(1, json.dumps(card).encode() + b"\n")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]) if len(sys.argv) > 1 else {})
