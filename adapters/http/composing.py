"""A message made of members of an answer, by the names of docs/conversions.md, and of files that stand in it as base64."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from adapters.http.decode import Answer
from adapters.http.paths import MISSING, JsonPath, opened
from adapters.http.receive_settings import Fields
from adapters.http.rows import text_at
from adapters.http.spill import Decoded, Spill
from bus.errors import Rejected
from schemas.content import Invalid
from schemas.edxml.enclose import Enclosure
from schemas.edxml.field_words import in_elements
from schemas.edxml.fields_in import document_of, status_of
from schemas.edxml.models import Edoc, Message, Status


def composed(settings: Fields, type_: str, answer: Answer, spill: Spill) -> tuple[Message, list[Enclosure]]:
    """The message an answer holds. Raises Rejected where it says too little, or names a file by its address only."""
    said: dict[str, Any] = dict(settings.constants)
    for name, path in settings.fields.items():
        found = answer.at(path)
        if found is not MISSING and found is not None and found != "":
            said[name] = found
    try:
        model = status_of(in_elements(Status, said)) if type_ == "status" else document_of(in_elements(Edoc, said))
    except Invalid as invalid:
        raise Rejected(invalid.code, invalid.detail) from invalid
    return model, list(_enclosures(settings, answer, spill))


def _enclosures(settings: Fields, answer: Answer, spill: Spill) -> Iterator[Enclosure]:
    rows = opened(answer.at(settings.files))
    for number, row in enumerate(rows if isinstance(rows, list) else (), 1):
        name = text_at(row, settings.file_name) or f"{number}"
        yield Enclosure(name, io.BufferedReader(Decoded(spill.pieces(_text(row, settings.file_base64, name)))))


def _text(row: object, path: JsonPath | None, name: str) -> str:
    text = path.find(row) if path else MISSING
    if not isinstance(text, str) or not text:
        raise Rejected("edxml.missing", f"the file {name[:100]} is not in the answer, and addresses are never fetched")
    return text
