"""Vietnamese text for a header: letters without their marks, on one line. Headers of the axis are ASCII."""

from __future__ import annotations

import unicodedata

MAX = 200


def plain(text: str) -> str:
    """``Không đọc được`` as ``Khong doc duoc``; what has no plain letter becomes ``?``."""
    spread = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
    unmarked = "".join(letter for letter in spread if not unicodedata.combining(letter))
    printable = "".join(letter if letter.isprintable() else " " for letter in unmarked)
    return " ".join(printable.encode("ascii", "replace").decode().split())[:MAX]
