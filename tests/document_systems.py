"""A document-management system as the matrix sees it: what is said of a document in a dossier, a packet, a state."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping
from typing import Any

from adapters.http.rehearsal import Rehearsal
from adapters.qlvb.sandbox import DocumentSystem
from schemas.edxml.field_words import in_words
from schemas.edxml.fields import fields_of
from schemas.edxml.load import load
from schemas.edxml.models import Edoc, Status
from tests.seen import Seen, said_as

AGENCY = "000.00.34.H62"
CREDENTIAL = "Basic " + base64.b64encode(b"bus:key of qlvb").decode()
#: The elements a packet, a dossier, a packet about a dossier of ours, and a state told of a packet have a place for.
PACKET = frozenset(
    {
        "Subject",
        "DocumentType.TypeName",
        "Code.CodeNumber",
        "Code.CodeNotation",
        "PromulgationInfo.PromulgationDate",
        "SignerInfo.FullName",
        "SignerInfo.Position",
        "From.OrganId",
        "From.OrganName",
    }
)
DOSSIER = PACKET - {"SignerInfo.Position", "From.OrganName"} | {"DocumentId", "DueDate", "To.OrganId", "To.OrganName"}
ANSWER = frozenset({"From.OrganId", "ResponseFor.OrganId", "ResponseFor.DocumentId", "StatusCode"})
STATE = frozenset({"ResponseFor.DocumentId"})


def endpoint(recipients: list[str]) -> str:
    """Its line in routes.yaml; ``$qlvb`` is where it listens. 02 stands for a status 03 here."""
    packets = f'{{recipients: {json.dumps(recipients)}, place: Vĩnh Yên, results: {{"01": document, "02": "03"}}}}'
    auth = "[{kind: basic, user: bus, password: file:qlvb}]"
    return (
        f'  qlvb: {{kind: qlvb, url: "$qlvb", allow: ["127.0.0.1"], idempotency: id, poll: 1h, auth: {auth},\n'
        f"    packets: {packets}}}\n"
    )


def offer(system: Rehearsal[DocumentSystem], body: bytes) -> str:
    """Have a document wait there as a packet; its MaVanBan, which becomes its DocumentId."""
    sinks: dict[int, io.BytesIO] = {}
    found = load(io.BytesIO(body), lambda place: sinks.setdefault(place, io.BytesIO()))
    said = in_words(Edoc, fields_of(found.message))
    files = zip(found.files, sinks.values(), strict=True)
    document = {
        "TrichYeu": said["subject"],
        "LoaiVanBan": said["documentTypeName"],
        "SoKyHieu": said["notation"],
        "NgayBanHanh": f"{said['date']:%d/%m/%Y}",
        "NguoiKy": said["signer"],
        "ChucVu": said["position"],
        "DinhKem": [{"Ten": one.attachment.name, "Base64": _encoded(sink.getvalue())} for one, sink in files],
    }
    unit = {"Ten": said["senderName"], "MaDinhDanh": said["sender"]}
    packet = {"DonVi": unit, "VanBanDi": document, "ThamSoAn": "", "LoaiKetQua": "01"}
    return system.tell(lambda played: played.offer(packet))


def answer(system: Rehearsal[DocumentSystem], body: bytes) -> None:
    """Have a status about a dossier of ours wait there as a packet."""
    said = in_words(Status, fields_of(load(io.BytesIO(body), lambda _: io.BytesIO()).message))
    (dossier,) = [one for one in _dossiers(system) if one["MaHoSo"] == said["documentId"]]
    packet = {
        "DonVi": {"Ten": "", "MaDinhDanh": said["sender"]},
        "VanBanDi": {"TrichYeu": said["statusText"]},
        "ThamSoAn": dossier["ThamSoAn"],
        "LoaiKetQua": "02",
    }
    system.tell(lambda played: played.offer(packet))


def dossiers(system: Rehearsal[DocumentSystem]) -> list[Seen]:
    """The documents that came as dossiers."""
    return [_dossier(one) for one in _dossiers(system)]


def states(system: Rehearsal[DocumentSystem]) -> list[Seen]:
    """The packets that were told to be through, once for each time it was told and not counting the bus's own ack."""
    told = system.tell(lambda played: [id_ for id_, code in played.told if code == "03"])
    again = [id_ for place, id_ in enumerate(told) if id_ in told[:place]]
    return [Seen("", {"ResponseFor.DocumentId": id_}) for id_ in again]


def _dossiers(system: Rehearsal[DocumentSystem]) -> list[Mapping[str, Any]]:
    return system.tell(lambda played: list(played.dossiers.values()))


def _dossier(told: Mapping[str, Any]) -> Seen:
    draft, due = told["VanBanDuThao"], told["HanXuLyVanBan"]
    fields = {
        "documentId": told["MaHoSo"],
        "notation": told["SoKyHieuVanBan"],
        "signer": told["NguoiKyVanBan"],
        "dueDate": f"{due[6:8]}/{due[4:6]}/{due[:4]}",
        "sender": json.loads(told["ThamSoAn"])["busSender"],
        "recipient": told["DonVi"]["MaDinhDanh"],
        "recipientName": told["DonVi"]["Ten"],
        "subject": draft["TrichYeu"],
        "documentTypeName": draft["LoaiVanBan"],
        "date": draft["NgayTao"],
    }
    return Seen("", said_as(Edoc, fields), tuple((name, digest) for name, digest, _ in told["files"]))


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()
