"""A message taken apart: its fields, and its files as people know them, read when they are asked for."""

from __future__ import annotations

import hashlib
import io
import random
import tracemalloc
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.bodies import Body
from bus.errors import FailureClass, Refused, Unreachable
from bus.message import Claim
from bus.papers import File, Papers
from bus.translator import papers_of
from bus.translator.files import IN_MEMORY, Large
from schemas.edxml.load import load
from schemas.edxml.models import Edoc, Status
from tests.messages import PDF, edoc, status

FILES = (("cong-van.pdf", PDF), ("bang ké.docx", b"docx"), ("phụ lục.txt", b"text in a package"), ("rỗng.pdf", b""))
BODY = edoc(attachments=FILES)
LARGE = 12 << 20


def claim(body: bytes) -> Claim:
    return Claim(hashlib.sha256(body).hexdigest(), len(body), body)


def no_link(_sha256: str, _place: int) -> str:
    """Where nobody asks for links."""
    raise NotImplementedError


def apart(body: bytes) -> Papers:
    return papers_of(claim(body), no_link)


def bytes_of(body: Body) -> bytes:
    with body.open() as reader:
        return reader.read()


def told(file: File) -> tuple[str, bytes, str, int]:
    return file.name, bytes_of(file.body), file.sha256, file.body.size


def expected(name: str, data: bytes) -> tuple[str, bytes, str, int]:
    return name, data, hashlib.sha256(data).hexdigest(), len(data)


def test_files_are_as_people_know_them() -> None:
    """Decoded and out of their packages, in their order, with size and digest of what they are then."""
    papers = apart(BODY)

    assert isinstance(papers.said, Edoc)
    assert [told(file) for file in papers.files] == [expected(*file) for file in FILES]
    assert [file.media_type for file in papers.files] == [
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "text/plain",
        "application/pdf",
    ]


def test_a_status_has_no_files() -> None:
    """What it says is all there is."""
    papers = apart(status(code="03"))

    assert isinstance(papers.said, Status)
    assert (papers.said.message_header.status_code, papers.files) == ("03", ())


def test_files_are_read_as_often_as_they_are_asked_for() -> None:
    """A further attempt sends the same, whether they were kept in memory or not."""
    large = bytes(IN_MEMORY + 1)
    for files in (FILES, (*FILES, ("lon.pdf", large))):
        papers = apart(edoc(attachments=files))
        for _ in range(2):
            assert [bytes_of(file.body) for file in papers.files] == [data for _, data in files]


class Opened:
    """A message that counts how often it is opened."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self.times = 0

    def __call__(self) -> BinaryIO:
        self.times += 1
        return io.BytesIO(self._body)


def large(message: Opened) -> Sequence[Body]:
    """All files of a message as if they came to much."""
    with message() as source:
        loaded = load(source, lambda _place: io.BytesIO())
    message.times = 0
    found = Large(message)
    return [found.body(place, one.unpacked) for place, one in enumerate(loaded.files, 1) if one.unpacked]


def test_a_message_is_gone_through_once_for_all_its_files() -> None:
    """However many they are: they go out in their order."""
    message = Opened(BODY)

    assert [bytes_of(body) for body in large(message)] == [data for _, data in FILES]
    assert message.times == 1


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-1, 30)), max_size=8))
def test_files_are_read_in_any_order_and_left_anywhere(turns: list[tuple[int, int]]) -> None:
    """Each reader begins at its file's beginning, whatever was read before or is left unread (-1: all is read)."""
    bodies = large(Opened(BODY))

    for place, size in turns:
        data = FILES[place][1]
        with bodies[place].open() as reader:
            assert reader.read(size) == (data if size < 0 else data[:size])


def test_two_files_are_read_beside_each_other() -> None:
    """Neither takes the other's bytes."""
    first, second, *_ = large(Opened(edoc(attachments=(("a.pdf", b"a" * 100), ("b.pdf", b"b" * 100)))))

    with first.open() as one, second.open() as other:
        assert (one.read(1), other.read(), one.read()) == (b"a", b"b" * 100, b"a" * 99)


@pytest.mark.parametrize("name", ["lon.pdf", "lon.txt"])
def test_a_large_message_is_never_in_memory(tmp_path: Path, name: str) -> None:
    """It is taken apart, and its file goes out, in pieces from where it lies; also one that travels packed."""
    path, data, digest = tmp_path / "body", random.Random(name).randbytes(LARGE), hashlib.sha256()
    path.write_bytes(edoc(attachments=((name, data),)))
    tracemalloc.start()

    (file,) = papers_of(Claim("0" * 64, path.stat().st_size, path=path), no_link).files
    with file.body.open() as reader:
        while piece := reader.read(1 << 16):
            digest.update(piece)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (file.sha256, file.body.size) == (digest.hexdigest(), LARGE)
    assert digest.digest() == hashlib.sha256(data).digest()
    assert most < LARGE // 2


def test_a_reader_that_is_closed_lets_go_of_the_message() -> None:
    """A call that broke off leaves no file open."""
    opened: list[io.BytesIO] = []
    body = edoc(attachments=(("a.pdf", PDF * 10_000),))

    def message() -> BinaryIO:
        opened.append(io.BytesIO(body))
        return opened[-1]

    found = load(message(), lambda _place: io.BytesIO()).files[0].unpacked
    assert found
    with closing(Large(message).body(1, found).open()) as reader:
        reader.read(1)

    assert opened[-1].closed


def test_what_cannot_be_read_is_tried_again() -> None:
    """A body that is gone or a disk that fails is no fault of the partner's, nor of the message's."""
    with pytest.raises(Unreachable):
        papers_of(Claim("0" * 64, 1), no_link)


def test_what_is_no_message_is_never_tried_again() -> None:
    """It will not become one."""
    with pytest.raises(Refused) as caught:
        apart(b"<edXML/>")

    assert caught.value.failure == FailureClass.SCHEMA


def test_a_link_names_the_kept_body_and_the_place() -> None:
    """What the bus put in on the way out is in no kept body."""
    asked: list[tuple[str, int]] = []

    def link(sha256: str, place: int) -> str:
        asked.append((sha256, place))
        return "https://bus.example.vn/f"

    kept = claim(BODY)
    left = kept.insert(BODY.index(b"<edXML:Subject>"), b"<!-- a hop -->")
    papers_of(kept, link).files[2].link()
    papers_of(Claim("1" * 64, left.size, left.data, inserted=left.inserted), link).files[0].link()

    assert asked == [(kept.sha256, 3), (kept.sha256, 1)]


def test_a_link_that_cannot_be_made_refuses_the_copy() -> None:
    """In the words of who makes them, and only where it is asked for."""

    def nowhere(_sha256: str, _place: int) -> str:
        raise Refused(FailureClass.CLIENT_FAULT, "no public address")

    (file,) = papers_of(claim(edoc()), nowhere).files

    with pytest.raises(Refused, match="public address"):
        file.link()
