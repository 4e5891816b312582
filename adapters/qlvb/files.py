"""The files of a packet as things to attach: out of its base64, or fetched from a host that is listed."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
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
from schemas.edxml.limits import ATTACHMENTS

_TOTAL = 240.0
#: The allowance says what is too much, for good: to the transport that would be a failure that passes.
_ANY = 1 << 40


@dataclass(slots=True)
class Allowance:
    """How many bytes linked files may still have, all together."""

    most: int
    taken: int = 0

    def write(self, out: BinaryIO, piece: bytes) -> None:
        """Write a piece of a file. Raises Rejected where that is too much."""
        self.taken += len(piece)
        if self.taken > self.most:
            raise Rejected("body.too_large", f"the linked files have more than {self.most} bytes")
        out.write(piece)


class Fetcher:
    """Fetches what a link names. No credential of ours goes along, and no redirect is followed."""

    def __init__(self, settings: HttpSettings, hosts: tuple[str, ...], transport: Transport) -> None:
        self._settings = settings
        self._hosts = hosts
        self._transport = transport

    def fetch(self, file: Attached, out: BinaryIO, allowance: Allowance) -> None:
        """Write the file to ``out``. Raises Rejected for a host that is not listed and for what is too large,
        Unreachable.
        """
        if file.host not in self._hosts:
            raise Rejected(
                "edxml.value", f"DinhKem {file.name!r} is a link to {file.host or 'nowhere'}, not under links"
            )
        answer = self._transport.call(self._request(file.link, out, allowance))
        if answer.status != 200:
            raise Unreachable(FailureClass.SERVER_FAULT, f"HTTP {answer.status} for the file {file.name!r}")

    def _request(self, url: str, out: BinaryIO, allowance: Allowance) -> Request:
        if not url.isascii() or not url.isprintable() or " " in url:
            raise Rejected("edxml.value", "a link is no URL in ASCII")
        return Request(
            "GET",
            url,
            connect_timeout=self._settings.connect_timeout.total_seconds(),
            idle_timeout=self._settings.idle_timeout.total_seconds(),
            total_timeout=_TOTAL,
            max_answer=_ANY,
            tls=Tls(ca_file=self._settings.ca_file),
            may_reach=partial(may_be_called, allowed=self._settings.allow),
            into=partial(allowance.write, out),
        )


@contextmanager
def enclosures(packet: Packet, spill: Spill, fetcher: Fetcher, most: int) -> Iterator[list[Enclosure]]:
    """The files in their order, each to be read once. ``most``: bytes of all linked files. Raises Rejected, Unreachable."""
    if len(packet.files) > ATTACHMENTS:
        raise Rejected("edxml.too_many", f"DinhKem: {len(packet.files)} files; {ATTACHMENTS} are taken")
    allowance = Allowance(most)
    with ExitStack() as stack:
        yield [_enclosure(file, spill, fetcher, allowance, stack) for file in packet.files]


def _enclosure(file: Attached, spill: Spill, fetcher: Fetcher, allowance: Allowance, stack: ExitStack) -> Enclosure:
    if file.base64:
        source: BinaryIO = stack.enter_context(io.BufferedReader(Decoded(spill.pieces(file.base64))))
    elif file.link:
        source = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack is
        fetcher.fetch(file, source, allowance)
        source.seek(0)
    else:
        raise Rejected("edxml.missing", f"DinhKem {file.name!r} has neither Base64 nor Link")
    return Enclosure(file.name, source)
