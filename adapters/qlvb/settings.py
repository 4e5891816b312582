"""What ``routes.yaml`` says of a document-management system behind its link: ``kind: qlvb``."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import InitErrorDetails

from adapters.http import names
from adapters.http.answer_settings import Rule, Rules
from adapters.http.call_names import check_other, check_sent
from adapters.http.call_settings import CallSettings
from adapters.http.paths import Path
from adapters.http.sections import Section, Word
from adapters.http.settings import HttpSettings, SendSettings
from schemas.edxml.statuses import KINDS

#: What a packet is, where it is no status.
DOCUMENT = "document"
_DIALECT = "qlvb"


def _check_meaning(meaning: str) -> str:
    if meaning != DOCUMENT and meaning not in KINDS:
        raise ValueError(f"expected {DOCUMENT}, or a status code such as 02")
    return meaning


def _check_host(host: str) -> str:
    if ":" in host:
        try:
            ipaddress.IPv6Address(host)
        except ValueError:
            raise ValueError("expected a host without a port, such as files.tinh.example") from None
    return host


Host = Annotated[str, StringConstraints(to_lower=True, pattern=r"^[a-zA-Z0-9.:-]{1,255}$"), AfterValidator(_check_host)]
Meaning = Annotated[str, AfterValidator(_check_meaning)]


class PacketSettings(Section):
    """How a packet becomes a message."""

    #: Agencies that documents from here are for: a packet does not say.
    recipients: Annotated[tuple[Word, ...], Field(min_length=1)]
    #: Whose documents they are; where it is not said, the unit's that the packet names.
    sender: Word | None = None
    #: Where they are issued: the standard wants it, and a packet does not say.
    place: Word
    #: By LoaiKetQua: ``document``, or the status that a packet is about what we sent; ``*`` for all others. Which status
    #: each is, is our guess: 01 issued; 02 signed, not issued; 03 rejected; 04 signed, for information.
    results: Mapping[str, Meaning] = {"01": DOCUMENT, "02": "05", "03": "02", "04": "05", "*": DOCUMENT}
    #: By LoaiKetQua the words a status begins with.
    words: Mapping[str, Word] = {"02": "Đã ký, chưa ban hành.", "03": "Từ chối.", "04": "Đã ký."}
    #: Hosts from which files that come as links are fetched; a link to any other keeps its packet back.
    links: tuple[Host, ...] = ()


class QueueSettings(Section):
    """The packets that wait for us: list, get, and tell what became of each."""

    list: CallSettings
    get: CallSettings
    done: CallSettings
    fail: CallSettings
    #: Told where a packet could not be fetched whole, so that it is listed again; without it nothing is.
    again: CallSettings | None = None
    success: Rules = (Rule(status=("2xx",)),)
    #: Where in an answer the ids stand, and the packet.
    data: Path


class QlvbSettings(HttpSettings):
    """An endpoint of ``kind: qlvb``. Documents go out by ``send``, statuses by ``tell``, packets come in by ``queue``."""

    kind: Literal["qlvb"] = "qlvb"
    queue: QueueSettings | None = None
    packets: PacketSettings | None = None
    tell: SendSettings | None = None
    #: Status codes the link has a word for.
    tells: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _in_the_dialect(cls, written: object) -> object:
        return {"dialect": _DIALECT, **written} if isinstance(written, dict) else written

    def _faults(self) -> Iterator[InitErrorDetails]:
        yield from super()._faults()
        if self.tell:
            yield from check_sent(self.tell.call, ("tell", "call"), names.MESSAGE)
        if self.queue:
            yield from check_other(self.queue.list, ("queue", "list"), names.CALL)
            for key in ("get", "done", "fail", "again"):
                call: CallSettings | None = getattr(self.queue, key)
                if call:
                    yield from check_other(call, ("queue", key), names.ACK)

    @property
    def polled(self) -> bool:
        """Only where it is said for whom packets are."""
        return self.queue is not None and self.packets is not None
