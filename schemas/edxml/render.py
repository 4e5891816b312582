"""From the model of a block to its elements, in the order the axis's own software writes them."""

from __future__ import annotations

from typing import Any

from schemas.edxml.foreign import Bag
from schemas.edxml.models.block import Block
from schemas.edxml.nodes import Branch, Leaf, Part, Verbatim
from schemas.edxml.shape import Slot, places, shape
from schemas.edxml.values import Raw


def render(name: str, block: Block, path: str, bag: Bag) -> Branch:
    """The block at that path under that name."""
    parts: list[Part] = []
    for slot in shape(type(block)):
        for where, value in places(slot, getattr(block, slot.field), path):
            part = _part(slot, value, where, bag)
            if part is not None:
                parts.append(part)
    parts.extend(map(Verbatim, bag.take(path)))
    return Branch(name, tuple(parts))


def _part(slot: Slot, value: Any, path: str, bag: Bag) -> Part | None:
    """The element; nothing where it would be empty."""
    if isinstance(value, Block):
        branch = render(slot.element, value, path, bag)
        return branch if branch.parts else None
    text, more = _text(slot, value), "".join(bag.take(path))
    return Leaf(slot.element, text, more) if text or more else None


def _text(slot: Slot, value: Any) -> str:
    if value is None:
        return ""
    return value.text if isinstance(value, Raw) else slot.codec.write(value)
