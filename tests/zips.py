"""ZIP archives for tests, honest ones and traps: the same arguments always make the same bytes."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from schemas.edxml import limits

DATE = (1980, 1, 1, 0, 0, 0)
LIST_MARK, END_MARK = b"PK\x01\x02", b"PK\x05\x06"
#: The place of an entry's method in its line of the list, and of its other description's place.
METHOD_AT, PLACE_AT = 10, 42
Entry = tuple[str, bytes]


class _Pipe:
    """A stream one can only write to."""

    def __init__(self, out: io.BytesIO) -> None:
        self.write = out.write
        self.flush = out.flush


def packed(*entries: Entry, method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"", large: bool = False) -> bytes:
    """An archive as any software writes it; ``large`` has room for sizes beyond 4 GB before each entry."""
    out = io.BytesIO()
    _write(out, entries, method, comment, large=large)
    return out.getvalue()


def streamed(*entries: Entry, method: int = zipfile.ZIP_DEFLATED, large: bool = False) -> bytes:
    """Written to where nobody can go back: the sizes stand behind each entry."""
    out = io.BytesIO()
    _write(_Pipe(out), entries, method, b"", large=large)
    return out.getvalue()


def _write(out: object, entries: tuple[Entry, ...], method: int, comment: bytes, *, large: bool) -> None:
    with zipfile.ZipFile(out, "w", method) as archive:  # type: ignore[call-overload]
        archive.comment = comment
        for name, data in entries:
            info = zipfile.ZipInfo(name, DATE)
            info.compress_type = method
            with archive.open(info, "w", force_zip64=large) as member:
                member.write(data)


def named(name: str, data: bytes = b"data") -> bytes:
    """One entry called exactly that, which the library would not write."""
    stand_in = b"?" * len(name)
    return packed((stand_in.decode(), data)).replace(stand_in, name.encode("cp437"))


def deflated(data: bytes, times: int, tail: bytes = b"") -> bytes:
    """``data`` so many times and ``tail`` once, deflated; made without holding more than one of them."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    once = deflater.compress(data) + deflater.flush(zlib.Z_FULL_FLUSH)
    return once * times + deflater.compress(tail) + deflater.flush()


def claiming(body: bytes, size: int, crc: int = 0, name: bytes = b"x.doc") -> bytes:
    """An archive around deflated bytes that says what it is told to say of them."""
    told = struct.pack("<3L2H", crc, len(body), size, len(name), 0)
    before = struct.pack("<4s5H", b"PK\x03\x04", 20, 0, 8, 0, 33) + told + name + body
    line = struct.pack("<4s6H", LIST_MARK, 20, 20, 0, 8, 0, 33) + told + struct.pack("<3H2L", 0, 0, 0, 0, 0) + name
    return before + line + struct.pack("<4s4H2LH", END_MARK, 0, 0, 1, 1, len(line), len(before), 0)


def listing(entries: int, data: bytes) -> bytes:
    """The same archive saying that it holds so many."""
    end = data.rindex(END_MARK)
    return data[: end + 8] + struct.pack("<2H", entries, entries) + data[end + 12 :]


def edited(data: bytes, place: int, value: int) -> bytes:
    """The same archive with two bytes changed in the last line of its list."""
    at = data.rindex(LIST_MARK) + place
    return data[:at] + struct.pack("<H", value) + data[at + 2 :]


def last_listed_only(*entries: Entry) -> bytes:
    """An archive that lists the last of its entries and none before."""
    data = packed(*entries)
    first, last, end = data.index(LIST_MARK), data.rindex(LIST_MARK), data.rindex(END_MARK)
    numbers = struct.pack("<4s4H2LH", END_MARK, 0, 0, 1, 1, end - last, first, 0)
    return data[:first] + data[last:end] + numbers


def bomb(write: Callable[..., bytes] = packed) -> bytes:
    """One byte more than a small package may unpack to."""
    return write(("x.doc", bytes(limits.UNPACKED_FREE + 1)))
