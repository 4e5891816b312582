"""An answer's body as a value, with the habits of partners and of gateways before them taken into account. Pure.

A byte order mark, JSON sent as text, and JSON inside a JSON text are read through. A page (HTML) is nobody's answer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal

import orjson

from adapters.http.paths import MISSING, JsonPath, Loads, opened
from bus.transport import Response

_BOM = b"\xef\xbb\xbf"
#: Given as the type of an answer that is not in the language that was spoken: then it is nobody's answer either.
UNREADABLE = "application/x-unreadable"
_PAGES = (b"<!doctype html", b"<html")


@dataclass(frozen=True, slots=True)
class Answer:
    """A response that was read. ``value`` is MISSING where the body is no JSON."""

    response: Response
    value: object
    #: It is nobody's answer (a page for people, of a gateway or a login): never success, whatever its status.
    is_page: bool = False

    def at(self, path: JsonPath | None) -> object:
        """What stands at a place, or MISSING."""
        return MISSING if path is None else path.find(self.value)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.response.body.decode("utf-8", "replace")


def read(response: Response) -> Answer:
    """Read a response."""
    return _read(response, orjson.loads)


def exactly(response: Response) -> Answer:
    """The same with numbers that have a point as decimals, digit by digit as they were written."""
    return _read(response, _exact)


def _read(response: Response, loads: Loads) -> Answer:
    body = response.body.removeprefix(_BOM).strip()
    if _is_page(response, body):
        return Answer(response, MISSING, is_page=True)
    try:
        return Answer(response, opened(loads(body), loads))
    except (ValueError, RecursionError):
        return Answer(response, MISSING)


def _exact(body: bytes | str) -> object:
    return json.loads(body, parse_float=Decimal)


def _is_page(response: Response, body: bytes) -> bool:
    if response.headers.get("content-type") == UNREADABLE:
        return True
    start = body[:512].lower()
    html = response.headers.get("content-type", "").lower().startswith(("text/html", "application/xhtml"))
    return start.startswith(_PAGES) or (html and start.startswith(b"<"))
