"""Letters through the bus itself: a document of the bus's own code to an agency, with the text as its file.

The standard has no type for what is no document, so it is one and says what it is: its subject is the letter's, its
DocumentId is made of the letter's key, its signer is the bus. It enters by ``ingress.accept`` like any other.
"""

from __future__ import annotations

import hashlib
import io
import uuid
from datetime import timedelta, timezone

import schemas
from bus.alerts.post import Undelivered
from bus.alerts.words import one_line
from bus.clock import instant
from bus.errors import Busy, Rejected
from bus.ingress import Ingress
from bus.journal.alerting import Letter
from bus.message import FROM_THE_BUS, Claim, Inbound
from schemas.content import Invalid
from schemas.edxml.document_types import document_type
from schemas.edxml.enclose import Enclosure
from schemas.edxml.models import Code, Edoc, MessageHeader, Organ, OtherInfo, PromulgationInfo, SignerInfo
from schemas.edxml.writer import write

_VIETNAM = timezone(timedelta(hours=7))
#: Whose the document is, where the standard wants a name.
NAME = "Trục liên thông văn bản"
#: A number of the key's first digits, for a document has one.
_DIGITS = 8
_NAMES = uuid.UUID("8f5b4f0e-6d0a-4f5e-9f3b-3d1c51a3f1de")


class ByBus:
    """The carrier to one agency. ``own_code`` is the bus's agency code."""

    def __init__(self, ingress: Ingress, own_code: str, to: str) -> None:
        self._ingress = ingress
        self._own_code = own_code
        self._to = to

    def carry(self, letter: Letter) -> None:
        """Have it accepted. Raises Undelivered."""
        try:
            hand_in(self._ingress, self._own_code, self._to, letter)
        except (Rejected, Busy) as error:
            raise Undelivered(one_line(str(error))) from None


def hand_in(ingress: Ingress, own_code: str, to: str, letter: Letter) -> None:
    """Have a letter accepted as a document. One that was accepted before, under the same DocumentId, is there.

    Raises Rejected where it cannot be written or nothing leads to the agency, Busy where the journal is down.
    """
    body = document(letter, own_code, to)
    reader = schemas.reader()
    reader.feed(body)
    claim = Claim(hashlib.sha256(body).hexdigest(), len(body), body)
    try:
        ingress.accept(Inbound(FROM_THE_BUS, reader.close(), claim, (to,))).result()
    except Rejected as refusal:
        if refusal.code != "document.conflict":
            raise


def document(letter: Letter, sender: str, to: str) -> bytes:
    """The document; the same each time. Raises Rejected where the standard cannot say it."""
    day = instant(letter.made_at).astimezone(_VIETNAM).date()
    number = str(int(letter.key[:_DIGITS], 16))
    header = MessageHeader(
        from_=Organ(organ_id=sender, organ_name=NAME),
        to=(Organ(organ_id=to),),
        document_id=f"{sender},{day:%Y/%m/%d},{letter.kind}-{letter.key}",
        code=Code(code_number=number, code_notation="TB-TLT"),
        promulgation_info=PromulgationInfo(place=NAME, promulgation_date=day),
        document_type=document_type("Thông báo"),
        subject=letter.subject,
        signer_info=SignerInfo(full_name=NAME),
        other_info=OtherInfo(),
    )
    out = io.BytesIO()
    try:
        write(Edoc(message_header=header), out, _files(letter))
    except Invalid as invalid:
        raise Rejected(invalid.code, invalid.detail) from invalid
    return out.getvalue()


def _files(letter: Letter) -> list[Enclosure]:
    files = [("thong-bao.txt", letter.text)]
    if letter.file_name:
        files.append((letter.file_name, letter.file))
    return [
        Enclosure(name, io.BytesIO(text.encode()), uid=str(uuid.uuid5(_NAMES, f"{letter.key}/{name}")))
        for name, text in files
    ]
