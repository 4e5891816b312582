"""A played system that takes reports by our own contract (PROPOSED) and has packets for us: regimes, forms, lists, words on what was sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import orjson

from adapters.http.rehearsal.orders import Order
from adapters.http.rehearsal.papers import Offered, Shelves
from adapters.http.rehearsal.partner import Asked
from adapters.http.stage import Head, Reply
from schemas.report.packets import MODELS

#: Where reports are sent and asked for, and where what waits for us is listed, fetched and acked.
PATH, QUEUE = "/reports", "/packets"
_CALLS: Mapping[tuple[str, str], str] = {
    ("POST", PATH): "send",
    ("GET", f"{PATH}/"): "ask",
    ("GET", QUEUE): "list",
    ("GET", f"{QUEUE}/"): "get",
    ("PUT", f"{QUEUE}/"): "ack",
}


class ReportSystem:
    """Packets by ``X-Message-Id``; what came again is told so. A packet that is left here waits until we say what became of it."""

    needed = frozenset({"status", "id", "type"})

    def __init__(self, now: Callable[[], int], authorization: str = "") -> None:
        """``authorization``: what callers show, where it is asked for."""
        self.shelves = Shelves(now, "BC")
        self._authorization = authorization
        self._recipients: tuple[str, ...] = ()
        self._answers: Mapping[str, Callable[[Asked], Reply]] = {
            "send": self._send,
            "ask": self._told,
            "list": self._list,
            "get": self._get,
            "ack": self._ack,
        }

    def is_for(self, *recipients: str) -> None:
        """Whom what waits here is for; nobody in particular where it is nobody."""
        self._recipients = recipients

    def call(self, head: Head) -> str:
        above, slash, below = head.path.rpartition("/")
        return _CALLS.get((head.method, f"{above}{slash}" if above else head.path), "") if below else ""

    def answer(self, asked: Asked) -> Reply:
        if self._authorization and asked.header("authorization") != self._authorization:
            return self.denial()
        return self._answers[asked.call](asked)

    def refusal(self, order: Order) -> Reply:
        said = {"status": "rejected", "code": order.code or "MISSING_CELL", "message": "Thiếu số liệu"}
        return Reply(order.status or 200, said)

    def denial(self) -> Reply:
        return Reply(401, {"status": "rejected", "code": "AUTH", "message": "Không nhận ra bên gửi"})

    def leave(self, body: bytes, _type: str) -> str:
        """A packet as it is; what it is stands in it."""
        try:
            said = orjson.loads(body)
        except orjson.JSONDecodeError:
            said = None
        if not isinstance(said, dict) or said.get("type") not in MODELS:
            raise ValueError(f"expected a packet of one of the types {', '.join(MODELS)}")
        return self.shelves.offer(body, said["type"])

    def account(self) -> Mapping[str, object]:
        return self.shelves.account()

    def _send(self, asked: Asked) -> Reply:
        key, type_ = asked.header("x-message-id"), asked.header("x-message-type")
        kept, new = self.shelves.take(key, asked.body, {"type": type_, "key": key})
        return Reply(200, _yes(kept.doc_id)) if new else Reply(409, {"status": "duplicate", "id": kept.doc_id})

    def _told(self, asked: Asked) -> Reply:
        kept = self.shelves.taken.get(_last(asked.head))
        return Reply(200, _yes(kept.doc_id)) if kept else _nothing()

    def _list(self, asked: Asked) -> Reply:
        page, limit = (int(asked.query.get(name, usual)) for name, usual in (("page", "1"), ("limit", "100")))
        waiting = [one for one in self.shelves.offered if one.state == "initial"]
        rows = [*self._rows(waiting[(page - 1) * limit : page * limit])]
        return Reply(200, {"status": "accepted", "data": rows, "total": len(waiting)})

    def _rows(self, waiting: Sequence[Offered]) -> Iterator[Mapping[str, Any]]:
        for one in waiting:
            yield {"id": one.doc_id, "type": one.type, "recipients": list(self._recipients), "at": one.at}

    def _get(self, asked: Asked) -> Reply:
        found = self.shelves.find(_last(asked.head))
        return Reply(200, found.content) if found else _nothing()

    def _ack(self, asked: Asked) -> Reply:
        found, said = self.shelves.find(_last(asked.head)), asked.json()
        if found is None or said.get("state") not in {"done", "fail"}:
            return _nothing()
        found.state, found.reason = str(said["state"]), str(said.get("reason", ""))
        return Reply(200, _yes(found.doc_id))


def _last(head: Head) -> str:
    return unquote(head.path.rpartition("/")[2])


def _nothing() -> Reply:
    return Reply(404, {"status": "not_found"})


def _yes(doc_id: str) -> Mapping[str, object]:
    return {"status": "accepted", "id": doc_id}
