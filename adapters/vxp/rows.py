"""Rows of the axis's lists. Types may lie and members may be null; what is no row is left out and said so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from adapters.vxp.answers import Members, text
from adapters.vxp.moments import moment
from adapters.vxp.recipients import parse_to
from adapters.vxp.rows_in import RowsIn
from bus.errors import FailureClass, Rejected, Unreachable

Row = TypeVar("Row")

#: As long as a code in a document may be.
_MAX_CODE = 255
_DOC_ID = re.compile(r"[!-~]{1,200}")


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """What a list holds, in the order it came."""

    rows: tuple[Row, ...]
    #: Items that were no rows at all.
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class ReceivedRow:
    """One item that waits for us. ``created_at``: journal microseconds, None where the axis says nothing clear."""

    doc_id: str
    type: str
    sender: str
    recipients: tuple[str, ...]
    state: str
    created_at: int | None


@dataclass(frozen=True, slots=True)
class SentRow:
    """One recipient of something we sent."""

    sender_doc_id: str
    receiver_doc_id: str
    sender: str
    recipient: str
    notation: str
    title: str
    sent_at: int | None
    send_state: str
    receive_state: str


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """One agency, from any of the three lists of agencies."""

    id: str
    code: str
    name: str
    mail: str
    parent: str
    old_code: str
    deleted: bool
    #: What the axis calls this state of the row; empty where it does not say.
    version: str = ""


def listing(members: Members, taken: RowsIn[Row]) -> Listing[Row]:
    """The rows that were taken as they came and those left under ``data``. Raises Unreachable where there is no list:
    that is not an empty one.
    """
    data = members.get("data")
    if not isinstance(data, list):
        raise Unreachable(FailureClass.SERVER_FAULT, "the answer holds no list")
    taken.take(data)
    return Listing(tuple(taken.rows), taken.unreadable)


def received(item: Mapping[str, object]) -> ReceivedRow | None:
    """A row of getReceivedEdocList; None without an id that could be asked for."""
    doc_id = text(item.get("docId"))
    if not _DOC_ID.fullmatch(doc_id):
        return None
    return ReceivedRow(
        doc_id=doc_id,
        type=text(item.get("messageType")).lower(),
        sender=text(item.get("from")),
        recipients=_codes(item.get("to")),
        state=text(item.get("status")).lower(),
        created_at=moment(text(item.get("created_time"))),
    )


def sent(item: Mapping[str, object]) -> SentRow:
    """A row of getSentEdocList."""
    return SentRow(
        sender_doc_id=text(item.get("senderDocId")),
        receiver_doc_id=text(item.get("receiverDocId")),
        sender=text(item.get("fromCode")),
        recipient=text(item.get("toCode")),
        notation=text(item.get("notation")),
        title=text(item.get("title")),
        sent_at=moment(text(item.get("sentTime"))),
        send_state=text(item.get("sendStatus")).lower(),
        receive_state=text(item.get("receiveStatus")).lower(),
    )


def agency(item: Mapping[str, object]) -> AgencyRow | None:
    """A row of a list of agencies; None without a code."""
    code = text(item.get("code"))
    if not code:
        return None
    return AgencyRow(
        id=text(item.get("id")),
        code=code,
        name=text(item.get("name")),
        mail=text(item.get("mail")),
        parent=text(item.get("pid")),
        old_code=text(item.get("oldCode")) or text(item.get("code102")),
        deleted=item.get("deleted") is True or text(item.get("deleted")).lower() in {"true", "1"},
        version=f"{text(item.get('version'))} {text(item.get('modifyDate'))}".strip(),
    )


def _codes(value: object) -> tuple[str, ...]:
    """The codes of a ``to``: a code, JSON text as in the header, or a real list. What can be no code is left out."""
    if isinstance(value, list):
        return tuple(filter(_is_code, map(text, value)))
    try:
        return tuple(filter(_is_code, parse_to(text(value))))
    except Rejected:
        return ()


def _is_code(code: str) -> bool:
    return 0 < len(code) <= _MAX_CODE and code.isprintable()
