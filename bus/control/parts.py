"""What control works with: the parts of a running daemon, or of a home that one command opened for itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from bus.backup.ordered import Backups
from bus.claimcheck import ClaimCheck
from bus.clock import Clock
from bus.config import RoutesFile, RoutesInvalid, Settings
from bus.control.brought import Brought
from bus.control.mark import Mark
from bus.expectation.regimes import Regimes
from bus.gate import Gates
from bus.ingress import Ingress
from bus.journal import Journal
from bus.journal.browse import Browse
from bus.outlet import Outlet
from bus.plan import Plan, PlanHolder
from bus.planning import Planner
from bus.refresh import Refreshed
from bus.validity import Validity

Reload = Callable[[RoutesFile, str], bool]
Look = Callable[[str, bool], Refreshed]


@dataclass(frozen=True, slots=True)
class Doorway:
    """Where the doors are, and how a partner's uses of them are kept from being noted while we try them."""

    address: tuple[str, int]
    quiet: Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Parts:
    """One bus, as operators reach it. ``who`` is the operator that asks."""

    settings: Settings
    clock: Clock
    journal: Journal
    browse: Browse
    claims: ClaimCheck
    planner: Planner
    holder: PlanHolder
    ingress: Ingress
    gates: Gates
    #: Puts routes in force; raises BusError where no daemon runs.
    reload: Reload
    #: Looks at an endpoint's list of agencies now; the second word: take it though most of it is gone.
    look: Look
    #: What is not ready.
    problems: Callable[[], Sequence[str]]
    who: str = ""
    #: The office the operator belongs to, whose reports alone it follows; empty: those of all.
    office: str = ""
    #: What the order under way changes.
    mark: Mark = field(default_factory=Mark)
    #: Tells the daemon that there is something to replay; None where none runs.
    on_replay: Callable[[], None] | None = None
    #: Which certificates are in use; where no daemon runs, of files only.
    validity: Validity = field(default_factory=Validity)
    #: The listener; None where no daemon runs.
    doorway: Callable[[], Doorway | None] = lambda: None
    #: The endpoints that are called, in working order; none where no daemon runs.
    outlets: Callable[[], Mapping[str, Outlet]] = dict
    #: Who owes which report by when.
    regimes: Regimes | None = None
    #: Makes backups; None where no daemon runs.
    backups: Backups | None = None
    #: The bytes of the file that an order names, where they came along; None where it names one of this machine.
    brought: Brought | None = None

    @property
    def plan(self) -> Plan | None:
        """The plan in force; None where no daemon runs and the routes cannot be read."""
        try:
            return self.holder.plan
        except (OSError, RoutesInvalid):
            return None
