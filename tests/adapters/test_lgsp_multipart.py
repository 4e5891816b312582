"""A form is read as it comes, whatever pieces it comes in; what is none is refused, and nothing else happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.lgsp.multipart import Multipart, boundary_of
from bus.errors import Rejected
from tests.adapters.lgsp_driver import BOUNDARY, closed, form, part

NAMES = st.text("abcxyzEF", min_size=1, max_size=8)
#: Values in which a boundary nearly stands.
VALUES = st.lists(
    st.sampled_from([b"\r\n", b"--", b"\r", b"\n", BOUNDARY.encode(), BOUNDARY.encode()[:-1] + b"X", b"<a>", b"\0"])
    | st.binary(max_size=8),
    max_size=12,
).map(b"".join)


async def _chunks(pieces: Sequence[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def pieces_of(body: bytes, cuts: Sequence[int]) -> list[bytes]:
    at = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]
    return [body[begin:end] for begin, end in pairwise(at)]


def parsed(body: bytes, cuts: Sequence[int] = (), boundary: str = BOUNDARY) -> list[tuple[str, bytes]]:
    async def read() -> list[tuple[str, bytes]]:
        parts = Multipart(_chunks(pieces_of(body, cuts)), boundary.encode()).parts()
        return [(one.name, b"".join([piece async for piece in one.content])) async for one in parts]

    return asyncio.run(read())


def refused(body: bytes, cuts: Sequence[int] = ()) -> Rejected:
    with pytest.raises(Rejected) as caught:
        parsed(body, cuts)
    return caught.value


@given(st.lists(st.tuples(NAMES, VALUES), min_size=1, max_size=5), st.lists(st.integers(0, 4000), max_size=20))
@example([("a", b"\r\n--" + BOUNDARY.encode()[:-1])], [1])
def test_parts_come_out_as_they_went_in(fields: list[tuple[str, bytes]], cuts: list[int]) -> None:
    """Name and bytes of each part, in order, wherever the network cut the body."""
    fields = [(name, value) for name, value in fields if f"\r\n--{BOUNDARY}".encode() not in b"\r\n" + value + b"\r\n"]
    if fields:
        assert parsed(closed([part(name, value) for name, value in fields]), cuts) == fields


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=5))
def test_anything_at_all_is_read_or_refused(body: bytes, cuts: list[int]) -> None:
    """Bytes without sense end in a refusal of the catalogue, never in another error."""
    assert refused(body, cuts).code in {"request.invalid", "body.truncated"}


@given(st.integers(0, 400), st.binary(max_size=3), st.lists(st.integers(0, 400), max_size=3))
def test_a_spoilt_form_is_read_or_refused(at: int, instead: bytes, cuts: list[int]) -> None:
    """A form with other bytes somewhere is a form of two fields at the most, or a refusal."""
    body = form(b"<edXML/>", messageType="edoc")
    spoilt = body[:at] + instead + body[at + len(instead) :]
    with suppress(Rejected):
        assert len(parsed(spoilt, cuts)) <= 2


@given(st.integers(0, 250))
def test_half_a_form_is_no_form(length: int) -> None:
    """Whatever is missing at the end, the last boundary is, and so the file may not be whole."""
    body = form(b"<edXML/>", messageType="edoc")
    assert refused(body[: min(length, len(body) - 4)]).code == "body.truncated"


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"Content-Type: text/plain\r\n", "part 1: expected one Content-Disposition"),
        (b'Content-Disposition: form-data; name="a"\r\n' * 2, "part 1: expected one Content-Disposition"),
        (b'Content-Disposition: attachment; name="a"\r\n', "not that of a form"),
        (b"Content-Disposition: form-data\r\n", "expected one name"),
        (b'Content-Disposition: form-data; name="a"; name="b"\r\n', "expected one name"),
        (b'Content-Disposition: form-data; name=""\r\n', "expected one name"),
        (b'Content-Disposition: form-data; name="a\r\n', "not that of a form"),
        (b'Content-Disposition: form-data; name="a\0b"\r\n', "lines of"),
        (b"no header at all\r\n", "lines of"),
        (b' Content-Disposition: form-data; name="a"\r\n', "lines of"),
        (b'Content-Disposition: form-data; name="' + b"a" * 200 + b'"\r\n', "expected one name"),
        (b"X: " + b"a" * 9000 + b"\r\n", "part 1: its headers do not end"),
    ],
)
def test_a_part_says_what_field_it_is(head: bytes, said: str) -> None:
    """The refusal names the part and what is wrong with its headers."""
    rejection = refused(closed([head + b"\r\nvalue"]))
    assert rejection.code == "request.invalid"
    assert said in rejection.detail


@pytest.mark.parametrize(
    "disposition", ['form-data; name=a; filename="x"', 'FORM-DATA;name="a"', 'form-data; filename="; name=b"; name="a"']
)
def test_a_name_is_read_as_software_writes_it(disposition: str) -> None:
    """Quoted or not, before or behind the file's name, which may hold anything."""
    body = closed([f"content-disposition: {disposition}\r\n\r\nx".encode()])
    assert parsed(body) == [("a", b"x")]


def test_a_file_named_in_another_charset_is_a_file() -> None:
    """What the file is called there is nobody's business here."""
    body = closed([b'Content-Disposition: form-data; name="a"; filename="c\xf4ng v\xe3n.edxml"\r\n\r\nx'])
    assert parsed(body) == [("a", b"x")]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"x" * 5000, "no part begins"),
        (f"--{BOUNDARY}--\r\n".encode(), "no parts"),
        (f"--{BOUNDARY}more\r\n\r\n\r\n".encode(), "something stands behind the boundary"),
        (closed([part("a", b"1")]).replace(b"\r\n", b"\n"), ""),
        (closed([part("a", b"1")] * 33), "more than 32 parts"),
    ],
)
def test_what_is_no_form_is_refused(body: bytes, said: str) -> None:
    """And says what was expected."""
    assert said in refused(body).detail


def test_something_may_stand_around_a_form() -> None:
    """Before the first boundary, behind one on its line, and after the last, as the standard allows."""
    body = (
        b"a mail reader may ignore this\r\n" + closed([part("a", b"1")]).replace(b"Fm\r\n", b"Fm \t\r\n") + b"the end"
    )
    assert parsed(body) == [("a", b"1")]


def test_who_sends_no_more_is_given_up() -> None:
    """A connection that stands still between two parts holds nothing for ever."""

    async def still() -> AsyncIterator[bytes]:
        yield closed([part("a", b"1")])[:-20]
        await asyncio.get_running_loop().create_future()

    async def read() -> None:
        async for _ in Multipart(still(), BOUNDARY.encode(), patience=0.01).parts():
            pass

    with pytest.raises(Rejected, match="nothing came for"):
        asyncio.run(read())


def test_what_nobody_reads_is_passed_over() -> None:
    """A part that is not looked at does not become the next one's headers."""

    async def names() -> list[str]:
        body = closed([part("a", b"1" * 5000), part("b", b"2")])
        return [one.name async for one in Multipart(_chunks([body]), BOUNDARY.encode()).parts()]

    assert asyncio.run(names()) == ["a", "b"]


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/form-data; boundary=abc", b"abc"),
        ('Multipart/Form-Data; charset=utf-8; Boundary="a b:c"; x=1', b"a b:c"),
        (
            "multipart/form-data;boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
            b"----WebKitFormBoundary7MA4YWxkTrZu0gW",
        ),
    ],
)
def test_the_boundary_is_named_by_the_content_type(content_type: str, boundary: bytes) -> None:
    """In quotes or without, among other parameters."""
    assert boundary_of(content_type) == boundary


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/xml",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary="',
        "multipart/mixed; boundary=abc",
        f"multipart/form-data; boundary={'a' * 71}",
        "multipart/form-data" + ";" * 9000,
    ],
)
def test_a_body_of_another_kind_is_no_form(content_type: str) -> None:
    """Only a form has a boundary, and it is no longer than it may be."""
    with pytest.raises(Rejected, match="Content-Type: expected multipart/form-data"):
        boundary_of(content_type)
