"""``python -m bench.peer [--rounds N] [--quick] [--json]``; ``make bench``."""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
from collections.abc import Iterator, Mapping
from functools import partial

from rich.console import Console

from bench.peer import bus, stack
from bench.peer.outcome import outcome
from bench.peer.show import as_json, table
from bench.peer.tools import BenchFailed, sink
from bench.peer.turn import Load, Turn, measure
from bus import log

_BROKER = os.environ.get("BUS_TEST_BROKER_URL", "amqp://bus_test:bus_test@127.0.0.1:5672/bus_test")


def main() -> int:
    """Measure and show. 1 where something failed, 130 where it was broken off."""
    asked, about, progress = _arguments(), _about(), Console(stderr=True)
    log.configure(level="error")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    turns = list[Turn]()
    try:
        for turn in _turns(asked):
            turns.append(turn)
            progress.print(f"{turn.side}: {turn.rate:,.0f} documents a second", style="dim")
    except KeyboardInterrupt:
        return 130
    except (BenchFailed, RuntimeError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    _show(asked, turns, about)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.peer", description="Measures the bus beside a stack written by hand, in turns in one run."
    )
    parser.add_argument("--rounds", type=int, default=2, metavar="N", help="turns of each; 2 unless told")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything: shows that it runs")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--broker", default=_BROKER, metavar="URL", help="of RabbitMQ on this machine, for the peer")
    asked = parser.parse_args()
    if asked.rounds < 1:
        parser.error("--rounds: one at least")
    return asked


def _turns(asked: argparse.Namespace) -> Iterator[Turn]:
    """Each side once in each round, with a sink and a home or queue that nobody used before."""
    load = Load(300, 100, 50) if asked.quick else Load()
    for _ in range(asked.rounds):
        for running in (bus.running, partial(stack.running, asked.broker)):
            with sink() as there, running(there.port) as side:
                yield measure(side, there, load)


def _about() -> Mapping[str, object]:
    """The machine, and what it was doing before this began."""
    return {"python": platform.python_version(), "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1)}


def _show(asked: argparse.Namespace, turns: list[Turn], about: Mapping[str, object]) -> None:
    if asked.json:
        sys.stdout.write(as_json(outcome(turns), about) + "\n")
    else:
        title = ", ".join(f"{name} {value}" for name, value in about.items())
        Console(width=None if sys.stdout.isatty() else 140).print(table(outcome(turns), title))


if __name__ == "__main__":
    sys.exit(main())
