"""The body of a message that is written, its manifest, and the labels of its attachments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from schemas.edxml import paths
from schemas.edxml.enclose import Enclosure
from schemas.edxml.foreign import Bag
from schemas.edxml.models.files import FileLabel, ReferenceLabel
from schemas.edxml.names import PREFIX
from schemas.edxml.nodes import lines
from schemas.edxml.render import render


def body(enclosures: Sequence[Enclosure], bag: Bag, *, always: bool) -> str:
    """The edXMLBody with the manifest; statuses have one only where there is something to put in."""
    manifest = [*_references(enclosures, bag), *(f"        {xml}\n" for xml in bag.take(paths.MANIFEST))]
    others = [f"      {xml}\n" for xml in bag.take(paths.BODY)]
    if not (always or manifest or others):
        return ""
    opening = [f"    <{PREFIX}:edXMLBody>\n", f'      <{PREFIX}:edXMLManifest version="1.0">\n']
    closing = [f"      </{PREFIX}:edXMLManifest>\n", *others, f"    </{PREFIX}:edXMLBody>\n"]
    return "".join((*opening, *manifest, *closing))


def label(enclosure: Enclosure, place: int, bag: Bag) -> str:
    """An Attachment up to its content, and not closed."""
    branch = render("Attachment", enclosure.label, f"{paths.ATTACHMENT}[{place}]", bag)
    return "".join(list(lines(branch, 2, prefix=""))[:-1])


def _references(enclosures: Sequence[Enclosure], bag: Bag) -> Iterator[str]:
    for place, enclosure in enumerate(enclosures, 1):
        yield from lines(render("Reference", _reference(enclosure.label), f"{paths.REFERENCE}[{place}]", bag), 4)


def _reference(said: FileLabel) -> ReferenceLabel:
    return ReferenceLabel(**said.model_dump())
