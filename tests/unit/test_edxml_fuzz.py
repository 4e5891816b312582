"""Whatever the bytes, the reader gives a Content or raises Invalid, and pieces do not matter."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bus.catalogue import CATALOGUE
from schemas.content import Content, Invalid
from tests.messages import read

MESSAGES = Path(__file__).parents[1] / "data" / "messages"
BODIES = [path.read_bytes() for path in sorted(MESSAGES.glob("*/*.edxml"))]
GOOD = [path.read_bytes() for path in sorted((MESSAGES / "good").iterdir())]
SCRAPS = [
    b"<",
    b">",
    b"</",
    b"/>",
    b"&",
    b"&#0;",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"\x00",
    b"\xff",
    b"=",
    b"edXML:",
    b"<To/>",
]


def outcome(body: bytes, size: int = 0) -> Content | tuple[str, str]:
    try:
        return read(body, size)
    except Invalid as invalid:
        return CATALOGUE[invalid.code].code, invalid.detail


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    body = draw(st.sampled_from(BODIES))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.integers(0, 40)))
        body = body[:start] + draw(st.sampled_from(SCRAPS) | st.binary(max_size=8)) + body[end:]
    return body


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """Noise never comes out as another error."""
    outcome(body)


@given(mutated())
@settings(max_examples=200)
def test_any_damage_is_read_or_refused(body: bytes) -> None:
    """Damaged messages neither."""
    outcome(body)


@given(st.sampled_from(GOOD), st.integers(1, 2_000))
def test_any_pieces_give_the_same_content(body: bytes, size: int) -> None:
    """How a body is cut on its way in does not matter."""
    assert outcome(body, size) == outcome(body)


@given(st.sampled_from(GOOD), st.data())
def test_a_message_cut_short_is_never_taken(body: bytes, data: st.DataObject) -> None:
    """A body that lost its end is refused wherever it was cut."""
    kept = data.draw(st.integers(0, len(body.rstrip()) - 1))

    assert isinstance(outcome(body[:kept]), tuple)
