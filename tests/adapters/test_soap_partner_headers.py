"""What stands in an envelope's header, and in HTTP's: X-Road, WS-Addressing, texts, tokens; the same id for all attempts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from adapters.http.rehearsal.orders import Mode, Order
from adapters.http.roads.xroad import message_id
from adapters.soap.client.xroad import XRoad
from adapters.soap.rehearsal.paper import Node
from bus.endpoint import Sink, Tools
from bus.errors import CallFailed, FailureClass, OutcomeUnknown, Refused
from bus.transport.fast import FastTransport
from tests.adapters.soap_partner import SEND, Exchange, exchange, sink_of, tools, written
from tests.contracts.sink import delivery, sent

_ROAD = "{http://x-road.eu/xsd/xroad.xsd}"
_PART = "{http://x-road.eu/xsd/identifiers}"
_PARTY = "{http://x-road.eu/xsd/representation.xsd}"
_WSA = "{http://www.w3.org/2005/08/addressing}"
ROAD = {
    "kind": "xroad",
    "client": "VN/GOV/000.00.00.H62/bus",
    "provider": "VN/GOV/000.00.00.G22/vpcp",
    "version": "v1",
    "user_id": "VN000000000001",
}


@pytest.fixture
def partner() -> Iterator[Exchange]:
    played = exchange()
    played.start()
    yield Exchange(played)
    played.stop()


@pytest.fixture
def given(tmp_path: Path) -> Iterator[Tools]:
    transport = FastTransport()
    yield tools(transport, tmp_path)
    transport.close()


def headers(partner: Exchange) -> list[list[Node]]:
    """Those of the calls so far."""
    return partner.played.tell(lambda played: [one.header for one in played.wrote])


def by_road(partner: Exchange, given: Tools) -> Sink:
    return sink_of(written(partner.url, through=ROAD), given)


def test_xroad_says_who_calls_what(partner: Exchange, given: Tools) -> None:
    """Identifiers with their parts, in order; the service is the operation; one id for all attempts of a copy."""
    sink = by_road(partner, given)
    for attempt in (1, 2):
        sent(sink, delivery(attempt=attempt))
    first, second = headers(partner)
    assert [etree.QName(one).localname for one in first] == ["client", "service", "id", "userId", "protocolVersion"]
    assert [one.text for one in first[0]] == ROAD["client"].split("/")
    assert [one.text for one in first[1]] == [*ROAD["provider"].split("/"), "SendDocument", "v1"]
    assert [one.get(f"{_PART}objectType") for one in first[:2]] == ["SUBSYSTEM", "SERVICE"]
    assert [one.text for one in first[2:]] == [message_id("doc-1"), "VN000000000001", "4.0"]
    assert [etree.tostring(one) for one in first] == [etree.tostring(one) for one in second]


def test_xroad_says_for_whom_it_is(partner: Exchange, given: Tools) -> None:
    """A block of the protocol's extension, in the namespaces of that; the answer has to repeat it too."""
    through = {**ROAD, "represented_party": "GOV/000.00.05.H62", "issue": "BC-2026-01"}
    sent(sink_of(written(partner.url, through=through), given), delivery())
    ((*_, issue, _),) = headers(partner)
    (party,) = [one for one in headers(partner)[0] if one.tag == f"{_PARTY}representedParty"]
    assert [(one.tag, one.text) for one in party] == [
        (f"{_PARTY}partyClass", "GOV"),
        (f"{_PARTY}partyCode", "000.00.05.H62"),
    ]
    assert (issue.tag, issue.text) == (f"{_ROAD}issue", "BC-2026-01")


def test_xroad_keeps_what_the_other_side_noted(partner: Exchange, given: Tools) -> None:
    """Both sides' logs are searched by the id, and the request's hash is kept with the attempt."""
    words = sent(by_road(partner, given), delivery()).words
    assert f"X-Road id {message_id('doc-1')} hash aGFzaA==" in words


def _without_id(header: list[Node]) -> list[Node]:
    return [one for one in header if one.tag != f"{_ROAD}id"]


def _other_id(header: list[Node]) -> list[Node]:
    for one in header:
        if one.tag == f"{_ROAD}id":
            one.text = "another"
    return header


def _other_client(header: list[Node]) -> list[Node]:
    header[0][2].text = "000.00.00.H44"
    return header


def _nothing(_header: list[Node]) -> list[Node]:
    return []


@pytest.mark.parametrize("repeat", [_without_id, _other_id, _other_client, _nothing], ids=lambda one: one.__name__)
def test_an_answer_to_another_call_is_none(partner: Exchange, given: Tools, repeat: Any) -> None:
    """A header that is not repeated says nothing about this document."""
    partner.played.tell(lambda played: setattr(played, "repeat", repeat))
    with pytest.raises(OutcomeUnknown, match="does not repeat"):
        by_road(partner, given).send(delivery())


@pytest.mark.parametrize(
    ("code", "kind", "failure"),
    [
        ("Server.ServerProxy.NetworkError", OutcomeUnknown, FailureClass.TIMEOUT_AFTER_SEND),
        ("Server.ServerProxy.AccessDenied", Refused, FailureClass.AUTH),
        ("Server.ServerProxy.UnknownService", Refused, FailureClass.CLIENT_FAULT),
        ("Server.ClientProxy.SslAuthenticationFailed", OutcomeUnknown, FailureClass.TIMEOUT_AFTER_SEND),
        ("Client.MissingHeader", Refused, FailureClass.CLIENT_FAULT),
        ("Server", OutcomeUnknown, FailureClass.TIMEOUT_AFTER_SEND),
        ("Client", Refused, FailureClass.CLIENT_FAULT),
    ],
)
def test_whose_fault_it_is(
    partner: Exchange, given: Tools, code: str, kind: type[CallFailed], failure: FailureClass
) -> None:
    """A security server's own are told from the provider's, which are read as any partner's."""
    partner.played.order(Order(mode=Mode.REFUSE, code=code))
    with pytest.raises(CallFailed) as caught:
        by_road(partner, given).send(delivery())
    assert type(caught.value) is kind
    assert caught.value.failure is failure
    assert caught.value.code == code


def test_a_member_may_call_without_a_subsystem() -> None:
    """Then it says so."""
    road = XRoad.model_validate({**ROAD, "client": "VN/GOV/000.00.00.H62"})
    assert dict(road.header("x", "k"))["client"] == dict(
        zip(("xRoadInstance", "memberClass", "memberCode"), ("VN", "GOV", "000.00.00.H62"), strict=True)
    )


@pytest.mark.parametrize("port", ["Documents11", "Documents12"])
def test_addressing_has_one_id_for_all_attempts(partner: Exchange, given: Tools, port: str) -> None:
    """MessageID of the copy, the endpoint as To, the operation's action."""
    sink = sink_of(written(partner.url, addressing="2005", port=port), given)
    for attempt in (1, 2):
        sent(sink, delivery(attempt=attempt))
    sent(sink, delivery(doc_id="doc-2"))
    told = [{one.tag: one.text for one in header} for header in headers(partner)]
    ids = [one[f"{_WSA}MessageID"] for one in told]
    assert ids == [f"urn:uuid:{message_id(key)}" for key in ("doc-1", "doc-1", "doc-2")]
    assert told[0][f"{_WSA}To"] == partner.url
    assert str(told[0][f"{_WSA}Action"]).endswith("/SendDocument")


def test_texts_in_both_headers(partner: Exchange, given: Tools) -> None:
    """An element of the endpoint's own in the envelope, and HTTP headers beside what SOAP needs."""
    call = {**SEND, "soap_headers": {"{urn:e}Token": "{sender}"}, "headers": {"AuthHash": "{docId|base64}"}}
    sent(sink_of(written(partner.url, send={"call": call}), given), delivery())
    ((token,),) = headers(partner)
    assert (token.tag, token.text) == ("{urn:e}Token", "000.00.05.H62")
