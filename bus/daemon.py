"""The composition root: settings become running parts here and nowhere else.

:func:`build` makes the parts, :meth:`Daemon.start` sets them going in an order in which nobody is called
before it can answer, :meth:`Daemon.reload` puts changed routes in force, :meth:`Daemon.stop` drains.
"""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bus import log
from bus.breaker import BreakerPolicy
from bus.channel.kombu_channel import KombuChannel
from bus.claimcheck import ClaimCheck
from bus.clock import Clock, SystemClock, micros
from bus.config import RoutesFile, RoutesInvalid, Settings
from bus.consequence import Consequences
from bus.control.parts import Parts
from bus.control.server import ControlServer
from bus.delivery import Courier, Told
from bus.desk import Face
from bus.doors import Doors
from bus.endpoint import Adapter, Tools
from bus.gate import Gates
from bus.home import HomeLock
from bus.ingress import Ingress, Plan
from bus.issuer import Issuer
from bus.journal import Journal
from bus.journal.browse import Browse
from bus.journal.dbclock import DatabaseClock
from bus.journal.lease import Lease
from bus.journal.migrate import upgrade
from bus.journal.notes import RoutesVersion
from bus.journal.store import Store
from bus.listener import Server, application, header_refusal
from bus.mailbox import JournalMailbox
from bus.metrics import Metrics
from bus.planning import Force, Planner, closed_by
from bus.reception import Reception
from bus.retention import Retention
from bus.room import Room
from bus.secret import Secrets
from bus.sweeper import Sweeper
from bus.teller import Teller
from bus.throttle import Throttle
from bus.transport.fast import FastTransport
from bus.transport.plain import PlainTransport
from bus.workers import Workers

_log = log.get()
#: Seconds between thread switches: the writer gives the interpreter away at each statement and must get it back soon.
_SWITCH = 0.0005
#: Seconds that calls under way get to finish when the bus stops.
DRAIN = 5.0


class Keeper:
    """Holds what is in force; one assignment puts a new plan in force for everybody."""

    def __init__(self, force: Force) -> None:
        self.force = force

    @property
    def plan(self) -> Plan:
        """What routing goes by now."""
        return self.force.plan


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
    """Take the home, bring its tables up to date, and begin to write. Raises HomeTaken."""
    lock = HomeLock(settings.lock)
    lock.take()
    try:
        store = Store(settings.database_url)
        upgrade(store)
        clock = clock or (SystemClock() if store.is_sqlite else DatabaseClock(store))
        journal = Journal(store, clock)
        claims = ClaimCheck(settings.bodies, settings.spool, settings.inline_bytes)
        journal.start()
    except BaseException:
        lock.release()
        raise
    planner = Planner(adapters, settings.ask_after)
    return Home(settings, clock, lock, journal, Browse(store), claims, Secrets(settings.home), planner)


@dataclass(slots=True)
class Daemon:
    """The running bus."""

    home: Home
    keeper: Keeper
    tools: Tools
    gates: Gates
    ingress: Ingress
    doors: Doors
    metrics: Metrics
    channel: KombuChannel
    issuer: Issuer
    workers: Workers
    sweeper: Sweeper
    consequences: Consequences
    room: Room
    faces: Sequence[Face]
    server: Server | None = None
    control: ControlServer | None = None
    _reloading: threading.Lock = field(default_factory=threading.Lock)
    _consuming: threading.Event = field(default_factory=threading.Event)
    _consumer: threading.Thread | None = None
    _state: str = "starting"

    def start(self) -> None:
        """Set everything going; returns when all doors are open."""
        journal = self.home.journal
        sys.setswitchinterval(_SWITCH)
        self.home.claims.clear_spool()
        journal.committer.after_commit = self._committed
        self.gates.restore(journal.reads.conditions())
        self._serve(self.keeper.force)
        if journal.store.is_sqlite:
            self.sweeper.end_orphaned_leases()
        self._consumer = threading.Thread(target=self._consume, name="consumer", daemon=True)
        for part in (self.issuer, self.sweeper, self.consequences, self._consumer):
            part.start()
        self.server = self._listen()
        self._state = "ready"
        self.control = ControlServer(self.home.settings.control_socket, self.parts())
        self.control.start()
        _log.info("daemon.started", routes=self.keeper.plan.routes.version, listen=self.home.settings.listen)

    def reload(self, routes: RoutesFile, by: str) -> bool:
        """Put routes in force, whole; False where they are in force already. Raises before anything is touched."""
        with self._reloading:
            return self._reload(routes, by)

    def _reload(self, routes: RoutesFile, by: str) -> bool:
        before = self.keeper.force
        if routes.version == before.plan.routes.version:
            return False
        after = self.home.planner.force(routes, self.tools, before)
        self.home.journal.note_routes(RoutesVersion(routes.version, routes.text, by)).result()
        self.keeper.force = after
        self._serve(after)
        for sink in closed_by(before, after):
            sink.close()
        _log.info("routes.applied", version=routes.version, by=by)
        return True

    def stop(self) -> None:
        """Take nothing more in, settle or put back everything in hand, close. One failing step stops no other."""
        self._state = "stopping"
        sinks = [outlet.sink for outlet in self.keeper.force.outlets.values()]
        steps: list[Callable[[], None]] = [
            self._close_doors,
            self.issuer.stop,
            self._consuming.set,
            lambda: self.workers.stop(DRAIN),
            self.sweeper.stop,
            self.consequences.stop,
            self._join_consumer,
            self.channel.close,
            self.home.close,
            *(sink.close for sink in sinks),
            self.tools.fast.close,
            self.tools.plain.close,
        ]
        for step in steps:
            try:
                step()
            except Exception:
                _log.exception("stop.failed", step=getattr(step, "__qualname__", ""))
        _log.info("daemon.stopped")

    def parts(self) -> Parts:
        """This bus as operators reach it."""
        home = self.home
        return Parts(
            home.settings, home.clock, home.journal, home.browse, home.claims, home.planner,
            self.keeper, self.ingress, self.gates, self.reload, self.problems,
        )  # fmt: skip

    def problems(self) -> list[str]:
        """What is not ready; nothing when the bus is."""
        missing = [] if self._state == "ready" else [f"the bus is {self._state}"]
        if self._consumer and not self._consumer.is_alive():
            missing.append("the consumer of tickets has ended")
        if not self.channel.ready():
            missing.append("the broker cannot be reached")
        if problem := self.room.problem():
            missing.append(problem)
        if not self.home.journal.committer.alive:
            missing.append("the journal cannot be written")
        return missing

    def exposition(self) -> bytes:
        """The metrics, with what waits as it is now."""
        now = self.home.clock.now()
        self.metrics.waiting_now(self.home.browse.waiting(), now)
        self.metrics.unfetched_now(self._unfetched(), now)
        return self.metrics.text()

    def _unfetched(self) -> dict[str, int]:
        """By partner, accepted-at of its oldest copy that was never fetched."""
        oldest: dict[str, int] = {}
        for recipient, at in self.home.browse.unfetched().items():
            partner = self.keeper.plan.directory.partner_of(recipient) or recipient
            oldest[partner] = min(at, oldest.get(partner, at))
        return oldest

    def _serve(self, force: Force) -> None:
        """Tell every part of what is in force."""
        for name, outlet in force.outlets.items():
            self.gates.configure(name, outlet.settings.concurrency, outlet.settings.rate)
        self.workers.serve(force.outlets)
        self.sweeper.serve(force.outlets)
        self.channel.watch(force.outlets)
        self.issuer.serve(force.outlets)
        self.metrics.routes_in_force(force.plan.routes.version)

    def _listen(self) -> Server:
        settings = self.home.settings
        app = application(self.faces, self.doors, problems=self.problems, metrics=self.exposition)
        server = Server.on_address(
            app, settings.address, max_headers=settings.max_http_headers, refuse=header_refusal(self.faces)
        )
        server.start()
        return server

    def _committed(self, size: int, woken: set[str]) -> None:
        self.metrics.batch_size.observe(size)
        self.consequences.wake()
        if woken:
            self.issuer.wake(woken)

    def _consume(self) -> None:
        self.channel.consume(self.keeper.force.outlets, self.workers.take, self._consuming)

    def _close_doors(self) -> None:
        for server in (self.control, self.server):
            if server:
                server.stop()

    def _join_consumer(self) -> None:
        if self._consumer:
            self._consumer.join(2.0)


def build(settings: Settings, adapters: Sequence[Adapter], clock: Clock | None = None) -> Daemon:
    """All parts of a daemon, not started. Raises HomeTaken, and RoutesInvalid where no routes can be put in force."""
    home = open_home(settings, adapters, clock)
    try:
        return _build(home, adapters)
    except BaseException:
        home.close()
        raise


def _build(home: Home, adapters: Sequence[Adapter]) -> Daemon:
    settings, journal, metrics = home.settings, home.journal, Metrics()
    tools = Tools(home.clock, home.secrets, FastTransport(), PlainTransport())
    routes = first_routes(home)
    journal.note_routes(RoutesVersion(routes.version, routes.text, "start")).result()
    keeper = Keeper(home.planner.force(routes, tools))
    gates = Gates(home.clock, journal.note_condition, BreakerPolicy())
    channel = KombuChannel(settings.broker_url, _namespace(settings))
    issuer = Issuer(
        journal.reads, channel, gates, home.clock, lambda: min(2 * journal.committer.last_batch, settings.lease_ahead)
    )
    workers = Workers(
        journal,
        Courier(journal.reads, home.claims, home.clock),
        gates,
        lambda: micros(settings.lease),
        lambda lease, told: _told(metrics, lease, told),
        lambda name: issuer.wake([name]),
    )
    sweeper = Sweeper(
        journal,
        home.clock,
        issuer.wake,
        micros(settings.clock_jump),
        Retention(journal, home.claims, home.clock, settings),
    )
    ingress = Ingress(journal, keeper)
    room = Room(settings.home, home.clock, settings.intakes_at_once, settings.disk_reserve)
    consequences = Consequences(journal, home.browse, ingress, [Teller(home.browse, keeper, settings.agency_code)])
    doors = Doors(
        keeper, journal, ingress, Reception(home.claims, room, settings.max_bytes, journal.reads.has_body), JournalMailbox(journal, home.claims, home.browse),
        home.browse, home.secrets, Throttle(home.clock, settings.max_failed_signins, journal.note_refusal), metrics,
        home.clock, settings.max_bytes,
    )  # fmt: skip
    faces = [adapter.face() for adapter in adapters if adapter.face]
    return Daemon(
        home,
        keeper,
        tools,
        gates,
        ingress,
        doors,
        metrics,
        channel,
        issuer,
        workers,
        sweeper,
        consequences,
        room,
        faces,
    )


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


def _namespace(settings: Settings) -> str:
    """What tells this installation's queues from another's on one broker."""
    return hashlib.blake2b(settings.database_url.encode(), digest_size=6).hexdigest()


def _told(metrics: Metrics, lease: Lease, told: Told) -> None:
    for settlement in told.settlements:
        if settlement.made:
            metrics.deliveries.labels(lease.endpoint, settlement.outcome).inc()
            _log.info(
                "copy.settled",
                copy=settlement.copy,
                outcome=settlement.outcome,
                state=settlement.to,
                failure=settlement.failure,
            )
    if told.seconds is not None:
        metrics.delivery_seconds.labels(lease.endpoint).observe(told.seconds)
