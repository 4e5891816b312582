"""What a partner lists: the rows of an answer as items to fetch. A row that is none spoils no other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adapters.http.answer_settings import Rules
from adapters.http.decode import Answer
from adapters.http.paths import MISSING, JsonPath, opened
from adapters.http.receive_settings import TYPES, ListSettings
from adapters.http.rules import compared, holds
from bus.errors import FailureClass, Unreachable
from bus.transport import Response
from schemas.edxml.times import read_day, read_moment

_MAX_ID, _MAX_CODE = 200, 100


@dataclass(frozen=True, slots=True)
class Row:
    """One item as it is listed."""

    id: str
    #: ``edoc``, ``status`` or a packet of reports.
    type: str
    recipients: tuple[str, ...]
    #: All that is said of it.
    said: object
    #: By which items are put in order; texts that are moments are compared as such.
    order: tuple[float, str] = (0.0, "")


def rows_of(answer: Answer, settings: ListSettings) -> list[object]:
    """The rows of an answer. Raises Unreachable where there is no list: that is not an empty one."""
    found = opened(answer.at(settings.rows))
    if not isinstance(found, list):
        raise Unreachable(FailureClass.SERVER_FAULT, f"the answer holds no list at {settings.rows.text}")
    return found


def read_rows(found: Sequence[object], settings: ListSettings) -> Iterator[Row]:
    """What can be read of these and is not settled yet."""
    for one in found:
        row = _row(one, settings)
        if row and not _is_settled(settings.skip, one):
            yield row


def _row(said: object, settings: ListSettings) -> Row | None:
    id_, type_ = text_at(said, settings.id), _type(said, settings)
    if not 0 < len(id_) <= _MAX_ID or not id_.isprintable() or not type_:
        return None
    return Row(id_, type_, _recipients(said, settings.recipient), said, _order(said, settings.order))


def text_at(said: object, path: JsonPath | None) -> str:
    """A text or number of a row; '' where there is neither."""
    found = path.find(said) if path else MISSING
    known = isinstance(found, str | int | float) and not isinstance(found, bool)
    return str(found).strip() if known else ""


def _type(said: object, settings: ListSettings) -> str:
    """What it is; '' for what is none of ours."""
    if settings.type_at is None:
        return settings.type
    given = compared(text_at(said, settings.type_at))
    words = {compared(settings.types.get(kind, kind)): kind for kind in TYPES}
    return words.get(given, "")


def _recipients(said: object, path: JsonPath | None) -> tuple[str, ...]:
    """Whom it is for: a code, or a list of them, also as JSON in a text. What can be no code is left out."""
    found = opened(path.find(said)) if path else MISSING
    codes = found if isinstance(found, list) else [found]
    texts = (code.strip() for code in codes if isinstance(code, str))
    return tuple(dict.fromkeys(code for code in texts if 0 < len(code) <= _MAX_CODE and code.isprintable()))


def _order(said: object, path: JsonPath | None) -> tuple[float, str]:
    text = text_at(said, path)
    if text.isdecimal():
        return float(text), ""
    moment, day = read_moment(text), read_day(text)
    if moment or day:
        return (moment.timestamp() if moment else float(day.toordinal() * 86_400 if day else 0)), ""
    return 0.0, text


def _is_settled(skip: Rules, said: object) -> bool:
    return any(holds(rule, Answer(Response(200, {}, b""), said)) for rule in skip)
