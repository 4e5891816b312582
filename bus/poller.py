"""Polling: what partners have for us is fetched, accepted, and only then said to be done (semantics 9).

Everything that can be read is accepted. What cannot is kept back by its remote id, with its bytes, and skipped
until an operator says ``fail`` or has it looked at again, or until ``fail_after``. Secrets are kept back without
their bytes. A ``done`` that was lost is said again at the next round.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from structlog.contextvars import bound_contextvars

from bus import log
from bus.claimcheck import ClaimCheck
from bus.clock import Clock, micros
from bus.endpoint import Item, Source
from bus.errors import BusError, Rejected, Unreachable
from bus.ingress import Ingress
from bus.journal import Journal
from bus.journal.quarantine import AGAIN, FAIL, TOLD, WAITS, Detained, Quarantined
from bus.journal.reads import Kept
from bus.message import Claim, Inbound, RemoteId
from schemas.content import Content

_log = log.get()


@dataclass(frozen=True, slots=True)
class Inlet:
    """One source under one version of the routes. Times in microseconds."""

    name: str
    source: Source
    every: int
    fail_after: int
    #: Look, fetch and tell what would be done; accept nothing and say nothing to the partner.
    observe: bool = False


class Poller:
    """Works one inlet off, round by round. ``route`` says in words where a message would go."""

    def __init__(
        self,
        inlet: Inlet,
        journal: Journal,
        ingress: Ingress,
        claims: ClaimCheck,
        clock: Clock,
        route: Callable[[Inbound], str],
    ) -> None:
        self._inlet = inlet
        self._journal = journal
        self._ingress = ingress
        self._claims = claims
        self._clock = clock
        self._route = route
        #: Statuses that came before their document and wait for the next round.
        self._early: set[str] = set()

    def round(self) -> int:
        """Everything the partner has now; how many messages were accepted. Ends where the partner does not answer."""
        accepted = 0
        try:
            for item in self._inlet.source.poll():
                accepted += self._safely(item)
        except Unreachable as failure:
            _log.warning("source.unreachable", endpoint=self._inlet.name, failure=failure.failure, words=failure.words)
        return accepted

    def _safely(self, item: Item) -> bool:
        """One item; its own trouble is not the next one's, but a partner that does not answer ends the round."""
        with bound_contextvars(endpoint=self._inlet.name, remote_id=item.remote_id):
            try:
                return self._take(item)
            except Unreachable:
                raise
            except Exception:
                _log.exception("item.failed")
                return False

    def _take(self, item: Item) -> bool:
        remote = RemoteId(self._inlet.name, item.type, item.remote_id)
        if (kept := self._journal.reads.kept_back(remote)) and kept.word != AGAIN:
            self._skip(item, remote, kept)
            return False
        if receipt := self._journal.reads.received(remote):
            item.settle(receipt)
            return False
        try:
            inbound = item.inbound()
        except Rejected as refusal:
            self._detain(remote, refusal, _claim(refusal))
            return False
        return self._accept(item, remote, inbound)

    def _accept(self, item: Item, remote: RemoteId, inbound: Inbound) -> bool:
        if self._inlet.observe:
            _log.info("item.observed", sender=inbound.content.sender, would=self._route(inbound))
            self._claims.keep(inbound.claim)
            return False
        if self._waits_one_round(remote, inbound.content):
            return False
        try:
            receipt = self._ingress.accept(inbound).result()
        except Rejected as refusal:
            secret = refusal.code == "secrecy.marked"
            self._detain(remote, refusal, None if secret else inbound.claim, inbound)
            return False
        self._claims.keep(inbound.claim)
        item.settle(receipt)
        return not receipt.repeated

    def _waits_one_round(self, remote: RemoteId, content: Content) -> bool:
        """A status for a document not yet seen waits once: the document may be next."""
        if (
            content.type != "status"
            or remote.id in self._early
            or self._journal.reads.has_document(content.document_id)
        ):
            self._early.discard(remote.id)
            return False
        self._early.add(remote.id)
        return True

    def _skip(self, item: Item, remote: RemoteId, kept: Kept) -> None:
        """An item that is kept back: nothing, until somebody said ``fail`` or its time is over. Never a secret's."""
        overdue = kept.body and self._clock.now() - kept.at >= self._inlet.fail_after
        if kept.word == FAIL or (kept.word == WAITS and overdue):
            item.settle(Rejected(kept.code, kept.detail))
            self._journal.decide_item(remote, TOLD).result()

    def _detain(self, remote: RemoteId, refusal: Rejected, claim: Claim | None, inbound: Inbound | None = None) -> None:
        content = inbound.content if inbound else None
        item = Quarantined(
            endpoint=remote.endpoint,
            type=remote.type,
            remote_id=remote.id,
            code=refusal.code,
            detail=refusal.detail,
            sender=content.sender if content else "",
            digest=content.digest if content else "",
            body=claim.sha256 if claim else "",
        )
        self._journal.detain_item(Detained(item, claim)).result()
        if claim:
            self._claims.keep(claim)
        elif inbound:
            self._claims.drop(inbound.claim, self._journal.reads.has_body)
        _log.error("item.detained", code=refusal.code, detail=refusal.detail, kept=claim is not None)


def _claim(refusal: Rejected) -> Claim | None:
    claim = refusal.details.get("claim")
    return claim if isinstance(claim, Claim) else None


class Pollers:
    """A thread an inlet."""

    def __init__(self, make: Callable[[Inlet], Poller], clock: Clock) -> None:
        #: Gives the poller of an inlet.
        self.make = make
        self._clock = clock
        self._running: dict[str, tuple[Inlet, threading.Event, threading.Thread]] = {}

    def serve(self, inlets: Mapping[str, Inlet]) -> None:
        """Poll these from now on. One that did not change goes on; a changed one ends its round first."""
        for name, (inlet, stop, _thread) in list(self._running.items()):
            if inlets.get(name) != inlet:
                stop.set()
                del self._running[name]
        for name, inlet in inlets.items():
            if name not in self._running:
                self._start(inlet)

    def stop(self, within: float = 2.0) -> None:
        """Poll no more. A round under way is waited for that many seconds; what it had not settled comes again."""
        running, self._running = list(self._running.values()), {}
        for _, stop, _ in running:
            stop.set()
        for _, _, thread in running:
            thread.join(within)

    def _start(self, inlet: Inlet) -> None:
        stop = threading.Event()
        thread = threading.Thread(target=self._run, args=(inlet, stop), name=f"poll-{inlet.name}", daemon=True)
        self._running[inlet.name] = (inlet, stop, thread)
        thread.start()

    def _run(self, inlet: Inlet, stop: threading.Event) -> None:
        poller = self.make(inlet)
        while not stop.is_set():
            try:
                poller.round()
            except BusError as error:
                _log.warning("poll.failed", endpoint=inlet.name, error=str(error))
            except Exception:
                _log.exception("poll.failed", endpoint=inlet.name)
            stop.wait(inlet.every / micros(1))
