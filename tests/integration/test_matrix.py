"""Whatever a document came in by, it goes out by anything: its files whole, and every field that both sides can say."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.edxml.codes import Business
from tests.matrix import PAIRS, WAYS_IN, WAYS_OUT, Junction, Pair, arrives, junction
from tests.seen import meet
from tests.whole_documents import document, status

FILES = (
    ("công văn.pdf", b"%PDF-1.4\n% as it is\n%%EOF\n"),
    ("bảng kê.docx", b"PK as it is not"),
    ("phụ lục.txt", "gói lại khi đi: 15/QĐ-UBND\n".encode() * 99),
    ("rỗng.pdf", b""),
)
#: More than is kept in memory while it is sent, one file as it is and one packed.
LARGE = (("bản đồ.pdf", random.Random(6).randbytes(1 << 20)), ("bản đồ.dwg", random.Random(7).randbytes(1 << 20)))


def diagonal() -> list[Pair]:
    """Every way in and every way out at least once."""
    chosen: list[Pair] = []
    for pair in sorted(PAIRS, key=lambda pair: (WAYS_IN.index(pair[0]) - WAYS_OUT.index(pair[1])) % len(WAYS_IN)):
        if any(all(way not in one for one in chosen) for way in pair):
            chosen.append(pair)
    return chosen


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Junction]:
    with junction(tmp_path) as way:
        yield way
        way.balanced()


def walk(way: Junction, pair: Pair, name: str, files: tuple[tuple[str, bytes], ...], kind: Business) -> None:
    """Take a document there, and a status about it back."""
    way_in, way_out = pair
    about = f"{name}, in by {way_in.name}, out by {way_out.name}"
    # A file without a byte cannot be told from one that is elsewhere, where it is a member of JSON.
    sent = [file for file in files if file[1] or not way_in.says]
    body = document(way_in.agency, way_out.agency, name, sent, kind)
    known_as = way_in.put(way, body, way_out.agency) or name
    arrives(way, lambda: way_out.came(way), body, meet(way_in.says, way_out.says), about)
    said = status(way_out.agency, way_in.agency, known_as)
    way_out.tell(way, said, way_in.agency)
    arrives(way, lambda: way_in.heard(way), said, meet(way_out.tells, way_in.hears), f"a status about {about}")


def test_what_comes_in_by_any_door_goes_out_by_any_sink(way: Junction) -> None:
    """Every door and every sink once; all of them with each other belong to the long ring."""
    for place, pair in enumerate(diagonal()):
        name = f"VB-{place}"
        walk(way, pair, name, FILES, Business.NEW)


@pytest.mark.long
@pytest.mark.parametrize("kind", Business)
@pytest.mark.parametrize("files", [FILES, LARGE], ids=["small", "large"])
def test_every_pair_loses_nothing(way: Junction, kind: Business, files: tuple[tuple[str, bytes], ...]) -> None:
    """Of whatever a document does to another, with files of any size."""
    can = [pair for pair in PAIRS if kind is Business.NEW or not any(way.only_new for way in pair)]
    for place, pair in enumerate(can):
        name = f"VB-{place}"
        walk(way, pair, name, files, kind)


def test_the_diagonal_leaves_nothing_out() -> None:
    """A new row of either table is in the first ring, too."""
    ways = {way for pair in diagonal() for way in pair}

    assert ways == {*WAYS_IN, *WAYS_OUT}
