"""Orders and questions go to the running daemon; where none runs, the command opens the home itself and says so."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import adapters
from bus.assembly import tools_of
from bus.breaker import BreakerPolicy
from bus.cli import show
from bus.config import RoutesFile, Settings
from bus.control.client import ControlClient, FarClient, NoDaemon
from bus.control.operations import call
from bus.control.parts import Parts
from bus.errors import NotFound
from bus.gate import Gates
from bus.ingress import Ingress
from bus.openhome import Home, first_routes, open_home, turn_holder
from bus.plan import Plan
from bus.refresh import Refresh, Refreshed
from bus.tls import files_of
from bus.validity import Validity


class Line(Protocol):
    """Somebody who carries out operations."""

    def call(self, name: str, **arguments: Any) -> Any:
        """Have one carried out. Raises BusError."""
        ...

    def carry(self, name: str, file: Path, **arguments: Any) -> Any:
        """Have one carried out that is about a file of this machine. Raises BusError."""
        ...


@contextmanager
def opened(settings: Settings) -> Iterator[Line]:
    """The bus that ``BUS_URL`` names, else the daemon of this home, or the home itself. Raises HomeTaken while a daemon is
    starting or stopping.
    """
    if client := running(settings):
        yield client
        return
    with alone(settings) as line:
        show.complain("no daemon is running: working on the journal directly")
        yield line


def running(settings: Settings) -> Line | None:
    """The bus that ``BUS_URL`` names, or the daemon of this home; None where none runs."""
    if settings.url:
        return FarClient(settings.url, settings.token_file, settings.ca_file)
    try:
        return ControlClient(settings.control_socket)
    except NoDaemon:
        return None


@contextmanager
def alone(settings: Settings) -> Iterator[Line]:
    """The home itself, opened for one command."""
    if not settings.home.exists():
        raise NotFound(f"there is no bus at {settings.home}: name it with --home or BUS_HOME, or start one: bus run")
    home = open_home(settings, adapters.all_adapters())
    try:
        yield _Alone(parts_of(home))
    finally:
        home.close()


class _Alone:
    """The operations on a home that was opened for one command."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def call(self, name: str, **arguments: Any) -> Any:
        return call(self._parts, getpass.getuser(), name, arguments)

    def carry(self, name: str, file: Path, **arguments: Any) -> Any:
        return self.call(name, file=str(file.absolute()), **arguments)


class _Planned:
    """Makes the plan when it is first asked for: to look around, nobody needs routes that can be read."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._plan: Plan | None = None

    @property
    def plan(self) -> Plan:
        if self._plan is None:
            self._plan = self._home.planner.plan(first_routes(self._home))
        return self._plan

    def look(self, endpoint: str, smaller: bool) -> Refreshed:
        """Look at a list of agencies; the plan is made anew when it is asked for again."""
        tools = tools_of(self._home, Gates(self._home.clock, self._home.journal.note_condition))
        try:
            one = self._home.planner.lists(self.plan.routes, tools)[endpoint]
            return Refresh(self._home.journal, self._home.clock, turn_holder(self._home)).look(
                one, anew=True, smaller=smaller
            )
        finally:
            self._plan = None
            tools.fast.close()
            tools.plain.close()


def parts_of(home: Home) -> Parts:
    """A home as operators reach it while no daemon runs."""
    holder, journal = _Planned(home), home.journal
    gates = Gates(home.clock, journal.note_condition, BreakerPolicy())
    gates.restore(journal.reads.conditions())
    return Parts(
        home.settings, home.clock, journal, home.browse, home.claims, home.planner,
        holder, Ingress(journal, holder), gates, _no_reload, holder.look, lambda: ["no daemon is running"],
        validity=Validity(files_of(home.settings)),
    )  # fmt: skip


def _no_reload(_routes: RoutesFile, _by: str) -> bool:
    raise NoDaemon("no daemon is running: it takes the routes file when it starts")
