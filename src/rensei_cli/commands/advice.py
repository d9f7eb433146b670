"""What else could be done about an error, as this machine shows."""

from dataclasses import replace

from rensei_cli.errors import AuthError, RenseiError
from rensei_cli.platforms import running_platforms
from rensei_cli.runtime import Runtime


def advised(error: RenseiError, runtime: Runtime) -> RenseiError:
    """Give a refused credential's error with the platform that runs here and was not meant.

    Whoever configures anything is not led to an embedded platform, but may have expected it.
    """
    settings = vars(runtime).get("settings")
    if not isinstance(error, AuthError) or settings is None or settings.url_source != "default":
        return error
    running = running_platforms(runtime.environ)
    if not running:
        return error
    told = f"An embedded platform runs on this machine: --url {running[0].url} asks it."
    return replace(error, hint=f"{error.hint}\n{told}" if error.hint else told)
