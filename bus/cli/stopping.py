"""Until when a command runs: SIGINT and SIGTERM ask it to end in order; asked again, it ends at once."""

from __future__ import annotations

import signal
import threading
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def on_signals() -> threading.Event:
    """An event that is set when the process is asked to end. Only for the main thread."""
    asked = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)

    for number in _SIGNALS:
        signal.signal(number, ask)
    return asked
