"""A message as a flat dictionary: what partners that speak JSON and forms are sent instead of edXML.

Names are the standard's own element names below MessageHeader or TraceHeaderList, joined by dots: ``Subject``,
``Code.CodeNumber``, ``Bussiness.StaffInfo.Email``. What may stand more than once is a list under its own name (texts, or
dictionaries by the same rule), and the first of it stands under dotted names besides: ``To`` and ``To.OrganId``. Only
what is said has a name. Values are what they are: a date is a date, a code that is a number is a number. Elements the
standard does not know are left out, and files stand elsewhere. The way back is ``fields_in``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Any

from schemas.edxml.models.block import Block
from schemas.edxml.models.header import MessageHeader
from schemas.edxml.models.messages import Edoc, Message, Status, StatusHeader
from schemas.edxml.models.trace import TraceHeaderList
from schemas.edxml.shape import Slot, shape
from schemas.edxml.times import read_day, read_moment
from schemas.edxml.values import Raw

Fields = dict[str, Any]

_BLOCKS: Mapping[type[Message], tuple[type[Block], ...]] = {
    Edoc: (MessageHeader, TraceHeaderList),
    Status: (StatusHeader,),
}


def names_of(kind: type[Message]) -> frozenset[str]:
    """The names fields of that kind may have."""
    return frozenset(name for block in _BLOCKS[kind] for name, _ in _names(block))


@cache
def dates_of(kind: type[Message]) -> frozenset[str]:
    """Those of them whose values are days or moments."""
    named = (pair for block in _BLOCKS[kind] for pair in _names(block))
    return frozenset(name for name, slot in named if slot.codec.read in (read_day, read_moment))


def fields_of(message: Message) -> Fields:
    """What a message says."""
    blocks: list[Block] = [message.message_header]
    if isinstance(message, Edoc):
        blocks.append(message.trace_header_list)
    return {name: value for block in blocks for name, value in _fields(block)}


def _names(block: type[Block], before: str = "") -> Iterator[tuple[str, Slot]]:
    for slot in shape(block):
        name = before + slot.element
        if slot.block is None or slot.repeated:
            yield name, slot
        if slot.block:
            yield from _names(slot.block, f"{name}.")


def _fields(block: Block, before: str = "") -> Iterator[tuple[str, Any]]:
    for slot in shape(type(block)):
        name, value = before + slot.element, getattr(block, slot.field)
        if value in (None, "", ()):
            continue
        if slot.block is None:
            yield name, [_plain(slot, one) for one in value] if slot.repeated else _plain(slot, value)
        elif slot.repeated:
            yield name, [dict(_fields(one)) for one in value]
            yield from _fields(value[0], f"{name}.")
        else:
            yield from _fields(value, f"{name}.")


def _plain(slot: Slot, value: object) -> object:
    """A value as JSON and templates have it."""
    if isinstance(value, Raw):
        return value.text
    return int(slot.codec.write(value)) if isinstance(value, Enum) else value
