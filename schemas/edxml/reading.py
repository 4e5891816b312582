"""What documents and statuses have in common when their header is read."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.content import Invalid
from schemas.edxml import limits
from schemas.edxml.tree import Element

#: Where everything said about the message stands; named in refusals.
HEADER = "edXMLHeader"


def organ_id(organ: Element | None) -> str:
    """The agency code of a block, as written; some systems write the word null for none."""
    code = organ.only("OrganId") if organ else ""
    return "" if code == "null" else identifier(code, "OrganId")


def document_id(block: Element | None) -> str:
    """The DocumentId in a block: opaque, whatever date seems to stand in it."""
    return identifier(block.only("DocumentId"), "DocumentId") if block else ""


def identifier(text: str, what: str) -> str:
    """The text, which is going to be a key. Raises :class:`Invalid` if it is too long for one."""
    if len(text) > limits.IDENTIFIER:
        raise Invalid("edxml.value", f"{what} is longer than {limits.IDENTIFIER} characters")
    return text


def required(value: str, path: str) -> str:
    """The value. Raises :class:`Invalid` naming the element if it is not there."""
    if not value:
        raise Invalid("edxml.missing", f"{HEADER}/{path}")
    return value


def texts(elements: Iterable[Element]) -> tuple[tuple[str, str], ...]:
    """Local name and text of every element that has text."""
    return tuple([(element.local, element.text) for element in elements if element.text])


def distinct(values: Iterable[str]) -> tuple[str, ...]:
    """The values that are not empty, each once, in order."""
    return tuple(dict.fromkeys(value for value in values if value))


def present(view: dict[str, object]) -> dict[str, object]:
    """The view without what is not there."""
    return {key: value for key, value in view.items() if value}
