"""A home that this process owns: its journal, its bodies, its secrets. With or without a daemon over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bus import log
from bus.claimcheck import ClaimCheck
from bus.clock import Clock, SystemClock
from bus.codebook import Codebook
from bus.config import RoutesFile, RoutesInvalid, Settings
from bus.endpoint import Adapter
from bus.home import HomeLock, check_whole
from bus.journal import Journal
from bus.journal.browse import Browse
from bus.journal.dbclock import DatabaseClock
from bus.journal.migrate import upgrade
from bus.journal.store import Store
from bus.message import new_id
from bus.planning import Planner
from bus.secret import Secrets

_log = log.get()


@dataclass(slots=True)
class Home:
    """What there is without a running daemon: the journal of one home and what reads it."""

    settings: Settings
    clock: Clock
    lock: HomeLock
    journal: Journal
    browse: Browse
    claims: ClaimCheck
    secrets: Secrets
    planner: Planner

    def close(self) -> None:
        """Close the journal and let go of the home."""
        self.journal.close()
        self.lock.release()


def open_home(settings: Settings, adapters: Sequence[Adapter], clock: Clock | None = None) -> Home:
    """Take the home, bring its tables up to date, and begin to write. Raises HomeTaken, HomeUnfinished."""
    lock = HomeLock(settings.lock)
    lock.take()
    try:
        check_whole(settings.restoring)
        store = Store(settings.database_url)
        upgrade(store)
        clock = clock or (SystemClock() if store.is_sqlite else DatabaseClock(store))
        journal = Journal(store, clock)
        claims = ClaimCheck(settings.bodies, settings.spool, settings.inline_bytes)
        journal.start()
        journal.restoring.doubt()
    except BaseException:
        lock.release()
        raise
    planner = Planner(
        adapters,
        settings.ask_after,
        settings.agency_code,
        lambda names: Codebook.of(names, journal.agencies.codes(names)),
    )
    return Home(settings, clock, lock, journal, Browse(store), claims, Secrets(settings.home), planner)


def turn_holder(home: Home) -> str:
    """The name by which this process takes turns.

    On SQLite the lock of the home lets in one process only: after a crash its turns are still its own.
    """
    return "home" if home.journal.store.is_sqlite else new_id()


def first_routes(home: Home) -> RoutesFile:
    """The routes to start with: the file's, or, where it is wrong, the last that were in force."""
    try:
        return home.planner.read(home.settings.routes)
    except (OSError, RoutesInvalid):
        last = home.journal.reads.routes_version()
        if last is None:
            raise
        _log.exception("routes.refused", file=str(home.settings.routes), in_force=last[0])
        return home.planner.parse(last[1], home.settings.routes.name)
