"""SIGTERM and a closed terminal end a session as Ctrl-C does: reported, nothing left behind.

Python dies of SIGTERM and SIGHUP at once, without a word.
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def end_politely(config: pytest.Config) -> Iterator[None]:
    """Turn the two signals into pytest's own way out, as long as nobody else handles them."""
    if hasattr(config, "workerinput") or threading.current_thread() is not threading.main_thread():
        yield
        return
    ours = [number for number in _SIGNALS if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, _exit)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


def _exit(number: int, frame: FrameType | None) -> None:
    del frame
    # Only the first one: what follows must have the time to stop Go and to report.
    for other in _SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise pytest.exit.Exception(f"stopped by {signal.Signals(number).name}", 128 + number)
