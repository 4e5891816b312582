"""How a list goes on: what a page calls ``next`` names the place after its last row, and nothing that a caller could make up."""

from __future__ import annotations

import hashlib

from bus.errors import Rejected

#: Digits of the check, and the most a place has with those of a number of 60 bits.
_CHECK, _LONGEST = 6, 21
_DIGITS = frozenset("0123456789abcdef")


def place(seq: int) -> str:
    """What the place after the row of this number is called."""
    number = f"{seq:x}"
    return number + hashlib.blake2b(number.encode(), digest_size=_CHECK // 2).hexdigest()


def seq_of(text: str) -> int | None:
    """The number of the row a list goes on after; None for the beginning. Raises Rejected for what no page said."""
    if not text:
        return None
    number = text[:-_CHECK]
    known = len(text) <= _LONGEST and set(number) <= _DIGITS and number and place(int(number, 16)) == text
    if not known:
        raise Rejected("request.invalid", f"after: {text[:40]!r} is not what a page called next")
    return int(number, 16)
