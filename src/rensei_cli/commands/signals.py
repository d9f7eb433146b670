"""The signals that end a program, as words for what is running."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def signals_as_words(
    end: Callable[[int, str], None], wake: Callable[[None], None] | None = None
) -> Iterator[None]:
    """Turn the signals that end a program into a word; the second one ends it at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    words = {
        signal.SIGINT: (130, "detached by Ctrl-C"),
        signal.SIGTERM: (143, "ended by SIGTERM"),
        signal.SIGHUP: (129, "the terminal was closed"),
    }

    def ending(number: int, _frame: object) -> None:
        signal.signal(number, before[signal.Signals(number)])
        end(*words[signal.Signals(number)])

    def waking(_number: int, _frame: object) -> None:
        if wake is not None:
            wake(None)

    # What was started with `nohup`, or in the background of a script, ignores signals on purpose.
    heeded = [number for number in words if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, ending) for number in heeded}
    before[signal.SIGWINCH] = signal.signal(signal.SIGWINCH, waking)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
