"""The played exchange of documents as the far side of the contracts, and what the daemon would build to call it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.orders import Mode, Order
from adapters.soap import ADAPTER
from adapters.soap.client.settings import SoapSettings
from adapters.soap.rehearsal import rehearsal
from adapters.soap.rehearsal.documents import Documents
from bus.clock import Clock, HandClock
from bus.endpoint import Sink, Source, Tools
from bus.transport import Transport
from tests.adapters import axis_partner
from tests.contracts.sink import Kept
from tests.contracts.source import HERE

SUCCESS = {"status": "2xx", "path": "result.code", "values": ["0"]}
SEND: Mapping[str, Any] = {
    "operation": "SendDocument",
    "parameters": {"documentId": "{docId}", "type": "{type}", "to": "{recipient}", "document": "{edxml.base64}"},
}


def exchange(clock: Clock | None = None, **given: Any) -> Rehearsal[Documents]:
    return rehearsal(Documents((clock or HandClock()).now, **given))


def written(url: str, **more: Any) -> dict[str, Any]:
    """An endpoint as routes.yaml would hold it."""
    return {
        "kind": "soap",
        "url": url,
        "allow": ["127.0.0.1"],
        "idle_timeout": "1s",
        "send": {"call": SEND},
        "answers": {
            "success": SUCCESS,
            "duplicate": {"path": "result.message", "contains": "đã tồn tại"},
            "failures": [{"path": "result.code", "values": ["10"], "class": "schema"}],
            "remote_id": "docId",
        },
        "ask": {
            "call": {"operation": "FindDocument", "parameters": {"documentId": "{docId}"}},
            "answers": {"found": SUCCESS, "not_found": {"path": "result.code", "values": [404]}, "remote_id": "docId"},
        },
        **more,
    }


def receiving(url: str, **more: Any) -> dict[str, Any]:
    """An endpoint that is polled."""
    lists = [
        {
            "call": {"operation": "ListDocuments", "parameters": {"type": type_}},
            "type": type_,
            "success": SUCCESS,
            "rows": "items.item",
            "id": "docId",
            "order": "created",
        }
        for type_ in ("edoc", "status")
    ]
    receive = {
        "own": [HERE],
        "lists": lists,
        "get": {
            "call": {"operation": "GetDocument", "parameters": {"docId": "{id}"}},
            "success": SUCCESS,
            "content": {"kind": "base64", "path": "document"},
        },
        "done": {"call": _ack(), "success": SUCCESS},
        "fail": {"call": _ack(), "success": SUCCESS},
    }
    return written(url, **{"receive": receive, **more})


def _ack() -> Mapping[str, Any]:
    parameters = {"docId": "{id}", "status": "{state}", "reason": "{reason}"}
    return {"operation": "UpdateStatus", "parameters": parameters}


def settings(given: Mapping[str, Any]) -> SoapSettings:
    return SoapSettings.model_validate(given)


def tools(transport: Transport, home: Path, clock: Clock | None = None) -> Tools:
    return axis_partner.tools(transport, home, clock or HandClock())


def sink_of(given: Mapping[str, Any], tools: Tools) -> Sink:
    assert ADAPTER.sink is not None
    return ADAPTER.sink("soap", settings(given), tools)


def source_of(given: Mapping[str, Any], tools: Tools) -> Source:
    assert ADAPTER.source is not None
    return ADAPTER.source("soap", settings(given), tools)


_ORDERS = {
    "ok": Order(),
    "busy": Order(mode=Mode.BUSY, seconds=7),
    "refuse": Order(mode=Mode.REFUSE, code="Client.Receiver"),
    "error_in_body": Order(mode=Mode.REFUSE, status=200),
    "drop_after_reading": Order(mode=Mode.LOST),
    "drop_before_reading": Order(mode=Mode.DOWN),
    "lie_loses": Order(mode=Mode.FAULT),
    "hang": Order(mode=Mode.HANG),
    "ask_unknown": Order(mode=Mode.EMPTY, call="FindDocument"),
    "down": Order(mode=Mode.DOWN),
    "empty": Order(mode=Mode.EMPTY),
    "html": Order(mode=Mode.HTML),
    "nulls": Order(mode=Mode.NULLS),
    "lies": Order(mode=Mode.LIES),
    "cut": Order(mode=Mode.CUT),
}


class Exchange:
    """The exchange in the words of both contracts."""

    def __init__(self, played: Rehearsal[Documents]) -> None:
        self.played = played
        self.url = played.url

    def misbehave(self, how: str) -> None:
        self.played.order(_ORDERS[how])

    def kept(self) -> Sequence[Kept]:
        return [Kept(one["sha256"], one["times"]) for one in self.taken()]

    def taken(self) -> Sequence[Mapping[str, Any]]:
        found: Any = self.played.account()["taken"]
        return list(found)

    def offer(self, body: bytes, type_: str = "edoc") -> None:
        self.played.tell(lambda partner: partner.shelves.offer(body, type_))

    def states(self) -> Sequence[tuple[str, str]]:
        offered: Any = self.played.account()["offered"]
        return [("open" if one["state"] == "initial" else one["state"], one["reason"]) for one in offered]
