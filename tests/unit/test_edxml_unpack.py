"""Files out of their packages: the bytes decide, once, within limits, and the entry's name never."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from contextlib import closing, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.content import Invalid
from schemas.edxml.archive.flow import Allowance
from schemas.edxml.archive.guard import ZipGuard
from schemas.edxml.unpack import Kind, Unpacked, Unpacker
from tests.zips import packed, streamed

PDF = b"%PDF-1.4\n%%EOF\n"


def unpacked(data: bytes, name: str = "a.doc", size: int = 0) -> tuple[Unpacked, bytes]:
    sink, guard = io.BytesIO(), ZipGuard(Allowance())
    with closing(Unpacker(sink)) as unpacker:
        for place in range(0, len(data), size or len(data) or 1):
            piece = data[place : place + size] if size else data
            guard.feed(piece)
            unpacker.write(piece)
        return unpacker.finish(guard.finish(name)), sink.getvalue()


@pytest.mark.parametrize("size", [0, 1, 3])
@pytest.mark.parametrize(
    ("data", "kind"),
    [(PDF, Kind.PDF), (b"text", Kind.OTHER), (b"", Kind.OTHER), (b"PK", Kind.OTHER), (b"%PD", Kind.OTHER)],
)
def test_a_file_that_is_no_package_goes_through(data: bytes, kind: Kind, size: int) -> None:
    """Whatever its name and however it is cut."""
    told, out = unpacked(data, "a.zip", size)

    assert out == data
    assert told == Unpacked(kind, len(data), hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("size", [0, 1, 7])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_package_of_one_entry_is_unwrapped(method: int, size: int) -> None:
    """The digest is of the file that comes out."""
    told, out = unpacked(packed(("5d1c.pdf", PDF), method=method), size=size)

    assert out == PDF
    assert told == Unpacked(Kind.ZIP, len(PDF), hashlib.sha256(PDF).hexdigest(), told.package)
    assert told.unwrapped


def test_it_is_unwrapped_once() -> None:
    """What is inside may be a package again, which is then the file."""
    inner = packed(("x", b"1"))

    assert unpacked(packed(("y", inner)))[1] == inner


def encrypted() -> bytes:
    data = bytearray(packed(("x", b"1")))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def large() -> bytes:
    """With the record of a large archive before its end, which other software would believe."""
    data = packed(("x", b"1"))
    end = data.index(b"PK\x05\x06")
    return data[:end] + struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1) + data[end:]


def two_lengths() -> bytes:
    """Not packed, and said to be shorter than it is before it: some would take all of it, some as much as is said."""
    data = bytearray(packed(("x", PDF), method=zipfile.ZIP_STORED))
    data[22:26] = struct.pack("<L", 4)
    return bytes(data)


WHOLE = {
    "called .zip": ("A.ZIP", packed(("x", b"1"))),
    "an Office file": ("a.docx", packed(("[Content_Types].xml", b"1"), ("word/document.xml", b"2"))),
    "no entry": ("a.doc", b"PK\x03\x04" + packed()),
    "only its beginning": ("a.doc", packed(("x", PDF))[:30]),
    "encrypted": ("a.doc", encrypted()),
    "an unusual method": ("a.doc", packed(("x", PDF), method=zipfile.ZIP_BZIP2)),
    "large": ("a.doc", large()),
    "another file than was packed": ("a.doc", packed(("x", PDF), method=zipfile.ZIP_STORED).replace(PDF, PDF.lower())),
    "an entry that is no file": ("a.doc", packed(("x", PDF * 9)).replace(packed(("x", PDF * 9))[31:35], b"\xff" * 4)),
    "two lengths of what is stored": ("a.doc", two_lengths()),
    "sizes behind what is stored": ("a.doc", streamed(("x", PDF), method=zipfile.ZIP_STORED)),
}


@pytest.mark.parametrize("why", WHOLE)
def test_other_packages_stay_whole(why: str) -> None:
    """What is no package of one readable entry is the file itself."""
    name, data = WHOLE[why]
    told, out = unpacked(data, name)

    assert out == data
    assert (told.kind, told.unwrapped) == (Kind.ZIP, False)


@given(st.binary(max_size=60), st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=6))
def test_any_damage_to_a_package_is_taken_or_refused(data: bytes, changes: list[tuple[int, int]]) -> None:
    """No bytes make another error, and what stays whole is unchanged."""
    body = bytearray(packed(("entry.doc", data)))
    for place, value in changes:
        body[place % len(body)] = value
    with suppress(Invalid):
        told, out = unpacked(bytes(body))
        assert told.unwrapped or out == bytes(body)
