"""What stands around a call: its action, blocks of the header, its version, its Content-Type; what does not fit gets a fault of its own."""

from __future__ import annotations

import pytest

from adapters.soap.door.face import SoapFace
from bus.errors import Rejected
from tests.adapters.soap_driver import (
    NS,
    SOAP_11,
    SOAP_12,
    TYPES,
    WSA,
    SoapDriver,
    asked,
    envelope,
    field,
    refused,
    told,
)
from tests.asgi import Client, Reply
from tests.contracts.face import NOI_VU
from tests.fake_desk import FakeDesk

LIST = asked("GetReceivedList", field("messageType", "edoc"))
LISTED = "GetReceivedList"


def test_an_action_that_is_anothers_is_refused(noi_vu: SoapDriver, desk: FakeDesk) -> None:
    """However it is told: in the header of HTTP, in the Content-Type, by WS-Addressing."""
    other, own = f"{NS}/GetDocument", f"{NS}/GetReceivedList"
    typed = {"Content-Type": f'{TYPES[noi_vu.version]}; action="{other}"'}
    addressed = f'<a:Action xmlns:a="{WSA}">{other}</a:Action>'
    inside = field("messageType", "edoc")

    for reply in (
        noi_vu.call(LISTED, inside, headers={"SOAPAction": f'"{other}"'}),
        noi_vu.call(LISTED, inside, headers=typed),
        noi_vu.call(LISTED, inside, addressed),
    ):
        assert other in refused(desk, reply, "request.invalid")
    for action in (f'"{own}"', own, '""', ""):
        assert noi_vu.call(LISTED, inside, headers={"SOAPAction": action}).status == 200


def _block(attributes: str = "", name: str = "x:Deal") -> str:
    return f'<{name} xmlns:x="urn:deals" {attributes}>1</{name}>'


@pytest.mark.parametrize("value", ["1", "true"])
def test_a_block_that_must_be_understood_and_is_not_is_refused(noi_vu: SoapDriver, desk: FakeDesk, value: str) -> None:
    """Before anything else is looked at; SOAP 1.2 also says which one it was."""
    reply = noi_vu.call("DropTables", header=_block(f's:mustUnderstand="{value}"'))
    assert "{urn:deals}Deal" in refused(desk, reply, "soap.must_understand", "MustUnderstand")
    assert (b'<soap:NotUnderstood qname="un:Deal" xmlns:un="urn:deals"/>' in reply.body) == (noi_vu.version == SOAP_12)


def test_blocks_for_others_and_blocks_that_need_not_be_understood_are_passed_over(noi_vu: SoapDriver) -> None:
    """Who is not meant does not ask."""
    role = "actor" if noi_vu.version == SOAP_11 else "role"
    must = 's:mustUnderstand="1"'
    for header in (_block(), _block('s:mustUnderstand="0"'), _block(f'{must} s:{role}="urn:somebody"')):
        assert noi_vu.call(LISTED, field("messageType", "edoc"), header).status == 200
    action = f"{NS}/GetReceivedList"
    known = f'<a:Action {must} xmlns:a="{WSA}">{action}</a:Action><a:To {must} xmlns:a="{WSA}">http://bus</a:To>'
    assert noi_vu.call(LISTED, field("messageType", "edoc"), known).status == 200


@pytest.mark.parametrize("block", ["ReplyTo", "FaultTo"])
def test_an_answer_is_sent_nowhere_else(noi_vu: SoapDriver, desk: FakeDesk, block: str) -> None:
    """Nobody makes the bus call an address."""
    for address, fine in (("http://169.254.169.254/", False), (f"{WSA}/anonymous", True)):
        header = f'<a:{block} xmlns:a="{WSA}"><a:Address>{address}</a:Address></a:{block}>'
        reply = noi_vu.call(LISTED, field("messageType", "edoc"), header)
        assert (reply.status == 200) == fine
        assert fine or block in refused(desk, reply, "request.invalid")


@pytest.mark.parametrize(
    ("sent", "named"), [(SOAP_11, SOAP_12), (SOAP_12, SOAP_11), ("urn:soap:3", SOAP_12), ("urn:soap:3", SOAP_11)]
)
def test_an_envelope_of_another_version_is_refused(client: Client, desk: FakeDesk, sent: str, named: str) -> None:
    """In the version the Content-Type names; SOAP 1.2 also says which versions are taken."""
    reply = SoapDriver(client, NOI_VU, named).post(envelope(LIST, version=sent))
    refused(desk, reply, "soap.version", "VersionMismatch")
    assert reply.status == 500
    upgrade = [
        f'<soap:SupportedEnvelope qname="env:Envelope" xmlns:env="{one}"/>'.encode() for one in (SOAP_12, SOAP_11)
    ]
    assert all((one in reply.body) == (named == SOAP_12) for one in upgrade)


@pytest.mark.parametrize(
    "type_",
    [
        "",
        "application/json",
        "text/plain",
        "application/xml",
        'text/xml; a="',
        "multipart/form-data; boundary=x",
        "text/xml; charset=utf-16",
    ],
)
def test_a_body_of_another_type_is_refused(client: Client, desk: FakeDesk, type_: str) -> None:
    """As HTTP says it (415), and in an envelope."""
    reply = SoapDriver(client, NOI_VU).post(envelope(LIST), {"Content-Type": type_})
    assert told(reply).code == "request.media_type"
    assert reply.status == 415


@pytest.mark.parametrize(
    ("method", "target", "status"), [("PUT", "documents", 405), ("GET", "documents", 405), ("POST", "papers", 404)]
)
def test_what_is_not_here_is_refused_in_an_envelope(client: Client, method: str, target: str, status: int) -> None:
    """Whoever asks reads envelopes."""
    reply = client.call(method, f"/soap/{target}", {"Content-Type": TYPES[SOAP_11]})
    assert (reply.status, told(reply).code) == (status, "method.unknown")


def test_a_refusal_before_the_call_was_looked_at_is_an_envelope() -> None:
    """Which version it is nobody knows then: 1.1."""
    status, headers, body = SoapFace().refusal(Rejected("request.header_too_large"), "/soap/documents")
    said = told(Reply(status, {name.lower(): value for name, value in headers.items()}, body, 1))
    assert (status, said.fault, said.code) == (500, "Client", "request.header_too_large")
