"""Bodies made of others: their size is what their readers give."""

from __future__ import annotations

import base64
import io
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from bus.bodies import Base64, Body, Joined, Opened


def _kept(data: bytes) -> Body:
    return Opened(len(data), partial(io.BytesIO, data))


def _read(body: Body) -> bytes:
    with body.open() as reader:
        return reader.read()


@given(st.lists(st.binary(max_size=200)))
def test_joined_bodies_follow_each_other(parts: list[bytes]) -> None:
    """What is joined comes in order, whether it is bytes or a body, and is as long as it says."""
    joined = Joined(tuple(part if place % 2 else _kept(part) for place, part in enumerate(parts)))
    assert _read(joined) == b"".join(parts)
    assert joined.size == sum(map(len, parts))


@given(st.integers(0, 200_000))
def test_base64_is_one_text(size: int) -> None:
    """However many pieces it takes, base64 is that of the whole, and is as long as it says."""
    data = bytes(place % 251 for place in range(size))
    body = Base64(_kept(data))
    assert _read(body) == base64.b64encode(data)
    assert body.size == len(base64.b64encode(data))


def test_a_body_is_read_as_often_as_it_is_opened() -> None:
    """A body goes out again at a further attempt."""
    body = Joined((b"<", Base64(_kept(b"abc")), b">"))
    assert [_read(body), _read(body)] == [b"<YWJj>"] * 2
