"""What is to be measured, as the person asked for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bus.bench.requests import Address


@dataclass(frozen=True, slots=True)
class Crash:
    """Killed every so many seconds for so many seconds, at so many documents a second."""

    every: float = 2.0
    lasting: float = 120.0
    rate: float = 200.0


@dataclass(frozen=True, slots=True)
class Plan:
    """The options of ``bus bench``."""

    #: Of everything this part: to see that it runs, and little more, less is enough.
    scale: float = 1.0
    #: A bus that runs elsewhere; None: a daemon of our own for each scenario.
    target: Address | None = None
    #: Where the sinks are to be reached; the second one port further. Port 0: anywhere.
    sink: tuple[str, int] = ("127.0.0.1", 0)
    #: Processes of the target on this machine, whose CPU is counted.
    pids: tuple[int, ...] = ()
    #: Settings of a daemon of our own beyond its place: its database, its broker.
    settings: Mapping[str, str] | None = None
    crash: Crash = Crash()
    #: Settled messages to put into the tables, and the home to keep them in (None: one that goes away).
    fill: int = 1_000_000
    home: Path | None = None
    #: Documents that wait for an endpoint while another is looked at.
    waiting: int = 20_000
    #: Told how far it is.
    progress: Callable[[str], None] = lambda _text: None

    def seconds(self, full: float) -> float:
        """How long to do something."""
        return full * self.scale

    def count(self, full: int) -> int:
        """How many of something to do."""
        return max(1, round(full * self.scale))
