"""What both transports do alike before a byte leaves and after the answer came: checks, bounds, trust."""

from __future__ import annotations

import io
import re
import ssl
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from bus.bodies import Body
from bus.errors import FailureClass, Unreachable
from bus.stamp import Stamp, stamp
from bus.transport import Request, Tls

#: Bytes of answer headers that are read; beyond it the call is given up.
MAX_HEAD = 64 << 10

#: Names and addresses that are looked at once for many calls.
_REMEMBERED = 256
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e]*")


#: What connections are kept apart by: scheme, server, trust and identity, and the files of these as they are.
Origin = tuple[str, str, Tls, tuple[Stamp | None, ...]]


def origin(request: Request) -> Origin:
    """Where a request goes, and as whom. Raises Unreachable for a URL that is none of http or https."""
    scheme, server = _server(request.url)
    files = _files(request.tls) if scheme == "https" else ()
    return scheme, server, request.tls, tuple(map(stamp, files))


@lru_cache(_REMEMBERED)
def _server(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Unreachable(FailureClass.CONNECT, f"not a URL: {error}") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Unreachable(FailureClass.CONNECT, "not an http or https URL with a host")
    return parts.scheme, parts.netloc


def _files(tls: Tls) -> list[Path]:
    return [file for file in (tls.ca_file, tls.cert_file, tls.key_file) if file]


def headers(request: Request) -> dict[str, str]:
    """The request's headers and our own. A value that could start a header of its own is a ValueError."""
    given = request.headers
    if not all(map(_is_name, given)) or not _VALUE.fullmatch("".join(given.values())):
        wrong = next(name for name, value in given.items() if not _is_name(name) or not _VALUE.fullmatch(value))
        msg = f"header {wrong!r} has a name or value that is not printable ASCII"
        raise ValueError(msg)
    # Encodings are declined: answers are small, and bounds must count the bytes that are kept.
    return {"User-Agent": "lienthong-bus", "Accept-Encoding": "identity", **given}


@lru_cache(_REMEMBERED)
def _is_name(name: str) -> bool:
    return bool(_TOKEN.fullmatch(name))


def opened(body: Body | bytes | None) -> tuple[BinaryIO, int]:
    """A fresh reader over the body and its size; the caller closes the reader."""
    if body is None or isinstance(body, bytes):
        return io.BytesIO(body or b""), len(body or b"")
    return body.open(), body.size


def folded(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Headers by lower-case name; repeated ones joined as RFC 9110 5.3 lays down."""
    found: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower()
        found[key] = f"{found[key]}, {value.strip()}" if key in found else value.strip()
    return found


def trusted(tls: Tls) -> Path | None:
    """The file or folder of trusted authorities: the endpoint's own, else the system's, wherever that keeps it.

    Both libraries bring a place of their own, and neither knows what the system's administrator added.
    """
    if tls.ca_file:
        return tls.ca_file
    places = ssl.get_default_verify_paths()
    found = places.cafile or places.capath
    return Path(found) if found else None
