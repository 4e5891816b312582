"""``bench``: how fast the bus is here, what a document costs, and what outages and crashes do to it."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from bus.bench.about import about, line
from bus.bench.plan import Crash, Plan
from bus.bench.requests import Address
from bus.bench.row import Row
from bus.bench.scenarios import NAMES, measure
from bus.bench.stage import example
from bus.bench.table import as_json as told
from bus.bench.table import tables
from bus.cli import show
from bus.cli.guard import add
from bus.cli.options import Json, host_and_port
from bus.errors import BusError

#: As a shell has it where Ctrl-C ended a command.
_BROKEN_OFF = 130
_HERE = "127.0.0.1:0"
_QUICK = 0.05


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, bench)


def bench(
    scenarios: Annotated[list[str] | None, typer.Argument(help="What to measure.", show_default=False)] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A twentieth of everything: shows that it runs.")] = False,
    target: Annotated[str, typer.Option(metavar="URL", help="A bus that runs elsewhere.")] = "",
    key_file: Annotated[Path | None, typer.Option(help="The sender's key there.", exists=True, dir_okay=False)] = None,
    sink_listen: Annotated[str, typer.Option(help="HOST:PORT its routes lead to; the next port is used too.")] = _HERE,
    pid: Annotated[list[int] | None, typer.Option(help="A process of the target here; may be repeated.")] = None,
    database: Annotated[str, typer.Option(metavar="URL", help="An empty PostgreSQL for our own daemon.")] = "",
    broker: Annotated[str, typer.Option(metavar="URL", help="A RabbitMQ for our own daemon.")] = "",
    fill: Annotated[int | None, typer.Option(help="Settled messages to store, for fill. [1,000,000]", min=1)] = None,
    home: Annotated[Path | None, typer.Option(help="A new folder to keep them in, or one kept before.")] = None,
    waiting: Annotated[int, typer.Option(help="Documents of the backlog, for fairness.", min=1)] = 20_000,
    kill_every: Annotated[float, typer.Option(help="Seconds between kills, for crash.", min=0.1)] = 2.0,
    kill_for: Annotated[float, typer.Option(help="Seconds of kills.", min=0.1)] = 120.0,
    kill_rate: Annotated[float, typer.Option(help="Documents a second meanwhile.", min=1)] = 200.0,
    as_json: Json = False,
) -> None:
    """Measure a bus, with a sender and partners in processes of their own, and by default a daemon of its own.

    \b
    throughput   documents a second at 1, 20, 100 KB and 1 MB
    latency      open loop, at 50 a second and at half the maximum
    outage       a partner is away for 10 s: until what waited is there, and what another feels
    fairness     one partner hangs or has a backlog: what another feels
    large        100 MB and 1 GB beside a plain copy, and the daemon's memory
    crash        kill -9 again and again: what is lost, what arrives twice
    costs        commits, statements and fsyncs of a document
    committer    the journal's writer beside busy threads
    fill         throughput and questions with a million messages stored; only where it is named

    A document's CPU is told in milliseconds by process. Ctrl-C ends it and shows what is known by then.

    A bus that runs elsewhere must lead what is for two recipients to the sinks: without --sink-listen its routes are
    printed. It keeps what it is sent, so measure none that is in use.

    \b
    Examples:  bus bench --quick
               bus bench throughput latency --json
               bus bench --fill 10000000 --home /var/tmp/filled
               bus bench --target http://10.1.2.3:8080 --key-file key --sink-listen 10.1.2.4:9100
    """  # noqa: D301 - keeps the lines of the list apart
    names = _named(scenarios or [], fill)
    sink = host_and_port(sink_listen, "--sink-listen")
    plan = Plan(
        scale=_QUICK if quick else 1.0,
        target=_target(target, key_file, sink) if target else None,
        sink=sink,
        pids=tuple(pid or ()),
        settings=_services(database, broker),
        crash=Crash(kill_every, kill_for, kill_rate),
        fill=fill or 1_000_000,
        home=home,
        waiting=waiting,
        progress=show.complain,
    )
    machine, rows = about(), list[Row]()
    code = _measured(plan, names, rows)
    _show(machine, rows, as_json)
    if code:
        raise typer.Exit(code)


def _measured(plan: Plan, names: list[str], rows: list[Row]) -> int:
    """Fill ``rows`` as they become known; the exit code. What ends it early is told."""
    try:
        with _interruptible(), closing(measure(plan, names)) as measuring:
            for row in measuring:
                show.complain(f"{row.scenario}: {row.case}")
                rows.append(row)
    except KeyboardInterrupt:
        show.complain("ended early: what is known by now follows")
        return _BROKEN_OFF
    except BusError as error:
        show.complain(f"ended early: {error}")
        return 1
    return 0


@contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM ends a measurement as Ctrl-C does: what it started is stopped."""
    before = {number: signal.signal(number, signal.default_int_handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _show(machine: dict[str, object], rows: list[Row], as_json: bool) -> None:
    if as_json:
        show.as_json(told(rows, machine))
        return
    show.say(line(machine))
    for table in tables(rows):
        show.page().print("", table)


def _named(names: list[str], fill: int | None) -> list[str]:
    """The scenarios that are asked for; whoever says how much to fill asks for that."""
    if unknown := [name for name in names if name not in NAMES]:
        known = ", ".join(NAMES)
        raise typer.BadParameter(f"there is no {', '.join(unknown)}; there are {known}", param_hint="SCENARIOS")
    return [*names, "fill"] if fill else names


def _target(url: str, key_file: Path | None, sink: tuple[str, int]) -> Address:
    """Where documents go. Tells what routes are needed where nobody said where the sinks are."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        raise typer.BadParameter("expected http://HOST:PORT", param_hint="--target")
    if not sink[1]:
        show.complain(f"The target's routes must lead to the sinks, for example so:\n\n{example('HOST', 9100)}")
        raise typer.BadParameter("say where the sinks are, such as 10.1.2.4:9100", param_hint="--sink-listen")
    key = key_file.read_text(encoding="utf-8").strip() if key_file else ""
    usual = Address(parts.hostname, parts.port or 80, key=key)
    return Address(usual.host, usual.port, parts.path, key) if parts.path.strip("/") else usual


def _services(database: str, broker: str) -> Mapping[str, str]:
    given = {"BUS_DATABASE_URL": database, "BUS_BROKER_URL": broker}
    return {name: value for name, value in given.items() if value}
