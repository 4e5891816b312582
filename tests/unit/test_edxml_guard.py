"""The guard at the doors: what a ZIP of one entry may be called and unpack to, found while it passes."""

from __future__ import annotations

import io
import random
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.content import Invalid
from schemas.edxml import limits
from schemas.edxml.archive.entry import entry_before
from schemas.edxml.archive.flow import Allowance, Deflated
from schemas.edxml.archive.guard import ZipGuard
from schemas.edxml.archive.package import Package
from tests import zips
from tests.messages import PDF, edoc, read

DOCX = (("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>"))
LIBRE = (("_rels/.rels", b"<Relationships/>"), ("word/document.xml", b"<w/>"))
NOISE = random.Random(1).randbytes(limits.UNPACKED // limits.UNPACKED_RATIO)
ZEROS = bytes(1024 * 1024)


def guarded(data: bytes, name: str = "a.doc", size: int = 0) -> Package | None:
    guard = ZipGuard(Allowance())
    for place in range(0, len(data), size or len(data) or 1):
        guard.feed(data[place : place + size] if size else data)
    return guard.finish(name)


def code_of(data: bytes, name: str = "a.doc", size: int = 0) -> str:
    try:
        guarded(data, name, size)
    except Invalid as invalid:
        return invalid.code
    return ""


def hidden() -> bytes:
    """A stored entry with an archive's beginning inside it, which the list points to."""
    inner = zips.packed(("x", b"1"))
    return zips.edited(zips.packed(("x", inner), method=zipfile.ZIP_STORED), zips.PLACE_AT, 31)


PATHS = ("a/b.doc", "../b.doc", "/b.doc", "C:\\b.doc", "C:b.doc", "a\\b.doc", "dir/", "..", "", "a\x00.doc", "a\n.doc")
TRAPS: dict[str, tuple[str, Callable[[], bytes]]] = {
    **{f"a path: {name!r}": ("edxml.attachment_name", lambda name=name: zips.named(name)) for name in PATHS},  # type: ignore[misc]
    "a hidden ending": ("edxml.attachment_name", lambda: zips.packed(("cod.\u202eexe", b"1"))),
    "a path, streamed": ("edxml.attachment_name", lambda: zips.streamed(("../b.doc", b"1"))),
    "a path before broken bytes": ("edxml.attachment_name", lambda: zips.packed(("a/b.doc", PDF))[:50]),
    "a path in an unusual method": (
        "edxml.attachment_name",
        lambda: zips.packed(("a/b.doc", b"1"), method=zipfile.ZIP_BZIP2),
    ),
    "a bomb by ratio": ("body.too_large", zips.bomb),
    "a bomb, streamed": ("body.too_large", lambda: zips.bomb(zips.streamed)),
    "a bomb in a large archive's form": ("body.too_large", lambda: zips.packed(("x", ZEROS * 17), large=True)),
    "a bomb cut short": ("body.too_large", lambda: zips.packed(("x", ZEROS * 17))[:-100]),
    "a bomb that says it is small": ("body.too_large", lambda: zips.claiming(zips.deflated(ZEROS, 17), 10)),
    "a bomb that lists two": ("body.too_large", lambda: zips.listing(2, zips.bomb())),
    "a bomb that lists none": ("body.too_large", lambda: zips.listing(0, zips.bomb())),
    "two entries, one listed": ("edxml.value", lambda: zips.last_listed_only(("x", b"1"), ("y", b"2"))),
    "another entry listed": ("edxml.value", hidden),
    "another method listed": ("edxml.value", lambda: zips.edited(zips.packed(("x", b"1")), zips.METHOD_AT, 0)),
    "another name listed": ("edxml.value", lambda: b"y".join(zips.packed(("x", b"1")).rsplit(b"x", 1))),
    "a list of two that says one": ("edxml.value", lambda: zips.listing(1, zips.packed(*DOCX))),
    "a list in another place": (
        "edxml.value",
        lambda: zips.packed(("x", b"1")).replace(zips.LIST_MARK, b"?" + zips.LIST_MARK),
    ),
    "a list that is none": (
        "edxml.value",
        lambda: zips.packed(("x", PDF)).replace(zips.LIST_MARK, b"PK\x01\x03"),
    ),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_is_refused(trap: str) -> None:
    """With the code of its kind, also where it comes in pieces."""
    code, make = TRAPS[trap]
    data = make()

    assert code_of(data) == code
    assert code_of(data, size=1_000) == code


def test_the_limit_of_size_is_one_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """No package is so large that it may unpack to more than that."""
    monkeypatch.setattr(limits, "UNPACKED", 1_000)

    assert code_of(zips.packed(("x", NOISE[:1_000]))) == ""
    assert code_of(zips.packed(("x", NOISE[:1_001]))) == "body.too_large"


TAKEN: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing": ("a.doc", lambda: b""),
    "no ZIP": ("a.doc", lambda: PDF),
    "a ZIP's mark and no more": ("a.doc", lambda: b"PK\x03\x04"),
    "an Office file": ("a.docx", lambda: zips.packed(*DOCX)),
    "an Office file that begins with a path": ("a.docx", lambda: zips.packed(*LIBRE)),
    "a streamed one": ("a.docx", lambda: zips.streamed(*LIBRE)),
    "a streamed one in a large archive's form": ("a.docx", lambda: zips.streamed(*LIBRE, large=True)),
    "a stored and streamed one": ("a.odt", lambda: zips.streamed(*LIBRE, method=zipfile.ZIP_STORED)),
    "an Office file cut short": ("a.docx", lambda: zips.packed(*LIBRE)[:-100]),
    "a large file among others": ("a.xlsx", lambda: zips.packed(("x/big", ZEROS * 17), ("y", b"1"))),
    "an archive in its own right": ("A.ZIP", lambda: zips.packed(("../x", ZEROS * 17))),
    "as much as is free": ("a.doc", lambda: zips.packed(("x", bytes(limits.UNPACKED_FREE)))),
    "a large file that is only stored": ("a.doc", lambda: zips.packed(("x", ZEROS * 17), method=zipfile.ZIP_STORED)),
    "much of a large package": ("a.doc", lambda: zips.packed(("x", ZEROS * 17 + NOISE))),
    "an archive inside": ("a.doc", lambda: zips.packed(("x", zips.packed(("../y", ZEROS * 17))))),
    "a broken entry": ("a.doc", lambda: zips.claiming(b"\xff" * 20, 20)),
    "a comment": ("a.doc", lambda: zips.packed(("x", b"1"), comment=b"c" * 0xFFFF)),
}


@pytest.mark.parametrize("why", TAKEN)
def test_what_is_no_trap_is_taken(why: str) -> None:
    """Whole or in pieces."""
    name, make = TAKEN[why]
    data = make()

    assert code_of(data, name) == ""
    assert code_of(data, name, 1_000) == ""


@pytest.mark.parametrize("size", [0, 1, 7])
@pytest.mark.parametrize("write", [zips.packed, zips.streamed])
@pytest.mark.parametrize("large", [False, True])
def test_a_package_that_may_be_opened_is_told(write: Callable[..., bytes], *, large: bool, size: int) -> None:
    """Where its bytes stand, in each form an archive may have; with a comment or something behind it too."""
    data = write(("x.doc", PDF * 9), large=large)

    for whole in (data, data + b"\n"):
        package = guarded(whole, size=size)
        assert package
        assert b"".join(package.pieces(io.BytesIO(whole))) == PDF * 9


@given(st.binary(min_size=1, max_size=3), st.integers(60_000, 200_000), st.integers(0, 300))
@settings(max_examples=60)
def test_what_is_opened_is_what_was_packed(unit: bytes, times: int, rest: int) -> None:
    """Whatever the length, also where the last of it comes out after the last went in."""
    whole = unit * times + bytes(rest)
    data = zips.packed(("x", whole))
    package = guarded(data, size=10_000)

    assert package
    assert b"".join(package.pieces(io.BytesIO(data))) == whole


def test_a_bomb_is_not_followed_beyond_the_limit() -> None:
    """However much more there is."""
    flow = Deflated(Allowance())
    packed = zips.deflated(ZEROS, limits.UNPACKED // len(ZEROS) + 100)

    assert flow.feed(packed) == b""
    assert limits.UNPACKED < flow.size <= limits.UNPACKED + 64 * 1024
    assert flow.feed(packed) == b""
    assert flow.packed < len(packed)


def test_packages_of_a_message_are_limited_together() -> None:
    """Many that are each within the limits may not be too much for whoever looks at them all."""
    allowance = Allowance()
    allowance.spend(limits.UNPACKED_TOGETHER)

    with pytest.raises(Invalid) as caught:
        Deflated(allowance).feed(zips.deflated(b"x", 1))
    assert caught.value.code == "body.too_large"


def test_one_message_has_one_allowance(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the next has its own."""
    monkeypatch.setattr(limits, "UNPACKED_TOGETHER", 1_000)
    package = zips.packed(("x", bytes(600)))

    read(edoc(attachments=(("a.doc", package),)))
    with pytest.raises(Invalid, match="the ZIPs of this message"):
        read(edoc(attachments=(("a.doc", package), ("b.doc", package))))


def test_memory_does_not_grow_with_the_package() -> None:
    """Neither with its own size nor with what is in it."""
    data = zips.packed(("x", NOISE + ZEROS * 20))
    pieces = [data[place : place + 48_000] for place in range(0, len(data), 48_000)]
    guard = ZipGuard(Allowance())
    tracemalloc.start()
    for piece in pieces:
        guard.feed(piece)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert guard.finish("a.doc")
    assert peak < 1_000_000 < len(data)


@pytest.mark.parametrize(("name", "code"), [("a.doc", "body.too_large"), ("a.zip", "")])
def test_the_name_may_come_after_the_bytes(name: str, code: str) -> None:
    """Then the file is judged when its name is known."""
    label = f"      <AttachmentName>{name}</AttachmentName>\n"
    body = edoc(attachments=((name, zips.bomb()),)).decode()
    assert label in body
    late = body.replace(label, "").replace("    </Attachment>", f"{label}    </Attachment>")

    assert refused(late.encode()) == refused(body.encode()) == code


def test_the_refusal_names_the_file() -> None:
    """A sender must know which of its files it is."""
    with pytest.raises(Invalid, match=r"the ZIP of bang\.doc"):
        read(edoc(attachments=(("a.pdf", PDF), ("bang.doc", zips.bomb()))))


def test_a_header_that_is_not_whole_is_none() -> None:
    """Not before its name and what follows that are there."""
    data = zips.packed(("x.doc", b"1"))

    assert [entry_before(data[:size]) is not None for size in (4, 29, 34, 35)] == [False, False, False, True]


def refused(body: bytes) -> str:
    try:
        read(body)
    except Invalid as invalid:
        return invalid.code
    return ""
