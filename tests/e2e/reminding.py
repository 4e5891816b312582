"""One round of expectations over a home, which kills itself at a point: ``python -m tests.e2e.reminding FOLDER POINT``."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from bus.clock import HandClock
from bus.config import load_settings
from bus.journal import Journal
from tests.buses import alone
from tests.owing import OWN, at, expecting


def main(folder: Path, point: str) -> None:
    """Do it. The first word of a point says whether the verb was written."""
    when, verb = point.split(":")
    expect = Journal.expect

    def dying(self: Journal, name: str, request: object) -> Any:
        if name == verb and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        future = expect(self, name, request)
        if name == verb:
            future.result()
            os.kill(os.getpid(), signal.SIGKILL)
        return future

    Journal.expect = dying  # type: ignore[method-assign]
    settings = load_settings(
        home=folder / "home",
        regimes=folder / "regimes.yaml",
        routes=folder / "routes.yaml",
        listen="127.0.0.1:0",
        agency_code=OWN,
    )
    with alone(settings, HandClock(at("2026-04-18 00:10"))) as parts:
        expecting(parts).work()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
