"""How a list goes on: what a page calls ``next`` names the place after its last row, and nothing that a caller could make up."""

from __future__ import annotations

import hashlib

from bus.errors import Rejected

_CHECK = 6


def place(seq: int) -> str:
    """What the place after the row of this number is called."""
    number = f"{seq:x}"
    return number + _check(number)


def seq_of(text: str) -> int | None:
    """The number of the row a list goes on after; None for the beginning. Raises Rejected for what no page said."""
    if not text:
        return None
    number, check = text[:-_CHECK], text[-_CHECK:]
    if not number or check != _check(number):
        raise Rejected("request.invalid", f"after: {text[:40]!r} is not what a page called next")
    return int(number, 16)


def _check(number: str) -> str:
    return hashlib.blake2b(number.encode(), digest_size=_CHECK // 2).hexdigest()
