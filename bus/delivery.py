"""The way out. ``deliver`` is the whole story of a lease: worth a call, send, say how to settle.

The lease is on disk before the first byte leaves, and every copy of it is settled by one of four words:
delivered, waiting until, in doubt, dead. Nothing here moves a state; the journal's verbs do.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from bus import log, retry
from bus.claimcheck import ClaimCheck
from bus.clock import MICROS, Clock
from bus.endpoint import Answer, Delivered, Outcome, Pusher
from bus.errors import CallFailed, FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.journal.copy import Copy
from bus.journal.reads import Reads
from bus.journal.settle import Settlement
from bus.journal.straight import Lease
from bus.message import Claim, CopyOut, Delivery
from bus.outcome import Call, given_back, given_up
from bus.outlet import Outlet
from bus.translator import outgoing
from bus.transport import Ended, Request, Response
from schemas.value import value

T = TypeVar("T")

_log = log.get()
_UNSAID = OutcomeUnknown("the adapter said nothing of this copy")
_GONE = Refused(FailureClass.CLIENT_FAULT, "the body is no longer kept here")


#: What a question brought.
Said = Answer | Delivered | Unreachable | Refused


@value
class Told:
    """How to settle the copies of a lease. ``seconds`` is how long the call took; None: none was made."""

    settlements: list[Settlement]
    seconds: float | None = None


@value
class Push:
    """A request to make, and what to conclude from what comes of it."""

    request: Request
    told: Callable[[Ended], Told]


class Courier:
    """Carries out leases, in the calling thread. Safe to use from many."""

    def __init__(
        self, reads: Reads, claims: ClaimCheck, clock: Clock, roll: Callable[[], float] = random.random
    ) -> None:
        self._reads = reads
        self._claims = claims
        self._clock = clock
        self._roll = roll

    def deliver(self, lease: Lease, outlet: Outlet) -> Told:
        """Carry out a lease. Never raises: whatever goes wrong is an outcome."""
        began = self._clock.now()
        if lease.asking:
            return self._told(lease, outlet, began, self._ask(lease, outlet))
        body = self._body(lease, outlet, began)
        if isinstance(body, Told):
            return body
        return self._sent(lease, outlet, began, body, self._send(lease, outlet, body))

    def push(self, lease: Lease, outlet: Outlet, pusher: Pusher) -> Push | Told:
        """The call that a lease of one copy asks for, to be made elsewhere; Told where none is to be made. Never raises."""
        began = self._clock.now()
        if lease.asking:
            return self._question_to_push(lease, outlet, pusher, began)
        body = self._body(lease, outlet, began)
        if isinstance(body, Told):
            return body

        def told(ended: Ended) -> Told:
            said = self._try(lease, lambda: _answered(ended, pusher.pushed))
            return self._sent(lease, outlet, began, body, _for_all(lease, _outcome(said)))

        return self._pushed(lease, lambda: pusher.push(_delivery(lease, body)), told)

    def _question_to_push(self, lease: Lease, outlet: Outlet, pusher: Pusher, began: int) -> Push | Told:
        (copy,) = lease.copies

        def told(ended: Ended) -> Told:
            return self._told(lease, outlet, began, [self._try(lease, lambda: _said(_answered(ended, pusher.told)))])

        return self._pushed(lease, lambda: pusher.question(out(copy)), told)

    def _pushed(self, lease: Lease, make: Callable[[], Request], told: Callable[[Ended], Told]) -> Push | Told:
        made = self._try(lease, make)
        return Push(made, told) if isinstance(made, Request) else told(made)

    def _body(self, lease: Lease, outlet: Outlet, now: int) -> Claim | Told:
        """What goes out; Told where nothing is to."""
        if lease.until - now < lease.term // 2:
            return Told(given_back(lease))
        if now >= retry.deadline(outlet.policy, lease.copies[0].since, lease.event.expires_at):
            return Told(given_up(lease))
        try:
            body = self._kept(lease, outlet)
        except Exception:
            _log.exception("body.unread", body=lease.copies[0].body)
            return Told(given_back(lease))
        return body or self._sent(lease, outlet, now, None, _for_all(lease, _GONE))

    def _kept(self, lease: Lease, outlet: Outlet) -> Claim | None:
        """What goes out; None where it is no longer kept."""
        sha256 = lease.copies[0].body
        kept = self._claims.recent(sha256) or self._claims.find(self._reads.body(sha256))
        return outgoing(kept, lease.event.message(), outlet.hop) if kept and outlet.hop else kept

    def _send(self, lease: Lease, outlet: Outlet, body: Claim) -> Mapping[str, Outcome]:
        """The call itself."""

        def send() -> Mapping[str, Outcome]:
            said = outlet.sink.send(_delivery(lease, body))
            return {id_: _outcome(said.get(id_)) for id_ in map(wire_id, lease.copies)}

        said = self._try(lease, send)
        return _for_all(lease, said) if isinstance(said, Unreachable | Refused) else said

    def _ask(self, lease: Lease, outlet: Outlet) -> list[Said]:
        """Ask the partner about copies in doubt; a question that fails speaks for those after it."""
        answers: list[Said] = []
        for copy in lease.copies:
            failed = answers and isinstance(answers[-1], CallFailed)
            answers.append(answers[-1] if failed else self._question(lease, outlet, copy))
        return answers

    def _question(self, lease: Lease, outlet: Outlet, copy: Copy) -> Said:
        parcel = _delivery(lease, Claim(copy.body, lease.body_size))
        return self._try(lease, lambda: _said(outlet.sink.ask(parcel, out(copy))))

    def _try(self, lease: Lease, act: Callable[[], T]) -> T | Unreachable | Refused:
        """What a sink does, or what it failed by. What it did not foresee is an unknown outcome, for bytes may have left."""
        try:
            return act()
        except (Unreachable, Refused) as failure:
            return failure
        except Exception as error:
            _log.exception("sink.failed", endpoint=lease.endpoint, message=lease.event.id)
            return OutcomeUnknown(f"fault in the adapter: {type(error).__name__}")

    def _sent(
        self, lease: Lease, outlet: Outlet, began: int, body: Claim | None, outcomes: Mapping[str, Outcome]
    ) -> Told:
        call = self._call(lease, outlet, began, body)
        return Told([call.settlement(outcomes[wire_id(copy)], copy) for copy in lease.copies], _seconds(call))

    def _told(self, lease: Lease, outlet: Outlet, began: int, answers: Sequence[Said]) -> Told:
        call = self._call(lease, outlet, began)
        return Told([_told(call, *pair) for pair in zip(answers, lease.copies, strict=True)], _seconds(call))

    def _call(self, lease: Lease, outlet: Outlet, began: int, body: Claim | None = None) -> Call:
        changed = body.sha256 if body and body.sha256 != lease.copies[0].body else None
        return Call(lease, outlet, began, self._clock.now(), self._roll(), changed)


def wire_id(copy: Copy) -> str:
    """The docId a partner sees. A re-send goes under the id of the copy it repeats, so that it can be dropped."""
    return copy.of_copy or copy.id


def _delivery(lease: Lease, body: Claim) -> Delivery:
    return Delivery(lease.endpoint, lease.event.message(), body, tuple(map(out, lease.copies)))


def out(copy: Copy) -> CopyOut:
    """A copy as a sink sees it."""
    return CopyOut(wire_id(copy), copy.recipient, copy.attempts, copy.remote_id, copy.sent_at)


def _told(call: Call, answer: Said, copy: Copy) -> Settlement:
    return call.answered(answer, copy) if isinstance(answer, Answer | Delivered) else call.unanswered(answer, copy)


def _outcome(said: object) -> Outcome:
    return said if isinstance(said, Outcome) else _UNSAID


def _said(answer: Answer | Delivered) -> Said:
    """An answer; what is none is a fault of the adapter's (ValueError)."""
    return answer if isinstance(answer, Delivered) else Answer(answer)


def _answered(ended: Ended, judge: Callable[[Response], T]) -> T:
    if isinstance(ended, BaseException):
        raise ended
    return judge(ended)


def _for_all(lease: Lease, outcome: Outcome) -> Mapping[str, Outcome]:
    return {wire_id(copy): outcome for copy in lease.copies}


def _seconds(call: Call) -> float:
    return (call.ended_at - call.began_at) / MICROS
