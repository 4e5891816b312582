"""``run`` and ``sandbox``: what stays until it is told to stop."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterable, Iterator
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
    play: Annotated[
        list[str] | None, typer.Option(help="NAME=HOST:PORT of one more partner; may be repeated.", show_default=False)
    ] = None,
    through: Annotated[
        Literal["none", "xrd_adapter", "xroad"], typer.Option(help="A security server before those that speak JSON.")
    ] = "none",
) -> None:
    """Partners, a national axis and a provincial platform to try things against; and any others that you name.

    They do as real ones do, and misbehave when told to: each prints the line for routes.yaml, its secrets, what it can be
    told (curl -d ... /_control), and how to leave something there for the bus. By --play there are: quang-nam, dmdc, qlvb;
    of those that take reports bao-cao-tinh, bao-cao-chinh-phu, mot-cua, mau-06, gia, quang-binh; by SOAP soap, nss, dan-cu.
    Examples:  bus sandbox --axis-listen 127.0.0.1:9091
               bus sandbox --play quang-nam=127.0.0.1:8093 --play gia=127.0.0.1:8094 --through xroad
               curl 127.0.0.1:8093/_control -d '{"mode": "lost", "call": "send", "times": 1}'
    """
    from bus.cli.demo import alone  # noqa: PLC0415 - nobody else pays for its partners

    places = alone.Places(
        host_and_port(listen, "--listen"),
        host_and_port(axis_listen, "--axis-listen"),
        host_and_port(lgsp_listen, "--lgsp-listen"),
        _named(play or (), alone.PLAYED),
        through,
    )
    alone.serve(places, stopping.on_signals())


def _named(given: Iterable[str], known: Collection[str]) -> dict[str, tuple[str, int]]:
    """Where each is to listen that ``--play`` names. Raises BadParameter for a name that nobody has, or two ask for."""
    found: dict[str, tuple[str, int]] = {}
    for name, _, at in (one.partition("=") for one in given):
        if name not in known:
            raise typer.BadParameter(f"there is no {name}; there are {', '.join(known)}", param_hint="--play")
        if name in found:
            raise typer.BadParameter(f"{name} is named twice", param_hint="--play")
        found[name] = host_and_port(at, "--play")
    return found
