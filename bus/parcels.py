"""What comes and goes in parts: bodies in pieces over hours, and attached files one by one. Ports; ``uploads`` and ``attachments``
are behind them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from bus.message import Claim
from bus.papers import File, Papers

#: Where a file is fetched by its link; the token follows.
FILES = "/api/v1/files/"


@dataclass(frozen=True, slots=True)
class Upload:
    """A body on its way in, as it is on disk. Sizes are bytes, times journal microseconds."""

    id: str
    partner: str
    #: How many bytes were announced, and how many of them are safe.
    length: int
    offset: int
    expires_at: int
    #: What its sender was told when it was accepted; None: it was not.
    receipt: Mapping[str, Any] | None = None


class Uploads(Protocol):
    """Uploads by partner. One of another partner, or one whose time has passed, is not there (``Rejected('not_found')``).

    All but :meth:`append` may wait for the disk.
    """

    def begin(self, partner: str, length: int) -> Upload:
        """A new one for a body of so many bytes. Raises ``Rejected('body.too_large' | 'upload.too_many' | 'bus.busy')``."""
        ...

    def find(self, partner: str, id_: str) -> Upload:
        """How far it is."""
        ...

    def listed(self, partner: str) -> Sequence[Upload]:
        """Those that were not accepted yet, oldest first."""
        ...

    async def append(
        self, partner: str, id_: str, offset: int, chunks: AsyncIterator[bytes], announced: int | None
    ) -> Upload:
        """Take the bytes from ``offset`` on; they are on disk when this returns. What came before it broke off stays.

        Raises ``Rejected('upload.offset' | 'upload.in_use' | 'body.too_large' | 'body.truncated' | 'bus.busy')``.
        """
        ...

    def held(self, id_: str) -> AbstractContextManager[None]:
        """Nobody else works on it meanwhile. Raises ``Rejected('upload.in_use')``."""
        ...

    def open(self, upload: Upload) -> BinaryIO:
        """A reader over its bytes; the caller closes it."""
        ...

    def accepted(self, upload: Upload, receipt: Mapping[str, Any]) -> None:
        """Its message is on disk: the bytes go, what its sender was told stays for a while. Never raises."""
        ...

    def remove(self, partner: str, id_: str) -> None:
        """It is not wanted any more."""
        ...


class Files(Protocol):
    """Attached files, decoded and out of the ZIP they travelled in. Whatever is asked may wait for the disk."""

    def linked(self, token: str) -> File:
        """The file a link leads to. Raises ``Rejected('not_found')`` for no link of ours, ``Rejected('link.gone')``."""
        ...

    def handed_out(self) -> None:
        """Count one that a peer is given, whole or in part."""
        ...

    def papers(self, claim: Claim) -> Papers:
        """What a kept body says, and its files, whose links are paths where nobody said where partners reach the bus.

        Raises ``Rejected('not_found')`` where it cannot be taken apart.
        """
        ...

    def place(self) -> AbstractContextManager[None]:
        """One of the places for those who fetch files. Raises ``Rejected('bus.busy')`` where all are taken."""
        ...
