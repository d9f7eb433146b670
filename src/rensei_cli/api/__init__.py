"""The server as values: calls to send, answers to read; the only place that knows httpx."""

import sys

# Where click is installed (uvicorn brings it), `import httpx` also loads httpx's own command line
# with click, rich and pygments: half of its time, for a program nobody calls here. httpx goes on
# without it when the import fails, which this makes it do.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type] # None means: cannot be had
