"""Documents to measure with, made by the project's own writer: random attachments, so that nothing is too regular."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterator
from datetime import date

from bus.bench.sent import PLACE
from schemas.edxml.document_types import document_type
from schemas.edxml.enclose import Enclosure
from schemas.edxml.models import Code, Edoc, MessageHeader, Organ, PromulgationInfo, SignerInfo
from schemas.edxml.writer import write

SENDER, RECIPIENT, OTHER = "000.00.05.H62", "000.00.07.H62", "000.00.09.H62"
SMALL = 20_000
#: A multiple of three, so that its base64 may stand anywhere.
_FILLING = 750_000


def header(recipient: str = RECIPIENT) -> MessageHeader:
    """What a usual document says of itself."""
    return MessageHeader(
        from_=Organ(organ_id=SENDER, organ_name="Sở Nội vụ"),
        to=(Organ(organ_id=recipient, organ_name="Sở Tài chính"),),
        document_id=PLACE.decode(),
        code=Code(code_number="15", code_notation="BC-SNV"),
        promulgation_info=PromulgationInfo(place="Vĩnh Yên", promulgation_date=date(2025, 11, 3)),
        document_type=document_type("Báo cáo"),
        subject="V/v báo cáo tình hình tiếp nhận và xử lý văn bản điện tử",
        signer_info=SignerInfo(full_name="Nguyễn Văn An", position="Giám đốc", competence="TM."),
    )


def document(size: int, recipient: str = RECIPIENT) -> bytes:
    """A document whose attachment is ``size`` bytes long in base64."""
    out = io.BytesIO()
    enclosure = Enclosure("bao-cao.pdf", io.BytesIO(os.urandom(size * 3 // 4)))
    write(Edoc(message_header=header(recipient)), out, [enclosure])
    return out.getvalue()


class Long:
    """A document whose attachment is at least ``size`` bytes long in base64, never whole in memory."""

    def __init__(self, size: int) -> None:
        whole = document(SMALL)
        begin = whole.rindex(b">", 0, whole.index(b"</edXML:ContentTransferEncoded>")) + 1
        self._begin, self._end = whole[:begin], whole[begin:]
        self._filling = base64.b64encode(os.urandom(_FILLING))
        self._times = -(-size // len(self._filling))

    def __len__(self) -> int:
        return len(self._begin) + len(self._filling) * self._times + len(self._end)

    def pieces(self, id_: str) -> Iterator[bytes]:
        """The document of this id, a megabyte at a time."""
        yield self._begin.replace(PLACE, id_.encode())
        for _ in range(self._times):
            yield self._filling
        yield self._end


class Series:
    """Documents that differ in their id only, made at the cost of a copy."""

    def __init__(self, size: int, name: str) -> None:
        self._head, self._tail = document(size).split(PLACE, 1)
        self._name = name

    def one(self, number: int) -> bytes:
        """The document with this number; the same each time."""
        return self._head + f"{self._name}-{number:0{23 - len(self._name)}d}".encode() + self._tail
