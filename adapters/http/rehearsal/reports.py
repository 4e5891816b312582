"""A played system that takes reports by our own contract (PROPOSED): packets by their id, and the question whether one is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import unquote

from adapters.http.rehearsal.orders import Order
from adapters.http.rehearsal.papers import Shelves
from adapters.http.rehearsal.partner import Asked
from adapters.http.stage import Head, Reply

PATH = "/reports"


class ReportSystem:
    """Packets by ``X-Message-Id``; what came again is told so."""

    needed = frozenset({"status", "id"})

    def __init__(self, now: Callable[[], int]) -> None:
        self.shelves = Shelves(now, "BC")

    def call(self, head: Head) -> str:
        if head.path == PATH and head.method == "POST":
            return "send"
        return "ask" if head.path.startswith(f"{PATH}/") and head.method == "GET" else ""

    def answer(self, asked: Asked) -> Reply:
        return self._send(asked) if asked.call == "send" else self._told(unquote(asked.head.path.rpartition("/")[2]))

    def refusal(self, order: Order) -> Reply:
        said = {"status": "rejected", "code": order.code or "MISSING_CELL", "message": "Thiếu số liệu"}
        return Reply(order.status or 200, said)

    def denial(self) -> Reply:
        return Reply(401, {"status": "rejected", "code": "AUTH", "message": "Không nhận ra bên gửi"})

    def leave(self, body: bytes, type_: str) -> str:
        return self.shelves.leave(body, type_)

    def account(self) -> Mapping[str, object]:
        return self.shelves.account()

    def _send(self, asked: Asked) -> Reply:
        key, type_ = asked.header("x-message-id"), asked.header("x-message-type")
        kept, new = self.shelves.take(key, asked.body, {"type": type_, "key": key})
        return Reply(200, _yes(kept.doc_id)) if new else Reply(409, {"status": "duplicate", "id": kept.doc_id})

    def _told(self, key: str) -> Reply:
        kept = self.shelves.taken.get(key)
        return Reply(200, _yes(kept.doc_id)) if kept else Reply(404, {"status": "not_found"})


def _yes(doc_id: str) -> Mapping[str, object]:
    return {"status": "accepted", "id": doc_id}
