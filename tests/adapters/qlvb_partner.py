"""A document-management system that plays, and what looks at it and sends to it."""

from __future__ import annotations

import base64
import hashlib
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

from adapters.http.rehearsal import Rehearsal
from adapters.qlvb.probe import probe
from adapters.qlvb.sandbox import DocumentSystem
from adapters.qlvb.settings import QlvbSettings
from adapters.qlvb.sink import build_sink
from adapters.qlvb.source import build_source
from bus.bodies import Opened
from bus.endpoint import Finding, Tools
from bus.message import Claim
from bus.papers import File, Papers
from bus.translator import compose
from bus.transport.fast import FastTransport
from schemas.edxml.load import load
from tests import messages
from tests.adapters import http_partner
from tests.contracts.sink import delivery

UNIT, PDF = "000.00.05.H62", bytes(range(256)) * 400
CREDENTIAL = "Basic " + base64.b64encode(b"bus:" + http_partner.SECRET.encode()).decode()


def packet(**changed: Any) -> dict[str, Any]:
    """A packet as the link hands it out; what stands in ``changed`` is the document's, but for ``LoaiKetQua`` and
    ``ThamSoAn``.
    """
    outer = {name: changed.pop(name) for name in ("LoaiKetQua", "ThamSoAn") if name in changed}
    document = {
        "TrichYeu": "V/v cấp phép",
        "LoaiVanBan": "Quyết định",
        "NgayBanHanh": "20/01/2025",
        "NgayKy": "20/01/2025",
        "NguoiKy": "Trần Thị Bình",
        "ChucVu": "Chủ tịch",
        "SoKyHieu": "12/QĐ-SNV",
        "DinhKem": [{"Ten": "quyet-dinh.pdf", "Base64": base64.b64encode(PDF).decode(), "Link": None}],
        **changed,
    }
    unit = {"Ten": "Sở Nội vụ", "MaDinhDanh": UNIT}
    return {"MaHoSo": "HS-1", "DonVi": unit, "VanBanDi": document, "ThamSoAn": "{}", "LoaiKetQua": "01", **outer}


def hidden(document_id: str = "d-1", sender: str = "000.00.00.H62") -> str:
    return f'{{"busDocId":"x","busSender":"{sender}","busDocumentId":"{document_id}","busNotation":"15/QĐ-UBND"}}'


class Office:
    """What looks at one system: its source and its sink."""

    def __init__(self, system: Rehearsal[DocumentSystem], transport: FastTransport, home: Path) -> None:
        self._system = system
        self._tools = replace(self._made(transport, home), papers=lambda _: papers())

    def settings(self, **more: Any) -> QlvbSettings:
        written: dict[str, Any] = {
            "url": self._system.url,
            "auth": [{"kind": "basic", "user": "bus", "password": "file:lgsp"}],
            "allow": ["127.0.0.1"],
            "idle_timeout": "1s",
        }
        if (packets := more.pop("packets", {})) is not None:
            written["packets"] = {"recipients": ["000.00.00.H62"], "place": "Vĩnh Yên", **packets}
        return QlvbSettings.model_validate({**written, **more})

    def items(self, **more: Any) -> list[Any]:
        return list(build_source("qlvb", self.settings(**more), self._tools).poll())

    def send(self, settings: QlvbSettings | None = None, **changed: Any) -> Any:
        parcel = delivery()
        parcel = replace(parcel, message=replace(parcel.message, **changed))
        return build_sink("qlvb", settings or self.settings(), self._tools).send(parcel)["doc-1"]

    def looked_at(self, **more: Any) -> list[Finding]:
        return list(probe("qlvb", self.settings(**more), self._tools))

    @staticmethod
    def _made(transport: FastTransport, home: Path) -> Tools:
        tools = http_partner.tools(transport, home)
        return replace(tools, compose=lambda model, files: compose(model, files, lambda: tools.fetch(50 << 20)))


def papers() -> Papers:
    """A document with one file, as the translator takes it apart."""
    body = Opened(len(PDF), lambda: io.BytesIO(PDF))
    file = File("du-thao.pdf", "application/pdf", "", hashlib.sha256(PDF).hexdigest(), body, lambda: "https://bus/f")
    return Papers(load(io.BytesIO(messages.edoc()), lambda _: io.BytesIO()).message, (file,))


def offered(system: Rehearsal[DocumentSystem], **changed: Any) -> str:
    return system.tell(lambda it: it.offer(packet(**changed)))


def states(system: Rehearsal[DocumentSystem]) -> list[str]:
    return system.tell(lambda it: [one.state for one in it.shelves.offered])


def bytes_of(claim: Claim) -> bytes:
    with claim.open() as reader:
        return reader.read()
