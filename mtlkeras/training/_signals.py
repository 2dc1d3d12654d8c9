"""Ctrl-C and SIGTERM: stop between two steps, keep what is done."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class StopSignal(Exception):  # noqa: N818 - a request, no error
    """A signal asked to stop.

    Args:
        number: The signal.
    """

    def __init__(self, number: int):
        self.number = number
        super().__init__(number)

    @property
    def name(self) -> str:
        """`"Ctrl-C"` or the signal's name."""
        number = signal.Signals(self.number)
        return "Ctrl-C" if number is signal.SIGINT else number.name


class StopRequest:
    """Remembers that a signal came; `check` raises it where it is safe to stop."""

    def __init__(self) -> None:
        self.number: int | None = None

    def check(self, *_: object) -> None:
        """Raises `StopSignal` if a signal came."""
        if self.number is not None:
            raise StopSignal(self.number)


@contextmanager
def stop_request() -> Iterator[StopRequest]:
    """Yields what remembers SIGINT and SIGTERM while the block runs.

    A second signal acts as if nobody listened. Signals belong to the main thread; elsewhere
    nothing is remembered.
    """
    request = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield request
        return
    before = {}

    def remember(number: int, frame: FrameType | None) -> None:
        if request.number is not None:
            signal.signal(number, before[number])
            signal.raise_signal(number)
        request.number = number

    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            # `nohup` and the like have signals ignored: they stay so.
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, remember)
        yield request
    finally:
        for number, handler in before.items():
            # None: set by C code, which Python cannot put back.
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
