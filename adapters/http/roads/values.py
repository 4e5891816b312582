"""Values that roads are described by in ``routes.yaml``."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

_PART = re.compile(r"[^\x00-\x1f\x7f/:;%\\]+")


def _check_plain(text: str) -> str:
    if not text.isascii() or not text.isprintable() or text != text.strip():
        raise ValueError(f"expected printable ASCII, got {text!a}")
    return text


def _parts(text: str, least: int, most: int, shape: str) -> str:
    parts = text.split("/")
    if not least <= len(parts) <= most or not all(map(_PART.fullmatch, parts)) or {".", ".."} & set(parts):
        raise ValueError(f"expected {shape}, got {text!r}")
    return text


#: What stands in a header as it is.
HeaderText = Annotated[str, AfterValidator(_check_plain)]
#: Who calls: ``VN/GOV/000.00.00.H62/bus``; the subsystem may be left out.
ClientId = Annotated[str, AfterValidator(lambda text: _parts(text, 3, 4, "INSTANCE/CLASS/MEMBER/SUBSYSTEM"))]
#: What is called: ``VN/GOV/000.00.00.G22/vpcp/bao-cao``.
ServiceId = Annotated[str, AfterValidator(lambda text: _parts(text, 5, 5, "INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE"))]
#: A party somebody acts for: ``GOV/000.00.05.H62``.
PartyId = Annotated[str, AfterValidator(lambda text: _parts(text, 2, 2, "CLASS/MEMBER"))]
#: A security server: ``VN/GOV/000.00.00.H62/ss1``.
ServerId = Annotated[str, AfterValidator(lambda text: _parts(text, 4, 4, "INSTANCE/CLASS/MEMBER/SERVER"))]
