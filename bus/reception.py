"""Taking a body in at a door: when there is room for it, bounded in memory, hashed, read, and on disk when it is large.

Small bodies are handled in the event loop, where that is cheapest; large ones in a thread, a megabyte at
a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import ParamSpec, TypeVar

import schemas
from bus.claimcheck import ClaimCheck, Spool
from bus.desk import Received
from bus.errors import Rejected
from bus.message import Claim
from bus.room import Place, Room, crowded
from bus.whole import SMALL
from schemas.content import Content, Invalid, Reader

P = ParamSpec("P")
T = TypeVar("T")

#: Seconds between looks for a place, and until the caller is told to come again.
_PAUSE, WAITED = 0.05, 2.0
#: Seconds after which a caller who sends nothing more is given up, and the share of that by which it may be later: to
#: set the alarm anew for each piece costs as much as taking it.
STALLED, _LATER = 60.0, 0.02


class Reception:
    """Receives bodies into one store. ``claimed`` says whether a message has the body of this SHA-256."""

    def __init__(
        self,
        claims: ClaimCheck,
        room: Room,
        max_bytes: int,
        claimed: Callable[[str], bool],
        *,
        waited: float = WAITED,
        stalled: float = STALLED,
    ) -> None:
        self._claims = claims
        self._room = room
        self._max_bytes = max_bytes
        self._claimed = claimed
        self._looks = int(waited / _PAUSE)
        self._stalled = stalled
        self._later = stalled * _LATER

    def hold(self, claim: Claim) -> Place:
        """The place of a body that was received and waits to be accepted."""
        return self._room.hold(len(claim.data or b""))

    def keep(self, claim: Claim) -> None:
        """A body was accepted."""
        self._claims.keep(claim)

    def discard(self, received: Received) -> None:
        """A body was refused: nothing of it stays, unless it is another message's too."""
        self._claims.drop(received.claim, self._claimed)

    async def receive(
        self,
        chunks: AsyncIterator[bytes],
        *,
        limit: int | None = None,
        announced: int | None = None,
        strip_crlf: bool = False,
        format: str = "edxml",  # noqa: A002 - the word of ``schemas.reader``
    ) -> Received:
        """Take a body in. Raises Rejected; then nothing of it is left."""
        bound = min(limit or self._max_bytes, self._max_bytes)
        tail = 2 if strip_crlf else 0
        if announced is not None and announced > bound + tail:
            raise _too_large(announced, bound)
        place = self._room.enter(announced) or await self._wait_for_place(announced)
        try:
            intake = _Intake(self._claims.take(bound), schemas.reader(format), strip_crlf=strip_crlf)
            try:
                return await self._fill(intake, place, chunks, announced)
            except BaseException:
                intake.spool.discard()
                raise
        finally:
            place.leave()

    async def take(self, body: bytes) -> Received:
        """Take a small body in that is there as a whole. Raises Rejected; then nothing of it is left."""
        size, bound = len(body), self._max_bytes
        if size > bound:
            raise _too_large(size, bound)
        place = self._room.enter(size) or await self._wait_for_place(size)
        try:
            intake = _Intake(self._claims.take(bound), schemas.reader(), strip_crlf=False)
            try:
                return intake.finish(body)
            except BaseException:
                intake.spool.discard()
                raise
        finally:
            place.leave()

    async def _wait_for_place(self, announced: int | None) -> Place:
        """A place, waited for a while: nothing more is read from the caller meanwhile."""
        with self._room.in_line():
            for _ in range(self._looks):
                await asyncio.sleep(_PAUSE)
                if place := self._room.enter(announced):
                    return place
        raise crowded()

    async def _fill(
        self, intake: _Intake, place: Place, chunks: AsyncIterator[bytes], announced: int | None
    ) -> Received:
        try:
            async with asyncio.timeout(self._stalled + self._later) as patience:
                size, rest = await self._read(intake, place, chunks, patience)
        except TimeoutError:
            raise Rejected("body.truncated", f"nothing came for {self._stalled:g} seconds") from None
        if announced is not None and size < announced:
            raise Rejected("body.truncated", f"{size} of {announced} bytes came", announced=announced)
        if size <= SMALL:
            return intake.finish(rest)
        return await asyncio.to_thread(intake.finish, rest)

    async def _read(
        self, intake: _Intake, place: Place, chunks: AsyncIterator[bytes], patience: asyncio.Timeout
    ) -> tuple[int, bytes]:
        """How many bytes came, and the last of them; those before are written. Patience is for the caller, not for the disk."""
        now, size, portion = asyncio.get_running_loop().time, 0, bytearray()
        set_at = now()
        async for chunk in chunks:
            size += len(chunk)
            portion += chunk
            if len(portion) >= self._room.portion:
                patience.reschedule(None)
                place.write(len(portion))
                await asyncio.to_thread(intake.write, bytes(portion))
                portion.clear()
                set_at = 0.0
            if (came := now()) > set_at + self._later:
                patience.reschedule(came + self._stalled + self._later)
                set_at = came
        return size, bytes(portion)


class _Intake:
    """One body on its way into store and reader."""

    def __init__(self, spool: Spool, reader: Reader, *, strip_crlf: bool) -> None:
        self.spool = spool
        self._reader = reader
        self._strip = strip_crlf
        self._held = b""

    def write(self, data: bytes) -> None:
        """Take the next bytes; the last two wait, where they may be a line break that is not the body's."""
        if self._strip:
            data, self._held = (self._held + data)[:-2], (self._held + data)[-2:]
        self._take(data)

    def finish(self, last: bytes) -> Received:
        """Take the last bytes, and give what the body is and says."""
        self.write(last)
        self._take(self._held.removesuffix(b"\r\n"))
        if not self.spool.size:
            raise Rejected("body.empty")
        content = self._read_out()
        return Received(self.spool.finish(), content)

    def _take(self, data: bytes) -> None:
        if data:
            self.spool.write(data)
            _reading(self._reader.feed, data)

    def _read_out(self) -> Content:
        return _reading(self._reader.close)


def _too_large(announced: int, bound: int) -> Rejected:
    return Rejected("body.too_large", f"{announced} bytes announced; {bound} are taken", limit=bound)


def _reading(act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """A reader's complaint as the door's refusal."""
    try:
        return act(*args, **kwargs)
    except Invalid as invalid:
        where = f" (line {invalid.line}, column {invalid.column})" if invalid.line else ""
        raise Rejected(invalid.code, invalid.detail + where, line=invalid.line, column=invalid.column) from invalid
