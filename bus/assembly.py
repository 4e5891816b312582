"""The composition root: settings become parts here and nowhere else. Tests call the same :func:`build`."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from functools import partial

from bus import log
from bus.aggregator.rounds import Aggregating
from bus.alerts import making
from bus.alerts.daily import Daily
from bus.alerts.machine import OfMachine
from bus.alerts.office import Alerts
from bus.alerts.post import Outbox
from bus.alerts.watcher import Watcher
from bus.arrival import Arrival
from bus.attachments import Attachments
from bus.backup.ordered import Backups
from bus.breaker import BreakerPolicy
from bus.channel.kombu_channel import KombuChannel
from bus.clock import Clock, micros
from bus.comeback import Comeback
from bus.config import Settings
from bus.consequence import Consequences
from bus.daemon import Daemon
from bus.delivery import Courier, out
from bus.doors import Doors
from bus.endpoint import Adapter, Tools
from bus.expectation.at_doors import AtDoors
from bus.expectation.kept import Kept
from bus.expectation.regimes import Regimes
from bus.expectation.rounds import Expecting
from bus.fetching import Fetching
from bus.gate import Gates
from bus.indexer import Indexer
from bus.ingress import Ingress
from bus.issuer import Issuer
from bus.journal.alert_reads import AlertReads
from bus.journal.notes import RoutesVersion
from bus.journal.report_reads import units
from bus.journal.straight import Way
from bus.journal.turns import Turn
from bus.knocker import Knocker
from bus.links import links_of
from bus.mailbox import JournalMailbox
from bus.message import Inbound
from bus.metrics import Metrics
from bus.notebook import Notebook
from bus.openhome import Home, first_routes, open_home, turn_holder
from bus.planning import Force, Keeper
from bus.poller import Poller, Pollers
from bus.reception import Reception
from bus.refresh import Refresh
from bus.replayer import TERM, Releaser, Replayer
from bus.retention import Retention
from bus.room import Room, folders_of, room_of
from bus.router import Match, Routable
from bus.sweeper import Sweeper
from bus.teller import Teller
from bus.throttle import Throttle
from bus.tls import files_of
from bus.translator import compose, papers_of
from bus.transport.fast import FastTransport
from bus.transport.paced import Paced
from bus.transport.plain import PlainTransport
from bus.transport.side_by_side import SideBySide
from bus.turn import HeldTurn
from bus.uploads import DiskUploads, uploads_of
from bus.validity import Validity
from bus.witness import witnessed
from bus.workers import Workers

_log = log.get()
#: Seconds for which a process that tells people has its turn: a few rounds.
ALERTS_TERM = 120.0
#: The same for the process that follows what must arrive by when, and for the one that makes reports of others.
EXPECTATIONS_TERM = 60.0


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
    gates = Gates(home.clock, journal.note_condition, BreakerPolicy())
    tools = tools_of(home, gates)
    keeper = Keeper(_in_force(home, tools))
    comeback = Comeback(journal, keeper)
    gates.on_back = comeback.catch_up
    channel = KombuChannel(settings.broker_url, _namespace(settings))
    issuer = Issuer(journal.reads, channel, gates, home.clock, lambda: _ahead(home))
    ingress = Ingress(journal, keeper)
    room = room_of(settings, home.clock)
    uploads = uploads_of(settings, room, home.clock)
    holder = turn_holder(home)
    regimes = Regimes(settings.regimes)
    doors = _doors(home, keeper, ingress, room, uploads, regimes, metrics)
    validity = Validity(files_of(settings), lambda: doors.peers.seen)
    return Daemon(
        home=home,
        keeper=keeper,
        tools=tools,
        gates=gates,
        ingress=ingress,
        doors=doors,
        metrics=metrics,
        channel=channel,
        issuer=issuer,
        workers=_workers(home, gates, issuer, metrics),
        sweeper=_sweeper(home, keeper, issuer, uploads),
        knocker=Knocker(gates, lambda name: comeback.probe(name, issuer)),
        consequences=_consequences(home, keeper, ingress),
        indexer=Indexer(journal, home.browse.unfinished),
        expecting=_expecting(home, keeper, ingress, regimes, holder),
        aggregating=_aggregating(home, keeper, ingress, regimes, holder),
        replayer=_replayer(home, ingress, holder),
        pollers=_pollers(home, keeper, ingress, room, holder),
        way=_way(home, keeper, gates, issuer),
        refresh=Refresh(journal, home.clock, holder),
        alerts=_alerts(home, keeper, ingress, tools, holder, validity),
        validity=validity,
        room=room,
        backups=Backups(home.settings, home.clock, journal.note_deed),
        faces=[adapter.face() for adapter in adapters if adapter.face],
    )


def tools_of(home: Home, gates: Gates) -> Tools:
    """What adapters work with; whoever made it closes its transports."""
    reads, fast, links = home.journal.reads, FastTransport(), links_of(home.settings, home.secrets, home.clock)
    return Tools(
        clock=home.clock,
        secrets=home.secrets,
        fast=fast,
        plain=PlainTransport(),
        folder=home.settings.home,
        fetch=partial(Fetching, home.claims),
        claims=lambda endpoint, remote_id: [out(copy) for copy in reads.claims(endpoint, remote_id)],
        units=partial(units, home.journal.store),
        papers=lambda delivery: papers_of(delivery.body, links.make),
        compose=lambda model, files: compose(model, files, lambda: Fetching(home.claims, home.settings.max_bytes)),
        paced=lambda endpoint: Paced(fast, lambda: _pace(gates, endpoint)),
    )


def _pace(gates: Gates, endpoint: str) -> None:
    while seconds := gates.wait(endpoint):
        time.sleep(seconds)


def _in_force(home: Home, tools: Tools) -> Force:
    """The routes to start with, noted as the version in force."""
    routes = first_routes(home)
    force = home.planner.force(routes, tools)
    home.journal.note_routes(RoutesVersion(routes.version, routes.text, "start")).result()
    return force


def _ahead(home: Home) -> int:
    """How many leases of an endpoint may run ahead of its calls: what the committer takes in two groups."""
    return min(2 * home.journal.committer.last_batch, home.settings.lease_ahead)


def _doors(
    home: Home, keeper: Keeper, ingress: Ingress, room: Room, uploads: DiskUploads, regimes: Regimes, metrics: Metrics
) -> Doors:
    settings, journal = home.settings, home.journal
    notebook = Notebook(journal.note_refusal)
    return Doors(
        holder=keeper,
        journal=journal,
        ingress=ingress,
        reception=Reception(home.claims, room, settings.max_bytes, journal.reads.has_body),
        mailbox=JournalMailbox(journal, home.claims, home.browse),
        uploads=uploads,
        files=Attachments(
            links_of(home.settings, home.secrets, home.clock), journal.reads, home.claims, metrics.files_fetched.inc
        ),
        reports=AtDoors(
            regimes, keeper, journal.store, home.clock, Kept(journal.store, journal.reads, home.claims).packet
        ),
        browse=home.browse,
        secrets=home.secrets,
        throttle=Throttle(home.clock, settings.max_failed_signins, notebook.write),
        note=notebook.write,
        metrics=metrics,
        clock=home.clock,
        max_bytes=settings.max_bytes,
        link_key=settings.link_key,
        public_url=settings.public_url,
    )


def _consequences(home: Home, keeper: Keeper, ingress: Ingress) -> Consequences:
    teller = Teller(home.browse, keeper, home.settings.agency_code)
    return Consequences(home.journal, home.browse, ingress, [teller, Arrival(home.browse, keeper)])


def _expecting(home: Home, keeper: Keeper, ingress: Ingress, regimes: Regimes, holder: str) -> Expecting:
    turn = HeldTurn(home.journal, Turn("expectations", holder, micros(EXPECTATIONS_TERM)), home.clock)
    return Expecting(home.journal, home.browse, keeper, ingress, regimes, home.settings.agency_code, turn)


def _aggregating(home: Home, keeper: Keeper, ingress: Ingress, regimes: Regimes, holder: str) -> Aggregating:
    turn = HeldTurn(home.journal, Turn("aggregates", holder, micros(EXPECTATIONS_TERM)), home.clock)
    return Aggregating(home.journal, home.browse, home.claims, keeper, ingress, regimes, turn)


def _replayer(home: Home, ingress: Ingress, holder: str) -> Replayer:
    turn = HeldTurn(home.journal, Turn("replay", holder, TERM), home.clock)
    return Replayer(home.journal, Releaser(home.journal, home.browse, ingress.place_again), turn)


def _workers(home: Home, gates: Gates, issuer: Issuer, metrics: Metrics) -> Workers:
    return Workers(
        home.journal,
        Courier(home.journal.reads, home.claims, home.clock),
        gates,
        SideBySide(),
        term=lambda: micros(home.settings.lease),
        on_told=lambda lease, told: witnessed(metrics, lease, told),
        on_back=issuer.back,
    )


def _way(home: Home, keeper: Keeper, gates: Gates, issuer: Issuer) -> Way:
    """A new document goes without a ticket where nothing waits before it and its doubt, should the bus die, costs nothing."""

    def free(endpoint: str) -> int:
        outlet = keeper.force.outlets.get(endpoint)
        goes = outlet and outlet.repeats and issuer.idle(endpoint) and not home.journal.recoveries.keeps(endpoint)
        return gates.free(endpoint, _ahead(home)) if goes else 0

    return Way(free, lambda: micros(home.settings.lease))


def _pollers(home: Home, keeper: Keeper, ingress: Ingress, room: Room, holder: str) -> Pollers:
    def route(inbound: Inbound) -> str:
        subject = Routable(inbound.content.type, inbound.content.kind, inbound.content.sender)
        matches = [keeper.plan.router.match(subject, code, home.clock.now()) for code in inbound.recipients]
        return ", ".join(f"{m.recipient}: {m.endpoint if isinstance(m, Match) else m.why}" for m in matches)

    return Pollers(
        lambda inlet: Poller(inlet, home.journal, ingress, home.claims, home.clock, route, room.problem, holder)
    )


def _alerts(home: Home, keeper: Keeper, ingress: Ingress, tools: Tools, holder: str, validity: Validity) -> Alerts:
    journal, reads = home.journal, AlertReads(home.journal.store)
    outbox = Outbox(journal, reads)
    turn = HeldTurn(journal, Turn("alerts", holder, micros(ALERTS_TERM)), home.clock)
    machine = OfMachine(folders_of(home.settings), home.clock)
    questions = making.questions(journal, home.claims, machine, validity)
    watcher = Watcher(journal, reads, keeper, questions, outbox, turn)
    means = making.Means(home.clock, home.secrets, tools.fast, ingress, home.settings.agency_code)
    daily = Daily(journal, keeper, ingress, home.settings.agency_code, lambda: watcher.ours)
    return Alerts(watcher, machine, [daily.round], outbox, means.carrier, home.clock)


def _sweeper(home: Home, keeper: Keeper, issuer: Issuer, uploads: DiskUploads) -> Sweeper:
    retention = Retention(
        home.journal, home.claims, home.clock, home.settings, lambda: keeper.plan.routes, uploads.sweep
    )
    return Sweeper(home.journal, home.clock, issuer.wake, micros(home.settings.clock_jump), retention)


def _namespace(settings: Settings) -> str:
    """What tells this installation's queues from another's on one broker."""
    return hashlib.blake2b(settings.database_url.encode(), digest_size=6).hexdigest()
