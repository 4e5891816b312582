"""Whatever the bytes, both readers give a message or raise Invalid, and pieces do not matter."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bus.catalogue import CATALOGUE
from schemas.content import Content, Invalid
from schemas.edxml import paths
from schemas.edxml.load import load
from schemas.edxml.models import Message
from tests.messages import PDF, edoc, read, written
from tests.zips import last_listed_only, packed, streamed

MESSAGES = Path(__file__).parents[1] / "data" / "messages"
BODIES = [path.read_bytes() for path in sorted(MESSAGES.glob("*/*.edxml"))]
GOOD = [path.read_bytes() for path in sorted((MESSAGES / "good").iterdir())]
ZIPS = [
    packed(("x.doc", PDF)),
    packed(("x.doc", PDF), method=zipfile.ZIP_STORED, comment=b"none"),
    packed(("a/b.doc", PDF)),
    packed(("x.doc", packed(("y.doc", PDF)))),
    packed(("[Content_Types].xml", PDF), ("word/document.xml", PDF)),
    packed(("x.doc", PDF), large=True),
    streamed(("x.doc", PDF)),
    streamed(("x.doc", PDF), ("y.doc", PDF), method=zipfile.ZIP_STORED),
    last_listed_only(("x.doc", PDF), ("y.doc", PDF)),
]
#: How many of the damaged are ZIPs in whole messages.
_OF_ZIPS = 0.2
SCRAPS = [
    b"PK\x01\x02",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PK\x07\x08",
    b"\xff\xff\xff\xff",
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
        return read(body, size, "edxml")
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


def whole(body: bytes) -> Content | tuple[str, str]:
    """What reading whole makes of it; what it takes can be written, and is then the same."""
    try:
        found = load(io.BytesIO(body), lambda _: io.BytesIO())
    except Invalid as invalid:
        return CATALOGUE[invalid.code].code, invalid.detail
    message = without_files(found.message)
    assert load(io.BytesIO(written(message))).message == message
    return found.content


def without_files(message: Message) -> Message:
    """The message with no extension in a place that goes with a file."""
    of_files = (f"{paths.REFERENCE}[", f"{paths.ATTACHMENT}[")
    kept = tuple(one for one in message.extensions if not one.parent.startswith(of_files))
    return message.model_copy(update={"extensions": kept})


def agreed(body: bytes) -> bool:
    """Whether both readers say the same."""
    return _fault(outcome(body)) == _fault(whole(body))


def _fault(found: Content | tuple[str, str]) -> Content | tuple[str, str]:
    """Which of several faults in the base64 of one file is met first depends on where it is cut; which file it is does not."""
    if isinstance(found, tuple) and found[0] == "edxml.bad_base64":
        return found[0], found[1].rpartition(": ")[0]
    return found


def damaged(dice: random.Random) -> bytes:
    """A message with a few bytes of it changed, cut out, doubled, or taken from another; or a ZIP in one."""
    if dice.random() < _OF_ZIPS:
        return edoc(attachments=(("cong-van.doc", changed(dice, ZIPS)),))
    return changed(dice, BODIES)


def changed(dice: random.Random, bodies: list[bytes]) -> bytes:
    body = dice.choice(bodies)
    for _ in range(dice.randint(1, 6)):
        start = dice.randint(0, len(body))
        end = min(len(body), start + int(dice.expovariate(0.05)))
        body = body[:start] + _scrap(dice, bodies, body, start, end) + body[end:]
    return body


def _scrap(dice: random.Random, bodies: list[bytes], body: bytes, start: int, end: int) -> bytes:
    other = dice.choice(bodies)
    place = dice.randint(0, len(other))
    return dice.choice(
        [dice.choice(SCRAPS), dice.randbytes(dice.randint(0, 6)), body[start:end] * 2, other[place : place + 80], b""]
    )


@given(st.integers(0, 2**32))
def test_any_damage_to_a_zip_is_taken_or_refused(number: int) -> None:
    """By both readers alike, for the same reason."""
    assert agreed(edoc(attachments=(("cong-van.doc", changed(random.Random(number), ZIPS)),)))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """Noise never comes out as another error."""
    outcome(body)


@given(mutated())
@settings(max_examples=200)
def test_any_damage_is_read_or_refused(body: bytes) -> None:
    """Damaged messages neither; read whole they are the same."""
    assert agreed(body)


_SHARDS = 20
_CASES = 1_000_000


@pytest.mark.long
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("shard", range(_SHARDS))
def test_a_million_damaged_messages_are_read_or_refused(shard: int) -> None:
    """Every one of them by both readers; the number in a failure makes it again."""
    for number in range(shard, _CASES, _SHARDS):
        assert agreed(damaged(random.Random(number))), number


def test_two_faults_in_one_file_are_one_refusal() -> None:
    """Number 285051 has a letter beyond ASCII behind one that is no base64."""
    assert agreed(damaged(random.Random(285_051)))


def test_some_damaged_messages_are_read_or_refused() -> None:
    """The same with a few, where every run has other ones."""
    start = random.randrange(_CASES, 2**32)
    for number in range(start, start + 300):
        assert agreed(damaged(random.Random(number))), number


@given(st.sampled_from(GOOD), st.integers(1, 2_000))
def test_any_pieces_give_the_same_content(body: bytes, size: int) -> None:
    """How a body is cut on its way in does not matter."""
    assert outcome(body, size) == outcome(body)


@given(st.sampled_from(GOOD), st.data())
def test_a_message_cut_short_is_never_taken(body: bytes, data: st.DataObject) -> None:
    """A body that lost its end is refused wherever it was cut."""
    kept = data.draw(st.integers(0, len(body.rstrip()) - 1))

    assert isinstance(outcome(body[:kept]), tuple)
