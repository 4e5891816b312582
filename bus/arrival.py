"""Tells a sender that its document arrived: by a status 01 in the recipient's name, where that partner wants it.

Only the bus knows when a document was delivered, and only the partner may let it speak for its agencies
(``tell_arrival``). Nothing else is ever said in a recipient's name.
"""

from __future__ import annotations

from bus.desk import Agency
from bus.journal.browse import Browse, Happened
from bus.journal.pick import Listed
from bus.journal.states import State
from bus.message import Inbound
from bus.plan import Plan, PlanHolder
from bus.reply import reply
from schemas.edxml.models import Organ

#: What is told at the one moment at which a copy becomes delivered: by a call or an ack, by an operator's word.
_BECAME = frozenset({"copy.delivered", "copy.decided"})
#: A recall brings nothing that could arrive.
_BRINGING = frozenset({"new", "update", "replace"})


class Arrival:
    """The consequence of a copy's delivery."""

    name = "tell_arrival"

    def __init__(self, browse: Browse, holder: PlanHolder) -> None:
        self._browse = browse
        self._holder = holder

    def of(self, event: Happened) -> Inbound | None:
        """The status 01 for this event, if it calls for one. Raises Rejected where it cannot be written."""
        plan = self._holder.plan
        if event.state != State.DELIVERED or event.what not in _BECAME or event.copy is None or not _wanted(plan):
            return None
        arrived = self._browse.copy(event.copy)
        if arrived is None or not _brings_a_document(arrived) or not _wants(plan, arrived.copy.recipient):
            return None
        return reply(arrived.event, _organ(plan, arrived.copy.recipient, event.at), "01", event.at)


def _brings_a_document(arrived: Listed) -> bool:
    return arrived.event.type == "edoc" and arrived.event.kind in _BRINGING and arrived.copy.kind == "primary"


def _wanted(plan: Plan) -> bool:
    """Whether any partner wants it: where none does, no event is looked into."""
    return any(partner.tell_arrival for partner in plan.routes.partners.values())


def _wants(plan: Plan, agency: str) -> bool:
    name = plan.directory.partner_of(agency)
    return name is not None and plan.routes.partners[name].tell_arrival is not None


def _organ(plan: Plan, code: str, at: int) -> Organ:
    agency = plan.directory.agency(code, at) or Agency(code)
    return Organ(organ_id=agency.code, organ_name=agency.name)
