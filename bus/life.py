"""The business life of a document at each of its recipients, as statuses tell it.

Statuses come out of order and twice, so where a document stands goes by their rank. Of each code only the
word of whoever may say it counts: its recipient on the handling, its sender to ask for it back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from bus.journal.browse import Browse
from bus.journal.pick import Listed
from bus.journal.statuses import DocumentKey, Reported, document_of
from bus.plan import Plan
from bus.sent import Life, StatusSaid
from schemas.edxml.codes import TAKE_BACK
from schemas.edxml.statuses import KINDS, About, By, current


class Reader:
    """Reads agencies and status codes by the plan in force; without a plan as they stand."""

    def __init__(self, plan: Plan | None) -> None:
        self._plan = plan

    def agency(self, code: str) -> str:
        """The canonical code of an agency."""
        return self._plan.directory.canonical(code) if self._plan else code

    def status(self, by: str, code: str) -> str:
        """What the partner that acts for the agency means by a status code."""
        partner = self._plan.directory.partner_of(by) if self._plan else None
        return self._plan.routes.partners[partner].statuses.get(code, code) if self._plan and partner else code

    def document(self, key: DocumentKey) -> DocumentKey:
        """What tells documents apart, whatever spelling their sender had when they were accepted."""
        return self.agency(key[0]), *key[1:]


def lives(browse: Browse, plan: Plan | None, copies: Sequence[Listed]) -> dict[str, Life]:
    """By copy how its document fares at its recipient: one question for all. Copies of anything else are left out."""
    documents = [listed for listed in copies if listed.event.type == "edoc" and listed.copy.kind == "primary"]
    reader = Reader(plan)
    told = _by_document(browse, reader, documents)
    return {
        listed.copy.id: life(
            told[reader.document(document_of(listed.event))], listed.event.sender, listed.copy.recipient, reader
        )
        for listed in documents
    }


def _by_document(browse: Browse, reader: Reader, documents: Sequence[Listed]) -> dict[DocumentKey, list[Reported]]:
    told: dict[DocumentKey, list[Reported]] = defaultdict(list)
    for one in browse.reported(listed.event.key for listed in documents) if documents else ():
        told[reader.document(one.document)].append(one)
    return told


def life(told: Iterable[Reported], sender: str, recipient: str, reader: Reader) -> Life:
    """How a document of this sender fares at this recipient, of all that was told about the document. Pure."""
    owner, receiver = reader.agency(sender), reader.agency(recipient)
    said = [_read(one, reader) for one in told if _concerns(one, owner, receiver, reader)]
    counted = [one.read_as for one in said if _may_say(one, owner, receiver)]
    handling, request = current(counted, About.HANDLING), current(counted, About.REQUEST)
    return Life(
        handling=handling.code if handling else "",
        request=request.code if request else "",
        asked_by=owner if TAKE_BACK in counted else "",
        statuses=tuple(said),
    )


def _concerns(one: Reported, owner: str, receiver: str, reader: Reader) -> bool:
    """Whether the recipient said it, or the sender to that recipient."""
    by = reader.agency(one.by)
    return by == receiver or (by == owner and receiver in map(reader.agency, one.to))


def _may_say(said: StatusSaid, owner: str, receiver: str) -> bool:
    kind = KINDS.get(said.read_as)
    return kind is not None and said.by == (owner if kind.by is By.SENDER else receiver)


def _read(one: Reported, reader: Reader) -> StatusSaid:
    return StatusSaid(
        message_id=one.id,
        code=one.code,
        read_as=reader.status(one.by, one.code),
        by=reader.agency(one.by),
        timestamp=one.timestamp,
        accepted_at=one.accepted_at,
        description=one.description,
    )
