"""Partners played for tests, and bare calls to them."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import orjson

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.dmdc import Catalogue, Row
from adapters.http.rehearsal.orders import Mode, Order
from adapters.http.rehearsal.quang_nam import QuangNam, Unit
from adapters.http.rehearsal.tokens import Tokens
from bus.clock import Clock
from bus.transport import Request, Response, Transport

KEY, SECRET, UNIT_SECRET = "so-nv", "bí mật", "mã của đơn vị"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
UNITS = (
    Unit("H47", "UBND tỉnh Quảng Nam", "000.00.00.H47"),
    Unit("H47.01", "Sở Nội vụ", "000.00.01.H47", parent="H47"),
)

#: What partners of the sinks' contract do, as orders.
ORDERS: Mapping[str, Order] = {
    "ok": Order(),
    "busy": Order(mode=Mode.BUSY, seconds=7),
    "refuse": Order(mode=Mode.REFUSE, status=422),
    "error_in_body": Order(mode=Mode.REFUSE),
    "drop_after_reading": Order(mode=Mode.LOST),
    "drop_before_reading": Order(mode=Mode.DOWN),
    "lie_loses": Order(mode=Mode.FAULT),
    "hang": Order(mode=Mode.HANG),
    "ask_unknown": Order(mode=Mode.HTML),
}


def basic(key: str = KEY, secret: str = SECRET) -> Mapping[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()}


def tokens(clock: Clock, seconds: int = 3600) -> Tokens:
    return Tokens(KEY, SECRET, clock.now, seconds)


def quang_nam(clock: Clock, seconds: int = 3600) -> Rehearsal[QuangNam]:
    secret = UNIT_SECRET.encode().hex()
    return Rehearsal(QuangNam(tokens(clock, seconds), secret, clock.now, UNITS))


def catalogue(clock: Clock, lists: Mapping[str, list[Row]]) -> Rehearsal[Catalogue]:
    return Rehearsal(Catalogue(tokens(clock), lists))


@contextmanager
def playing(rehearsal: Rehearsal[Any]) -> Iterator[Rehearsal[Any]]:
    rehearsal.start()
    yield rehearsal
    rehearsal.stop()


class Caller:
    """Bare calls, as somebody with the manual in hand would make them."""

    def __init__(self, url: str, transport: Transport) -> None:
        self._url = url
        self._transport = transport

    def call(self, method: str, path: str, headers: Mapping[str, str] | None = None, body: object = None) -> Response:
        sent = body if body is None or isinstance(body, bytes) else orjson.dumps(body)
        return self._transport.call(Request(method, self._url + path, headers or {}, sent, idle_timeout=5))

    def json(self, method: str, path: str, headers: Mapping[str, str] | None = None, body: object = None) -> Any:
        return orjson.loads(self.call(method, path, headers, body).body)

    def token(self) -> Any:
        return self.json("POST", "/token", {**basic(), **FORM}, b"grant_type=client_credentials")
