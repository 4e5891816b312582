"""The desk that faces lean on (:class:`bus.desk.Desk`), over the parts of one daemon."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from itertools import chain
from typing import Any, TypeVar

from bus.agencies import everyone
from bus.calendar_links import SignedCalendars
from bus.callers import Callers
from bus.catalogue import CATALOGUE
from bus.clock import MICROS, Clock
from bus.config.models import Partner
from bus.desk import Agency, Caller, Mailbox, Received
from bus.errors import Rejected, SecretMissing
from bus.ingress import Ingress
from bus.journal import Journal
from bus.journal.boxes import sent_copy
from bus.journal.browse import Browse
from bus.journal.notes import Refusal
from bus.journal.once import Mark
from bus.journal.pick import Filter
from bus.life import lives
from bus.message import Inbound, Receipt, Step
from bus.metrics import Metrics
from bus.paging import seq_of
from bus.parcels import Files, Uploads
from bus.peer import shown
from bus.peers import Peers
from bus.plan import Plan, PlanHolder
from bus.reception import Reception
from bus.reports import CalendarLinks, Reports
from bus.room import Place
from bus.secret import Secrets
from bus.sent import Life, Outbox, SentCopy, Sought
from bus.throttle import Throttle
from bus.uses import Uses

T = TypeVar("T")

#: Seconds for which those who may come in at a door are the same, for secrets rotate.
_SAME = 1.0


class Doors:
    """What every face is handed."""

    def __init__(
        self, holder: PlanHolder, journal: Journal, ingress: Ingress, reception: Reception, mailbox: Mailbox, uploads: Uploads, files: Files, reports: Reports,
        browse: Browse, secrets: Secrets, throttle: Throttle, note: Callable[[Refusal], object], metrics: Metrics, clock: Clock, max_bytes: int,
        link_key: str, public_url: str = "",
    ) -> None:  # fmt: skip
        self.clock = clock
        self.mailbox: Mailbox = mailbox
        self.uploads = uploads
        self.files = files
        self.reports = reports
        self.max_bytes = max_bytes
        self.public_url = public_url
        self._holder = holder
        self._journal = journal
        self._ingress = ingress
        self._reception = reception
        self._browse = browse
        self._secrets = secrets
        self._throttle = throttle
        self._note = note
        self._metrics = metrics
        self._bridge = _Bridge()
        self.peers = Peers(clock)
        self.uses = Uses(secrets, clock, journal.note_use)
        self._callers: dict[str, tuple[float, Plan, Callers]] = {}
        self.calendars: CalendarLinks = SignedCalendars(secrets, link_key, lambda: self._at("reports"))

    def caller(self, door: str, ident: str) -> Caller | None:
        """The partner whose entry at this door bears this system id."""
        return self._admitted(door, self._at(door).named(ident))

    def owner(self, door: str, key: bytes) -> Caller | None:
        """The partner whose entry at this door has this key."""
        return self._admitted(door, self._at(door).owner(key))

    def certified(self, door: str) -> Caller | None:
        """The partner whom the certificate that was shown is enough for."""
        peer = shown()
        return self._admitted(door, self._at(door).pinned(peer.pin) if peer else None)

    def once(self, what: str, until: int) -> Future[bool]:
        """Whether this is shown for the first time."""
        return self._journal.once(Mark(what, until))

    def _admitted(self, door: str, caller: Caller | None) -> Caller | None:
        """Nobody where the caller's entry names certificates and none of them was shown."""
        named = getattr(caller.settings, "certificate", ()) if caller else ()
        return caller if caller and (not named or self.peers.admits(caller.partner, door, named)) else None

    def _at(self, door: str) -> Callers:
        """Every partner with an entry at this door."""
        now, plan = self.clock.monotonic(), self._holder.plan
        made = self._callers.get(door)
        if made and made[1] is plan and now - made[0] <= _SAME:
            return made[2]
        partners = plan.routes.partners.items()
        callers = Callers(
            self._caller(name, partner, door, plan) for name, partner in partners if door in partner.doors
        )
        self._callers[door] = (now, plan, callers)
        return callers

    def _caller(self, name: str, partner: Partner, door: str, plan: Plan) -> Caller:
        entry: Any = partner.doors[door]
        names = getattr(entry, "secret", None) or getattr(entry, "key", None) or []
        try:
            secrets = tuple(self._secrets.values(names))
        except SecretMissing:
            secrets = ()
        opened = partial(self.uses.opened, name, door, names)
        spellings = chain.from_iterable(map(plan.directory.spellings, partner.agencies))
        return Caller(name, frozenset(spellings), secrets, entry, opened)

    def throttled(self, address: str) -> bool:
        """Whether failed sign-ins from this address are refused without a look."""
        return self._throttle.throttled(address)

    def canonical(self, code: str) -> str:
        """The canonical spelling of an agency code."""
        return self._holder.plan.directory.canonical(code)

    async def receive(
        self,
        chunks: AsyncIterator[bytes],
        *,
        limit: int | None = None,
        announced: int | None = None,
        strip_crlf: bool = False,
        format: str = "edxml",  # noqa: A002 - the word of ``schemas.reader``
    ) -> Received:
        """Take a body in."""
        return await self._reception.receive(
            chunks, limit=limit, announced=announced, strip_crlf=strip_crlf, format=format
        )

    async def take(self, body: bytes) -> Received:
        """Take a small body in that is there as a whole."""
        return await self._reception.take(body)

    def discard(self, received: Received) -> None:
        """Forget a body that will not be accepted."""
        self._reception.discard(received)

    def accept(self, inbound: Inbound) -> Future[Receipt]:
        """Check, route and commit."""
        began = self.clock.monotonic()
        future = self._ingress.accept(inbound)
        place = self._reception.hold(inbound.claim)
        future.add_done_callback(lambda done: self._accepted(inbound, place, done, self.clock.monotonic() - began))
        return future

    def _accepted(self, inbound: Inbound, place: Place, done: Future[Receipt], seconds: float) -> None:
        place.leave()
        if done.exception() is None:
            self._reception.keep(inbound.claim)
            self._metrics.accepted_by(inbound.came_by.door, inbound.content.type).inc()
            self._metrics.accept_seconds.observe(seconds)

    def refused(
        self, door: str, rejection: Rejected, *, partner: str = "", address: str = "", digest: str = "", size: int = 0
    ) -> None:
        """Count a refusal; record it if the partner is known, tally it if not. What the bus has no room for it does not
        write down either.
        """
        self._metrics.rejected.labels(door, rejection.code).inc()
        if CATALOGUE[rejection.code].http == HTTPStatus.SERVICE_UNAVAILABLE:
            return
        refusal = Refusal(door, rejection.code, partner, address, digest, size)
        if partner:
            self._note(refusal)
        else:
            self._throttle.failed(refusal)

    async def settled(self, future: Future[T]) -> T:
        """Await a future of the committer."""
        return await self._bridge.wait(future)

    def sent(
        self, caller: Caller, type_: str | None = None, message_id: str | None = None, limit: int = 1000
    ) -> Sequence[SentCopy]:
        """The outbox of a partner."""
        return self._browse.sent(caller.agencies, type_, message_id, limit)

    def trace(self, caller: Caller, message_id: str) -> Sequence[Step]:
        """All that happened to a message, in order."""
        copies = self.sent(caller, message_id=message_id)
        return _steps(self._browse, copies[0].message_id, {copy.doc_id for copy in copies}) if copies else ()

    def outbox(self, caller: Caller, sought: Sought) -> Outbox:
        """A page of what a partner sent."""
        if not caller.agencies:
            return Outbox((), "")
        which = Filter(
            states=(sought.state,) if sought.state else (),
            senders=tuple(sorted(caller.agencies)),
            recipients=self._holder.plan.directory.spellings(sought.recipient) if sought.recipient else (),
            type=sought.type,
            kind="primary",
            since=sought.since,
            until=sought.until,
            text=sought.text,
            after=seq_of(sought.after),
            limit=sought.limit,
        )
        page = self._browse.page(which)
        copies = list(map(sent_copy, page.rows))
        return Outbox(copies, page.next or "", page.behind.events + page.behind.older)

    def lives(self, copies: Sequence[SentCopy]) -> Mapping[str, Life]:
        """By docId how the documents among these copies fare at their recipients."""
        listed = self._browse.copies(Filter(ids=tuple(copy.doc_id for copy in copies), limit=len(copies)))
        return lives(self._browse, self._holder.plan, listed)

    def agencies(self) -> Iterator[Agency]:
        """The directory, read as it is gone through."""
        return everyone(self._holder.plan.directory, self._journal.agencies, self.clock.now())

    def agencies_version(self) -> int:
        """A number that grows when the directory changes."""
        endpoints = self._holder.plan.directory.codes.endpoints
        return self._journal.agencies.changed_at(endpoints) // MICROS


def _steps(browse: Browse, message: str, copies: Collection[str]) -> list[Step]:
    """What happened to a message and these copies: not by whom, nor in whose words."""
    told = [Step(one.at, one.copy or "", one.what, one.state) for one in browse.happened(message)]
    calls = [
        Step(one.began_at, one.copy, f"call.{one.what}", one.outcome, one.failure) for one in browse.attempts(copies)
    ]
    mine = (step for step in (*told, *calls) if not step.doc_id or step.doc_id in copies)
    return sorted(mine, key=lambda step: step.at)


class _Bridge:
    """Committer to event loop: one wake-up of a loop for all futures of a batch, not one for each."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Future[Any]]]] = {}

    async def wait(self, future: Future[T]) -> T:
        loop = asyncio.get_running_loop()
        awaited: asyncio.Future[T] = loop.create_future()
        future.add_done_callback(lambda done: self._finished(loop, awaited, done))
        return await awaited

    def _finished(self, loop: asyncio.AbstractEventLoop, awaited: asyncio.Future[Any], done: Future[Any]) -> None:
        with self._lock:
            waiting = self._done.setdefault(loop, [])
            waiting.append((awaited, done))
            first = len(waiting) == 1
        if first:
            with suppress(RuntimeError):  # the loop was closed: nobody waits any more
                loop.call_soon_threadsafe(self._deliver, loop)

    def _deliver(self, loop: asyncio.AbstractEventLoop) -> None:
        with self._lock:
            finished = self._done.pop(loop, [])
        for awaited, done in finished:
            if awaited.cancelled():
                continue
            if error := done.exception():
                awaited.set_exception(error)
            else:
                awaited.set_result(done.result())
