"""``run`` and ``sandbox``: what stays until it is told to stop."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Literal

import typer

import adapters
from bus import cores, log
from bus.assembly import build
from bus.cli import stopping
from bus.cli.guard import add
from bus.cli.options import Home, Routes, host_and_port, settings
from bus.config import Settings
from bus.daemon import Daemon
from bus.errors import NotFound
from bus.watch import RoutesWatcher


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, run)
    add(app, sandbox)


def run(
    routes: Routes = None,
    home: Home = None,
    role: Annotated[Literal["all"], typer.Option(help="What this process does.")] = "all",  # noqa: ARG001 - one so far
    demo: Annotated[bool, typer.Option("--demo", help="With sandbox partners and sample traffic.")] = False,
) -> None:
    """Start the bus; Ctrl-C or SIGTERM ends it in order. A changed routes file is taken while it runs.

    Examples:  bus run --demo
               BUS_HOME=/var/lib/bus BUS_ROUTES=/etc/bus/routes.yaml bus run
    """
    asked = stopping.on_signals()
    if demo:
        from bus.cli.demo.run import run_demo  # noqa: PLC0415 - nobody else pays for its partners

        run_demo(settings(home, routes, ask_after="5s"), served, asked)
        return
    chosen = settings(home, routes)
    log.configure(level=chosen.log_level)
    with served(chosen):
        asked.wait()


@contextmanager
def served(chosen: Settings) -> Iterator[Daemon]:
    """A running bus that watches its routes file. Raises HomeTaken, RoutesInvalid, NotFound."""
    daemon = _built(chosen)
    watcher = RoutesWatcher(chosen.routes, daemon.home.planner.parse, daemon.reload)
    try:
        daemon.start()
        watcher.start()
        _spare_the_collector()
        yield daemon
    finally:
        watcher.stop()
        daemon.stop()


def _spare_the_collector() -> None:
    """Look for cycles less often, and never among what was made at the start: a message leaves hardly any behind."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def _built(chosen: Settings) -> Daemon:
    if chosen.one_core:
        cores.share_one()  # before the first thread is started
    try:
        return build(chosen, adapters.all_adapters())
    except FileNotFoundError:
        raise NotFound(
            f"there is no {chosen.routes} here: name the routes file with --routes or BUS_ROUTES; "
            "the one that comes with the bus is a sample to begin with"
        ) from None


def sandbox(
    listen: Annotated[str, typer.Option(help="HOST:PORT of partners that are pushed to.")] = "127.0.0.1:8090",
    axis_listen: Annotated[str, typer.Option(help="HOST:PORT of the national axis.")] = "127.0.0.1:8091",
    lgsp_listen: Annotated[str, typer.Option(help="HOST:PORT of a provincial platform.")] = "127.0.0.1:8092",
    quang_nam_listen: Annotated[str, typer.Option(help="HOST:PORT of an exchange behind an API gateway.")] = "",
    dmdc_listen: Annotated[str, typer.Option(help="HOST:PORT of a shared catalogue of agencies.")] = "",
    qlvb_listen: Annotated[str, typer.Option(help="HOST:PORT of a document-management system.")] = "",
    through: Annotated[
        Literal["none", "xrd_adapter", "xroad"], typer.Option(help="A security server before these three.")
    ] = "none",
    soap_listen: Annotated[str, typer.Option(help="HOST:PORT of an exchange of documents by SOAP.")] = "",
    nss_listen: Annotated[str, typer.Option(help="HOST:PORT of a gateway in the manner of NSS.")] = "",
    dan_cu_listen: Annotated[str, typer.Option(help="HOST:PORT of a look-up of citizens by SOAP.")] = "",
) -> None:
    """Partners, a national axis and a provincial platform to try things against; and the dialects and SOAP you give an address.

    They do as real ones do, and misbehave when told to: each prints the line for routes.yaml, its secrets, what it can be
    told (curl -d ... /_control), and how to leave documents there for the bus.
    Examples:  bus sandbox --axis-listen 127.0.0.1:9091
               bus sandbox --quang-nam-listen 127.0.0.1:8093 --through xroad
               curl 127.0.0.1:8093/_control -d '{"mode": "lost", "call": "send", "times": 1}'
    """
    from bus.cli.demo import alone  # noqa: PLC0415 - nobody else pays for its partners

    asked = stopping.on_signals()
    dialects = {"quang-nam": quang_nam_listen, "dmdc": dmdc_listen, "qlvb": qlvb_listen}
    by_soap = {"soap": soap_listen, "nss": nss_listen, "dan-cu": dan_cu_listen}
    places = alone.Places(
        host_and_port(listen, "--listen"),
        host_and_port(axis_listen, "--axis-listen"),
        host_and_port(lgsp_listen, "--lgsp-listen"),
        {name: host_and_port(at, f"--{name}-listen") for name, at in dialects.items() if at},
        through,
        {name: host_and_port(at, f"--{name}-listen") for name, at in by_soap.items() if at},
    )
    alone.serve(places, asked)
