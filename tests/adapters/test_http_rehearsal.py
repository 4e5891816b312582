"""Played partners answer as the real ones were seen to, and misbehave as they are told."""

from __future__ import annotations

import base64
import gc
import socket
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import orjson
import pytest

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.gate_orders import GateOrder
from adapters.http.rehearsal.gates import AdapterGate, SecurityServer
from adapters.http.rehearsal.orders import Mode, Order
from adapters.http.rehearsal.quang_nam import QuangNam
from bus.clock import HandClock
from bus.errors import OutcomeUnknown
from bus.transport.fast import FastTransport
from tests.adapters.http_partner import Playing
from tests.adapters.played import FORM, UNIT_SECRET, Caller, basic, catalogue, playing, quang_nam, tokens

BASE = "/truclienthong/v1.0.0"


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def played(clock: HandClock) -> Iterator[Rehearsal[QuangNam]]:
    with playing(quang_nam(clock, 100)) as running:
        yield running


@pytest.fixture
def caller(played: Rehearsal[QuangNam], transport: FastTransport) -> Caller:
    return Caller(played.url, transport)


def signed(caller: Caller) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {caller.token()['access_token']}",
        "X-Unit-Secret": UNIT_SECRET.encode().hex(),
    }


def test_a_token_is_the_same_until_it_runs_out(caller: Caller, clock: HandClock) -> None:
    """What is left of its time shrinks; then there is another one."""
    first = caller.token()
    clock.move(40)
    again = caller.token()
    clock.move(60)
    other = caller.token()
    assert again == {**first, "expires_in": first["expires_in"] - 40}
    assert other["access_token"] != first["access_token"]
    assert other["expires_in"] == 100


def test_who_is_not_known_gets_no_token(caller: Caller) -> None:
    """In the header or in the form; and only for the grant there is."""
    grant = b"grant_type=client_credentials"
    assert caller.call("POST", "/token", {**basic(secret="x"), **FORM}, grant).status == 401
    assert caller.call("POST", "/token", FORM, grant).status == 401
    assert caller.call("POST", "/token", {**basic(), **FORM}, b"grant_type=password").status == 400
    form = "grant_type=client_credentials&client_id=so-nv&client_secret=b%C3%AD%20m%E1%BA%ADt"
    assert caller.call("POST", "/token", FORM, form.encode()).status == 200


def test_a_token_that_ran_out_is_a_fault(caller: Caller, played: Rehearsal[QuangNam], clock: HandClock) -> None:
    """By its time, or because the gateway forgot it."""
    headers = signed(caller)
    assert caller.call("GET", f"{BASE}/vanbans", headers).status == 200
    played.tell(lambda partner: partner.tokens.forget())
    answer = caller.call("GET", f"{BASE}/vanbans", headers)
    assert (answer.status, orjson.loads(answer.body)["fault"]["code"]) == (401, 900901)


def test_the_units_secret_is_asked_for_too(caller: Caller) -> None:
    """A token alone opens nothing."""
    headers = {**signed(caller), "X-Unit-Secret": "x"}
    assert caller.json("GET", f"{BASE}/vanbans", headers)["ErrorCode"] == "15"


def test_documents_there_and_back(caller: Caller, played: Rehearsal[QuangNam]) -> None:
    """Sent twice it is there once; offered it is listed, fetched and acked."""
    headers = signed(caller)
    sent = {"kind": "edoc", "to": ["H47"], "edxml": base64.b64encode(b"<a/>").decode()}
    first = caller.json("POST", f"{BASE}/vanbans", headers, sent)
    again = caller.json("POST", f"{BASE}/vanbans", headers, sent)
    assert (first["ErrorCode"], again["ErrorDesc"]) == ("0", "Văn bản đã tồn tại")
    assert first["docId"] == again["docId"]

    offered = played.tell(lambda partner: partner.shelves.offer(b"<b/>"))
    (row,) = caller.json("GET", f"{BASE}/vanbans?kind=edoc", headers)["data"]
    assert row["docId"] == offered
    got = caller.json("GET", f"{BASE}/vanbans/{offered}", headers)
    assert base64.b64decode(got["data"]) == b"<b/>"
    assert caller.json("PUT", f"{BASE}/vanbans/{offered}?status=done", headers)["ErrorCode"] == "0"
    assert caller.json("GET", f"{BASE}/vanbans?kind=edoc", headers)["data"] == []


def test_orders_spoil_all_but_tokens(caller: Caller, played: Rehearsal[QuangNam]) -> None:
    """Unless an order names the call for a token; an order by HTTP is one too."""
    headers = signed(caller)
    assert caller.call("POST", "/_control", {}, {"mode": "busy", "seconds": 3}).status == 200
    busy = caller.call("GET", f"{BASE}/vanbans", headers)
    assert (busy.status, busy.headers["retry-after"]) == (503, "3")
    assert caller.token()
    played.order(Order(mode=Mode.FAULT, call="token", times=1))
    assert caller.call("POST", "/token", {**basic(), **FORM}, b"").status == 500
    assert caller.token()
    assert caller.call("POST", "/_control", {}, {"mode": "no such"}).status == 400
    assert caller.json("GET", "/_control")["tokens"] == 1


def test_a_lost_answer_was_carried_out(caller: Caller, played: Rehearsal[QuangNam]) -> None:
    """The document is kept, and nobody is told."""
    headers = signed(caller)
    played.order(Order(mode=Mode.LOST))
    with pytest.raises(OutcomeUnknown):
        caller.call("POST", f"{BASE}/vanbans", headers, {"kind": "edoc", "edxml": "eA=="})
    assert [one["size"] for one in played.account()["taken"]] == [1]  # type: ignore[attr-defined]


def test_lists_that_lie(caller: Caller, played: Rehearsal[QuangNam]) -> None:
    """Nulls among the rows; numbers as text, a BOM and a wrong type; JSON as text in JSON."""
    headers = signed(caller)
    played.tell(lambda partner: partner.shelves.offer(b"<b/>"))
    played.order(Order(mode=Mode.NULLS))
    nothing, row = caller.json("GET", f"{BASE}/vanbans", headers)["data"]
    assert (nothing, row["createdTime"]) == (None, None)
    played.order(Order(mode=Mode.LIES))
    lying = caller.call("GET", f"{BASE}/vanbans", headers)
    assert lying.body.startswith(b"\xef\xbb\xbf")
    assert orjson.loads(lying.body[3:])["ErrorCode"] == 0
    played.order(Order(mode=Mode.WRAPPED))
    assert isinstance(caller.json("GET", f"{BASE}/vanbans", headers), str)


def test_catalogue_by_levels(clock: HandClock, transport: FastTransport) -> None:
    """Bare lists, behind a token; a level that is not there is 404."""
    with playing(catalogue(clock, {"qlvanbandieuhanhcap1": [{"MaDinhDanhCap1": "H47"}]})) as running:
        caller = Caller(running.url, transport)
        headers = {"Authorization": f"Bearer {caller.token()['access_token']}"}
        assert caller.json("GET", "/dmdc/Category/qlvanbandieuhanhcap1", headers) == [{"MaDinhDanhCap1": "H47"}]
        assert caller.call("GET", "/dmdc/Category/qlvanbandieuhanhcap2", headers).status == 404
        assert caller.call("GET", "/dmdc/Category/qlvanbandieuhanhcap1").status == 401


def test_adapter_lets_through_what_names_its_provider(clock: HandClock, transport: FastTransport) -> None:
    """Both dstcodes and the provider must be right."""
    partner = QuangNam(tokens(clock), "", clock.now)
    rehearsal = Rehearsal(partner, before=lambda house: AdapterGate(house, "VN:GOV:x:y", "https://p"))
    with playing(rehearsal):
        caller = Caller(rehearsal.url + "/XrdAdapter/RestService/forward", transport)
        right, header = "/token?dstcode=VN:GOV:x:y&providerurl=https%3A%2F%2Fp", {"dstcode": "VN:GOV:x:y"}
        form = {**basic(), **FORM, **header}
        assert caller.call("POST", right, form, b"grant_type=client_credentials").status == 200
        assert caller.call("POST", right, {**basic(), **FORM}, b"").status == 404
        assert caller.call("POST", right.replace("%2Fp", "%2Fq"), form, b"").status == 404


def test_security_server_signs_for_what_it_saw(clock: HandClock, transport: FastTransport) -> None:
    """Known clients and services get through, and the answer says by which request."""
    made: list[SecurityServer] = []

    def before(house: object) -> SecurityServer:
        made.append(SecurityServer(house, frozenset({"VN/GOV/H62/bus"}), "VN/GOV/G22/vpcp/token"))  # type: ignore[arg-type]
        return made[0]

    rehearsal = Rehearsal(QuangNam(tokens(clock), "", clock.now), before=before)
    with playing(rehearsal):
        caller = Caller(rehearsal.url, transport)
        headers = {**basic(), **FORM, "X-Road-Client": "VN/GOV/H62/bus", "X-Road-Id": "i-1"}
        path = "/r1/VN/GOV/G22/vpcp/token/token"
        answer = caller.call("POST", path, headers, b"grant_type=client_credentials")
        assert answer.status == 200
        assert answer.headers["x-road-id"] == "i-1"
        assert answer.headers["x-road-request-hash"]
        unknown = caller.call("POST", path, {**headers, "X-Road-Client": "VN/GOV/H99/bus"}, b"")
        assert unknown.headers["x-road-error"] == "Server.ServerProxy.AccessDenied"
        made[0].obey(GateOrder(error="Server.ServerProxy.NetworkError"))
        assert caller.call("POST", path, headers, b"").status == 500
        assert caller.call("POST", "/r1/VN", headers, b"").status == 400


def test_who_connects_while_it_stops_is_hung_up_on() -> None:
    """No connection stays open that was being taken at that moment."""
    for _ in range(20):
        playing = Playing()
        host, port = urlsplit(playing.url).hostname, urlsplit(playing.url).port
        callers = [socket.create_connection((host, port), timeout=30) for _ in range(3)]
        playing.stop()
        for caller in callers:
            with caller, suppress(ConnectionResetError):
                assert caller.recv(1) == b""
    gc.collect()  # what was left open says so now
