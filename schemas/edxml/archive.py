"""Opens ZIP archives of one entry, within limits; whatever is odd about one is found before anything is unpacked."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from schemas.content import Invalid
from schemas.edxml import limits
from schemas.edxml.attachments_in import is_bare_name

_PIECE = 64 * 1024
# The record at the end of an archive, and what may follow it or stand before it.
_END = struct.Struct("<4s4H2LH")
_END_MARK, _END64_MARK, _END64_SIZE = b"PK\x05\x06", b"PK\x06\x07", 20
_COMMENT = 0xFFFF
# One entry's line in the archive's list, with a name and notes longer than any that is meant well.
_LIST = 16 * 1024
_ENCRYPTED = 0x1
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


class Archive:
    """An archive with one entry that can be unpacked."""

    def __init__(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, size: int, label: str) -> None:
        self._archive = archive
        self._entry = entry
        self._size = size
        self._label = label

    @classmethod
    def of_one(cls, file: IO[bytes], label: str) -> Archive | None:
        """The archive in that file; ``None`` if it is none of exactly one readable entry.

        Raises :class:`Invalid` for an entry whose name holds a path: other software would write it there.
        """
        if not _lists_one(file):
            return None
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error):
            return None
        entries = archive.infolist()
        if len(entries) != 1 or entries[0].flag_bits & _ENCRYPTED or entries[0].compress_type not in _METHODS:
            return None
        if not is_bare_name(entries[0].orig_filename):
            raise Invalid("edxml.attachment_name", f"the entry in the ZIP of {label} has a path in its name")
        return cls(archive, entries[0], file.seek(0, 2), label)

    def copy(self, give: Callable[[bytes], object]) -> None:
        """Give out the entry in pieces. Raises :class:`Invalid` if it is broken or grows beyond the limits."""
        most = min(limits.UNPACKED, max(limits.UNPACKED_FREE, limits.UNPACKED_RATIO * self._size))
        done = 0
        for piece in self._pieces():
            done += len(piece)
            if done > most:
                raise Invalid("body.too_large", f"the ZIP of {self._label} unpacks to more than {most} bytes")
            give(piece)

    def _pieces(self) -> Iterator[bytes]:
        with self._refusing(), self._archive.open(self._entry) as member:
            while piece := member.read(_PIECE):
                yield piece

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, RuntimeError, struct.error) as error:
            raise Invalid("edxml.value", f"the ZIP of {self._label} is broken: {error}") from error


def _lists_one(file: IO[bytes]) -> bool:
    """Whether the archive's end says one entry. Looked at first: the library reads a list of any length at once."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END.size - _COMMENT - _END64_SIZE))
    tail = file.read()
    place = tail.rfind(_END_MARK)
    if place < 0 or len(tail) - place < _END.size:
        return False
    _, disk, list_disk, here, entries, length, _, _ = _END.unpack_from(tail, place)
    large = place >= _END64_SIZE and tail[place - _END64_SIZE :].startswith(_END64_MARK)
    return not large and (disk, list_disk, here, entries) == (0, 0, 1, 1) and bool(length <= _LIST)
