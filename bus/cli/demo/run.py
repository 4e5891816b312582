"""The story of a demo: secrets, sandbox, bus, traffic; at the end all is settled or put back, and accounted for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import adapters
from bus import log
from bus.cli import show
from bus.cli.demo import keys, screen
from bus.cli.demo.axis import outside
from bus.cli.demo.sandbox import Sandboxes
from bus.cli.demo.traffic import Traffic, ministries, offices
from bus.cli.guard import failed
from bus.cli.line import alone
from bus.cli.verifying import account, page
from bus.config import Settings
from bus.control.operations import call
from bus.control.routing import read_routes
from bus.daemon import Daemon
from bus.planning import Planner
from bus.secret import Secrets

_REFRESH = 1.0
_WHO = "demo"

Served = Callable[[Settings], AbstractContextManager[Daemon]]


def run_demo(settings: Settings, served: Served, asked: threading.Event) -> None:
    """Run until asked to stop, then print the final account. Raises BusError where something cannot be had."""
    planner = Planner(adapters.all_adapters(), settings.ask_after, settings.agency_code)
    routes = read_routes(planner, settings.routes)
    keys.make_missing(settings, routes)
    far = outside(planner.plan(routes))
    sandboxes = Sandboxes.of(routes, far, Secrets(settings.home))
    with _logging(settings), sandboxes.running():
        with served(settings) as daemon:
            software = [*offices(routes, daemon.home.secrets, _address(daemon)), *ministries(far, sandboxes)]
            with _traffic(Traffic(routes, software, sandboxes)):
                _watch(daemon, settings, sandboxes, asked)
            show.say("stopping: what is under way ends or is put back")
        _final_account(settings)


def _watch(daemon: Daemon, settings: Settings, sandboxes: Sandboxes, asked: threading.Event) -> None:
    parts = daemon.parts()
    with screen.opened(_notes(daemon, settings, sandboxes)) as seen:
        while not asked.wait(_REFRESH):
            seen.show(call(parts, _WHO, "status", {}))


def _final_account(settings: Settings) -> None:
    with alone(settings) as line:
        told = account(line)
    for text in page(told):
        show.say(text)
    if told["differences"]:
        raise failed()


def _address(daemon: Daemon) -> tuple[str, int]:
    assert daemon.server
    return daemon.home.settings.address[0], daemon.server.port


def _notes(daemon: Daemon, settings: Settings, sandboxes: Sandboxes) -> list[str]:
    host, port = _address(daemon)
    base = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    return [
        f"ready · sẵn sàng  {base}   health {base}/health   metrics {base}/metrics   API {base}/api/docs",
        f"home {settings.home}   routes {settings.routes} (edit it: it is taken at once)   log {_log_file(settings)}",
        f"sandbox partners at {_listed(sandboxes.rest)}   sandbox of the national axis at {_listed(sandboxes.axes)}",
        f"ask it:  bus status --home {settings.home}   bus dead --home {settings.home}   bus trace ID --home ...",
        "Ctrl-C ends it · Ctrl-C để dừng",
    ]


def _listed(addresses: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{host}:{port}" for host, port in addresses) or "-"


def _log_file(settings: Settings) -> Path:
    return settings.home / "log" / "bus.log"


@contextmanager
def _logging(settings: Settings) -> Iterator[None]:
    """The log goes to a file, so that the screen is the reader's."""
    path = _log_file(settings)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("ab", buffering=0) as stream:
        log.configure(stream, settings.log_level)
        yield


@contextmanager
def _traffic(traffic: Traffic) -> Iterator[None]:
    traffic.start()
    try:
        yield
    finally:
        traffic.stop()
