"""What both stacks have in common: they take documents at ``/api/v1/messages`` and bring them to a sink."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from bench.peer import processor

#: Processor time that is no work any more, in seconds for each pause between two looks.
_REST, _PAUSE, _PATIENCE = 0.02, 0.25, 10.0


@dataclass(frozen=True, slots=True)
class Side:
    """One of them, running and ready."""

    name: str
    #: Of 127.0.0.1, where it takes documents.
    port: int
    #: Its processes, by what they are called in the table; whatever one started counts as its own.
    processes: Mapping[str, int]

    def cpu(self) -> Mapping[str, float]:
        """Seconds of processor time so far."""
        return {name: processor.seconds(pid) for name, pid in self.processes.items()}

    def rest(self) -> None:
        """Wait until it has all but stopped working; ten seconds at the most, for a broker never quite does."""
        deadline, before = time.monotonic() + _PATIENCE, -1.0
        while (now := sum(self.cpu().values())) - before > _REST and time.monotonic() < deadline:
            before = now
            time.sleep(_PAUSE)
