"""The way out. ``deliver`` is the whole story of a lease: worth a call, send, say how to settle.

The lease is on disk before the first byte leaves, and every copy of it is settled by one of four words:
delivered, waiting until, in doubt, dead. Nothing here moves a state; the journal's verbs do.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bus import log, retry
from bus.claimcheck import ClaimCheck
from bus.clock import MICROS, Clock
from bus.endpoint import Answer, Delivered, Outcome
from bus.errors import CallFailed, FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.journal.copy import Copy
from bus.journal.lease import Lease
from bus.journal.reads import Reads
from bus.journal.settle import Settlement
from bus.message import Claim, CopyOut, Delivery
from bus.outcome import Call, given_back, given_up
from bus.outlet import Outlet
from bus.translator import outgoing

_log = log.get()
_UNSAID = OutcomeUnknown("the adapter said nothing of this copy")
_GONE = Refused(FailureClass.CLIENT_FAULT, "the body is no longer kept here")


#: What a question brought.
Said = Answer | Delivered | Unreachable | Refused


@dataclass(frozen=True, slots=True)
class Told:
    """How to settle the copies of a lease. ``seconds`` is how long the call took; None: none was made."""

    settlements: list[Settlement]
    seconds: float | None = None


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
        if lease.asking:
            return self._ask(lease, outlet)
        began = self._clock.now()
        if lease.until - began < lease.term // 2:
            return Told(given_back(lease))
        if began >= retry.deadline(outlet.policy, lease.copies[0].since, lease.event.expires_at):
            return Told(given_up(lease))
        try:
            body = self._body(lease, outlet)
        except Exception:
            _log.exception("body.unread", body=lease.copies[0].body)
            return Told(given_back(lease))
        outcomes = self._send(lease, outlet, body) if body else _for_all(lease, _GONE)
        call = self._call(lease, outlet, began, body)
        return Told([call.settlement(outcomes[wire_id(copy)], copy) for copy in lease.copies], _seconds(call))

    def _body(self, lease: Lease, outlet: Outlet) -> Claim | None:
        """What goes out; None where it is no longer kept."""
        sha256 = lease.copies[0].body
        kept = self._claims.recent(sha256) or self._claims.find(self._reads.body(sha256))
        return kept and outgoing(kept, lease.event.message(), outlet.hop)

    def _send(self, lease: Lease, outlet: Outlet, body: Claim) -> Mapping[str, Outcome]:
        """The call itself. What a faulty sink raises or forgets to say is an unknown outcome, for bytes may have left."""
        try:
            said = outlet.sink.send(_delivery(lease, body))
            return {id_: _outcome(said.get(id_)) for id_ in map(wire_id, lease.copies)}
        except (Unreachable, Refused) as failure:
            return _for_all(lease, failure)
        except Exception as error:
            _log.exception("sink.failed", endpoint=outlet.name)
            return _for_all(lease, _fault(error))

    def _ask(self, lease: Lease, outlet: Outlet) -> Told:
        """Ask the partner about copies in doubt; a question that fails speaks for those after it."""
        began = self._clock.now()
        answers: list[Said] = []
        for copy in lease.copies:
            failed = answers and isinstance(answers[-1], CallFailed)
            answers.append(answers[-1] if failed else self._question(lease, outlet, copy))
        call = self._call(lease, outlet, began)
        return Told([_told(call, *pair) for pair in zip(answers, lease.copies, strict=True)], _seconds(call))

    def _question(self, lease: Lease, outlet: Outlet, copy: Copy) -> Said:
        try:
            said = outlet.sink.ask(_delivery(lease, Claim(copy.body, lease.body_size)), out(copy))
            return said if isinstance(said, Delivered) else Answer(said)
        except (Unreachable, Refused) as failure:
            return failure
        except Exception as error:
            _log.exception("sink.failed", endpoint=outlet.name)
            return _fault(error)

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


def _fault(error: Exception) -> OutcomeUnknown:
    return OutcomeUnknown(f"fault in the adapter: {type(error).__name__}")


def _for_all(lease: Lease, outcome: Outcome) -> Mapping[str, Outcome]:
    return {wire_id(copy): outcome for copy in lease.copies}


def _seconds(call: Call) -> float:
    return (call.ended_at - call.began_at) / MICROS
