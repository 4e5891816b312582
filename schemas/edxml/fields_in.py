"""A message made of a flat dictionary, by the names of ``fields``: what partners that speak JSON hand out.

Texts are taken in any form that is read on the wire, and JSON's own values. A message that is made so is not checked
yet: the writer does that.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from schemas.content import Invalid
from schemas.edxml.fields import Fields
from schemas.edxml.models.block import Block
from schemas.edxml.models.header import MessageHeader
from schemas.edxml.models.messages import Edoc, Status, StatusHeader
from schemas.edxml.models.trace import TraceHeaderList
from schemas.edxml.names import clean
from schemas.edxml.shape import Slot, shape
from schemas.edxml.times import day_text, moment_text, vietnamese
from schemas.edxml.values import Raw

B = TypeVar("B", bound=Block)


def document_of(fields: Mapping[str, Any]) -> Edoc:
    """The document that says this. Raises :class:`Invalid` for a name that is none, a value of another shape, and where
    nothing says whose it is or what it is called.
    """
    left = dict(fields)
    header, trace = _block(MessageHeader, left), _block(TraceHeaderList, left)
    _check_taken(left)
    return Edoc(message_header=header, trace_header_list=trace)


def status_of(fields: Mapping[str, Any]) -> Status:
    """The status that says this. Raises as :func:`document_of`."""
    left = dict(fields)
    header = _block(StatusHeader, left)
    _check_taken(left)
    return Status(message_header=header)


def _block(kind: type[B], left: Fields, before: str = "") -> B:
    """The block whose names begin so; what it says is taken out."""
    values = {slot.field: _taken(slot, left, before + slot.element) for slot in shape(kind)}
    said = {field: value for field, value in values.items() if value not in (None, "", ())}
    for slot in shape(kind):
        if slot.field not in said and kind.model_fields[slot.field].is_required():
            raise Invalid("edxml.missing", before + slot.element)
    return kind(**said)


def _taken(slot: Slot, left: Fields, name: str) -> object:
    if slot.block is None:
        given = left.pop(name, None)
        return tuple(_read(slot, one, name) for one in _listed(given)) if slot.repeated else _read(slot, given, name)
    dotted = _dotted(slot.block, left, f"{name}.")
    if not slot.repeated:
        return dotted
    items = [_item(slot.block, one, name) for one in _listed(left.pop(name, None))]
    return tuple(filter(_says, items)) or (dotted and (dotted,))


def _dotted(kind: type[B], left: Fields, before: str) -> B | None:
    """The block that dotted names say; None where they say nothing, as a form does that has a place for everything."""
    if not any(name.startswith(before) for name in left):
        return None
    block = _block(kind, left, before)
    return block if _says(block) else None


def _item(kind: type[B], given: object, name: str) -> B:
    if not isinstance(given, Mapping):
        raise Invalid("edxml.value", f"{name} is not a list of objects")
    left = dict(given)
    block = _block(kind, left)
    _check_taken(left)
    return block


def _says(block: Block) -> bool:
    return any(getattr(block, slot.field) not in (None, "", ()) for slot in shape(type(block)))


def _listed(given: object) -> list[Any]:
    """One value is a list of one, and what is empty is none."""
    values = given if isinstance(given, list | tuple) else [given]
    return [one for one in values if one not in (None, "")]


def _read(slot: Slot, given: object, name: str) -> object:
    """The value of a slot; what cannot be read is kept as it is, for the writer to refuse."""
    if isinstance(given, Mapping | list | tuple):
        raise Invalid("edxml.value", f"{name} is not a text")
    text = clean(_text(given))
    value = slot.codec.read(text) if text else None
    return Raw(text) if text and value is None else value


def _text(given: object) -> str:
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, datetime):
        return moment_text(vietnamese(given))
    if isinstance(given, date):
        return day_text(given)
    return "" if given is None else str(given)


def _check_taken(left: Fields) -> None:
    if left:
        raise Invalid("edxml.value", f"no element of such a message: {', '.join(sorted(map(str, left)))}")
