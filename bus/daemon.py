"""The running bus: started in an order in which nobody is called before it can answer, reloaded whole, drained.

The parts are put together in ``bus.assembly``.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bus import log
from bus.aggregator.rounds import Aggregating
from bus.alerts import troubles
from bus.alerts.office import Alerts
from bus.alerts.troubles import Trouble
from bus.backup.ordered import Backups
from bus.channel.kombu_channel import KombuChannel
from bus.config import RoutesFile
from bus.connection import Bounds
from bus.consequence import Consequences
from bus.control import afar
from bus.control.badge import Badges
from bus.control.parts import Doorway, Parts
from bus.control.server import ControlServer
from bus.desk import Face
from bus.doors import Doors
from bus.endpoint import Tools
from bus.errors import Rejected
from bus.expectation.rounds import Expecting
from bus.exposition import Exposition
from bus.gate import Gates
from bus.indexer import Indexer
from bus.ingress import Ingress
from bus.issuer import Issuer
from bus.journal.committer import Caused
from bus.journal.expectation_reads import ExpectationReads
from bus.journal.notes import RoutesVersion
from bus.journal.straight import Way
from bus.knocker import Knocker
from bus.listener import Server, application, direct, refusal
from bus.metrics import Metrics
from bus.openhome import Home
from bus.planning import Force, Keeper, closed_by
from bus.poller import Pollers
from bus.reception import Reception
from bus.refresh import AgencyList, Refresh, Refreshed
from bus.refresher import Refresher
from bus.replayer import Replayer
from bus.room import Room
from bus.sweeper import Sweeper
from bus.tls import files_of
from bus.validity import Validity
from bus.workers import Workers

_log = log.get()
#: Seconds between thread switches: the writer gives the interpreter away at each statement and must get it back soon.
_SWITCH = 0.0005
#: Seconds that calls under way get to finish when the bus stops.
DRAIN = 5.0


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
    knocker: Knocker
    consequences: Consequences
    indexer: Indexer
    expecting: Expecting
    aggregating: Aggregating
    replayer: Replayer
    pollers: Pollers
    way: Way
    refresh: Refresh
    alerts: Alerts
    validity: Validity
    room: Room
    backups: Backups
    faces: Sequence[Face]
    server: Server | None = None
    control: ControlServer | None = None
    _reloading: threading.Lock = field(default_factory=threading.Lock)
    _consuming: threading.Event = field(default_factory=threading.Event)
    _refresher: Refresher = field(init=False)
    _consumer: threading.Thread | None = None
    _state: str = "starting"

    def __post_init__(self) -> None:
        self._refresher = Refresher(self.refreshed, self.refresh.last, self.home.clock)

    def start(self) -> None:
        """Set everything going; returns when all doors are open."""
        journal = self.home.journal
        sys.setswitchinterval(_SWITCH)
        self.home.claims.clear_spool()
        self.home.claims.empty_trash(journal.reads.has_body)
        journal.committer.after_commit = self._committed
        journal.committer.way = self.way
        self.gates.restore(journal.reads.conditions())
        self._serve(self.keeper.force)
        if journal.store.is_sqlite:
            self.sweeper.end_orphaned_leases()
        self._consumer = threading.Thread(target=self._consume, name="consumer", daemon=True)
        for part in (
            self.issuer,
            self.sweeper,
            self.consequences,
            self.indexer,
            self.expecting,
            self.aggregating,
            self._consumer,
            self.knocker,
            self.replayer,
        ):
            part.start()
        self.server = self._listen()
        self.pollers.serve(self.keeper.force.inlets)
        self._refresher.serve(self.keeper.force.lists)
        self._state = "ready"
        self.control = ControlServer(self.home.settings.control_socket, self.parts())
        self.control.start()
        self.alerts.start(self.troubles)
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
        self.pollers.serve(after.inlets)
        self._refresher.serve(after.lists)
        for sink in closed_by(before, after):
            sink.close()
        _log.info("routes.applied", version=routes.version, by=by)
        return True

    def refreshed(self, one: AgencyList, *, anew: bool = False, smaller: bool = False) -> Refreshed:
        """Look at a partner's list of agencies; what differs is in force when this returns. Raises as Refresh.look."""
        told = self.refresh.look(one, anew=anew, smaller=smaller)
        # Also where nothing differs now: another process on this journal, or a look that broke off, may have written it.
        with self._reloading:
            force = self.keeper.force
            self.keeper.force = replace(force, plan=self.home.planner.plan(force.plan.routes))
        return told

    def _look(self, endpoint: str, smaller: bool) -> Refreshed:
        return self.refreshed(self.keeper.force.lists[endpoint], anew=True, smaller=smaller)

    def stop(self) -> None:
        """Take nothing more in, settle or put back everything in hand, close. One failing step stops no other."""
        self._state = "stopping"
        sinks = [outlet.sink for outlet in self.keeper.force.outlets.values()]
        steps: list[Callable[[], None]] = [
            self._close_doors,
            self.alerts.stop,
            self.backups.stop,
            self.pollers.stop,
            self._refresher.stop,
            self.replayer.stop,
            self.knocker.stop,
            self.issuer.stop,
            self._consuming.set,
            lambda: self.workers.stop(DRAIN),
            self.sweeper.stop,
            self.consequences.stop,
            self.expecting.stop,
            self.aggregating.stop,
            self.indexer.stop,
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
            self.keeper, self.ingress, self.gates, self.reload, self._look, self.problems,
            on_replay=self.replayer.wake, outlets=lambda: self.keeper.force.outlets, backups=self.backups,
            validity=self.validity, doorway=self._doorway, regimes=self.expecting.regimes,
        )  # fmt: skip

    def _doorway(self) -> Doorway | None:
        host, _ = self.home.settings.address
        return Doorway((host, self.server.port), self.doors.uses.quiet) if self.server else None

    def problems(self) -> list[str]:
        """What is not ready; nothing when the bus is."""
        return [one.en for one in self.troubles()]

    def troubles(self) -> list[Trouble]:
        """The same as people are told it."""
        found = [] if self._state == "ready" else [troubles.of_state(self._state)]
        if self._consumer and not self._consumer.is_alive():
            found.append(troubles.NO_CONSUMER)
        if not self.channel.ready():
            found.append(troubles.NO_BROKER)
        if problem := self.room.problem():
            found.append(troubles.of_room(problem))
        journal = self.home.journal
        trouble = journal.store.health.trouble
        if trouble or not journal.committer.alive:
            found.append(troubles.of_journal(trouble if journal.committer.alive else ""))
        return found

    def _serve(self, force: Force) -> None:
        """Tell every part of what is in force."""
        for name, outlet in force.outlets.items():
            settings = outlet.settings
            self.gates.configure(name, settings.concurrency, settings.rate, settings.flood)
        self.workers.serve(force.outlets)
        self.sweeper.serve(force.outlets)
        self.knocker.serve(force.outlets)
        self.alerts.serve(force.plan.routes)
        self.channel.watch(force.outlets)
        self.issuer.serve({name: outlet for name, outlet in force.outlets.items() if not outlet.observes})
        self.metrics.routes_in_force(force.plan.routes.version)

    def _listen(self) -> Server:
        settings = self.home.settings
        inner = {afar.PATH: afar.application(self.parts, self._entrance())}
        metrics = self._exposition().text
        app = application(self.faces, self.doors, inner=inner, problems=self.problems, metrics=metrics)
        bounds = Bounds(refusal(self.faces), settings.max_http_headers, settings.max_connections)
        answering = direct(self.faces, self.doors)
        server = Server.on_address(app, settings.address, bounds, files_of(settings), answering)
        server.start()
        return server

    def _exposition(self) -> Exposition:
        home = self.home
        return Exposition(self.metrics, home.browse, ExpectationReads(home.journal.store), self.keeper, home.clock)

    def _entrance(self) -> afar.Entrance:
        def refused(rejection: Rejected, address: str) -> None:
            self.doors.refused("control", rejection, address=address)

        home = self.home
        reception = Reception(home.claims, self.room, home.settings.max_bytes, home.journal.reads.has_body)
        return afar.Entrance(Badges(self.keeper, home.secrets), self.doors.throttled, refused, reception)

    def _committed(self, size: int, caused: Caused) -> None:
        self.metrics.batch_size.observe(size)
        for lease in caused.leases:
            self.workers.carry(lease)
        self.consequences.wake()
        self.indexer.wake()
        if caused.woken:
            self.issuer.wake(caused.woken)

    def _consume(self) -> None:
        self.channel.consume(self.keeper.force.outlets, self.workers.take, self._consuming)

    def _close_doors(self) -> None:
        servers = [server for server in (self.control, self.server) if server]
        for server in servers:
            server.end()
        for server in servers:
            server.stop()

    def _join_consumer(self) -> None:
        if self._consumer:
            self._consumer.join(2.0)
