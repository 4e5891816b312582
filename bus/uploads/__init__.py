"""Uploads in pieces: what came of each is on disk, and how much of it, before anybody is told so.

The record of an upload is written anew after its bytes are on disk. So whatever ends the process, an upload is where its sender
was last told it is, or further; bytes beyond the record are cut off by the next piece. An upload is no message: it becomes one
by the ingress alone, under a call key of its own, so that twice is once there as well.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from bus import log
from bus.claimcheck import on_disk
from bus.clock import Clock, micros
from bus.config import Settings
from bus.errors import Rejected
from bus.message import is_id, new_id
from bus.parcels import Upload
from bus.room import Place, Room, crowded
from bus.uploads.growing import Growing, patiently
from bus.uploads.records import Records

_log = log.get()
#: Seconds after which a sender that sends nothing more is given up.
_STALLED = 60.0
#: Seconds after which a partner with too much under way may come again, and one whose last piece still comes.
_LATER, _SOON = 300, 1


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of one upload, and of all that one partner has under way. Bytes as announced."""

    max_bytes: int
    count: int
    together: int
    #: How long one is kept after its last piece, and its receipt after its acceptance.
    keep: timedelta


class DiskUploads:
    """:class:`bus.parcels.Uploads` below one folder."""

    def __init__(self, folder: Path, room: Room, clock: Clock, bounds: Bounds, *, stalled: float = _STALLED) -> None:
        self._records = Records(folder)
        self._room = room
        self._clock = clock
        self._bounds = bounds
        self._stalled = stalled
        self._lock = threading.Lock()
        self._in_use: set[str] = set()

    def begin(self, partner: str, length: int) -> Upload:
        """A new upload, on disk."""
        if length > self._bounds.max_bytes:
            raise Rejected("body.too_large", f"{length} bytes announced; {self._bounds.max_bytes} are taken")
        self._enter(length).leave()
        with self._lock:
            self._sweep(self._records.of(partner))
            self._check(partner, length)
            upload = Upload(new_id(), partner, length, 0, self._expiry())
            with on_disk():
                self._records.write(upload)
        return upload

    def _check(self, partner: str, length: int) -> None:
        """Raises Rejected where the partner has too much under way."""
        lengths = [upload.length for upload in self._records.under_way(partner)]
        if len(lengths) >= self._bounds.count or sum(lengths) + length > self._bounds.together:
            allowed = f"{self._bounds.count} uploads of {self._bounds.together} bytes together may be under way"
            raise Rejected("upload.too_many", allowed, retry_after=_LATER)

    def find(self, partner: str, id_: str) -> Upload:
        """How far it is."""
        upload = self._records.find(partner, id_)
        if upload is None or self._is_over(upload):
            raise Rejected("not_found", "this upload is not there, or its time has passed")
        return upload

    def listed(self, partner: str) -> Sequence[Upload]:
        """Those that were not accepted yet, oldest first."""
        return [upload for upload in self._records.under_way(partner) if not self._is_over(upload)]

    async def append(
        self, partner: str, id_: str, offset: int, chunks: AsyncIterator[bytes], announced: int | None
    ) -> Upload:
        """Take the bytes from ``offset`` on."""
        with self.held(id_):
            upload = await asyncio.to_thread(self.find, partner, id_)
            if upload.receipt is not None or upload.offset != offset:
                raise Rejected("upload.offset", f"it stands at {upload.offset}", offset=upload.offset)
            place = self._enter(announced)
            try:
                return await self._fill(Growing(upload, self._records), place, chunks)
            finally:
                place.leave()

    async def _fill(self, growing: Growing, place: Place, chunks: AsyncIterator[bytes]) -> Upload:
        try:
            async for chunk in patiently(chunks, self._stalled):
                growing.tail.add(chunk)
                if len(growing.tail.portion) >= self._room.portion:
                    await asyncio.to_thread(growing.write, place, self._expiry())
        finally:  # also of what broke off: what has come need not come again
            await asyncio.to_thread(growing.end, place, self._expiry())
        return growing.upload

    @contextmanager
    def held(self, id_: str) -> Iterator[None]:
        """Nobody else works on it meanwhile."""
        with self._lock:
            if id_ in self._in_use:
                raise Rejected("upload.in_use", "a call on this upload is under way", retry_after=_SOON)
            self._in_use.add(id_)
        try:
            yield
        finally:
            with self._lock:
                self._in_use.discard(id_)

    def open(self, upload: Upload) -> BinaryIO:
        """A reader over its bytes."""
        return self._records.bytes_of(upload).open("rb")

    def accepted(self, upload: Upload, receipt: Mapping[str, Any]) -> None:
        """The bytes go, the receipt stays. What fails here leaves an upload that gets the same receipt again."""
        try:
            self._records.close(replace(upload, receipt=receipt, expires_at=self._expiry()))
        except OSError:
            _log.exception("upload.kept", upload=upload.id, partner=upload.partner)

    def remove(self, partner: str, id_: str) -> None:
        """Forget it."""
        with self.held(id_):
            self.find(partner, id_)
            self._records.forget(partner, id_)

    def sweep(self) -> int:
        """Remove those whose time has passed, and what a death left behind; how many uploads went."""
        with self._lock:
            return self._sweep(self._records.everywhere())

    def _sweep(self, found: Iterable[tuple[str, str]]) -> int:
        gone = 0
        for partner, id_ in found:
            if id_ not in self._in_use:
                gone += self._swept(partner, id_)
        return gone

    def _swept(self, partner: str, id_: str) -> bool:
        upload = self._records.find(partner, id_) if is_id(id_) else None
        if upload and not self._is_over(upload):
            return False
        self._records.forget(partner, id_)
        return upload is not None

    def _is_over(self, upload: Upload) -> bool:
        return upload.expires_at <= self._clock.now()

    def _expiry(self) -> int:
        return self._clock.now() + micros(self._bounds.keep)

    def _enter(self, announced: int | None) -> Place:
        place = self._room.enter(announced)
        if place is None:
            raise crowded()
        return place


def uploads_of(settings: Settings, room: Room, clock: Clock) -> DiskUploads:
    """Those of a home that is open."""
    bounds = Bounds(settings.max_bytes, settings.uploads_at_once, settings.upload_bytes, settings.keep_uploads)
    return DiskUploads(settings.uploads, room, clock, bounds)
