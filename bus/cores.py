"""The interpreter runs one thread at a time; so its threads do best on one core.

Spread over several, each hand-over of the interpreter moves what the threads share to another core's cache, and wakes
threads that find it taken again: half as much CPU again for the same work. What other processes do is theirs.
"""

from __future__ import annotations

import os


def share_one() -> int | None:
    """Keep this thread, and those it will start, on one of the cores the process may use. The core; None where there
    is no choice. Processes side by side get different ones, by their numbers.
    """
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        return None
    core = cores[os.getpid() % len(cores)]
    os.sched_setaffinity(0, {core})
    return core
