"""A message made of members of an answer, by the names of docs/conversions.md, and of files that stand in it as base64."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from adapters.http.decode import Answer
from adapters.http.decoded import Decoded
from adapters.http.filters import dated, text_of
from adapters.http.paths import MISSING, JsonPath, opened
from adapters.http.receive_settings import Fields
from adapters.http.rows import text_at
from adapters.http.spill import Spill
from bus.errors import Rejected
from schemas.content import Invalid
from schemas.edxml.enclose import Enclosure
from schemas.edxml.field_words import in_elements
from schemas.edxml.fields import dates_of
from schemas.edxml.fields_in import document_of, status_of
from schemas.edxml.limits import HEADER_TEXT
from schemas.edxml.models import Edoc, Message, Status


def composed(settings: Fields, type_: str, answer: Answer, spill: Spill) -> tuple[Message, list[Enclosure]]:
    """The message an answer holds. Raises Rejected where it says too little, or names a file by its address only."""
    said: dict[str, Any] = dict(settings.constants)
    for name, path in settings.fields.items():
        found = _read(answer.at(path), name, spill)
        if found is not MISSING and found is not None and found != "":
            said[name] = found
    try:
        if type_ == "status":
            model: Message = status_of(_dated(in_elements(Status, said), Status, settings.dates))
        else:
            model = document_of(_dated(in_elements(Edoc, said), Edoc, settings.dates))
    except Invalid as invalid:
        raise Rejected(invalid.code, invalid.detail) from invalid
    return model, list(_enclosures(settings, answer, spill))


def _dated(said: Mapping[str, Any], kind: type[Edoc | Status], pattern: str | None) -> Mapping[str, Any]:
    """The same with what is a date by the partner's pattern as one; any other text is read as it stands on the wire."""
    if pattern is None:
        return said
    found = {name: dated(text_of(said[name]), pattern) for name in dates_of(kind) & said.keys()}
    return {**said, **{name: moment for name, moment in found.items() if moment}}


def _read(found: object, name: str, spill: Spill) -> object:
    """A value with its texts as they were. Raises Rejected for one that is longer than a whole header may be."""
    if isinstance(found, Mapping):
        return {key: _read(value, name, spill) for key, value in found.items()}
    if isinstance(found, list):
        return [_read(value, name, spill) for value in found]
    return _text_of(found, name, spill) if isinstance(found, str) and spill.took(found) else found


def _text_of(mark: str, name: str, spill: Spill) -> str:
    text = bytearray()
    for piece in spill.pieces(mark):
        text += piece
        if len(text) > HEADER_TEXT:
            raise Rejected("edxml.header_too_large", f"{name} has more than {HEADER_TEXT} bytes")
    return text.decode("utf-8", "replace")


def _enclosures(settings: Fields, answer: Answer, spill: Spill) -> Iterator[Enclosure]:
    rows = opened(answer.at(settings.files))
    for number, row in enumerate(rows if isinstance(rows, list) else (), 1):
        name = str(_read(text_at(row, settings.file_name), f"file {number}", spill) or number)
        yield Enclosure(name, io.BufferedReader(Decoded(spill.pieces(_text(row, settings.file_base64, name)))))


def _text(row: object, path: JsonPath | None, name: str) -> str:
    text = path.find(row) if path else MISSING
    if not isinstance(text, str) or not text:
        raise Rejected("edxml.missing", f"the file {name[:100]} is not in the answer, and addresses are never fetched")
    return text
