"""A played exchange behind an API gateway in the manner of Quang Nam's: a token first, then documents as JSON.

What is known of the real one are its operations; paths, members and codes here are our guess, as those of the dialect
are (``adapters/http/dialects/quang-nam.toml``).
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from adapters.http.rehearsal.orders import TOKEN, Order
from adapters.http.rehearsal.papers import Offered, Shelves
from adapters.http.rehearsal.partner import Asked
from adapters.http.rehearsal.tokens import Tokens, expired
from adapters.http.stage import Head, Reply

BASE = "/truclienthong/v1.0.0"
_STATES = {"processing", "done", "fail"}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit in the exchange's list."""

    code: str
    name: str = ""
    old_code: str = ""
    parent: str = ""


class QuangNam:
    """Documents by ``docId``, for and from one client. ``secret``: of the unit, beside the token."""

    needed = frozenset({"docId", "kind", "status", "code"})

    def __init__(self, tokens: Tokens, secret: str, now: Callable[[], int], units: Sequence[Unit] = ()) -> None:
        self.tokens = tokens
        self.shelves = Shelves(now, "QN")
        self._secret = secret
        self._units = units
        self._answers: Mapping[str, Callable[[Asked], Reply]] = {
            TOKEN: tokens.grant,
            "send": self._send,
            "list": self._list,
            "get": self._get,
            "ack": self._ack,
            "units": self._listed_units,
        }

    def call(self, head: Head) -> str:
        match head.method, head.path.removeprefix(BASE).split("/"):
            case "POST", ["", "token"]:
                return TOKEN
            case ("POST" | "GET") as method, ["", "vanbans"]:
                return "send" if method == "POST" else "list"
            case ("PUT" | "GET") as method, ["", "vanbans", _]:
                return "ack" if method == "PUT" else "get"
            case "GET", ["", "donvilienthongs"]:
                return "units"
            case _:
                return ""

    def answer(self, asked: Asked) -> Reply:
        if asked.call != TOKEN:
            if fault := self.tokens.fault(asked):
                return fault
            if not hmac.compare_digest(asked.header("x-unit-secret"), self._secret):
                return _no("15", "Sai mã bí mật của đơn vị", 403)
        return self._answers[asked.call](asked)

    def refusal(self, order: Order) -> Reply:
        return _no(order.code or "18", "Đơn vị nhận không tồn tại", order.status or 200)

    def denial(self) -> Reply:
        return expired()

    def leave(self, body: bytes, type_: str) -> str:
        return self.shelves.leave(body, type_)

    def account(self) -> Mapping[str, object]:
        return {"tokens": self.tokens.made, **self.shelves.account()}

    def _send(self, asked: Asked) -> Reply:
        told = asked.json()
        try:
            body = base64.b64decode(str(told.get("edxml", "")), validate=True)
        except binascii.Error:
            return _no("10", "Nội dung không hợp lệ")
        key = f"{told.get('kind')} {told.get('to')} {base64.b64encode(body).decode()}"
        kept, new = self.shelves.take(key, body, {"kind": told.get("kind"), "to": told.get("to")})
        if not new:
            return Reply(
                200, {"status": "FAIL", "ErrorCode": "1", "ErrorDesc": "Văn bản đã tồn tại", "docId": kept.doc_id}
            )
        return _yes({"docId": kept.doc_id})

    def _list(self, asked: Asked) -> Reply:
        return _yes({"data": [_row(one) for one in self.shelves.waiting(asked.query.get("kind", "edoc"))]})

    def _get(self, asked: Asked) -> Reply:
        found = self.shelves.find(_last(asked))
        if found is None:
            return _no("404", "Không tìm thấy văn bản", 404)
        return _yes({"data": base64.b64encode(found.content).decode()})

    def _ack(self, asked: Asked) -> Reply:
        found, state = self.shelves.find(_last(asked)), asked.query.get("status", "")
        if found is None or state not in _STATES:
            return _no("404", "Không tìm thấy văn bản", 404)
        found.state, found.reason = state, asked.query.get("description", "")
        return _yes({})

    def _listed_units(self, _asked: Asked) -> Reply:
        rows = [{"code": one.code, "name": one.name, "oldCode": one.old_code, "pid": one.parent} for one in self._units]
        return _yes({"data": rows})


def _row(one: Offered) -> Mapping[str, object]:
    return {
        "docId": one.doc_id,
        "kind": one.type,
        "status": one.state,
        "createdTime": one.at // 1000,
        "from": "",
        "to": "",
    }


def _last(asked: Asked) -> str:
    return unquote(asked.head.path.rpartition("/")[2])


def _yes(members: Mapping[str, object]) -> Reply:
    return Reply(200, {"status": "OK", "ErrorCode": "0", "ErrorDesc": "", **members})


def _no(code: str, words: str, status: int = 200) -> Reply:
    return Reply(status, {"status": "FAIL", "ErrorCode": code, "ErrorDesc": words})
