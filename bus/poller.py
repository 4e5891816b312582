"""Polling: what partners have for us is fetched, accepted, and only then said to be done (semantics 9).

Everything that can be read is accepted. What cannot is kept back by its remote id, with its bytes, and skipped
until an operator says ``fail`` or has it looked at again, or until ``fail_after``. Secrets are kept back without
their bytes. A ``done`` that was lost is said again at the next round. What the partner lists and cannot hand out
ends a few rounds, as a partner that is away does, and then keeps nobody behind it.

Each source is polled by one process at a time, the one that holds its turn. It holds the turn from round to round;
a round that loses it ends before the next item is accepted, and leaves that item to whoever polls now.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from structlog.contextvars import bound_contextvars

from bus import log
from bus.claimcheck import ClaimCheck
from bus.clock import MICROS, Clock
from bus.endpoint import Item, Source
from bus.errors import BusError, Busy, Rejected, Unreachable
from bus.ingress import Ingress
from bus.journal import Journal
from bus.journal.quarantine import AGAIN, FAIL, TOLD, WAITS, Detained, Quarantined
from bus.journal.reads import Kept
from bus.journal.turns import Turn
from bus.message import Claim, Inbound, RemoteId
from bus.stragglers import Stragglers
from bus.turn import HeldTurn
from schemas.content import Content

_log = log.get()
#: Microseconds by which a turn outlasts the pause between two rounds: longer than any call to a partner takes. Else what
#: is long in coming would be fetched by two processes in turn, and accepted by neither.
BEYOND = 5 * 60 * MICROS
#: Seconds at the most until somebody else's turn is asked for again.
_LOOK = 20.0


@dataclass(frozen=True, slots=True)
class Inlet:
    """One source under one version of the routes. Times in microseconds."""

    name: str
    source: Source
    every: int
    fail_after: int
    #: Look, fetch and tell what would be done; accept nothing and say nothing to the partner.
    observe: bool = False


class _TurnLost(BusError):
    """Another process polls now."""


class Poller:
    """Works one inlet off, round by round, in the turns of ``holder``. ``route`` says in words where a message would go,
    ``problem`` why nothing more can be taken in.
    """

    def __init__(
        self,
        inlet: Inlet,
        journal: Journal,
        ingress: Ingress,
        claims: ClaimCheck,
        clock: Clock,
        route: Callable[[Inbound], str],
        problem: Callable[[], str],
        holder: str,
    ) -> None:
        self._inlet = inlet
        self._journal = journal
        self._ingress = ingress
        self._claims = claims
        self._clock = clock
        self._route = route
        self._problem = problem
        #: Statuses that came before their document and wait for the next round.
        self._early: set[str] = set()
        self._stragglers = Stragglers()
        self._turn = HeldTurn(journal, Turn(f"poll:{inlet.name}", holder, inlet.every + BEYOND), clock)
        self._stopped = threading.Event()

    def round(self) -> int:
        """Everything the partner has now; how many messages were accepted. Ends where the partner does not answer,
        where it was stopped, where the turn is lost, and where there is no room for more; does not begin where another
        process has the turn.
        """
        return sum(self._accepted()) if self._turn.take() else 0

    def run(self) -> None:
        """Round after round, until it is stopped; then the turn is free."""
        while not self._stopped.is_set():
            try:
                self.round()
            except BusError as error:
                _log.warning("poll.failed", endpoint=self._inlet.name, error=str(error))
            except Exception:
                _log.exception("poll.failed", endpoint=self._inlet.name)
            self._stopped.wait(self._pause())
        self._turn.end()

    def stop(self) -> None:
        """End after the item under way."""
        self._stopped.set()

    def _pause(self) -> float:
        every = self._inlet.every / MICROS
        return every if self._turn.ours else min(every, _LOOK)

    def _accepted(self) -> Iterator[bool]:
        """Of each item in turn, whether it was accepted."""
        try:
            for item in self._stragglers.last(self._inlet.source.poll()):
                if self._stopped.is_set() or self._problem() or not self._turn.keep():
                    return
                yield self._safely(item)
        except Unreachable as failure:
            _log.warning("source.unreachable", endpoint=self._inlet.name, failure=failure.failure, words=failure.words)
        except Busy as busy:
            _log.warning("poll.ended", endpoint=self._inlet.name, why=str(busy))
        except _TurnLost:
            return

    def _safely(self, item: Item) -> bool:
        """One item; its own trouble is not the next one's, but a partner that does not answer ends the round."""
        with bound_contextvars(endpoint=self._inlet.name, remote_id=item.remote_id):
            try:
                return self._take(item)
            except (_TurnLost, Busy):
                raise
            except Unreachable:
                self._stragglers.failed(item)
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
        if not self._turn.keep():
            self._forget(inbound)
            raise _TurnLost
        return self._accept(item, remote, inbound)

    def _accept(self, item: Item, remote: RemoteId, inbound: Inbound) -> bool:
        if self._inlet.observe:
            _log.info("item.observed", sender=inbound.content.sender, would=self._route(inbound))
            self._forget(inbound)
            return False
        if self._waits_one_round(remote, inbound.content):
            self._forget(inbound)
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
            self._forget(inbound)
        _log.error("item.detained", code=refusal.code, detail=refusal.detail, kept=claim is not None)

    def _forget(self, inbound: Inbound) -> None:
        """Let go of the bytes of what was fetched and not accepted."""
        self._claims.drop(inbound.claim, self._journal.reads.has_body)


def _claim(refusal: Rejected) -> Claim | None:
    claim = refusal.details.get("claim")
    return claim if isinstance(claim, Claim) else None


class Pollers:
    """A thread an inlet."""

    def __init__(self, make: Callable[[Inlet], Poller]) -> None:
        #: Gives the poller of an inlet.
        self.make = make
        self._running: dict[str, tuple[Inlet, Poller, threading.Thread]] = {}

    def serve(self, inlets: Mapping[str, Inlet]) -> None:
        """Poll these from now on. One that did not change goes on; a changed one ends its round first."""
        changed = {name: one for name, one in self._running.items() if inlets.get(name) != one[0]}
        for name, (_, poller, _) in changed.items():
            poller.stop()
            del self._running[name]
        for name, inlet in inlets.items():
            if name not in self._running:
                self._start(inlet, changed[name][2] if name in changed else None)

    def stop(self, within: float = 2.0) -> None:
        """Poll no more. A round under way is waited for that many seconds; what it had not settled comes again."""
        running, self._running = list(self._running.values()), {}
        for _, poller, _ in running:
            poller.stop()
        for _, _, thread in running:
            thread.join(within)

    def _start(self, inlet: Inlet, before: threading.Thread | None) -> None:
        poller = self.make(inlet)

        def run() -> None:
            if before:
                before.join()
            poller.run()

        thread = threading.Thread(target=run, name=f"poll-{inlet.name}", daemon=True)
        self._running[inlet.name] = (inlet, poller, thread)
        thread.start()
