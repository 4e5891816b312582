"""What security servers make of a call, and whose failure an answer is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from adapters.http.roads.xrd_adapter import XrdAdapter
from adapters.http.roads.xroad import XRoad, message_id
from adapters.http.settings import HttpSettings
from adapters.http.through import Wire
from bus.endpoint_settings import Address
from bus.errors import CallFailed, FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.transport import Response

FORWARD = "http://ss.local:8080/XrdAdapter/RestService/forward"
ADAPTER = XrdAdapter(url=FORWARD, dstcode="VN:GOV:000.00.00.G22:vpcpdvcprovider")
CLIENT, SERVICE = "VN/GOV/000.00.00.H62/bus", "VN/GOV/000.00.00.G22/vpcp/bao-cao"
ROAD = XRoad(url="https://ss.local", client=CLIENT, service=SERVICE)
CALL = Wire("POST", "https://provider.example/v1", "/reports", (("a", "1"),), {"Accept": "application/json"})


def through(**written: Any) -> HttpSettings:
    return HttpSettings.model_validate({"url": "https://provider.example", "through": written})


def test_adapter_is_called_in_the_providers_place() -> None:
    """The provider's path behind the adapter's, its origin as providerurl, and dstcode in both places."""
    wire = ADAPTER.rewrite(CALL, "doc-1")
    assert (wire.base, wire.path) == (FORWARD, "/v1/reports")
    assert wire.query == (("a", "1"), ("dstcode", ADAPTER.dstcode), ("providerurl", "https://provider.example"))
    assert wire.headers == {"Accept": "application/json", "dstcode": ADAPTER.dstcode}


def test_provider_may_have_another_address_on_the_far_side() -> None:
    """What is written as providerurl goes out as it is."""
    road = ADAPTER.model_copy(update={"providerurl": "http://10.9.8.7:8280"})
    assert road.rewrite(CALL, "").query[-1] == ("providerurl", "http://10.9.8.7:8280")


def test_connections_are_made_to_what_stands_before() -> None:
    """The knocker knocks at the security server."""
    found = through(kind="xrd_adapter", url=FORWARD, dstcode="VN:GOV:x:y")
    assert found.address == Address("ss.local", 8080)


@pytest.mark.parametrize("dstcode", ["VN:GOV\r\nX-Key: 1", "mã", " VN:GOV:x:y"])
def test_dstcode_stands_in_a_header(dstcode: str) -> None:
    """What cannot is refused when the routes are read."""
    with pytest.raises(ValidationError, match="expected printable ASCII"):
        through(kind="xrd_adapter", url=FORWARD, dstcode=dstcode)


def test_call_goes_by_the_service() -> None:
    """``/r1``, the service, then the provider's own path; the host of the endpoint's URL does not count."""
    wire = ROAD.rewrite(CALL, "doc-1")
    assert (wire.base, wire.path, wire.query) == ("https://ss.local", f"/r1/{SERVICE}/v1/reports", (("a", "1"),))
    assert wire.headers == {
        "Accept": "application/json",
        "X-Road-Client": CLIENT,
        "X-Road-Id": message_id("doc-1"),
    }


def test_parts_of_ids_are_percent_encoded() -> None:
    """Each part by itself, so that a stroke can only stand between two."""
    road = ROAD.model_copy(update={"service": "VN/GOV/Sở Nội vụ/a&b/c d", "client": "VN/GOV/Tỉnh/bus"})
    wire = road.rewrite(CALL, "")
    assert wire.path == "/r1/VN/GOV/S%E1%BB%9F%20N%E1%BB%99i%20v%E1%BB%A5/a%26b/c%20d/v1/reports"
    assert wire.headers["X-Road-Client"] == "VN/GOV/T%E1%BB%89nh/bus"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("client", "VN/GOV"),
        ("client", "VN/GOV/a/b/c"),
        ("client", "VN/GOV//bus"),
        ("service", "VN/GOV/000.00.00.G22/vpcp"),
        ("service", "VN/GOV/../vpcp/x"),
        ("service", "VN/GOV/a\nb/vpcp/x"),
        ("service", "VN/GOV/a%2Fb/vpcp/x"),
        ("represented_party", "GOV"),
        ("security_server", "VN/GOV/a"),
        ("user_id", "VN\n1"),
        ("url", "https://ss.local/?x=1"),
    ],
)
def test_ids_that_are_none(key: str, value: str) -> None:
    """An id has its parts, and none of them can leave its place in a path or header."""
    written = {"kind": "xroad", "url": "https://ss.local", "client": CLIENT, "service": SERVICE, key: value}
    with pytest.raises(ValidationError):
        through(**written)


def test_what_else_is_configured_is_said() -> None:
    """User, represented party and server are headers of their own."""
    road = XRoad(
        url="https://ss.local",
        client=CLIENT,
        service=SERVICE,
        user_id="VN000000000001",
        represented_party="GOV/000.00.05.H62",
        security_server="VN/GOV/000.00.00.G22/ss1",
    )
    assert road.rewrite(CALL, "d").headers.items() >= {
        ("X-Road-UserId", "VN000000000001"),
        ("X-Road-Represented-Party", "GOV/000.00.05.H62"),
        ("X-Road-Security-Server", "VN/GOV/000.00.00.G22/ss1"),
    }


@given(st.text("abc123._-", min_size=1, max_size=64))
def test_one_id_for_all_attempts(doc_id: str) -> None:
    """A copy has one X-Road-Id, and another copy another."""
    assert message_id(doc_id) == message_id(doc_id) != message_id(doc_id + "x")


def test_a_call_about_no_copy_has_an_id_of_its_own() -> None:
    """Lists and tokens are told apart in both sides' logs."""
    assert message_id("") != message_id("")


def failed(kind: str, *, header: bool = True, status: int = 500, body: object = None) -> CallFailed | None:
    """What an answer of the security server means; None: it is the provider's."""
    said = {"type": kind, "message": "lỗi\r\nmạng", "detail": "6b2b-tracked"} if body is None else body
    headers: Mapping[str, str] = {"x-road-error": kind, "x-road-request-id": "r-7"} if header else {}
    try:
        ROAD.check(Response(status, headers, said if isinstance(said, bytes) else orjson.dumps(said)))
    except CallFailed as failure:
        return failure
    return None


@pytest.mark.parametrize("header", [True, False], ids=["header", "body"])
@pytest.mark.parametrize(
    ("kind", "error", "failure"),
    [
        ("Server.ServerProxy.NetworkError", OutcomeUnknown, FailureClass.TIMEOUT_AFTER_SEND),
        ("Server.ClientProxy.NetworkError", OutcomeUnknown, FailureClass.TIMEOUT_AFTER_SEND),
        ("Server.ServerProxy.Timeout", OutcomeUnknown, FailureClass.TIMEOUT_AFTER_SEND),
        ("Server.ServerProxy.ServiceFailed.HttpError", OutcomeUnknown, FailureClass.TIMEOUT_AFTER_SEND),
        ("Server.ClientProxy.InternalError", OutcomeUnknown, FailureClass.TIMEOUT_AFTER_SEND),
        ("Server.ServerProxy.AccessDenied", Refused, FailureClass.AUTH),
        ("Server.ServerProxy.UnknownService", Refused, FailureClass.CLIENT_FAULT),
        ("Client.BadRequest", Refused, FailureClass.CLIENT_FAULT),
        ("Client.InternalError", Refused, FailureClass.CLIENT_FAULT),
    ],
)
def test_failures_of_the_road(kind: str, error: type[CallFailed], failure: FailureClass, header: bool) -> None:
    """The header says it, or the body's type alone; what may have happened after the provider acted is in doubt."""
    found = failed(kind, header=header, status=400 if kind.startswith("Client.") else 500)
    assert type(found) is error
    assert found
    assert (found.failure, found.code) == (failure, kind)


@pytest.mark.parametrize(
    ("message", "reached"),
    [
        ("Could not connect to any target host ([https://10.1.2.3:5500/])", False),
        ("Connect to 10.1.2.3:443 failed: Connection refused (Connection refused)", False),
        ("ss.local: Name or service not known", False),
        ("Connection reset", True),
        ("Connection timed out", True),
        ("Broken pipe (Write failed)", True),
        ("", True),
    ],
)
def test_a_network_over_which_nothing_was_sent(message: str, reached: bool) -> None:
    """The same type is given to a connection that was never made and to one that broke: only the words tell."""
    kind = "Server.ServerProxy.NetworkError"
    found = failed(kind, body={"type": kind, "message": message})
    assert type(found) is (OutcomeUnknown if reached else Unreachable)


def test_tracking_id_is_kept_in_the_words() -> None:
    """What to ask the operators of the far side for, on one line."""
    found = failed("Server.ServerProxy.NetworkError")
    assert found
    assert found.words == "HTTP 500 Server.ServerProxy.NetworkError lỗi mạng 6b2b-tracked"


@pytest.mark.parametrize("body", [b"<html>", b"", b"[1]", b"\xff", {"type": 7}, {"type": ["Client.X"]}])
def test_an_error_without_a_body_that_can_be_read(body: object) -> None:
    """The header is enough, and the request's id is kept in place of the tracking id."""
    found = failed("Server.ServerProxy.NetworkError", body=body)
    assert found
    assert found.words == "HTTP 500 Server.ServerProxy.NetworkError r-7"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {"type": "about:blank"}),
        (503, b"<html>provider</html>"),
        (404, {"type": "ClientError.x", "message": "provider"}),
        (200, {"type": "Client.BadRequest", "docId": "1"}),
        (400, {"type": "Server side"}),
    ],
)
def test_answers_of_the_provider(status: int, body: object) -> None:
    """Without the header, and without a type of X-Road's beside a failure, it is the provider that speaks."""
    assert failed("", header=False, status=status, body=body) is None


def test_hostile_header_is_kept_short() -> None:
    """An error's name is bounded and on one line, whatever stands there."""
    found = failed("Server." + "N" * 10_000 + "\x07etwork")
    assert found
    assert len(found.code) <= 120
    assert len(found.words) <= 500
    assert found.words.isprintable()


def test_what_a_call_through_it_leaves_behind() -> None:
    """Id, request id and hash are kept with the attempt."""
    headers = {"x-road-id": "i", "x-road-request-id": "r", "x-road-request-hash": "h=="}
    assert ROAD.words(Response(200, headers, b"{}")) == "X-Road id i request r hash h=="
    assert ROAD.words(Response(200, {}, b"{}")) == ""
