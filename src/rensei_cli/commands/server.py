"""`rensei server`: the embedded platform alone, to develop against."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rensei_cli.commands.tree import runtime_of
from rensei_cli.errors import RenseiError, UsageError

if TYPE_CHECKING:
    from rensei_cli.embedded.platform import Running

HELP = """Run the embedded platform on this machine, until Ctrl-C.

It listens on loopback only, keeps everything in one SQLite file, and is found by every other
rensei command of this user without configuration.

Examples:
  rensei server
  rensei server --in-memory --port 0
  rensei server --json | jq -r .url
"""
_PORT = 7735

_Limit = Annotated[float | None, typer.Option(metavar="SECONDS", min=0, show_default=False)]


def server(
    ctx: typer.Context,
    port: Annotated[int, typer.Option(metavar="N", help="Port; 0 takes a free one.")] = _PORT,
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the database.")
    ] = None,
    in_memory: Annotated[bool, typer.Option("--in-memory", help="Keep nothing on disk.")] = False,
    log: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Append who did what to which session, as JSON lines."),
    ] = None,
    claim_ttl: Annotated[
        float,
        typer.Option(metavar="SECONDS", min=1, help="A silent worker loses its claim after this."),
    ] = 180.0,
    long_running: Annotated[
        float, typer.Option(metavar="SECONDS", help="LongRunning: no state write for this long.")
    ] = 2700.0,
    stale_heartbeat: Annotated[
        float, typer.Option(metavar="SECONDS", help="StaleHeartbeat: no heartbeat for this long.")
    ] = 90.0,
    tool_loop: Annotated[
        float, typer.Option(metavar="SECONDS", help="ToolLoopStuck: one tool for this long.")
    ] = 600.0,
    claim_stuck: Annotated[
        float, typer.Option(metavar="SECONDS", help="ClaimStuck: claimed, not running, this long.")
    ] = 300.0,
) -> None:
    """Run the embedded platform."""
    runtime = runtime_of(ctx)
    require_server_extra()
    from rensei_cli.embedded.platform import Config, Thresholds, serve

    output = runtime.plain_output()
    config = Config(
        port=port,
        data=data,
        in_memory=in_memory,
        log=log,
        claim_ttl_seconds=claim_ttl,
        thresholds=Thresholds(
            long_running_ms=round(long_running * 1000),
            stale_heartbeat_ms=round(stale_heartbeat * 1000),
            tool_loop_ms=round(tool_loop * 1000),
            claim_ms=round(claim_stuck * 1000),
        ),
    )

    def ready(platform: "Running") -> None:
        if output.as_json:
            output.document({"url": platform.url, "credentials": str(platform.credentials_path)})
        else:
            output.write(f"{platform.url}\n")
        output.notice(f"keys: {platform.credentials_path}\nCtrl-C ends it")

    try:
        serve(config, environ=runtime.environ, ready=ready)
    except OSError as error:
        raise RenseiError(
            f"the embedded platform cannot start: {error.strerror or error}",
            hint="The port or the data is in use by another platform, or the log cannot be kept.",
            remedy="rensei server --port 0 --in-memory",
        ) from None


def require_server_extra() -> None:
    """Make sure that what the embedded platform is made of is installed."""
    from importlib.util import find_spec

    if not (find_spec("starlette") and find_spec("uvicorn")):
        raise UsageError(
            "the embedded platform is not installed",
            hint="It is the optional part named server.",
            remedy="pipx install 'rensei-cli[server]'",
        )
