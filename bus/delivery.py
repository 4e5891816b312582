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
from bus.endpoint import Outcome
from bus.errors import FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.journal.copy import Copy
from bus.journal.lease import Lease
from bus.journal.reads import Reads
from bus.journal.settle import Settlement
from bus.message import Claim, CopyOut, Delivery
from bus.outcome import Call, given_back, given_up
from bus.outlet import Outlet

_log = log.get()
_UNSAID = OutcomeUnknown("the adapter said nothing of this copy")


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
        outcomes = self._send(lease, outlet)
        call = self._call(lease, outlet, began)
        return Told(
            [call.settlement(outcomes.get(wire_id(copy), _UNSAID), copy) for copy in lease.copies], _seconds(call)
        )

    def _send(self, lease: Lease, outlet: Outlet) -> Mapping[str, Outcome]:
        """The call itself. What a faulty sink raises is an unknown outcome, for bytes may have left."""
        body = self._claims.find(self._reads.body(lease.copies[0].body))
        if body is None:
            return _for_all(lease, Refused(FailureClass.CLIENT_FAULT, "the body is no longer kept here"))
        try:
            return outlet.sink.send(_delivery(lease, body))
        except (Unreachable, Refused) as failure:
            return _for_all(lease, failure)
        except Exception as error:
            _log.exception("sink.failed", endpoint=outlet.name)
            return _for_all(lease, OutcomeUnknown(f"fault in the adapter: {type(error).__name__}"))

    def _ask(self, lease: Lease, outlet: Outlet) -> Told:
        """Ask the partner about a copy in doubt."""
        began, copy = self._clock.now(), lease.copies[0]
        delivery = _delivery(lease, Claim(copy.body, lease.body_size))
        try:
            answer = outlet.sink.ask(delivery, delivery.copies[0])
        except (Unreachable, Refused) as failure:
            call = self._call(lease, outlet, began)
            return Told([call.unanswered(failure, copy)], _seconds(call))
        except Exception as error:
            _log.exception("sink.failed", endpoint=outlet.name)
            call = self._call(lease, outlet, began)
            return Told(
                [call.unanswered(OutcomeUnknown(f"fault in the adapter: {type(error).__name__}"), copy)], _seconds(call)
            )
        call = self._call(lease, outlet, began)
        return Told([call.answered(answer, copy)], _seconds(call))

    def _call(self, lease: Lease, outlet: Outlet, began: int) -> Call:
        return Call(lease, outlet, began, self._clock.now(), self._roll())


def wire_id(copy: Copy) -> str:
    """The docId a partner sees. A re-send goes under the id of the copy it repeats, so that it can be dropped."""
    return copy.of_copy or copy.id


def _delivery(lease: Lease, body: Claim) -> Delivery:
    copies = tuple(CopyOut(wire_id(copy), copy.recipient, copy.attempts) for copy in lease.copies)
    return Delivery(lease.endpoint, lease.event.message(), body, copies)


def _for_all(lease: Lease, outcome: Outcome) -> Mapping[str, Outcome]:
    return {wire_id(copy): outcome for copy in lease.copies}


def _seconds(call: Call) -> float:
    return (call.ended_at - call.began_at) / MICROS
