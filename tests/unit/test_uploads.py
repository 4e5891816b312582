"""Uploads in pieces: what is told of one is on disk, whatever ends the process and whoever breaks off."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bus.clock import HandClock
from bus.disks import Disks
from bus.errors import Rejected
from bus.parcels import Upload
from bus.room import Room
from bus.uploads import Bounds, DiskUploads

BOUNDS = Bounds(max_bytes=10_000, count=3, together=12_000, keep=timedelta(hours=24))
A, B = "so-noi-vu", "so-tai-chinh"


class Line(Exception):
    """The caller is gone."""


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def uploads(tmp_path: Path, clock: HandClock) -> DiskUploads:
    return uploads_of(tmp_path, clock)


def uploads_of(folder: Path, clock: HandClock, *, free: int = 1 << 40, stalled: float = 60) -> DiskUploads:
    """As a process finds them when it starts."""
    disks = Disks({"BUS_HOME": folder}, folder, clock, 1, lambda _folder: free)
    return DiskUploads(folder / "uploads", Room(disks, 10, 64 << 20), clock, BOUNDS, stalled=stalled)


async def chunks(*data: bytes, broken: bool = False) -> AsyncIterator[bytes]:
    for one in data:
        yield one
    if broken:
        raise Line


def append(
    uploads: DiskUploads, upload: Upload, offset: int, *data: bytes, broken: bool = False, announced: int | None = None
) -> Upload:
    pieces = chunks(*data, broken=broken)
    return asyncio.run(uploads.append(upload.partner, upload.id, offset, pieces, announced))


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Rejected) as raised:
        act()
    return raised.value.code


def content(uploads: DiskUploads, upload: Upload) -> bytes:
    with uploads.open(upload) as reader:
        return reader.read()


@settings(max_examples=10, deadline=None)
@given(data=st.binary(min_size=1, max_size=400), cuts=st.lists(st.integers(1, 60), max_size=4), breaks=st.data())
def test_pieces_make_the_whole(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, cuts: list[int], breaks: st.DataObject
) -> None:
    """Whatever the pieces, whichever break off, and however often the process begins anew: byte for byte what was sent."""
    folder, clock = tmp_path_factory.mktemp("uploads"), HandClock()
    upload = uploads_of(folder, clock).begin(A, len(data))
    for cut in [*cuts, len(data)]:
        uploads, broken = uploads_of(folder, clock), breaks.draw(st.booleans())
        stands = uploads.find(A, upload.id).offset
        piece = data[stands : stands + cut]
        try:
            append(uploads, upload, stands, piece, broken=broken)
        except Line:
            assert broken
        assert uploads_of(folder, clock).find(A, upload.id).offset == stands + len(piece)

    assert content(uploads_of(folder, clock), upload) == data


def test_bytes_beyond_the_record_never_count(uploads: DiskUploads, tmp_path: Path, clock: HandClock) -> None:
    """Killed between the bytes and the record: what nobody was told of is cut off by the next piece."""
    upload = uploads.begin(A, 10)
    append(uploads, upload, 0, b"12345")
    with (tmp_path / "uploads" / A / f"{upload.id}.bytes").open("ab") as file:
        file.write(b"torn")

    again = uploads_of(tmp_path, clock)
    assert again.find(A, upload.id).offset == 5
    append(again, upload, 5, b"67890")
    assert content(again, upload) == b"1234567890"


def test_a_record_that_was_being_written_is_nothing(uploads: DiskUploads, tmp_path: Path) -> None:
    """Killed while the record was written anew: the one before holds."""
    upload = uploads.begin(A, 10)
    append(uploads, upload, 0, b"12345")
    (tmp_path / "uploads" / A / f"{upload.id}.open.new").write_bytes(b'{"id": ')

    assert uploads.find(A, upload.id).offset == 5


def test_bytes_that_are_gone_are_not_made_up(uploads: DiskUploads, tmp_path: Path) -> None:
    """A file shorter than its record is no upload: zeros would be signed by nobody."""
    upload = uploads.begin(A, 10)
    append(uploads, upload, 0, b"12345")
    (tmp_path / "uploads" / A / f"{upload.id}.bytes").write_bytes(b"12")

    assert refusal(lambda: append(uploads, upload, 5, b"67890")) == "not_found"


@pytest.mark.parametrize("offset", [0, 4, 6])
def test_a_piece_begins_where_the_upload_stands(uploads: DiskUploads, offset: int) -> None:
    """Neither a gap nor an overlap; nothing of such a piece is taken."""
    upload = uploads.begin(A, 10)
    append(uploads, upload, 0, b"12345")

    assert refusal(lambda: append(uploads, upload, offset, b"x")) == "upload.offset"
    assert uploads.find(A, upload.id).offset == 5


def test_more_than_was_announced_is_refused(uploads: DiskUploads) -> None:
    """At the byte where it is too much; what came before it stays."""
    upload = uploads.begin(A, 6)

    assert refusal(lambda: append(uploads, upload, 0, b"1234", b"5678")) == "body.too_large"
    assert uploads.find(A, upload.id).offset == 4


def test_whoever_sends_nothing_more_is_given_up(tmp_path: Path, clock: HandClock) -> None:
    """What has come stays, and the upload is free for another call."""

    async def silence() -> AsyncIterator[bytes]:
        yield b"123"
        await asyncio.get_running_loop().create_future()

    uploads = uploads_of(tmp_path, clock, stalled=0.01)
    upload = uploads.begin(A, 10)
    assert refusal(lambda: asyncio.run(uploads.append(A, upload.id, 0, silence(), None))) == "body.truncated"
    assert append(uploads, upload, 3, b"45").offset == 5


def test_one_call_at_a_time(uploads: DiskUploads) -> None:
    """Whoever comes meanwhile is told so, and removes nothing."""
    upload = uploads.begin(A, 10)
    with uploads.held(upload.id):
        assert refusal(lambda: append(uploads, upload, 0, b"1")) == "upload.in_use"
        assert refusal(lambda: uploads.remove(A, upload.id)) == "upload.in_use"
        assert uploads.sweep() == 0
    assert append(uploads, upload, 0, b"1").offset == 1


def test_another_partners_upload_is_not_there(uploads: DiskUploads) -> None:
    """To look at, to write to, to remove; and no id leads out of the folder."""
    upload = uploads.begin(A, 10)
    for id_ in (upload.id, "../" + upload.id, "", "a" * 64, "../../journal"):
        assert refusal(lambda id_=id_: uploads.find(B, id_)) == "not_found"
        assert refusal(lambda id_=id_: uploads.remove(B, id_)) == "not_found"
    assert uploads.listed(B) == []
    assert [one.id for one in uploads.listed(A)] == [upload.id]


@pytest.mark.parametrize(
    ("lengths", "code"),
    [([10_001], "body.too_large"), ([1, 1, 1, 1], "upload.too_many"), ([9_000, 4_000], "upload.too_many")],
)
def test_a_partner_has_bounds(uploads: DiskUploads, lengths: list[int], code: str) -> None:
    """Of one body, of how many, and of all bytes together; another partner has its own."""
    *before, last = lengths
    for length in before:
        uploads.begin(A, length)

    assert refusal(lambda: uploads.begin(A, last)) == code
    uploads.begin(B, 1)


def test_what_is_over_frees_its_place(uploads: DiskUploads, clock: HandClock) -> None:
    """Accepted, removed, or its time has passed: none of these counts."""
    done, gone, old = uploads.begin(A, 1), uploads.begin(A, 1), uploads.begin(A, 1)
    uploads.accepted(done, {"id": "m"})
    uploads.remove(A, gone.id)
    clock.move(timedelta(hours=24))

    assert [uploads.begin(A, 4_000).length for _ in range(3)] == [4_000] * 3
    assert refusal(lambda: uploads.find(A, old.id)) == "not_found"


def test_a_piece_gives_more_time(uploads: DiskUploads, clock: HandClock) -> None:
    """The time counts from the last piece."""
    upload = uploads.begin(A, 10)
    clock.move(timedelta(hours=23))
    append(uploads, upload, 0, b"1")
    clock.move(timedelta(hours=23))

    assert uploads.find(A, upload.id).offset == 1


def test_time_sweeps_away_all_of_it(uploads: DiskUploads, tmp_path: Path, clock: HandClock) -> None:
    """Bytes and records of what is over, receipts too, and bytes whose record never came or went first."""
    uploads.begin(A, 10)
    append(uploads, upload := uploads.begin(B, 10), 0, b"1")
    uploads.accepted(upload, {"id": "m"})
    (tmp_path / "uploads" / A / "01kbz6y3v9q2w4e6r8t0y1u3i5.bytes").touch()

    assert uploads.sweep() == 0
    clock.move(timedelta(hours=24))
    assert uploads.sweep() == 2
    assert [path for path in (tmp_path / "uploads").rglob("*") if path.is_file()] == []


def test_what_cannot_be_read_is_nothing(uploads: DiskUploads, tmp_path: Path) -> None:
    """A record that a disk spoiled, or a file that somebody put there, stops neither a list nor a sweep."""
    upload = uploads.begin(A, 10)
    (tmp_path / "uploads" / A / f"{upload.id}.open").write_bytes(b"\0" * 20)
    (tmp_path / "uploads" / "note.txt").touch()

    assert uploads.listed(A) == []
    assert refusal(lambda: uploads.find(A, upload.id)) == "not_found"
    assert uploads.sweep() == 0


def test_an_accepted_one_keeps_its_receipt_and_nothing_else(
    uploads: DiskUploads, tmp_path: Path, clock: HandClock
) -> None:
    """What its sender was told is told again, after a restart too; bytes are kept once, with the message."""
    upload = uploads.begin(A, 3)
    append(uploads, upload, 0, b"abc")
    uploads.accepted(uploads.find(A, upload.id), {"id": "m", "copies": []})

    again = uploads_of(tmp_path, clock)
    assert again.find(A, upload.id).receipt == {"id": "m", "copies": []}
    assert again.listed(A) == []
    assert [path.suffix for path in (tmp_path / "uploads" / A).iterdir()] == [".accepted"]
    assert refusal(lambda: append(again, upload, 3, b"d")) == "upload.offset"


def test_a_full_disk_refuses_pieces_and_keeps_what_is_there(
    uploads: DiskUploads, tmp_path: Path, clock: HandClock
) -> None:
    """By the same room as every other body: nothing begins, no piece is taken, and later it goes on."""
    upload = uploads.begin(A, 8_000)
    append(uploads, upload, 0, b"123")
    full = uploads_of(tmp_path, clock, free=0)

    assert refusal(lambda: full.begin(A, 10)) == "bus.busy"
    assert refusal(lambda: append(full, upload, 3, b"x" * 5_000, announced=5_000)) == "bus.busy"
    assert append(uploads, upload, 3, b"45").offset == 5


def test_a_record_tells_what_a_person_can_read(uploads: DiskUploads, tmp_path: Path) -> None:
    """Whose it is, how long, how far; and nobody else may read it."""
    upload = uploads.begin(A, 10)
    path = tmp_path / "uploads" / A / f"{upload.id}.open"

    assert json.loads(path.read_bytes())["partner"] == A
    assert path.stat().st_mode & 0o077 == 0
