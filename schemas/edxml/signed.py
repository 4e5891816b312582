"""Whether anybody signed a message: then not a byte of it may change."""

from __future__ import annotations

from typing import BinaryIO

from schemas.edxml.names import trim
from schemas.xml import Listener, Name, PushParser

_PIECE = 64 * 1024
#: In whatever namespace: a signature that is not known for one must not be broken either.
_SIGNATURES = frozenset({"Signature", "DigitalSignature"})


class SignatureWatch(Listener):
    """Sees a signature element with something in it, wherever it stands; an empty one signs nothing."""

    def __init__(self) -> None:
        self.signed = False
        self._in_signature = False

    def start(self, name: Name) -> None:
        """An element begins."""
        self.signed = self.signed or self._in_signature
        self._in_signature = name.local in _SIGNATURES

    def data(self, text: str) -> None:
        """Text of the open element."""
        if self._in_signature and trim(text):
            self.signed = True

    def end(self) -> None:
        """The open element ends."""
        self._in_signature = False


def is_signed(document: BinaryIO) -> bool:
    """Whether a signature is in it. Read to its end, in pieces. Raises :class:`schemas.content.Invalid`."""
    watch = SignatureWatch()
    parser = PushParser(watch)
    while not watch.signed and (piece := document.read(_PIECE)):
        parser.feed(piece)
    if not watch.signed:
        parser.close()
    return watch.signed
