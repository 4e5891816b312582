"""Tells a sender that a recipient's copy failed for good: by a status 02, where the rule or an operator says so (semantics 2).

Its From is the bus's own code, never the recipient's, for the recipient said nothing.
"""

from __future__ import annotations

from bus.journal.browse import Browse, Happened
from bus.journal.pick import Listed
from bus.journal.states import State
from bus.message import Inbound
from bus.plan import PlanHolder
from bus.reply import reply
from schemas.edxml.models import Organ

#: What is told at the one moment at which a copy dies: by a call or an ack, by an operator's word.
_BECAME = frozenset({"copy.dead", "copy.decided"})
#: An operator gave it back with a word to its sender.
_RETURNED = "copy.returned"


class Teller:
    """The consequence of a copy's death, or of its return. ``own_code`` is the bus's agency code; without one nobody is told."""

    name = "tell_sender"

    def __init__(self, browse: Browse, holder: PlanHolder, own_code: str) -> None:
        self._browse = browse
        self._holder = holder
        self._own_code = own_code

    def of(self, event: Happened) -> Inbound | None:
        """The status 02 for this event, if it calls for one. Raises Rejected where it cannot be written."""
        returned = event.what == _RETURNED
        died = event.state == State.DEAD and event.what in _BECAME
        if not self._own_code or not (returned or died) or event.copy is None:
            return None
        dead = self._browse.copy(event.copy)
        if dead is None or not _is_a_document(dead) or not (returned or self._asked_for(dead.copy.rule)):
            return None
        what = "Trục liên thông trả lại văn bản gửi" if returned else "Không chuyển được tới"
        why = f"{what} {dead.copy.recipient}: {event.detail.get('reason', '')}"
        return reply(dead.event, Organ(organ_id=self._own_code), "02", event.at, why)

    def _asked_for(self, rule: str) -> bool:
        return any(route.name == rule and route.tell_sender for route in self._holder.plan.routes.routes)


def _is_a_document(dead: Listed) -> bool:
    """What is sent again arrived, or was given up, before."""
    return dead.event.type == "edoc" and dead.copy.kind == "primary"
