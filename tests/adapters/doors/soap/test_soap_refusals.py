"""What ``/soap/documents`` does not take: a whole fault of the right code, nothing stored, nothing else read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from adapters.soap.wire import events
from bus.errors import Busy, Rejected
from tests import messages
from tests.adapters.soap_driver import (
    NS,
    SOAP_11,
    SOAP_12,
    XOP,
    SoapDriver,
    asked,
    envelope,
    field,
    include,
    inline,
    refused,
    sending,
    told,
)
from tests.asgi import Client
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.fake_desk import FakeDesk

BODY = messages.edoc()
GOOD = sending(inline(BODY))
LIST = asked("GetReceivedList", field("messageType", "edoc"))


@dataclass(frozen=True)
class Bad:
    """A body that is refused with this code and a detail that holds these words."""

    body: str
    code: str
    detail: str = ""


_ENV = f'<s:Envelope xmlns:s="VERSION"><s:Body>{LIST}</s:Body></s:Envelope>'
BAD = {
    "nothing": Bad("", "body.empty"),
    "no XML": Bad("hello", "xml.malformed", "the envelope"),
    "half": Bad(_ENV[:-20], "xml.malformed"),
    "a root behind": Bad(_ENV + "<a/>", "xml.malformed"),
    "no envelope": Bad(f'<a xmlns="{NS}"/>', "soap.version"),
    "no body": Bad('<s:Envelope xmlns:s="VERSION"></s:Envelope>', "request.invalid", "no Body"),
    "only a header": Bad('<s:Envelope xmlns:s="VERSION"><s:Header/></s:Envelope>', "request.invalid", "no Body"),
    "another than the body": Bad(
        '<s:Envelope xmlns:s="VERSION"><s:Bod/></s:Envelope>', "request.invalid", "Bod stands"
    ),
    "an empty body": Bad('<s:Envelope xmlns:s="VERSION"><s:Body/></s:Envelope>', "request.invalid", "Body is empty"),
    "text in the body": Bad(_ENV.replace("<s:Body>", "<s:Body>x"), "request.invalid", "text"),
    "two bodies": Bad(
        _ENV.replace("</s:Body>", f"</s:Body><s:Body>{LIST}</s:Body>"), "request.invalid", "behind the Body"
    ),
    "two calls": Bad(_ENV.replace("</s:Body>", f"{LIST}</s:Body>"), "request.invalid", "second call"),
    "a document type": Bad("<!DOCTYPE a>" + _ENV, "xml.dtd_forbidden"),
    "entities": Bad(
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + _ENV.replace("edoc", "&x;"), "xml.dtd_forbidden"
    ),
    "an entity of nobody": Bad(_ENV.replace("edoc", "&x;"), "xml.malformed"),
    "an instruction": Bad(_ENV.replace("<s:Body>", "<?php x?><s:Body>"), "xml.malformed", "processing instruction"),
    "an instruction before": Bad("<?x y?>" + _ENV, "xml.malformed", "processing instruction"),
    "a prefix of nobody": Bad(_ENV.replace("<s:Body>", "<s:Header><t:x/></s:Header><s:Body>"), "xml.malformed"),
    "deep": Bad(f'<s:Envelope xmlns:s="VERSION"><s:Header>{"<a>" * 100}', "xml.too_deep"),
    "a long header": Bad(
        f'<s:Envelope xmlns:s="VERSION"><s:Header><a xmlns="urn:a">{"x" * 70_000}</a></s:Header></s:Envelope>',
        "request.header_too_large",
    ),
    "many blocks": Bad(
        f'<s:Envelope xmlns:s="VERSION"><s:Header>{"<a/>" * 600}</s:Header></s:Envelope>', "request.header_too_large"
    ),
    "no call of ours": Bad(_ENV.replace("GetReceivedList", "DropTables"), "method.unknown", "DropTables"),
    "another's call": Bad(_ENV.replace(NS, "urn:another"), "method.unknown", "urn:another"),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_what_is_no_call_is_refused(noi_vu: SoapDriver, desk: FakeDesk, bad: Bad) -> None:
    """Broken envelopes, what may not be in one, what is no call: by its code, in words that name it."""
    detail = refused(
        desk,
        noi_vu.post(bad.body.replace("VERSION", noi_vu.version).encode()),
        bad.code,
        {"soap.version": "VersionMismatch"}.get(bad.code, "Sender"),
    )
    assert bad.detail in detail


LISTED, SENT, GOT = "GetReceivedList", "SendDocument", "GetDocument"


@pytest.mark.parametrize(
    ("call", "inside", "detail"),
    [
        (LISTED, "", "messageType: missing"),
        (LISTED, field("messageType", ""), "messageType: missing"),
        (
            LISTED,
            '<messageType i:nil="true" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"/>',
            "messageType: missing",
        ),
        (LISTED, field("messageType", "edoc") * 2, "messageType: given more than once"),
        (LISTED, field("messageType", "bao-cao"), "'bao-cao' is neither"),
        (LISTED, field("messageType", "x" * 20_000), "longer than"),
        (LISTED, "<messageType><b/></messageType>", "messageType: holds elements"),
        (LISTED, "<messageType>e<b/>doc</messageType>", "messageType: holds elements"),
        (LISTED, field("messageType", "edoc") + field("order", "x"), "order: no parameter"),
        (LISTED, '<messageType xmlns="">edoc</messageType>', "messageType: of namespace ''"),
        (
            LISTED,
            field("messageType", "edoc") + field("fromDate", "2026/03/01"),
            "fromDate: '2026/03/01' is no xsd:date",
        ),
        (LISTED, field("messageType", "edoc") + field("toDate", "2026-02-30"), "toDate: '2026-02-30'"),
        (SENT, "", "document: missing"),
        (SENT, '<document i:nil="1" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"/>', "document: missing"),
        (
            SENT,
            '<document i:nil="1" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">QUJD</document>',
            "document: xsi:nil",
        ),
        (SENT, "<document>Đ</document>", "document: not base64"),
        (SENT, "<document>QUJ</document>", "document: not base64"),
        (SENT, "<document>QQ==QUJD</document>", "document: not base64"),
        (SENT, f"<document>{inline(BODY)}<b/></document>", "document: holds text and elements"),
        (SENT, f"<document>{inline(BODY)}</document>" * 2, "document: given more than once"),
        (SENT, f"<document>{include()}</document>", "nothing came beside the envelope"),
        (SENT, f'<document><i:Include href="http://a/" xmlns:i="{XOP}"/></document>', "is no cid:"),
        (SENT, f"<document>{include()}{include()}</document>", "more than xop:Include"),
        (SENT, f"<document>{include()}QQ==</document>", "text stands"),
        ("UpdateStatus", field("docId", "x") + field("status", "read"), "'read' is not processing, done or fail"),
    ],
)
def test_parameters_that_do_not_fit_are_refused_by_name(
    noi_vu: SoapDriver, desk: FakeDesk, call: str, inside: str, detail: str
) -> None:
    """Missing, twice, of another namespace, of another shape: the fault names the parameter; what had come is let go of."""
    assert detail in refused(desk, noi_vu.call(call, inside), "request.invalid")
    taken = inside.count(inline(BODY)) > 1 and detail.endswith("once")
    assert len(desk.discarded) == taken


def test_recipients_without_end_are_refused(client: Client, desk: FakeDesk) -> None:
    """As many as a message may have, and no more."""
    noi_vu = SoapDriver(client, NOI_VU)
    for codes, detail in (
        (["a"] * 2001, "given more than 2000 times"),
        (["a" * 1000] * 66, "more than 65536 characters"),
    ):
        reply = noi_vu.post(envelope(sending(inline(BODY), codes)))
        assert f"recipient: {detail}" in refused(desk, reply, "request.invalid").replace("the parameters hold ", "")


def test_what_breaks_off_is_refused(client: Client, desk: FakeDesk) -> None:
    """A caller that goes away has sent nothing."""
    reply = SoapDriver(client, NOI_VU).post(envelope(GOOD)[:-40], cut_short=True)
    refused(desk, reply, "body.truncated")


def test_what_is_too_large_is_refused(client: Client, desk: FakeDesk) -> None:
    """What is announced is not read, what is not announced is read so far."""
    noi_vu, desk.max_bytes = SoapDriver(client, NOI_VU), 1000
    assert "announced" in refused(desk, noi_vu.post(b"", {"Content-Length": "1050101"}), "body.too_large")
    refused(desk, noi_vu.post(envelope(GOOD)), "body.too_large")
    blank = envelope(asked(SENT, f"<document>{' ' * 1_100_000}</document>"))
    assert "are taken" in refused(
        desk, noi_vu.post(blank, {"Transfer-Encoding": "chunked", "Content-Length": "x"}), "body.too_large"
    )


def test_without_credentials_nothing_of_the_body_is_read(client: Client, desk: FakeDesk) -> None:
    """The answer invites HTTP Basic, which some libraries wait for; the call behind the header could be anything."""
    for version in (SOAP_11, SOAP_12):
        reply = SoapDriver(client, NOI_VU, version).post(envelope("<not-xml", version=version), {"Authorization": ""})
        assert (reply.status, told(reply).code) == (401, "auth.unknown_partner")
        assert reply.headers["www-authenticate"] == 'Basic realm="soap", charset="UTF-8"'


def test_before_it_is_known_who_calls_not_much_is_read() -> None:
    """Blanks without end in a header come to one."""
    blank = b" " * (64 << 10)

    async def endless() -> AsyncIterator[bytes]:
        yield b"<a>"
        while True:
            yield blank

    async def read() -> None:
        pulled = events.Events(endless())
        await pulled.begins()
        await pulled.begins()

    with pytest.raises(Rejected, match=r"request\.header_too_large"):
        asyncio.run(read())


def test_a_fault_of_ours_is_the_servers(noi_vu: SoapDriver, desk: FakeDesk) -> None:
    """Also with the time to come again."""
    desk.fault = Busy()
    reply = noi_vu.post(envelope(GOOD, version=noi_vu.version))
    assert told(reply).code == "bus.busy"
    assert told(reply).fault in {"Server", "Receiver"}
    assert (reply.status, reply.headers["retry-after"]) == (500, "5")


def test_what_fails_is_noted_with_partner_digest_and_size(client: Client, desk: FakeDesk) -> None:
    """And without: where nobody was known."""
    SoapDriver(client, TAI_CHINH).post(envelope(GOOD))
    SoapDriver(client, TAI_CHINH).post(b"")
    refusals = [(one.door, one.code, one.partner, one.size) for one in desk.refusals]
    assert refusals == [("soap", "agency.not_yours", TAI_CHINH.name, len(BODY)), ("soap", "body.empty", "", 0)]


def test_who_sends_nothing_more_is_given_up() -> None:
    """In the envelope as in a part."""

    async def silent() -> AsyncIterator[bytes]:
        yield b"<a>"
        await asyncio.get_running_loop().create_future()

    async def read() -> None:
        pulled = events.Events(silent(), patience=0.001)
        while True:
            await pulled.begins()

    with pytest.raises(Rejected, match=r"body\.truncated"):
        asyncio.run(read())
