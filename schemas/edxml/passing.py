"""The files of a message one after the other, as they are asked for: nothing is kept but the piece under way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from schemas.edxml.archive.package import Package
from schemas.edxml.document import Document
from schemas.xml import PushParser

_PIECE = 64 * 1024


def passing(message: Callable[[], BinaryIO]) -> Iterator[bytes | None]:
    """Pieces of the files as they travel, decoded and not unwrapped; ``None`` behind the last of each.

    The message is opened when the first is asked for. Raises OSError, :class:`schemas.content.Invalid`.
    """
    files = _Files()
    parser = PushParser(Document(files))
    with message() as source:
        while piece := source.read(_PIECE):
            parser.feed(piece)
            yield from files.taken()
    parser.close()
    yield from files.taken()


class _Files:
    """Listens to the reading of attachments and keeps what came until it is taken."""

    def __init__(self) -> None:
        self._come: list[bytes | None] = []

    def begin(self, _place: int) -> Callable[[bytes], object]:
        return self._come.append

    def end(self, _package: Package | None) -> None:
        self._come.append(None)

    def taken(self) -> list[bytes | None]:
        come = self._come.copy()
        self._come.clear()
        return come
