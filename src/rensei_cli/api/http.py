"""httpx, without the command line that it loads as well where click is installed.

uvicorn brings click; with it, `import httpx` loads click, rich and pygments too and takes twice as
long, for a program that nobody calls here. Without click httpx goes on, as it does for most.
"""

import sys

_click = sys.modules.get("click")
sys.modules["click"] = None  # type: ignore[assignment] # so Python notes what cannot be had
try:
    import httpx
finally:
    del sys.modules["click"]
    if _click is not None:
        sys.modules["click"] = _click

__all__ = ["httpx"]
