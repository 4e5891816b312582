"""``python -m bench [SCENARIO ...] [--quick] [--json]``."""

from __future__ import annotations

import argparse
import json
import signal
import sys

from rich.console import Console

from bench.options import Options
from bench.scenarios import scenarios
from bus import log
from bus.bench.about import about, line
from bus.bench.row import Row
from bus.bench.table import as_json, tables
from bus.errors import BusError

_BROKER = "amqp://guest:guest@127.0.0.1:5672//"


def main() -> int:
    """Measure what was asked for. 1 where something failed, 130 where it was broken off: what is known is shown."""
    asked, rows = _arguments(), list[Row]()
    log.configure(level="error")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    code = 0
    try:
        _measure(asked, rows)
    except KeyboardInterrupt:
        code = 130
    except (BusError, RuntimeError) as error:
        sys.stderr.write(f"{error}\n")
        code = 1
    _show(asked, rows)
    return code


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measures parts of the bus, side by side in one run."
    )
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"of {', '.join(scenarios())}; none: all")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything: shows that it runs")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--broker", default=_BROKER, metavar="URL", help="of RabbitMQ, for the scenario channel")
    parser.add_argument(
        "--database", default="", metavar="URL", help="of an empty PostgreSQL, for the scenario journal"
    )
    asked = parser.parse_args()
    if unknown := set(asked.scenarios) - set(scenarios()):
        parser.error(f"there is no scenario {', '.join(sorted(unknown))}; there are {', '.join(scenarios())}")
    return asked


def _measure(asked: argparse.Namespace, rows: list[Row]) -> None:
    options = Options(asked.quick, asked.broker, asked.database)
    progress = Console(stderr=True)
    for name, scenario in scenarios().items():
        if not asked.scenarios or name in asked.scenarios:
            for row in scenario(options):
                progress.print(f"{row.scenario}: {row.case}", style="dim")
                rows.append(row)


def _show(asked: argparse.Namespace, rows: list[Row]) -> None:
    machine = about()
    if asked.json:
        sys.stdout.write(json.dumps(as_json(rows, machine), ensure_ascii=False, indent=2) + "\n")
        return
    page = Console(width=None if sys.stdout.isatty() else 160)
    page.print(line(machine))
    for table in tables(rows):
        page.print("", table)


if __name__ == "__main__":
    sys.exit(main())
