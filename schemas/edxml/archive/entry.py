"""What an archive says of an entry: before the entry itself, and once more in the list at its end.

Layouts and flags are those of PKWARE's APPNOTE 4.3.7 and 4.3.12.
"""

from __future__ import annotations

import struct
import zipfile
from dataclasses import dataclass

ENTRY_MARK, LIST_MARK = b"PK\x03\x04", b"PK\x01\x02"
_BEFORE = struct.Struct("<4s5H3L2H")
_LISTED = struct.Struct("<4s6H3L5H2L")
# Encrypted, a patch, strongly encrypted, with its list hidden.
_UNREADABLE = 0x1 | 0x20 | 0x40 | 0x2000
_DESCRIBED_AFTER, _UTF8 = 0x8, 0x800
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. ``packed`` and ``size`` are bytes; before the entry itself they may be missing or untrue."""

    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    #: Where it is listed: the place of the other description. Before the entry: the place of its bytes.
    place: int

    @property
    def name(self) -> str:
        """Its name, in the encoding its flags say."""
        return self.raw_name.decode("utf-8" if self.flags & _UTF8 else "cp437", "replace")

    @property
    def readable(self) -> bool:
        """Whether it is neither encrypted nor packed in an unusual way."""
        return not self.flags & _UNREADABLE and self.method in _METHODS

    @property
    def described_after(self) -> bool:
        """Whether its sizes stand behind its bytes."""
        return bool(self.flags & _DESCRIBED_AFTER)


def entry_before(data: bytes | bytearray) -> Entry | None:
    """The description at the start of ``data``; ``None`` if it is none, or not whole yet."""
    if len(data) < _BEFORE.size or not data.startswith(ENTRY_MARK):
        return None
    _, _, flags, method, _, _, crc, packed, size, name, extra = _BEFORE.unpack_from(data)
    start = _BEFORE.size + name + extra
    if len(data) < start:
        return None
    return Entry(bytes(data[_BEFORE.size : _BEFORE.size + name]), flags, method, crc, packed, size, start)


def entry_listed(data: bytes) -> Entry | None:
    """The one entry whose line is ``data``; ``None`` if it is no line, or more."""
    if len(data) < _LISTED.size or not data.startswith(LIST_MARK):
        return None
    fields = _LISTED.unpack_from(data)
    _, _, _, flags, method, _, _, crc, packed, size, name, extra, comment, *_, place = fields
    if len(data) != _LISTED.size + name + extra + comment:
        return None
    return Entry(data[_LISTED.size : _LISTED.size + name], flags, method, crc, packed, size, place)
