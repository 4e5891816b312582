"""Codes as SDMX spells them: letters, digits, ``_``, ``-``, ``@`` and ``$`` (IDType of its schemas). Pure.

A code that is one already stays as it is; of any other the letters lose their accents and the rest becomes ``_``. Within one form no two
codes have the same name, so each is found again by it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

_LEGAL = re.compile(r"[A-Za-z0-9_@$-]+")
_OTHER = re.compile(r"[^A-Za-z0-9_@$-]+")


def spelled(code: str) -> str:
    """A code as SDMX may have it; several may come out the same."""
    bare = unicodedata.normalize("NFKD", code.replace("đ", "d").replace("Đ", "D")).encode("ascii", "ignore").decode()
    return _OTHER.sub("_", bare) or "_"


def named(codes: Iterable[str], taken: Iterable[str] = ()) -> Mapping[str, str]:
    """By code its name, each another and none of ``taken``. The same codes in the same order have the same names."""
    every = list(dict.fromkeys(codes))
    used = set(taken)
    names: dict[str, str] = {}
    for code in (*filter(_LEGAL.fullmatch, every), *(one for one in every if not _LEGAL.fullmatch(one))):
        name = spelled(code)
        while name in used:
            name += "_"
        names[code] = name
        used.add(name)
    return {code: names[code] for code in every}


def component(code: str) -> str:
    """A dimension's name, which begins with a letter and is written in capitals as is the custom."""
    name = spelled(code).upper().replace("@", "_").replace("$", "_")
    return name if name[0].isalpha() else f"D_{name}"
