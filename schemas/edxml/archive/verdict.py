"""Whether a ZIP may come in, and whether it is unwrapped.

Receivers unwrap a ZIP of one entry, and go by its beginning or by its end to find that entry. So it counts as one
where either says so, and is refused where they do not say the same. Archives of many entries are files like
others and not judged; what nobody can unwrap (a broken entry, an encrypted one, one packed in an unusual way)
stays as it is.
"""

from __future__ import annotations

from schemas.content import Invalid
from schemas.edxml import limits
from schemas.edxml.archive.ending import Ending
from schemas.edxml.archive.entry import Entry
from schemas.edxml.archive.flow import Flow
from schemas.edxml.archive.package import Package
from schemas.edxml.archive.walk import Behind, Walk
from schemas.edxml.file_names import is_bare_name


def judged(walk: Walk, label: str) -> Package | None:
    """How the archive that passed is opened; ``None`` to leave it whole. Raises :class:`Invalid` for a trap."""
    ending = walk.tail.ending()
    if _holds_many(walk, ending):
        return None
    _check_name(walk.first, label)
    if ending.entries == 1 and not _fits(walk, ending.listed):
        raise Invalid("edxml.value", f"the ZIP of {label} lists one entry, which is not the one it begins with")
    _check_size(walk, label)
    return _package(walk.first, walk.flow, ending.listed)


def _holds_many(walk: Walk, ending: Ending) -> bool:
    behind = walk.behind()
    return ending.entries != 1 and (behind is Behind.ENTRY or (behind is Behind.UNKNOWN and ending.entries > 1))


def _check_name(first: Entry | None, label: str) -> None:
    if first and not is_bare_name(first.name):
        raise Invalid("edxml.attachment_name", f"the entry in the ZIP of {label} has a path in its name")


def _fits(walk: Walk, listed: Entry | None) -> bool:
    first = walk.first
    if first is None or listed is None or walk.behind() is Behind.ENTRY:
        return False
    return (listed.raw_name, listed.method, listed.place) == (first.raw_name, first.method, 0)


def _check_size(walk: Walk, label: str) -> None:
    most = limits.most_unpacked(walk.tail.size)
    if walk.flow and walk.flow.size > most:
        raise Invalid("body.too_large", f"the ZIP of {label} unpacks to more than {most} bytes")


def _package(first: Entry | None, flow: Flow | None, listed: Entry | None) -> Package | None:
    if not (first and flow and listed and flow.ended and listed.readable):
        return None
    if (flow.crc, flow.packed, flow.size) != (listed.crc, listed.packed, listed.size):
        return None
    return Package(first.place, flow.packed, bool(first.method))
