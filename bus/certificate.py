"""Certificates (X.509, RFC 5280) as far as the bus looks into them: when one ends, and the pin of its key.

A pin is written as curl does, ``sha256//`` and base64 of the SHA-256 over the public key with its algorithm (RFC 7469):
a renewed certificate for the same key keeps it.
"""

from __future__ import annotations

import base64
import hashlib
import re
import ssl
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from bus.clock import micros

_SEQUENCE, _VERSION, _UTC_TIME = 0x30, 0xA0, 0x17
_PIN = re.compile(r"sha256//[A-Za-z0-9+/]{43}=")
_PEM = re.compile(rf"{ssl.PEM_HEADER}.*?{ssl.PEM_FOOTER}", re.DOTALL)
#: Bytes of a file with certificates that are read; the system's own list has a quarter of a megabyte.
_LARGEST = 4 << 20


def check_pin(text: str) -> str:
    """The text, if it is a pin. Raises ValueError."""
    if not _PIN.fullmatch(text):
        raise ValueError("expected sha256// and 44 characters of base64, the pin of a public key as curl writes it")
    return text


def ends(der: bytes) -> int:
    """When a certificate ends, in microseconds since 1970. Raises ValueError, IndexError for none."""
    at, _ = _open(der, _validity(der))
    at = _next(der, at)  # not before
    begin, end = _content(der, at)
    form = "%y%m%d%H%M%SZ" if der[at] == _UTC_TIME else "%Y%m%d%H%M%SZ"
    told = datetime.strptime(der[begin:end].decode("ascii"), form).replace(tzinfo=UTC)
    return micros(told - datetime.fromtimestamp(0, UTC))


def pin(der: bytes) -> str:
    """The pin of a certificate's key. Raises ValueError, IndexError for none."""
    begin = _next(der, _next(der, _validity(der)))  # after the subject
    _open(der, begin)
    digest = hashlib.sha256(der[begin : _next(der, begin)]).digest()
    return f"sha256//{base64.b64encode(digest).decode()}"


def fits(der: bytes, pins: Iterable[str]) -> bool:
    """Whether a certificate's key has one of these pins."""
    try:
        return pin(der) in pins
    except (ValueError, IndexError):
        return False


def of_file(path: Path) -> list[bytes]:
    """The certificates of a PEM file, in order. Raises OSError; what is none is left out."""
    with path.open("rb") as file:
        text = file.read(_LARGEST).decode("ascii", errors="ignore")
    return [der for found in _PEM.findall(text) if (der := _decoded(found))]


def _decoded(text: str) -> bytes:
    try:
        return ssl.PEM_cert_to_DER_cert(text)
    except ValueError:
        return b""


def _validity(der: bytes) -> int:
    """Where it says from when to when it is good."""
    at, _ = _open(der, 0)
    at, _ = _open(der, at)
    if der[at] == _VERSION:
        at = _next(der, at)
    for _field in ("serial number", "signature algorithm", "issuer"):
        at = _next(der, at)
    return at


def _open(der: bytes, at: int) -> tuple[int, int]:
    """Where the content of a sequence begins and ends."""
    if der[at] != _SEQUENCE:
        raise ValueError("no certificate")
    return _content(der, at)


def _next(der: bytes, at: int) -> int:
    return _content(der, at)[1]


def _content(der: bytes, at: int) -> tuple[int, int]:
    """Where the content of the value at a place begins and ends."""
    size, begin = der[at + 1], at + 2
    if size & 0x80:
        count = size & 0x7F
        size, begin = int.from_bytes(der[begin : begin + count]), begin + count
    return begin, begin + size
