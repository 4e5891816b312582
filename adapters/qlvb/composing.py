"""A packet as a message of the standard: a document, or a status about one we sent. Pure.

The same packet makes the same message: its DocumentId is the packet's id, and every date is the packet's own. What it does
not say, and the standard wants, is never made up.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time

from adapters.qlvb.hidden import About, read
from adapters.qlvb.packet import Packet
from adapters.qlvb.settings import DOCUMENT, PacketSettings
from bus.errors import Rejected
from schemas.edxml import number
from schemas.edxml.document_types import Group, document_type, named
from schemas.edxml.models import (
    Code,
    DocumentType,
    Edoc,
    Message,
    MessageHeader,
    Organ,
    PromulgationInfo,
    ResponseFor,
    SignerInfo,
    Status,
    StatusHeader,
    StatusResponse,
)
from schemas.edxml.statuses import KINDS
from schemas.edxml.times import read_day, read_moment


def message(packet: Packet, settings: PacketSettings, now: Callable[[], datetime]) -> Message:
    """The message a packet is. ``now``: for a status the packet gives no date.

    Raises Rejected where it is about nothing we know, or nobody says who speaks.
    """
    about = read(packet.hidden)
    meant = settings.results.get(packet.result, settings.results.get("*", DOCUMENT))
    if meant == DOCUMENT:
        return _document(packet, settings, about)
    if about is None:
        raise Rejected(
            "edxml.missing", f"LoaiKetQua {packet.result} is about a dossier of ours, and ThamSoAn names none"
        )
    return _status(packet, settings, about, meant, now)


def _document(packet: Packet, settings: PacketSettings, about: About | None) -> Edoc:
    code = number.split(packet.number)
    return Edoc(
        message_header=MessageHeader(
            from_=_sender(packet, settings),
            to=tuple(Organ(organ_id=recipient) for recipient in settings.recipients),
            document_id=packet.id,
            code=Code(code_number=code.number, code_notation=code.notation) if packet.number else None,
            promulgation_info=PromulgationInfo(
                place=settings.place, promulgation_date=read_day(packet.issued) or read_day(packet.signed)
            ),
            document_type=_type(packet.type_name),
            subject=packet.subject,
            signer_info=SignerInfo(full_name=packet.signer, position=packet.position),
            response_for=(_answered(about),) if about else (),
        )
    )


def _status(packet: Packet, settings: PacketSettings, about: About, code: str, now: Callable[[], datetime]) -> Status:
    # A status carries no files: that there are some is said.
    files = f"({', '.join(file.name for file in packet.files)})" if packet.files else ""
    words = " ".join(filter(None, (settings.words.get(packet.result, ""), packet.number, packet.subject, files)))
    return Status(
        message_header=StatusHeader(
            from_=_sender(packet, settings),
            response_for=StatusResponse(organ_id=about.sender, document_id=about.document_id, code=about.notation),
            status_code=code,
            description=words or KINDS[code].name,
            timestamp=_moment(packet) or now(),
        )
    )


def _sender(packet: Packet, settings: PacketSettings) -> Organ:
    code = settings.sender or packet.unit
    if not code:
        raise Rejected("edxml.missing", "DonVi.MaDinhDanh: the packet does not say whose it is")
    return Organ(organ_id=code, organ_name=packet.unit_name)


def _answered(about: About) -> ResponseFor:
    return ResponseFor(organ_id=about.sender, document_id=about.document_id, code=about.notation)


def _type(name: str) -> DocumentType | None:
    """A name of the annex with its codes; any other name alone."""
    if not name:
        return None
    kind = named(name, Group.ADMINISTRATIVE)
    return document_type(kind.name) if kind else DocumentType(type=int(Group.ADMINISTRATIVE), type_name=name)


def _moment(packet: Packet) -> datetime | None:
    for text in (packet.signed, packet.issued):
        if moment := read_moment(text):
            return moment
        if day := read_day(text):
            return datetime.combine(day, time())
    return None
