"""One round of reports that are made of others over a home, which kills itself at a point: ``python -m tests.e2e.adding_up FOLDER POINT [URL]``."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from bus.clock import HandClock
from bus.journal import Journal
from tests.adding import aggregating, settings_of
from tests.buses import alone
from tests.owing import at


def main(folder: Path, point: str, **more: Any) -> None:
    """Do it. The first word of a point says whether the verb was written."""
    when, verb = point.split(":")
    aggregate = Journal.aggregate

    def dying(self: Journal, name: str, request: object) -> Any:
        if name == verb and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        future = aggregate(self, name, request)
        if name == verb:
            future.result()
            os.kill(os.getpid(), signal.SIGKILL)
        return future

    Journal.aggregate = dying  # type: ignore[method-assign]
    with alone(settings_of(folder, **more), HandClock(at("2026-02-18 08:00"))) as parts:
        aggregating(parts).work()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], **({"database_url": sys.argv[3]} if len(sys.argv) > 3 else {}))
