"""A text that can be sent to the other agency about a copy that failed, in both languages.

It names ids and the words of the last call. It never names the subject, nor anything else of the content.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from bus import classes
from bus.clock import MICROS
from bus.control.answers.failures import Letters, LetterTo
from bus.control.parts import Parts
from bus.errors import NotFound
from bus.journal.browse import Attempt
from bus.journal.pick import Filter, Listed
from bus.journal.states import FAILED

#: Copies of one message that are written about.
_MOST = 50
_VIETNAM = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class _Language:
    """How a letter is written in one language."""

    frame: str
    types: Mapping[str, str]
    theirs: str
    last: str
    code: str
    others: str


_EN = _Language(
    frame="""\
To: {agency}
The document bus reports on this {type}:
- number: {number}
- DocumentId: {document_id}
- from {sender} to {recipient}, by {endpoint}
- id of the copy at the bus (docId): {copy}{theirs}
- accepted {accepted}; calls made: {attempts}; last change {changed}
What happened: {what}.{last}{others}
Our request: {ask}.
""",
    types={"edoc": "document", "status": "status"},
    theirs="; your id: {id}",
    last="\nThe last call, {at}: “{words}”{code}.",
    code=" (code {code})",
    others="\nThere are {count} more like it.",
)
_VI = _Language(
    frame="""\
Kính gửi: {agency}
Trục liên thông văn bản xin thông báo về {type} sau:
- số, ký hiệu: {number}
- mã định danh văn bản: {document_id}
- đơn vị gửi {sender}, đơn vị nhận {recipient}, điểm kết nối {endpoint}
- mã bản gửi tại trục (docId): {copy}{theirs}
- trục nhận lúc {accepted}; số lần đã gửi: {attempts}; thay đổi gần nhất {changed}
Việc đã xảy ra: {what}.{last}{others}
Đề nghị quý đơn vị: {ask}.
""",
    types={"edoc": "văn bản", "status": "trạng thái xử lý văn bản"},
    theirs="; mã tại hệ thống của quý đơn vị: {id}",
    last="\nLần gọi cuối, {at}: “{words}”{code}.",
    code=" (mã {code})",
    others="\nCó {count} bản gửi khác gặp cùng lỗi này.",
)


def letter(parts: Parts, id: str) -> Letters:  # noqa: A002 - the word the command has for it
    """What may be sent to the other agency about a copy that failed, or about each such copy of a message."""
    rows = parts.browse.copies(Filter(ids=(id,), states=tuple(map(str, FAILED)), limit=_MOST))
    letters = [one for one in (about(parts, row) for row in rows) if one]
    if not letters:
        raise NotFound(
            f"nothing of {id} waits, is held, in doubt or dead for a reason: there is nothing to write about"
        )
    return {"letters": letters}


def about(parts: Parts, listed: Listed, others: int = 0) -> LetterTo | None:
    """A text about one copy, and ``others`` that failed alike; None where it has not failed."""
    found = classes.of_copy(listed.copy, listed.failed_as)
    if found is None:
        return None
    to = listed.copy.recipient if classes.to_recipient(found) else listed.event.sender
    last = next((one for one in reversed(parts.browse.attempts([listed.copy.id])) if one.words or one.code), None)
    facts = _facts(listed, to)
    return {
        "copy": listed.copy.id,
        "to": to,
        "class": found.name,
        "vi": _written(_VI, listed, last, {**facts, "what": found.what_vi, "ask": found.ask_vi}, others),
        "en": _written(_EN, listed, last, {**facts, "what": found.what, "ask": found.ask}, others),
    }


def _facts(listed: Listed, to: str) -> dict[str, Any]:
    copy, event = listed.copy, listed.event
    return {
        "agency": to or "-",
        "number": event.message().notation or "-",
        "document_id": event.key,
        "sender": event.sender,
        "recipient": copy.recipient or "-",
        "endpoint": copy.endpoint or "-",
        "copy": copy.of_copy or copy.id,
        "accepted": _when(copy.accepted_at),
        "changed": _when(copy.changed_at),
        "attempts": copy.attempts,
    }


def _written(said: _Language, listed: Listed, last: Attempt | None, facts: Mapping[str, Any], others: int) -> str:
    type_, remote = listed.event.type, listed.copy.remote_id
    return said.frame.format(
        **facts,
        type=said.types.get(type_, type_),
        theirs=said.theirs.format(id=remote) if remote else "",
        last=_last(said, last) if last else "",
        others=said.others.format(count=others) if others else "",
    )


def _last(said: _Language, last: Attempt) -> str:
    code = said.code.format(code=last.code) if last.code else ""
    return said.last.format(at=_when(last.ended_at), words=last.words, code=code)


def _when(at: int) -> str:
    return datetime.fromtimestamp(at // MICROS, _VIETNAM).strftime("%Y-%m-%d %H:%M:%S")
