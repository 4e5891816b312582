"""The played platform answers as the guide says, so that software made against it works with a real one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import pytest

from adapters.http.rehearsal import Rehearsal
from adapters.lgsp.sandbox import Platform, Unit
from bus.clock import HandClock
from bus.transport import Request, Response
from bus.transport.fast import FastTransport
from tests.adapters.lgsp_driver import BOUNDARY, closed, form, part
from tests.adapters.lgsp_partner import CLIENT, platform

KNOWN = {"X-SystemId": CLIENT.system_id, "X-SecretKey": CLIENT.secret}
FORM = {**KNOWN, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
JSON = {**KNOWN, "Content-Type": "application/json"}


@pytest.fixture
def played() -> Iterator[Rehearsal[Platform]]:
    running = platform(HandClock(), units=(Unit("A", "Sở A", "a", "P", "a@x"),))
    running.start()
    yield running
    running.stop()


class Caller:
    def __init__(self, url: str, transport: FastTransport) -> None:
        self._url = url
        self._transport = transport

    def call(self, method: str, name: str, headers: Mapping[str, str] = KNOWN, body: bytes | None = None) -> Response:
        return self._transport.call(Request(method, f"{self._url}/v1/{name}", headers, body))

    def said(self, *given: Any) -> Any:
        return orjson.loads(self.call(*given).body)


@pytest.fixture
def caller(played: Rehearsal[Platform], transport: FastTransport) -> Caller:
    return Caller(played.url, transport)


def test_a_document_that_comes_again_is_the_same(caller: Caller) -> None:
    """By its bytes; a status of the same bytes is another thing."""
    sent = [
        caller.said("POST", "sendEdoc", FORM, form(b"<a/>", messageType=type_)) for type_ in ("edoc", "edoc", "status")
    ]
    assert [one["success"] for one in sent] == [True] * 3
    assert [one["docId"] for one in sent] == ["LGSP-S-1", "LGSP-S-1", "LGSP-S-2"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not a form",
        form(b"", messageType="edoc"),
        form(b"<a/>", messageType="x"),
        closed([part("edocFile", b"<a/>")]),
        closed([part("messageType", b"\xff")]),
    ],
)
def test_what_is_no_document_is_refused(caller: Caller, body: bytes) -> None:
    """With the guide's code, in HTTP 200."""
    told = caller.said("POST", "sendEdoc", FORM, body)
    assert (told["success"], told["data"]["errorCode"]) == (False, "10")


@pytest.mark.parametrize("name", ["sendEdoc", "syncReceivedEdocList", "getEdoc", "updateStatus", "getAgenciesList"])
@pytest.mark.parametrize("shown", [{}, {**KNOWN, "X-SecretKey": "?"}, {"Authorization": "Bearer ?"}])
def test_who_is_not_known_is_told_15(caller: Caller, name: str, shown: Mapping[str, str]) -> None:
    """And a status that clients of gateways look at."""
    answer = caller.call("POST", name, shown, b"")
    assert (answer.status, orjson.loads(answer.body)["data"]["errorCode"]) == (401, "15")


def test_what_is_there_is_listed_by_days_until_it_is_done(caller: Caller, played: Rehearsal[Platform]) -> None:
    """Fetched as often as anybody likes."""
    doc_id = played.tell(lambda one: one.shelves.offer(b"<a/>"))
    today = orjson.loads(caller.call("GET", "getEdoc?docId=" + doc_id).body)
    assert today["data"]["edxml"] == "PGEvPg=="

    days = "syncReceivedEdocList?messageType=edoc&fromDate=1970/01/01&toDate=2100/01/01"
    assert caller.said("GET", days)["count"] == 1
    assert caller.said("POST", "updateStatus", JSON, orjson.dumps({"docId": doc_id, "status": "done"}))["success"]
    assert caller.said("GET", days)["count"] == 0


@pytest.mark.parametrize(
    ("method", "name", "body"),
    [
        ("GET", "syncReceivedEdocList?messageType=edoc", None),
        ("GET", "syncReceivedEdocList?messageType=edoc&fromDate=1/1/2026&toDate=2026/01/01", None),
        ("GET", "getEdoc?docId=x", None),
        ("POST", "updateStatus", b'{"docId": "x", "status": "done"}'),
    ],
)
def test_what_is_asked_wrongly_is_refused(caller: Caller, method: str, name: str, body: bytes | None) -> None:
    """In the envelope."""
    assert caller.said(method, name, JSON, body)["success"] is False


def test_agencies_are_listed(caller: Caller) -> None:
    """As the axis lists them."""
    row = {"id": "A", "code": "A", "name": "Sở A", "pid": "P", "mail": "a@x", "oldCode": "a"}
    assert caller.said("GET", "getAgenciesList") == {"success": True, "data": [row]}
