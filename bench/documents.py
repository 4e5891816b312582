"""Documents to measure with, made by the project's own writer: random attachments, so that nothing is too regular."""

from __future__ import annotations

import io
import os
from datetime import date

from schemas.edxml.models import DocumentType, EdocFields, Enclosure, Organ, Signer
from schemas.edxml.writer import write_edoc

SENDER, RECIPIENT = "000.00.05.H62", "000.00.07.H62"
SMALL = 20_000
_PLACE = b"d" * 24


def document(size: int) -> bytes:
    """A document whose attachment is ``size`` bytes long in base64."""
    fields = EdocFields(
        sender=Organ(SENDER, name="Sở Nội vụ"),
        recipients=(Organ(RECIPIENT, name="Sở Tài chính"),),
        document_id=_PLACE.decode(),
        subject="V/v báo cáo tình hình tiếp nhận và xử lý văn bản điện tử",
        number="15",
        notation="BC-SNV",
        place="Vĩnh Yên",
        promulgation_date=date(2025, 11, 3),
        document_type=DocumentType("Báo cáo", detail=2),
        signer=Signer("Nguyễn Văn An", "Giám đốc", "TM."),
    )
    out = io.BytesIO()
    write_edoc(fields, [Enclosure("bao-cao.pdf", io.BytesIO(os.urandom(size * 3 // 4)))], out)
    return out.getvalue()


class Series:
    """Documents that differ in their id only, made at the cost of a copy."""

    def __init__(self, size: int, name: str) -> None:
        self._head, self._tail = document(size).split(_PLACE, 1)
        self._name = name

    def one(self, number: int) -> bytes:
        """The document with this number; the same each time."""
        return self._head + f"{self._name}-{number:0{23 - len(self._name)}d}".encode() + self._tail
