"""Taking a body in at a door: bounded, whole, read, and nothing left of what is refused."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bus.claimcheck import ClaimCheck
from bus.clock import HandClock
from bus.desk import Received
from bus.disks import Disks
from bus.errors import Rejected
from bus.reception import Reception
from bus.room import Room
from tests.messages import edoc

BODY = edoc()
LIMIT = 8 << 20


@pytest.fixture
def store(tmp_path: Path) -> ClaimCheck:
    return ClaimCheck(tmp_path / "bodies", tmp_path / "spool", inline=64 << 10)


@pytest.fixture
def reception(store: ClaimCheck) -> Reception:
    return reception_of(store)


def reception_of(
    store: ClaimCheck,
    limit: int = LIMIT,
    *,
    at_once: int = 2,
    free: int = 1 << 40,
    waited: float = 0,
    stalled: float = 60,
) -> Reception:
    disks = Disks({"BUS_HOME": store.spool}, store.spool, HandClock(), 0, lambda _folder: free)
    room = Room(disks, at_once, 64 << 20)
    return Reception(store, room, limit, lambda _name: False, waited=waited, stalled=stalled)


async def in_pieces(data: bytes, size: int) -> AsyncIterator[bytes]:
    for place in range(0, len(data), size):
        yield data[place : place + size]


def receive(reception: Reception, data: bytes, piece: int = 1000, **more: Any) -> Received:
    return asyncio.run(reception.receive(in_pieces(data, piece), **more))


def refusal(reception: Reception, data: bytes, **more: Any) -> str:
    with pytest.raises(Rejected) as raised:
        receive(reception, data, **more)
    return raised.value.code


def files(store: ClaimCheck) -> list[Path]:
    return [path for folder in (store.bodies, store.spool) for path in folder.rglob("*") if path.is_file()]


def large(megabytes: int) -> bytes:
    return edoc(attachments=[("lớn.pdf", b"%PDF" * (megabytes << 18))])


@pytest.mark.parametrize("piece", [1, 7, 1000, 1 << 20])
def test_a_body_is_kept_as_it_came_and_read(reception: Reception, piece: int) -> None:
    """However the network cut it."""
    received = receive(reception, BODY, piece)

    assert received.claim.data == BODY
    assert received.content.type == "edoc"


def test_a_large_body_is_on_disk_and_read(reception: Reception) -> None:
    """Byte for byte."""
    data = large(2)
    received = receive(reception, data, 100_000, announced=len(data))

    assert received.claim.path
    assert received.claim.path.read_bytes() == data
    assert received.content.attachments[0].size == 2 << 20


def test_a_large_body_is_never_whole_in_memory(reception: Reception) -> None:
    """Six megabytes pass through a few."""
    data = large(4)

    async def measured() -> int:
        tracemalloc.start()
        try:
            await reception.receive(in_pieces(data, 65_536))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert asyncio.run(measured()) < len(data)


@pytest.mark.parametrize("more", [{"announced": LIMIT + 1}, {"limit": 100}, {"limit": 100, "announced": 50}])
def test_a_body_above_its_bound_is_refused(reception: Reception, store: ClaimCheck, more: dict[str, int]) -> None:
    """As announced, or as it comes; a door's own limit counts too."""
    assert refusal(reception, BODY, **more) == "body.too_large"
    assert files(store) == []


def test_no_door_takes_more_than_the_bus(store: ClaimCheck) -> None:
    """A door's limit only lowers."""
    assert refusal(reception_of(store, 100), BODY, limit=LIMIT) == "body.too_large"


def test_a_body_that_ends_early_is_refused(reception: Reception, store: ClaimCheck) -> None:
    """Fewer bytes than announced, small or spilled."""
    assert refusal(reception, BODY, announced=len(BODY) + 1) == "body.truncated"
    data = large(2)
    assert refusal(reception, data, announced=len(data) + 1) == "body.truncated"
    assert files(store) == []


def test_an_empty_body_is_refused(reception: Reception) -> None:
    """Nothing, or nothing but the line break some clients add."""
    assert refusal(reception, b"") == "body.empty"
    assert refusal(reception, b"\r\n", strip_crlf=True) == "body.empty"


def test_what_cannot_be_read_is_refused_and_leaves_nothing(reception: Reception, store: ClaimCheck) -> None:
    """With the reader's code and place."""
    data = large(2).replace(b"</", b"<", 1)
    with pytest.raises(Rejected) as raised:
        receive(reception, data, 65_536)

    assert raised.value.details["line"]
    assert files(store) == []


@pytest.mark.parametrize("piece", [1, 2, 3, 1000, 1 << 20])
@pytest.mark.parametrize(("tail", "left"), [(b"\r\n", b""), (b"\n", b"\n"), (b"", b""), (b"\r\n\r\n", b"\r\n")])
def test_one_line_break_after_the_body_is_not_the_bodys(
    reception: Reception, piece: int, tail: bytes, left: bytes
) -> None:
    """Where a client's multipart leaves it there, and only then, and only one."""
    received = receive(reception, BODY.rstrip() + tail, piece, strip_crlf=True)

    assert received.claim.data == BODY.rstrip() + left


def test_the_line_break_does_not_count_towards_the_bound(reception: Reception) -> None:
    """A body of just the limit is taken."""
    data = BODY.rstrip()

    assert receive(reception, data + b"\r\n", announced=len(data) + 2, limit=len(data), strip_crlf=True)


def test_a_client_that_goes_away_leaves_nothing(reception: Reception, store: ClaimCheck) -> None:
    """However far it had come."""

    async def broken() -> AsyncIterator[bytes]:
        async for piece in in_pieces(large(2), 65_536):
            yield piece
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        asyncio.run(reception.receive(broken()))
    assert files(store) == []


def test_a_refused_message_leaves_no_body(reception: Reception, store: ClaimCheck) -> None:
    """An accepted one stays."""
    data = large(2)
    reception.discard(receive(reception, data, 65_536))
    assert files(store) == []

    received = receive(reception, data, 65_536)
    reception.keep(received.claim)
    assert len(files(store)) == 1


def test_no_more_bodies_at_once_than_there_are_places(reception: Reception) -> None:
    """Who comes when all are taken is told to come again; a place is free again when its body is in or refused."""

    async def crowd() -> list[object]:
        go = asyncio.Event()

        async def slow() -> AsyncIterator[bytes]:
            await go.wait()
            yield BODY

        first = [asyncio.create_task(reception.receive(slow())) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Rejected, match=r"bus\.busy"):
            await reception.receive(in_pieces(BODY, 1000))
        go.set()
        return [*await asyncio.gather(*first), await reception.receive(in_pieces(BODY, 1000))]

    assert len(asyncio.run(crowd())) == 3
    for _ in range(3):
        assert refusal(reception, b"") == "body.empty"


def test_who_finds_no_place_waits_for_one(store: ClaimCheck) -> None:
    """Nothing of a body is read before there is room for it."""
    reception = reception_of(store, at_once=1, waited=30)

    async def two() -> None:
        go, read = asyncio.Event(), asyncio.Event()

        async def slow() -> AsyncIterator[bytes]:
            await go.wait()
            assert not read.is_set()
            yield BODY

        async def quick() -> AsyncIterator[bytes]:
            read.set()
            yield BODY

        first = asyncio.create_task(reception.receive(slow()))
        await asyncio.sleep(0)
        second = asyncio.create_task(reception.receive(quick()))
        await asyncio.sleep(0)
        go.set()
        await asyncio.gather(first, second)
        assert read.is_set()

    asyncio.run(two())


def test_who_sends_nothing_more_is_given_up(store: ClaimCheck) -> None:
    """Its place is free again, and nothing of it stays."""
    reception = reception_of(store, at_once=1, stalled=0.01)

    async def stops() -> AsyncIterator[bytes]:
        yield large(3)[: 2 << 20]
        await asyncio.Event().wait()

    with pytest.raises(Rejected, match=r"body\.truncated.*nothing came"):
        asyncio.run(reception.receive(stops()))
    assert files(store) == []
    assert receive(reception, BODY)


@pytest.mark.parametrize("announced", [False, True])
def test_a_body_for_which_there_is_no_space_is_refused(store: ClaimCheck, *, announced: bool) -> None:
    """At once, where its size is announced; else as soon as it would eat into the reserve."""
    reception, body = reception_of(store, free=3 << 20), large(4)
    read = []

    async def pieces() -> AsyncIterator[bytes]:
        async for piece in in_pieces(body, 1 << 20):
            read.append(piece)
            yield piece

    with pytest.raises(Rejected, match=r"bus\.busy") as refused:
        asyncio.run(reception.receive(pieces(), announced=len(body) if announced else None))
    assert refused.value.details["retry_after"]
    assert len(read) == (0 if announced else 4)
    assert files(store) == []
