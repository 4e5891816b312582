"""Text as it is looked up: whole words in lower case without accents. The Vietnamese đ is a letter of its own and no accent."""

from __future__ import annotations

import re
import unicodedata

_ACCENTS = re.compile("[\u0300-\u036f]+")
#: Words that are longer than any are taken apart.
_WORD = re.compile(r"[^\W_]{1,40}")


def plain(text: str) -> str:
    """The text in lower case without accents, đ as d; in whichever normal form it came."""
    return _ACCENTS.sub("", unicodedata.normalize("NFD", text.casefold().replace("đ", "d")))


def words(text: str) -> list[str]:
    """Its runs of letters and digits, in order: ``15/QĐ-UBND`` is ``15``, ``qd`` and ``ubnd``."""
    return _WORD.findall(plain(text))
