"""Sample documents and statuses, written as an agency's software would."""

from __future__ import annotations

import io
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bus.cli.words import VIETNAM
from schemas.edxml.codes import STATUS_VI, Priority
from schemas.edxml.document_types import document_type
from schemas.edxml.enclose import Enclosure
from schemas.edxml.models import (
    Code,
    Edoc,
    MessageHeader,
    Organ,
    OtherInfo,
    PromulgationInfo,
    SignerInfo,
    Status,
    StatusHeader,
    StatusResponse,
)
from schemas.edxml.writer import write

_SUBJECTS = (
    "V/v báo cáo tình hình thực hiện nhiệm vụ tháng",
    "Giấy mời họp giao ban công tác cải cách hành chính",
    "V/v đôn đốc giải ngân vốn đầu tư công",
    "V/v góp ý dự thảo kế hoạch chuyển đổi số",
    "Kế hoạch tuyên truyền phòng, chống dịch bệnh",
    "V/v rà soát danh mục thủ tục hành chính",
    "V/v cung cấp số liệu thống kê quý",
)
_PDF = b"%PDF-1.4\n% a page in place of a document\n%%EOF\n"


@dataclass(frozen=True, slots=True)
class Letter:
    """One document to send."""

    body: bytes
    document_id: str
    recipients: tuple[str, ...]


class Writer:
    """Writes documents of agencies by their names; each gets a number of its own, also after a restart."""

    def __init__(self, names: Mapping[str, str], dice: random.Random) -> None:
        self._names = names
        self._dice = dice
        self._count = 0

    def letter(self, sender: str, recipients: Sequence[str]) -> Letter:
        """A new document."""
        now = datetime.now(VIETNAM)
        self._count += 1
        number = f"{now:%H%M%S}{self._count:03d}"
        document_id = f"{sender},{now:%Y/%m/%d},{number}/CV-DEMO"
        header = MessageHeader(
            from_=self._organ(sender),
            to=tuple(map(self._organ, recipients)),
            document_id=document_id,
            code=Code(code_number=number, code_notation="CV-DEMO"),
            promulgation_info=PromulgationInfo(place="Tỉnh Mẫu", promulgation_date=now.date()),
            document_type=document_type("Công văn"),
            subject=self._dice.choice(_SUBJECTS),
            signer_info=SignerInfo(full_name="Nguyễn Văn Mẫu", position="Chánh Văn phòng", competence="TL."),
            other_info=OtherInfo(priority=Priority(self._dice.choice((0, 0, 0, 0, 1, 3)))),
        )
        filler = bytes(self._dice.randrange(256) for _ in range(self._dice.randrange(200, 4000)))
        out = io.BytesIO()
        write(Edoc(message_header=header), out, [Enclosure("cong-van.pdf", io.BytesIO(_PDF + filler))])
        return Letter(out.getvalue(), document_id, tuple(recipients))

    def status(self, sender: str, respond_to: str, document_id: str, code: str = "03") -> bytes:
        """What a recipient says of a document."""
        header = StatusHeader(
            from_=self._organ(sender),
            response_for=StatusResponse(document_id=document_id, organ_id=respond_to),
            status_code=code,
            timestamp=datetime.now(VIETNAM),
            description=STATUS_VI[code],
        )
        out = io.BytesIO()
        write(Status(message_header=header), out)
        return out.getvalue()

    def _organ(self, code: str) -> Organ:
        return Organ(organ_id=code, organ_name=self._names.get(code, ""))
