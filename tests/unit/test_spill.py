"""Long texts of an answer go to disk as they come, and everything else stays what it is."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.http.decoded import Decoded
from adapters.http.paths import parse_path
from adapters.http.spill import Spill
from bus.errors import Rejected

LONG = 16 << 10


def spilled(data: bytes, size: int = 0, most: int = 1 << 30) -> tuple[Spill, bytes]:
    """A spill that took this in pieces of ``size`` bytes, and what is left."""
    spill = Spill(most)
    feed(spill, data, size or len(data) or 1)
    return spill, spill.close()


def files(*sizes: int) -> list[bytes]:
    return [bytes((place * 7 + number) % 256 for place in range(size)) for number, size in enumerate(sizes)]


def feed(spill: Spill, data: bytes, size: int) -> None:
    for place in range(0, len(data), size):
        spill.feed(data[place : place + size])


def read(spill: Spill, text: str) -> bytes:
    with io.BufferedReader(Decoded(spill.pieces(text))) as reader:
        return reader.read()


@pytest.mark.parametrize("size", [0, 7, 4096])
@pytest.mark.parametrize("escaped", [False, True], ids=["plain", "escaped"])
def test_files_come_back_whole(size: int, escaped: bool) -> None:
    """Whatever the pieces, and also where every stroke is escaped."""
    made = files(0, 10, LONG, 20_000, 70_001)
    packet = {
        "data": [{"Ten": f"tệp {n}.pdf", "Base64": base64.b64encode(data).decode()} for n, data in enumerate(made)]
    }
    wire = orjson.dumps(packet)
    spill, rest = spilled(wire.replace(b"/", b"\\/") if escaped else wire, size)

    found = orjson.loads(rest)["data"]
    assert [one["Ten"] for one in found] == [f"tệp {n}.pdf" for n in range(5)]
    assert [read(spill, one["Base64"]) for one in found] == made
    assert len(rest) < 3 * LONG
    spill.discard()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    st.integers(1, 9),
)
def test_json_without_long_texts_stays_what_it_is(value: object, size: int) -> None:
    """Byte for byte, quotes, backslashes and all."""
    wire = orjson.dumps(value)
    spill, rest = spilled(wire, size)
    assert rest == wire
    spill.discard()


@settings(max_examples=20)
@given(st.text(st.sampled_from('aé"\\/\n\t€'), min_size=1, max_size=9), st.integers(3000, 9999))
def test_long_texts_are_the_same_again(text: str, times: int) -> None:
    """What was taken off is read as it was meant; and for the quarantine all is put back as it came."""
    value = {"a": [text * times, "b"], "c": text * times}
    wire = orjson.dumps(value)
    spill, rest = spilled(wire, 4001)
    assert b"".join(spill.pieces(orjson.loads(rest)["a"][0])).decode() == text * times
    assert b"".join(spill.whole()) == wire
    spill.discard()


@pytest.mark.parametrize("size", [1, 5, 11, 1 << 20])
def test_letters_beyond_the_first_plane_stay_letters(size: int) -> None:
    """As two escapes, which may come in different pieces; half a pair is no letter, and a backslash none of it."""
    text = "\U00020000\U0001f600\\ud83d a" * 4000
    spill, rest = spilled(json.dumps([text]).encode(), size)
    assert b"".join(spill.pieces(orjson.loads(rest)[0])).decode() == text
    spill.discard()
    half, rest = spilled(b'"' + b"\\ud83d\\u00e9\\ud83dx" * 4000 + b'\\ud83d"', size)
    assert b"".join(half.pieces(orjson.loads(rest))).decode() == "?é?x" * 4000 + "?"
    half.discard()


@pytest.mark.parametrize("times", [1, 2])
def test_json_inside_a_long_text_is_read_too(times: int) -> None:
    """What is in it is found as in any JSON, and for the quarantine it is still as it came."""
    (made,) = files(70_000)
    value: object = {"data": {"file": base64.b64encode(made).decode()}}
    for _ in range(times):
        value = {"code": 0, "told": orjson.dumps(value).decode()}
    wire = orjson.dumps(value)
    spill, rest = spilled(wire, 4001)
    found = parse_path("told." * times + "data.file").find(orjson.loads(rest))
    assert isinstance(found, str)
    assert spill.took(found)
    assert read(spill, found) == made
    assert b"".join(spill.whole()) == wire
    spill.discard()


@pytest.mark.parametrize("text", ['[1] "' + "x" * 2 * LONG + '" and more', "{" * LONG * 2, "[" + "1," * (5 << 20)])
def test_what_only_begins_like_json_is_a_text(text: str) -> None:
    """Whole, as it was written."""
    spill, rest = spilled(orjson.dumps([text]), 1 << 16)
    assert b"".join(spill.pieces(orjson.loads(rest)[0])).decode() == text
    spill.discard()


def test_a_mark_cannot_be_made_by_a_partner() -> None:
    """What looks like a mark is a text like any other."""
    spill, rest = spilled(orjson.dumps({"a": "spilled:00:0", "b": "x" * 2 * LONG}))
    assert orjson.loads(rest)["a"] == "spilled:00:0"
    assert b"".join(spill.pieces("spilled:00:0")) == b"spilled:00:0"
    spill.discard()


def test_too_much_is_told_before_it_is_kept() -> None:
    """In texts that go to disk, and in what stays."""
    for value in ("x" * 100_000, ["x" * 1000] * 5000):
        spill = Spill(50_000)
        with pytest.raises(Rejected) as caught:
            feed(spill, orjson.dumps(value), LONG)
        assert caught.value.code == "body.too_large"
        spill.discard()


@pytest.mark.parametrize("text", ["a", "ab=c", "!!!!", "YQ==YQ==", "YWI=YWI=", "é" * 4])
def test_what_is_no_base64_is_said_so(text: str) -> None:
    """Wherever it stops being it."""

    def pieces() -> Iterator[bytes]:
        yield from (letter.encode() for letter in text)

    with pytest.raises(Rejected) as caught:
        io.BufferedReader(Decoded(pieces())).read()
    assert caught.value.code == "edxml.bad_base64"


def test_line_breaks_in_base64() -> None:
    """Some encoders put them in."""
    assert io.BufferedReader(Decoded(iter([b"YW\r\nJj", b"\nZA==\n"]))).read() == b"abcd"
