"""A played platform that answers as the province's guide says: ``/v1/…`` by id and key or by token, and ``/token``."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from typing import Literal

from adapters.http.rehearsal.orders import TOKEN, Order
from adapters.http.rehearsal.papers import Offered, Shelves
from adapters.http.rehearsal.partner import Asked
from adapters.http.rehearsal.tokens import Tokens
from adapters.http.stage import Head, Reply
from adapters.lgsp import codes, times

_CALLS = frozenset({"sendEdoc", "syncReceivedEdocList", "getEdoc", "updateStatus", "getAgenciesList"})
_STATES = frozenset({"processing", "done", "fail"})


@dataclass(frozen=True, slots=True)
class Unit:
    """An agency in the platform's list."""

    code: str
    name: str = ""
    old_code: str = ""
    parent: str = ""
    mail: str = ""


@dataclass(frozen=True, slots=True)
class Client:
    """The one system the platform knows."""

    system_id: str
    secret: str


class Platform:
    """Documents for and from one client, in memory."""

    needed = frozenset({"docId", "messageType", "status", "createdTime", "code"})

    def __init__(
        self,
        client: Client,
        now: Callable[[], int],
        *,
        units: Sequence[Unit] = (),
        edxml: Literal["base64", "text"] = "base64",
        seconds: int = 1800,
    ) -> None:
        """``seconds``: how long a token lasts."""
        self.tokens = Tokens(client.system_id, client.secret, now, seconds)
        self.shelves = Shelves(now, "LGSP")
        #: May be changed while it plays.
        self.units = units
        self._client = client
        self._edxml = edxml
        self._answers: Mapping[str, Callable[[Asked], Reply]] = {
            "sendEdoc": self._send,
            "syncReceivedEdocList": self._list,
            "getEdoc": self._get,
            "updateStatus": self._update,
            "getAgenciesList": self._agencies,
        }

    def call(self, head: Head) -> str:
        before, _, name = head.path.rpartition("/")
        if name == "token":
            return TOKEN
        return name if name in _CALLS and before.endswith("/v1") else ""

    def answer(self, asked: Asked) -> Reply:
        if asked.call == TOKEN:
            return self.tokens.grant(asked)
        return self._answers[asked.call](asked) if self._knows(asked) else self.denial()

    def refusal(self, order: Order) -> Reply:
        return _no(order.code or codes.NO_RECEIVER, "Đơn vị nhận không tồn tại", order.status or 200)

    def denial(self) -> Reply:
        return _no(codes.CREDENTIALS, "Sai SystemId hoặc SecretKey", 401)

    def leave(self, body: bytes, type_: str) -> str:
        return self.shelves.leave(body, type_)

    def account(self) -> Mapping[str, object]:
        return {"tokens": self.tokens.made, **self.shelves.account()}

    def _knows(self, asked: Asked) -> bool:
        if asked.header("authorization"):
            return self.tokens.fault(asked) is None
        shown = asked.header("x-systemid"), asked.header("x-secretkey")
        return hmac.compare_digest("\n".join(shown), f"{self._client.system_id}\n{self._client.secret}")

    def _send(self, asked: Asked) -> Reply:
        form = _form(asked)
        type_, body = form.get("messageType", b"").decode("ascii", "replace"), form.get("edocFile", b"")
        if type_ not in {"edoc", "status"} or not body:
            return _no(codes.INVALID_FILE, "Tệp không hợp lệ")
        kept, _ = self.shelves.take(f"{type_} {hashlib.sha256(body).hexdigest()}", body, {"type": type_})
        return _yes({"message": "Gửi thành công", "docId": kept.doc_id})

    def _list(self, asked: Asked) -> Reply:
        try:
            start, end = times.first_of(asked.query["fromDate"]), times.last_of(asked.query["toDate"])
        except (KeyError, ValueError):
            return _no(codes.INVALID_FILE, "fromDate, toDate: YYYY/MM/DD", 400)
        waiting = self.shelves.waiting(asked.query.get("messageType", ""))
        rows = [_row(one) for one in waiting if start <= one.at <= end]
        return _yes({"count": len(rows), "data": rows})

    def _get(self, asked: Asked) -> Reply:
        found = self.shelves.find(asked.query.get("docId", ""))
        if found is None:
            return _no(codes.INVALID_FILE, "Không tìm thấy văn bản", 404)
        written = base64.b64encode(found.content) if self._edxml == "base64" else found.content
        return _yes({"data": {"docId": found.doc_id, "from": "", "edxml": written.decode()}})

    def _update(self, asked: Asked) -> Reply:
        told = asked.json()
        found, state = self.shelves.find(str(told.get("docId"))), str(told.get("status"))
        if found is None or state not in _STATES:
            return _no(codes.INVALID_FILE, "Không tìm thấy văn bản", 404)
        found.state, found.reason = state, str(told.get("description", ""))
        return _yes({"message": "Cập nhật thành công"})

    def _agencies(self, _asked: Asked) -> Reply:
        rows = [
            {
                "id": one.code,
                "code": one.code,
                "name": one.name,
                "pid": one.parent,
                "mail": one.mail,
                "oldCode": one.old_code,
            }
            for one in self.units
        ]
        return _yes({"data": rows})


def _form(asked: Asked) -> Mapping[str, bytes]:
    """The fields of a form, read by other means than those it was written with."""
    head = f"Content-Type: {asked.header('content-type')}\r\n\r\n".encode()
    parts = message_from_bytes(head + asked.body).walk()
    fields = {str(part.get_param("name", "", "content-disposition")): part.get_payload(decode=True) for part in parts}
    return {name: value for name, value in fields.items() if isinstance(value, bytes)}


def _row(one: Offered) -> Mapping[str, object]:
    return {
        "serviceType": "eDoc",
        "createdTime": times.shown(one.at),
        "updatedTime": times.shown(one.at),
        "messageType": one.type,
        "docId": one.doc_id,
        "from": "",
        "to": "",
        "status": one.state,
        "statusDesc": "",
    }


def _yes(members: Mapping[str, object]) -> Reply:
    return Reply(200, {"success": True, **members})


def _no(code: str, words: str, status: int = 200) -> Reply:
    told = {"docId": "", "status": "FAIL", "errorCode": code, "errorDesc": words}
    return Reply(status, {"success": False, "message": words, "data": told})
