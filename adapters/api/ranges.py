"""Parts of a file, and whether a caller has it already (RFC 9110, 13 and 14). Pure.

One range of bytes is given; what asks for several, for another unit or for none that can be read gets the whole, as the
standard allows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bus.errors import Rejected

#: More digits than any file's size has would only be work.
_ONE = re.compile(r"\s*bytes\s*=\s*(?:([0-9]{1,30})\s*-\s*([0-9]{0,30})|-\s*([0-9]{1,30}))\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes from ``start`` to before ``stop`` of ``size``."""

    start: int
    stop: int
    size: int

    @property
    def headers(self) -> Mapping[str, str]:
        """What is said of it."""
        return {"Content-Range": f"bytes {self.start}-{self.stop - 1}/{self.size}"}


def etag(sha256: str) -> str:
    """The strong one of these bytes."""
    return f'"{sha256}"'


def part_of(wish: str, only_if: str, tag: str, size: int) -> Part | None:
    """The part that ``Range`` names; None for the whole. ``only_if``: ``If-Range``.

    Raises ``Rejected('range.unsatisfiable')`` where nothing of it is there.
    """
    found = _ONE.fullmatch(wish)
    if not found or (only_if and only_if.strip() != tag):
        return None
    first, last, tail = found.groups()
    if tail is not None:
        return _of(max(0, size - int(tail)), size, size) if size else None
    if last and int(last) < int(first):
        return None
    return _of(int(first), min(size, int(last) + 1) if last else size, size)


def has_it(told: str, tag: str) -> bool:
    """Whether ``If-None-Match`` names it."""
    tags = {one.strip().removeprefix("W/") for one in told.split(",")}
    return tag in tags or told.strip() == "*"


def _of(start: int, stop: int, size: int) -> Part:
    if start >= size:
        headers = {"Content-Range": f"bytes */{size}"}
        raise Rejected("range.unsatisfiable", f"the file has {size} bytes", headers=headers)
    return Part(start, stop, size)
