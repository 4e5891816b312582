"""What leaves: the stored bytes, or these and a hop, the same at every attempt; and it streams."""

from __future__ import annotations

import hashlib
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.message import Claim, Message, ReturnAddress
from bus.splice import spliced
from bus.translator import outgoing
from schemas.content import Invalid
from tests.messages import SENDER, edoc, status

CODE = "000.00.00.H62"
#: 2025-11-03 01:30:05.25 in Vietnam.
ACCEPTED = 1_762_108_205_250_000
HOP = (
    b"<edXML:TraceHeader><edXML:OrganId>000.00.00.H62</edXML:OrganId>"
    b"<edXML:Timestamp>2025/11/03 01:30:05</edXML:Timestamp></edXML:TraceHeader>"
)
BODY = edoc()


def message(type_: str = "edoc") -> Message:
    return Message("m-1", type_, "new", SENDER, "d-1", "", 0, ReturnAddress("vxp", "snv"), ACCEPTED)


def claim(body: bytes) -> Claim:
    return Claim(hashlib.sha256(body).hexdigest(), len(body), body)


def bytes_of(body: Claim) -> bytes:
    with body.open() as reader:
        return reader.read()


def test_nothing_is_done_unasked() -> None:
    """The very claim that was stored goes out."""
    stored = claim(BODY)

    assert outgoing(stored, message(), "") is stored


def test_a_status_is_never_touched() -> None:
    """It has no list of hops, whatever it holds."""
    stored = claim(BODY)

    assert outgoing(stored, message("status"), CODE) is stored
    assert outgoing(claim(status()), message(), CODE) == claim(status())


def test_a_hop_says_who_and_when_it_was_accepted() -> None:
    """In Vietnam's time; size and digest are those of the bytes that leave."""
    left = outgoing(claim(BODY), message(), CODE)

    assert bytes_of(left) == BODY.replace(b"<edXML:TraceHeaderList>", b"<edXML:TraceHeaderList>" + HOP)
    assert (left.sha256, left.size) == (claim(bytes_of(left)).sha256, len(BODY) + len(HOP))


def test_every_attempt_sends_the_same() -> None:
    """A body can be opened again and again, and what is made of it twice is equal."""
    first, again = (outgoing(claim(BODY), message(), CODE) for _ in range(2))

    assert first == again
    assert bytes_of(first) == bytes_of(first) == bytes_of(again)


def test_a_code_that_xml_cannot_carry_changes_nothing() -> None:
    """No broken document leaves."""
    with pytest.raises(Invalid):
        outgoing(claim(BODY), message(), "\x01")


def test_a_large_body_is_never_in_memory(tmp_path: Path) -> None:
    """It is looked at, hashed and sent in pieces, from where it lies."""
    body = BODY.replace(b"</edXML>", b"<Attachment>" + b"QUJD" * 4_000_000 + b"</Attachment></edXML>")
    path = tmp_path / "body"
    path.write_bytes(body)
    stored, digest = Claim(claim(body).sha256, len(body), path=path), hashlib.sha256()
    tracemalloc.start()

    left = outgoing(stored, message(), CODE)
    with left.open() as reader:
        while piece := reader.read(1 << 16):
            digest.update(piece)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (left.sha256, left.size) == (digest.hexdigest(), len(body) + len(HOP))
    assert most < 4 << 20


def test_what_is_put_in_first_stays_where_it_is() -> None:
    """A protocol's own bytes come after those of the translator."""
    twice = claim(b"ac").insert(1, b"b").insert(3, b"\r\n").insert(0, b"_")

    assert (bytes_of(twice), twice.size, twice.sha256) == (b"_abc\r\n", 6, claim(b"ac").sha256)


@given(st.binary(max_size=40), st.binary(max_size=10), st.data())
def test_spliced_reads_are_of_any_size(body: bytes, data: bytes, draw: st.DataObject) -> None:
    """Whatever the sizes of the reads, the bytes are those before, those put in, and the rest."""
    at = draw.draw(st.integers(0, len(body)))
    reader, read = spliced(io.BytesIO(body), at, data), b""

    while piece := reader.read(draw.draw(st.integers(1, 9))):
        read += piece

    assert read == body[:at] + data + body[at:]


def test_a_spliced_reader_lets_go_of_what_it_reads() -> None:
    """A file is closed with the reader over it."""
    below = io.BytesIO(b"ac")
    with spliced(below, 1, b"b") as reader:
        assert not reader.seekable()

    assert below.closed
