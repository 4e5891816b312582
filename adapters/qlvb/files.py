"""The files of a packet as things to attach: out of its base64, or fetched from a host that is listed."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import BinaryIO

from adapters.http.decoded import Decoded
from adapters.http.settings import HttpSettings
from adapters.http.spill import Spill
from adapters.http.targets import may_be_called
from adapters.qlvb.packet import Attached, Packet
from bus.errors import FailureClass, Rejected, Unreachable
from bus.transport import Request, Tls, Transport
from schemas.edxml.enclose import Enclosure

_TOTAL = 240.0


class Fetcher:
    """Fetches what a link names. No credential of ours goes along, and no redirect is followed."""

    def __init__(self, settings: HttpSettings, hosts: tuple[str, ...], transport: Transport) -> None:
        self._settings = settings
        self._hosts = hosts
        self._transport = transport

    def fetch(self, file: Attached, out: BinaryIO, most: int) -> None:
        """Write the file to ``out``. Raises Rejected for a host that is not listed and for too large a file,
        Unreachable.
        """
        if file.host not in self._hosts:
            raise Rejected(
                "edxml.value", f"DinhKem {file.name!r} is a link to {file.host or 'nowhere'}, not under links"
            )
        answer = self._transport.call(self._request(file.link, _bounded(out, most), most))
        if answer.status != 200:
            raise Unreachable(FailureClass.SERVER_FAULT, f"HTTP {answer.status} for the file {file.name!r}")

    def _request(self, url: str, into: Callable[[bytes], None], most: int) -> Request:
        if not url.isascii() or not url.isprintable() or " " in url:
            raise Rejected("edxml.value", "a link is no URL in ASCII")
        return Request(
            "GET",
            url,
            connect_timeout=self._settings.connect_timeout.total_seconds(),
            idle_timeout=self._settings.idle_timeout.total_seconds(),
            total_timeout=_TOTAL,
            max_answer=most + 1,
            tls=Tls(ca_file=self._settings.ca_file),
            may_reach=partial(may_be_called, allowed=self._settings.allow),
            into=into,
        )


@contextmanager
def enclosures(packet: Packet, spill: Spill, fetcher: Fetcher, most: int) -> Iterator[list[Enclosure]]:
    """The files in their order, each to be read once. ``most``: bytes of a file. Raises Rejected, Unreachable."""
    with ExitStack() as stack:
        yield [_enclosure(file, spill, fetcher, most, stack) for file in packet.files]


def _enclosure(file: Attached, spill: Spill, fetcher: Fetcher, most: int, stack: ExitStack) -> Enclosure:
    if file.base64:
        source: BinaryIO = stack.enter_context(io.BufferedReader(Decoded(spill.pieces(file.base64))))
    elif file.link:
        source = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack is
        fetcher.fetch(file, source, most)
        source.seek(0)
    else:
        raise Rejected("edxml.missing", f"DinhKem {file.name!r} has neither Base64 nor Link")
    return Enclosure(file.name, source)


def _bounded(out: BinaryIO, most: int) -> Callable[[bytes], None]:
    left = most

    def write(piece: bytes) -> None:
        nonlocal left
        left -= len(piece)
        if left < 0:
            raise Rejected("body.too_large", f"a linked file has more than {most} bytes")
        out.write(piece)

    return write
