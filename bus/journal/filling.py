"""The messages of a fill, as retention leaves them: few agencies send and get most, a few did not arrive, no words are left."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import cast

from bus.clock import MICROS
from bus.journal.copy import Copy
from bus.journal.event import Event
from bus.journal.lane import lane_of
from bus.journal.states import Reason, State
from bus.message import new_id

_DAY = 86_400 * MICROS
#: How long ago the newest and the oldest were accepted: retention has been at all of them.
_NEWEST, _OLDEST = 731 * _DAY, 1096 * _DAY
#: Senders and recipients, as many as a province has.
_AGENCIES = 150

#: Of a thousand, how many are where, and why; all others are delivered.
_ASIDE = ((4.0, State.EXPIRED, Reason.EXPIRED), (3.5, State.CANCELLED, Reason.OPERATOR))
_BORN = State.QUEUED.value


@dataclass(frozen=True, slots=True)
class Filling:
    """What the rows say: through which endpoint and by which rule they went, and the instant that is now."""

    endpoint: str
    rule: str
    now: int
    #: What differs between the messages comes from here.
    chance: Random = field(default_factory=Random)

    def message(self, share: float) -> tuple[Event, Copy]:
        """One message and its copy; ``share`` (0 to 1) of the time has passed when it is accepted."""
        at = self.now - _OLDEST + int((_OLDEST - _NEWEST) * share)
        event = self._event(at)
        return event, self._copy(event)

    def _event(self, at: int) -> Event:
        id_, sender, body = new_id(), self._agency(), self.chance.randbytes(32).hex()
        return Event(
            id=id_, type="edoc", sender=sender, key=f"{sender},{id_}", variant="", issue=1, kind="new", digest=body[::-1],
            digest_rule=1, subject="", view="", priority=0, door="api", partner="bench", body=body,
            target=None, uncorrelated=0, conflict_with=None, recalled_by=None, copies_accepted=1, routes_version="bench",
            accepted_at=at, expires_at=None,
        )  # fmt: skip

    def _agency(self) -> str:
        """Few are in most: the square of a share lies near nought."""
        return f"000.00.{int(self.chance.random() ** 2 * _AGENCIES) + 100}.H62"

    def _copy(self, event: Event) -> Copy:
        id_, at, recipient, (state, reason) = new_id(), event.accepted_at, self._agency(), self._ended()
        # Bare texts: sqlite3 looks longer at anything else.
        return Copy(
            id=id_, message=event.id, recipient=recipient, part="", kind="primary", of_copy=None,
            endpoint=self.endpoint, delivery=id_, rule=self.rule, routes_version=event.routes_version, body=event.body,
            lane=lane_of(event, self.endpoint, recipient, event.key), behind_dead=0, priority=0, born=_BORN,
            state=cast("State", state.value), reason=str(reason), until=None, attempts=1, doubted=0, sent_at=at, lease=id_,
            remote_id=None, fetched_at=None, processing_at=None, recalled_by=None, held_from=None,
            since=at, accepted_at=at, changed_at=at + MICROS,
        )  # fmt: skip

    def _ended(self) -> tuple[State, str]:
        number = self.chance.random() * 1000
        for share, state, reason in _ASIDE:
            number -= share
            if number < 0:
                return state, reason
        return State.DELIVERED, ""
