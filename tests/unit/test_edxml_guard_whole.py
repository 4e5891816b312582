"""The guard against the library's own reading of archives: what it forbids, by both readers, and what gets past it."""

from __future__ import annotations

import io
import zipfile
import zlib

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.content import Invalid
from schemas.edxml import limits
from schemas.edxml.archive.flow import Allowance
from schemas.edxml.archive.guard import ZipGuard
from schemas.edxml.load import load
from tests import zips
from tests.messages import edoc, read

ZEROS = bytes(1024 * 1024)


ENTRIES = st.tuples(
    st.sampled_from(["x.doc", "Công văn.pdf", "a/b.doc", "../x", "C:x", "[Content_Types].xml"]),
    st.binary(max_size=300) | st.sampled_from([ZEROS, ZEROS * 17]),
)


@st.composite
def archives(draw: st.DrawFn) -> tuple[str, list[zips.Entry], bytes]:
    """A file's name, the entries of an archive, and the archive."""
    entries = draw(st.lists(ENTRIES, max_size=2, unique_by=lambda entry: entry[0]))
    large = any(len(content) > len(ZEROS) for _, content in entries)
    method = zipfile.ZIP_DEFLATED if large else draw(st.sampled_from([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED]))
    write = draw(st.sampled_from([zips.packed, zips.streamed]))
    data = write(*entries, method=method, large=draw(st.booleans()))
    return draw(st.sampled_from(["a.doc", "a.docx", "a.Zip"])), entries, data


def expected(name: str, entries: list[zips.Entry], data: bytes) -> str:
    """The guards in the words of the standard's page, by what was packed."""
    if name.lower().endswith(".zip") or len(entries) != 1:
        return ""
    ((entry, content),) = entries
    if "/" in entry or ":" in entry:
        return "edxml.attachment_name"
    return "body.too_large" if len(content) > max(16 << 20, 100 * len(data)) else ""


@given(archives())
@settings(max_examples=20)
def test_both_readers_refuse_what_the_guards_forbid(made: tuple[str, list[zips.Entry], bytes]) -> None:
    """The one at the doors and the one that reads whole refuse the same archives, and no other."""
    name, entries, data = made
    body = edoc(attachments=((name, data),))
    code = expected(name, entries, data)

    assert refused(body) == refused_whole(body) == code


def refused(body: bytes) -> str:
    try:
        read(body)
    except Invalid as invalid:
        return invalid.code
    return ""


def refused_whole(body: bytes) -> str:
    try:
        load(io.BytesIO(body), lambda _: io.BytesIO())
    except Invalid as invalid:
        return invalid.code
    return ""


@given(archives(), st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 255)), max_size=4), st.integers(0, 60))
@settings(max_examples=50)
def test_damage_never_gets_past_the_limits(
    made: tuple[str, list[zips.Entry], bytes], changes: list[tuple[int, int]], cut: int
) -> None:
    """Whatever is changed: the guard says no or knows an entry that is whole and within them."""
    name, _, data = made
    body = bytearray(data[: len(data) - cut])
    for place, value in changes:
        if body:
            body[-place % len(body)] = value
    guard = ZipGuard(Allowance())
    try:
        guard.feed(bytes(body))
        package = guard.finish(name)
    except Invalid:
        return
    if package:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            (info,) = archive.infolist()
        out = b"".join(package.pieces(io.BytesIO(body)))
        assert (len(out), zlib.crc32(out)) == (info.file_size, info.CRC)
        assert len(out) <= limits.most_unpacked(len(body))
