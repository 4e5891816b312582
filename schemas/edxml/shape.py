"""The elements of a block, read off its model: so the standard's words stand in one place only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo

from schemas.edxml.models.block import NEED, Block
from schemas.edxml.values import TEXT, Codec


@dataclass(frozen=True, slots=True)
class Slot:
    """One element of a block: a block itself, or a text with its codec."""

    field: str
    element: str
    block: type[Block] | None
    codec: Codec
    repeated: bool
    needed: bool


@cache
def shape(block: type[Block]) -> tuple[Slot, ...]:
    """The elements of that block in the order of the wire."""
    names = block.wire_order or tuple(block.model_fields)
    return tuple(_slot(name, block.model_fields[name]) for name in names if name != "extensions")


def places(slot: Slot, value: object, path: str) -> Iterator[tuple[str, Any]]:
    """The values under a slot with the path of each, repeated ones counted from 1."""
    if slot.repeated and isinstance(value, tuple):
        yield from ((f"{path}/{slot.element}[{place}]", one) for place, one in enumerate(value, 1))
    else:
        yield f"{path}/{slot.element}", value


def _slot(field: str, info: FieldInfo) -> Slot:
    repeated = get_origin(info.annotation) is tuple
    return Slot(
        field=field,
        element="".join(word.capitalize() for word in field.split("_")),
        block=next((kind for kind in _kinds(info.annotation) if issubclass(kind, Block)), None),
        codec=next((mark for mark in info.metadata if isinstance(mark, Codec)), _inner_codec(info)),
        repeated=repeated,
        needed=NEED in info.metadata or info.is_required(),
    )


def _kinds(annotation: Any) -> tuple[type, ...]:
    """The classes an annotation names, optional or repeated ones too."""
    inner = [kind for kind in get_args(annotation) if isinstance(kind, type) and kind is not NoneType]
    return tuple(inner) or ((annotation,) if isinstance(annotation, type) else ())


def _inner_codec(info: FieldInfo) -> Codec:
    """The codec of the members of a tuple; plain text if none is said."""
    marks = (mark for member in get_args(info.annotation) for mark in getattr(member, "__metadata__", ()))
    return next((mark for mark in marks if isinstance(mark, Codec)), TEXT)
