"""How a file becomes an attachment: base64 in pieces, and the packing the axis's Java software expects.

That software unzips what is typed ``application/zip`` and hands the rest to the user as it is; so a label here
is always true to the bytes.
"""

from __future__ import annotations

import uuid
import zipfile
from dataclasses import dataclass, field
from enum import Enum
from pathlib import PurePosixPath
from typing import BinaryIO

import pybase64

from schemas.edxml.models.files import FileLabel
from schemas.edxml.names import CID

# ``xsl`` and ``xslx`` are that software's own slips: real spreadsheets travel zipped.
_AS_THEY_ARE = frozenset({"pdf", "doc", "docx", "xsl", "xslx", "zip"})
_PIECE = 64 * 1024
# A fixed date, so that the same file makes the same bytes.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


class Packing(Enum):
    """Which files travel zipped; a partner may want all of them so."""

    SDK = "sdk"
    ZIP_ALL = "zip-all"


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file to attach. ``source`` is read once, in pieces; ``uid`` names it on the wire (a fresh one if not given)."""

    name: str
    source: BinaryIO
    description: str = ""
    uid: str = field(default_factory=lambda: str(uuid.uuid4()))
    packing: Packing = Packing.SDK

    @property
    def label(self) -> FileLabel:
        """What the message says of it."""
        return FileLabel(
            content_id=CID + self.uid,
            attachment_name=self.name,
            description=self.description,
            content_type="application/zip" if self.zipped else f"application/{_extension(self.name)}",
        )

    @property
    def zipped(self) -> bool:
        """Whether it is packed. A ZIP never is: the receiver's software would not unpack it."""
        extension = _extension(self.name)
        return extension != "zip" and (self.packing is Packing.ZIP_ALL or extension not in _AS_THEY_ARE)


def encode(enclosure: Enclosure, out: BinaryIO) -> None:
    """Write the file's base64 to ``out``, zipped first where the label says so; never whole in memory."""
    encoder = _Base64Out(out)
    if enclosure.zipped:
        _zip(enclosure, encoder)
    else:
        _copy(enclosure.source, encoder)
    encoder.finish()


def _extension(name: str) -> str:
    return PurePosixPath(name).suffix.removeprefix(".").lower()


def _zip(enclosure: Enclosure, encoder: _Base64Out) -> None:
    extension = _extension(enclosure.name)
    entry = zipfile.ZipInfo(f"{enclosure.uid}.{extension}" if extension else enclosure.uid, _ZIP_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    # ZipFile asks for write and flush alone of a stream it cannot seek in.
    with zipfile.ZipFile(encoder, "w") as archive, archive.open(entry, "w") as member:  # type: ignore[call-overload]
        while piece := enclosure.source.read(_PIECE):
            member.write(piece)


def _copy(source: BinaryIO, encoder: _Base64Out) -> None:
    while piece := source.read(_PIECE):
        encoder.write(piece)


class _Base64Out:
    """A stream that writes what it is given as base64, keeping back what does not fill a group of three."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._rest = b""

    def write(self, data: bytes) -> int:
        whole = self._rest + data
        cut = len(whole) - len(whole) % 3
        self._out.write(pybase64.b64encode(whole[:cut]))
        self._rest = whole[cut:]
        return len(data)

    def flush(self) -> None:
        """Nothing to do: an unfilled group cannot be written before the end."""

    def finish(self) -> None:
        self._out.write(pybase64.b64encode(self._rest))
        self._rest = b""
