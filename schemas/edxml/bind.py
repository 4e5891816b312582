"""From the tree of a message to its model: every element to its field, and what has none into the bag."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from schemas.edxml.models.block import Block
from schemas.edxml.models.unknown import Extension
from schemas.edxml.node import Node
from schemas.edxml.shape import Slot, shape
from schemas.edxml.values import Raw

B = TypeVar("B", bound=Block)


class Findings:
    """What is found beside the fields: unknown elements with their places, and what to warn of."""

    def __init__(self) -> None:
        self.extensions: list[Extension] = []
        self.warnings: list[str] = []

    def unknown(self, parent: str, nodes: Sequence[Node]) -> None:
        """Keep elements that have no field at that place."""
        self.extensions.extend(Extension(parent=parent, element=node.unknown()) for node in nodes)

    def stray(self, path: str, node: Node) -> None:
        """Text where only elements belong is not kept."""
        if node.text:
            self.warnings.append(f"{path} holds text of its own, which is left out")


def bind(kind: type[B], node: Node, path: str, findings: Findings) -> B | None:
    """The block at that path; ``None`` where nothing is left of it."""
    before = len(findings.extensions)
    values = _values(kind, node, path, findings)
    return kind(**values) if values or len(findings.extensions) > before else None


def bind_whole(kind: type[B], node: Node, path: str, findings: Findings) -> B:
    """The block at that path, which is always there."""
    return kind(**_values(kind, node, path, findings))


def bind_all(kind: type[B], nodes: Sequence[Node], path: str, findings: Findings) -> tuple[B, ...]:
    """As :func:`bind`, for an element that is repeated; the path gets its place."""
    bound: list[B] = []
    for node in nodes:
        block = bind(kind, node, f"{path}[{len(bound) + 1}]", findings)
        if block is not None:
            bound.append(block)
    return tuple(bound)


def _values(kind: type[Block], node: Node, path: str, findings: Findings) -> dict[str, Any]:
    """The fields that say anything. Of an element that comes twice where one belongs, the first counts."""
    findings.stray(path, node)
    slots = shape(kind)
    nodes, rest = _sorted(slots, node)
    findings.unknown(path, rest)
    values = {slot.field: _value(slot, nodes[slot.element], path, findings) for slot in slots}
    return {field: value for field, value in values.items() if value not in (None, "", ())}


def _sorted(slots: Sequence[Slot], node: Node) -> tuple[dict[str, list[Node]], list[Node]]:
    """The children by the element they are, and those that are none or one too many."""
    repeated = {slot.element: slot.repeated for slot in slots}
    nodes: dict[str, list[Node]] = {slot.element: [] for slot in slots}
    rest: list[Node] = []
    for child in node.children:
        if child.word not in nodes or (nodes[child.word] and not repeated[child.word]):
            rest.append(child)
        else:
            nodes[child.word].append(child)
    return nodes, rest


def _value(slot: Slot, nodes: Sequence[Node], path: str, findings: Findings) -> object:
    where = f"{path}/{slot.element}"
    if slot.block is not None and slot.repeated:
        return bind_all(slot.block, nodes, where, findings)
    if slot.repeated:
        return _texts(slot, nodes, where, findings)
    if not nodes:
        return None
    return bind(slot.block, nodes[0], where, findings) if slot.block else _text(slot, nodes[0], where, findings)


def _texts(slot: Slot, nodes: Sequence[Node], where: str, findings: Findings) -> tuple[Any, ...]:
    values: list[Any] = []
    for node in nodes:
        place, before = f"{where}[{len(values) + 1}]", len(findings.extensions)
        value = _text(slot, node, place, findings)
        if value or len(findings.extensions) > before:
            values.append(value or "")
    return tuple(values)


def _text(slot: Slot, node: Node, path: str, findings: Findings) -> object:
    findings.unknown(path, node.children)
    if not node.text:
        return None
    value = slot.codec.read(node.text)
    if value is None:
        findings.warnings.append(f"{path} could not be read and is kept as it is")
        return Raw(node.text)
    return value
