"""An upload while a piece of it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace

from bus.claimcheck import on_disk
from bus.errors import Rejected
from bus.parcels import Upload
from bus.room import Place
from bus.uploads.records import Records
from bus.uploads.tail import Tail

#: Bytes after which the record follows while a piece still comes.
_STEP = 8 << 20


class Growing:
    """Its bytes and its record; ``upload`` is what is safe of it."""

    def __init__(self, upload: Upload, records: Records) -> None:
        self.upload = upload
        self.tail = Tail(records.bytes_of(upload), upload.offset, upload.length)
        self._records = records

    def write(self, place: Place, expires_at: int) -> None:
        """Write what is held. Raises ``Rejected('bus.busy')``, Busy."""
        place.write(len(self.tail.portion))
        with on_disk():
            self.tail.write()
            if self.tail.offset - self.upload.offset >= _STEP:
                self._save(expires_at)

    def end(self, place: Place, expires_at: int) -> None:
        """Write what is held, and have on disk what was written. Raises as :meth:`write`."""
        try:
            self.write(place, expires_at)
        finally:
            with on_disk(), closing(self.tail):
                self._save(expires_at)

    def _save(self, expires_at: int) -> None:
        self.tail.sync()
        self.upload = replace(self.upload, offset=self.tail.offset, expires_at=expires_at)
        self._records.write(self.upload)


async def patiently(chunks: AsyncIterator[bytes], patience: float) -> AsyncIterator[bytes]:
    """The chunks, as long as one comes within so many seconds. Raises ``Rejected('body.truncated')``."""
    while True:
        try:
            async with asyncio.timeout(patience):
                chunk = await anext(chunks, None)
        except TimeoutError:
            raise Rejected("body.truncated", f"nothing came for {patience:g} seconds") from None
        if chunk is None:
            return
        yield chunk
