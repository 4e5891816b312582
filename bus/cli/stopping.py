"""Until when a command runs: SIGINT and SIGTERM ask it to end in order; asked again, it ends at once."""

from __future__ import annotations

import signal
import threading

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def on_signals() -> threading.Event:
    """An event that is set when the process is asked to end. Only for the main thread, before any other is begun.

    A handler would not do: the system may hand a signal to any thread, Python runs handlers in the main one only, and
    that one, asleep on a lock, would hear of it when it next wakes. So one thread waits for signals and does nothing else.
    """
    asked = threading.Event()
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    threading.Thread(target=_listen, args=(asked,), name="signals", daemon=True).start()
    return asked


def _listen(asked: threading.Event) -> None:
    signal.sigwait(_SIGNALS)
    asked.set()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    threading.Event().wait()  # to be there for the second signal, which nobody else takes
