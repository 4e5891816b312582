"""Whether anybody signed a packet: then not a byte of it may change."""

from __future__ import annotations

from typing import BinaryIO

from schemas.content import Invalid
from schemas.report.reader import LIMIT
from schemas.report.reading import PacketInvalid, read


def is_signed(packet: BinaryIO) -> bool:
    """Whether a signature is in it. Raises :class:`Invalid`."""
    try:
        return bool(getattr(read(packet.read(LIMIT)), "signatures", ()))
    except PacketInvalid as error:
        raise Invalid("report.shape", str(error)) from error
