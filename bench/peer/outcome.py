"""What the turns come to: the medians of each side, and the bus's relative to the peer's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bench.peer.turn import Turn


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one turn or of several; a ratio of two such is one too, without a unit."""

    rate: float
    p50: float
    p99: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """All of it."""

    turns: Sequence[Turn]
    bus: Figures
    peer: Figures
    ratio: Figures


def outcome(turns: Sequence[Turn]) -> Outcome:
    """What these come to. Of each side there is one at least."""
    bus, peer = (_medians([figures(turn) for turn in turns if turn.side == side]) for side in ("bus", "peer"))
    return Outcome(turns, bus, peer, _ratio(bus, peer))


def figures(turn: Turn) -> Figures:
    """Of one turn; the processor time is that of all processes of its side."""
    return Figures(turn.rate, turn.p50, turn.p99, sum(turn.cpu.values()))


def by_process(turns: Sequence[Turn], side: str) -> Mapping[str, float]:
    """Milliseconds of processor time a document, the median of the turns of one side."""
    of_side = [turn.cpu for turn in turns if turn.side == side]
    return {name: median(cpu[name] for cpu in of_side) for name in of_side[0]}


def _medians(seen: Sequence[Figures]) -> Figures:
    return Figures(
        median(one.rate for one in seen),
        median(one.p50 for one in seen),
        median(one.p99 for one in seen),
        median(one.cpu for one in seen),
    )


def _ratio(of: Figures, to: Figures) -> Figures:
    return Figures(of.rate / to.rate, of.p50 / to.p50, of.p99 / to.p99, of.cpu / to.cpu)
