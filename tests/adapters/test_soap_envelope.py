"""An envelope is read as it comes: the same whatever pieces it comes in, and no more of it kept than came last."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.soap.wire import media
from adapters.soap.wire.envelope import Envelope
from adapters.soap.wire.events import Events
from adapters.soap.wire.names import SOAP_11
from bus.errors import Rejected
from tests.adapters.soap_driver import NS, asked, envelope, field

HEADER = '<a:Deal xmlns:a="urn:a" a:x="1 &amp; 2"> <!-- a word -->\n<a:In>text</a:In> Đ </a:Deal>'


async def _chunks(pieces: Sequence[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def _read(pieces: AsyncIterator[bytes]) -> list[object]:
    read = Envelope(Events(pieces), SOAP_11)
    found: list[object] = [*await read.header(), await read.call()]
    async for parameter in read.parameters(NS):
        if parameter.name == "document":
            assert await parameter.included() is None
            found.append(b"".join([piece async for piece in parameter.decoded()]))
        else:
            found.append((parameter.name, await parameter.text()))
    await read.end()
    return found


def spread(text: str, line: int) -> str:
    """Base64 in lines, as many write it."""
    return "\n ".join(text[at : at + line] for at in range(0, len(text), line))


@given(st.binary(max_size=400), st.integers(1, 80), st.lists(st.integers(0, 2000), max_size=20))
def test_it_is_the_same_wherever_it_is_cut(document: bytes, line: int, cuts: list[int]) -> None:
    """Header, parameters and bytes, at every piece the network makes of them."""
    inside = (
        field("recipient", "000.00.05.H62")
        + f"<document>{spread(base64.b64encode(document).decode(), line)}</document>"
    )
    body = envelope(asked("SendDocument", inside + field("note", "Đ & <b>")), HEADER)
    at = [0, *sorted(cut % len(body) for cut in cuts), len(body)]
    block, *rest = asyncio.run(_read(_chunks([body[begin:end] for begin, end in pairwise(at)])))

    assert (block.text, block.attributes, [one.text for one in block.children]) == (  # type: ignore[attr-defined]
        "Đ",
        {"{urn:a}x": "1 & 2"},
        ["text"],
    )
    assert rest == [(NS, "SendDocument"), ("recipient", "000.00.05.H62"), document, ("note", "Đ & <b>")]


def test_a_document_is_handed_on_as_it_comes() -> None:
    """Of many megabytes no more is held than one piece: what was taken is given before the next is asked for."""
    piece, count, given_, held = base64.b64encode(bytes(48 << 10)), 400, 0, []

    async def sent() -> AsyncIterator[bytes]:
        head, tail = envelope(asked("SendDocument", "<document>|</document>")).split(b"|")
        yield head
        for number in range(count):
            held.append(number * (48 << 10) - given_)
            yield piece
        yield tail

    async def read() -> None:
        nonlocal given_
        read = Envelope(Events(sent()), SOAP_11)
        await read.header()
        await read.call()
        async for parameter in read.parameters(NS):
            await parameter.included()
            async for part in parameter.decoded():
                given_ += len(part)
        await read.end()

    asyncio.run(read())
    assert given_ == count * (48 << 10)
    assert max(held) < 48 << 10


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_refused_and_nothing_else(data: bytes) -> None:
    """No input makes anything happen but a refusal."""
    with pytest.raises(Rejected):
        asyncio.run(_read(_chunks([data])))


@given(st.data())
def test_an_envelope_with_one_byte_changed_is_read_or_refused(data: st.DataObject) -> None:
    """Whatever a line does to it."""
    body = bytearray(envelope(asked("SendDocument", field("recipient", "a") + "<document>QUJD</document>"), HEADER))
    body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Rejected):
        assert len(asyncio.run(_read(_chunks([bytes(body)])))) >= 3


@pytest.mark.parametrize(
    ("text", "type_", "boundary", "bare"),
    [
        ("text/xml", "text/xml", "", ""),
        (
            'Multipart/Related; Boundary="a;b"; type="application/xop+xml";start-info="text/xml"',
            "multipart/related",
            "a;b",
            "text/xml",
        ),
        (
            r'multipart/related;start-info="application/soap+xml; action=\"urn:x\"";boundary=b',
            "multipart/related",
            "b",
            "application/soap+xml",
        ),
        ('multipart/related; type="text/xml"; boundary=b', "multipart/related", "b", "text/xml"),
        ("text/xml; charset", "", "", ""),
        ("multipart/related; boundary=a; boundary=b", "", "", ""),
        ('multipart/related; boundary="a', "", "", ""),
    ],
)
def test_content_types_are_read_as_they_are_written(text: str, type_: str, boundary: str, bare: str) -> None:
    """With quotes and without, a type within a type; what cannot be read for certain is of no type."""
    read = media.read(text)
    assert (read.type, read.get("boundary"), read.bare) == (type_, boundary, bare)
