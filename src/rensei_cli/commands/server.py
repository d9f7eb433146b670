"""`rensei server`: the embedded platform alone, to develop against."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rensei_cli.commands.tree import runtime_of
from rensei_cli.errors import RenseiError, UsageError
from rensei_cli.runtime import Runtime

if TYPE_CHECKING:
    from rensei_cli.embedded.platform import Running, StartError

HELP = """Run the embedded platform on this machine, until Ctrl-C.

It listens on loopback only, keeps everything in one SQLite file, and is found by every other
rensei command of this user without configuration.

Examples:
  rensei server
  rensei server --in-memory --port 0
  rensei server --json | jq -r .url
"""
_PORT = 7735
_CANNOT = "the embedded platform cannot start"
_ELSEWHERE = "RENSEI_HOME=DIR rensei server"


def server(
    ctx: typer.Context,
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="Port; 0 takes a free one.")
    ] = _PORT,
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
    from rensei_cli.embedded.platform import Config, StartError, Thresholds, serve

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
    except StartError as error:
        raise _told(error, data, runtime) from None


def _told(error: "StartError", data: Path | None, runtime: Runtime) -> RenseiError:
    """Give why the platform cannot start, and what helps against just that."""
    from rensei_cli.embedded.platform import Cause

    if error.cause is Cause.port:
        return _port_error(error, runtime)
    hint, remedy = {
        Cause.data_in_use: (
            "Another platform keeps its sessions there.",
            "rensei server --port 0 --data DIR, or --in-memory",
        ),
        Cause.data: (
            "The database needs a folder that can be written.",
            "rensei server --data DIR" if data else _ELSEWHERE,
        ),
        Cause.state: (
            "There other commands find the platform; RENSEI_HOME moves it, for them as well.",
            _ELSEWHERE,
        ),
        Cause.temporary: (
            "The keys need a folder that can be written.",
            "TMPDIR=DIR rensei server",
        ),
        Cause.log: ("The log has to be a file that can be written.", "rensei server --log FILE"),
    }[error.cause]
    return RenseiError(f"{_CANNOT}: {error.told}", hint=hint, remedy=remedy)


def _port_error(error: "StartError", runtime: Runtime) -> RenseiError:
    """Give why a port cannot be had; one of ours that runs there may be all that is wanted."""
    from rensei_cli.platforms import running_platforms

    what = f"{_CANNOT}: port {error.told}"
    ours = [one.url for one in running_platforms(runtime.environ)]
    if any(url.endswith(f":{error.place}") for url in ours):
        hint = "An embedded platform of yours runs there: every command finds it by itself."
        return RenseiError(what, hint=hint, remedy="rensei server --port 0 --in-memory")
    hint = "Another program has it, or it is for the system alone."
    return RenseiError(what, hint=hint, remedy="rensei server --port 0")


def require_server_extra() -> None:
    """Make sure that what the embedded platform is made of is installed."""
    from importlib.util import find_spec

    if not (find_spec("starlette") and find_spec("uvicorn")):
        raise UsageError(
            "the embedded platform is not installed",
            hint="It is the optional part named server.",
            remedy="pipx install 'rensei-cli[server]'",
        )
