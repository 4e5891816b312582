"""What the outcome of a call means for a copy: delivered, waiting until, in doubt, or dead. Pure."""

from __future__ import annotations

from typing import Any

from bus import retry
from bus.clock import micros
from bus.endpoint import Answer, Delivered, Outcome
from bus.errors import FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.journal.copy import Copy
from bus.journal.settle import Settlement
from bus.journal.states import Reason, State
from bus.journal.straight import Lease
from bus.journal.tidy import Doubt
from bus.outlet import Outlet
from schemas.value import value


@value
class Call:
    """One call that was made under a lease, and when (journal microseconds). ``roll`` in [0, 1) is for jitter."""

    lease: Lease
    outlet: Outlet
    began_at: int
    ended_at: int
    roll: float
    #: SHA-256 (hex) of what it carried, where that was not the stored body as it is.
    sent_sha256: str | None = None

    def settlement(self, outcome: Outcome, copy: Copy) -> Settlement:
        """How to settle a copy after this outcome of a ``send``."""
        if isinstance(outcome, Delivered):
            return self._settle(
                copy, State.DELIVERED, outcome="delivered", words=outcome.words, remote_id=outcome.remote_id
            )
        told: dict[str, Any] = {"words": outcome.words, "failure": outcome.failure, "code": outcome.code}
        if isinstance(outcome, Refused):
            return self._settle(copy, State.DEAD, outcome.failure, outcome="refused", **told)
        if isinstance(outcome, OutcomeUnknown):
            return self._settle(
                copy, State.IN_DOUBT, outcome.failure, self._question_time(copy), outcome="unknown", **told
            )
        until = self._next_attempt(copy, outcome)
        if until is None:
            return self._settle(copy, State.DEAD, Reason.HORIZON, outcome="unreachable", **told)
        reason = Reason.RETRY_AFTER if outcome.retry_after else outcome.failure
        return self._settle(copy, State.WAITING, reason, until, outcome="unreachable", **told)

    def answered(self, answer: Answer | Delivered, copy: Copy) -> Settlement:
        """How to settle a copy in doubt after the partner's answer: sent again only when it is not there."""
        if isinstance(answer, Delivered):
            told: dict[str, Any] = {"remote_id": answer.remote_id, "words": answer.words}
            return self._settle(copy, State.DELIVERED, outcome=Answer.DELIVERED, asked=True, **told)
        if answer == Answer.DELIVERED:
            return self._settle(copy, State.DELIVERED, outcome=answer, asked=True)
        if answer == Answer.NOT_THERE:
            return self._settle(copy, State.QUEUED, answer, outcome=answer, asked=True)
        again = self._asked_again(copy) if answer == Answer.LATER else None
        return self._settle(copy, State.IN_DOUBT, Reason.PARTNER_UNSURE, again, outcome=answer, asked=True)

    def unanswered(self, failure: Unreachable | Refused, copy: Copy) -> Settlement:
        """How to leave a copy in doubt when the question itself failed: it is put again later."""
        asked_for = min(failure.retry_after or 0.0, self.outlet.policy.horizon.total_seconds())
        wait = max(self._wait(copy, failure.failure), micros(asked_for))
        told: dict[str, Any] = {"words": failure.words, "failure": failure.failure, "code": failure.code}
        return self._settle(
            copy, State.IN_DOUBT, failure.failure, self.ended_at + wait, asked=True, outcome="unanswered", **told
        )

    def _next_attempt(self, copy: Copy, failure: Unreachable) -> int | None:
        return retry.next_attempt(
            self.outlet.policy,
            max(copy.attempts, 1),
            failure.failure,
            first_at=copy.since,
            now=self.ended_at,
            roll=self.roll,
            retry_after=failure.retry_after,
            expires_at=self.lease.event.expires_at,
        )

    def _question_time(self, copy: Copy) -> int | None:
        """When a copy in doubt is asked about or sent again; None: an operator decides."""
        contract = self.outlet.contract(copy)
        if contract == Doubt.OPERATOR:
            return None
        wait = (
            micros(self.outlet.ask_after)
            if contract == Doubt.ASK
            else self._wait(copy, FailureClass.TIMEOUT_AFTER_SEND)
        )
        return self.ended_at + wait

    def _asked_again(self, copy: Copy) -> int | None:
        """When a partner that could not say is asked again; None: an operator decides, for trying is over."""
        at = self.ended_at + micros(self.outlet.policy.cap)
        return at if at < retry.deadline(self.outlet.policy, copy.since, self.lease.event.expires_at) else None

    def _wait(self, copy: Copy, failure: FailureClass) -> int:
        return micros(retry.wait(self.outlet.policy, max(copy.attempts, 1), failure, self.roll))

    def _settle(self, copy: Copy, to: State, reason: str = "", until: int | None = None, **told: Any) -> Settlement:
        told |= {"began_at": self.began_at, "ended_at": self.ended_at, "sent_sha256": self.sent_sha256}
        return Settlement(copy.id, self.lease.id, to, reason, until, **told)


def given_back(lease: Lease) -> list[Settlement]:
    """A lease under which no call was made, put back."""
    to = State.IN_DOUBT if lease.asking else State.QUEUED
    return [
        Settlement(
            copy.id, lease.id, to, copy.reason, lease.until if lease.asking else None, asked=lease.asking, made=False
        )
        for copy in lease.copies
    ]


def given_up(lease: Lease) -> list[Settlement]:
    """A lease whose copies may not be sent any more: the time for trying is over."""
    return [Settlement(copy.id, lease.id, State.DEAD, Reason.HORIZON, made=False) for copy in lease.copies]


def abandoned(lease: Lease, outlet: Outlet, now: int) -> list[Settlement]:
    """A lease whose call is under way and cannot be waited for any longer: its outcome is unknown."""
    return [_abandoned(lease, copy, outlet, now) for copy in lease.copies]


def _abandoned(lease: Lease, copy: Copy, outlet: Outlet, now: int) -> Settlement:
    wait = {Doubt.OPERATOR: None, Doubt.RESEND: now, Doubt.ASK: now + micros(outlet.ask_after)}
    told: dict[str, Any] = {
        "outcome": "unknown",
        "failure": FailureClass.TIMEOUT_AFTER_SEND,
        "words": "the bus stopped during the call",
    }
    return Settlement(
        copy.id, lease.id, State.IN_DOUBT, Reason.STOPPED, wait[outlet.contract(copy)], asked=lease.asking, **told
    )
