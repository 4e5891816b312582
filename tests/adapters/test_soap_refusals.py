"""What ``/soap/documents`` does not take: a whole fault of the right code, nothing stored, nothing else read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest

from adapters.soap.wire import events
from bus.errors import Busy, Rejected
from tests import messages
from tests.adapters.soap_driver import (
    NS,
    SOAP_11,
    SOAP_12,
    TYPES,
    WSA,
    XOP,
    Part,
    SoapDriver,
    asked,
    client_of,
    envelope,
    field,
    include,
    inline,
    package,
    package_type,
    root,
    sending,
    told,
)
from tests.asgi import Client, Reply
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.fake_desk import FakeDesk

BODY = messages.edoc()
GOOD = sending(inline(BODY))
LIST = asked("GetReceivedList", field("messageType", "edoc"))


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def client(desk: FakeDesk) -> Iterator[Client]:
    with client_of(desk) as client:
        yield client


@pytest.fixture(params=[SOAP_11, SOAP_12], ids=["1.1", "1.2"])
def noi_vu(request: pytest.FixtureRequest, client: Client) -> SoapDriver:
    return SoapDriver(client, NOI_VU, request.param)


def refused(desk: FakeDesk, reply: Reply, code: str, fault: str = "Sender") -> str:
    """The detail of a fault of this code, after which nothing is left."""
    said = told(reply)
    names = {"Sender": {"Client", "Sender"}, "Receiver": {"Server", "Receiver"}}.get(fault, {fault})
    assert (said.code, said.fault in names) == (code, True)
    assert reply.status == (400 if said.fault == "Sender" else 500)
    assert desk.inbounds == []
    return said.detail


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
    reply = noi_vu.post(envelope(sending(inline(BODY), ["a"] * 2001)))
    assert "recipient: given more than 2000 times" in refused(desk, reply, "request.invalid")


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
    ("method", "target", "status"), [("PUT", "documents", 405), ("GET", "documents", 405), ("POST", "reports", 404)]
)
def test_what_is_not_here_is_refused_in_an_envelope(client: Client, method: str, target: str, status: int) -> None:
    """Whoever asks reads envelopes."""
    reply = client.call(method, f"/soap/{target}", {"Content-Type": TYPES[SOAP_11]})
    assert (reply.status, told(reply).code) == (status, "method.unknown")


HELD = root(envelope(sending(include())))
DOC = Part("doc@x", BODY)


@pytest.mark.parametrize(
    ("body", "type_", "code", "detail"),
    [
        (package(HELD, DOC)[:-30], package_type(), "body.truncated", "before its last boundary"),
        (package(HELD, DOC)[:200], package_type(), "body.truncated", ""),
        (package(HELD), package_type(), "request.invalid", "is no part of the body"),
        (package(HELD, Part("other@x", BODY)), package_type(), "request.invalid", "part 2: is 'other@x'"),
        (package(HELD, DOC, DOC), package_type(), "request.invalid", "part 3: nothing leads to it"),
        (package(DOC, HELD), package_type(), "request.invalid", "start 'root@x' is not the first part"),
        (package(HELD, DOC), package_type(start="<doc@x>"), "request.invalid", "is not the first part"),
        (package(root(envelope(GOOD)), DOC), package_type(), "request.invalid", "part 2: nothing leads to it"),
        (package(root(envelope(LIST)), DOC), package_type(), "request.invalid", "part 2: nothing leads to it"),
        (
            package(HELD, Part("doc@x", BODY, more="Content-ID: <a@x>\r\n")),
            package_type(),
            "request.invalid",
            "more than once",
        ),
        (
            package(Part("root@x", HELD.content, "text/html"), DOC),
            package_type(),
            "request.invalid",
            "no envelope's type",
        ),
        (b"", package_type(), "body.truncated", ""),
        (b"--x--", package_type(), "body.truncated", ""),
        (package(), package_type(), "request.invalid", "no parts"),
        (package(HELD, DOC), package_type().replace("boundary", "bound"), "request.invalid", "with a boundary"),
        (package(root(envelope(LIST)[:-20])), package_type(), "xml.malformed", "the envelope"),
        (package(HELD, Part("doc@x", BODY[:-20])), package_type(), "xml.malformed", ""),
    ],
)
def test_a_package_that_does_not_fit_is_refused(
    client: Client, desk: FakeDesk, body: bytes, type_: str, code: str, detail: str
) -> None:
    """Without end, with a wrong start, with parts too few, too many or of another name: of a document that came nothing stays."""
    reply = SoapDriver(client, NOI_VU).post(body, {"Content-Type": type_})
    assert detail in refused(desk, reply, code)
    assert all(one.claim.sha256 for one in desk.discarded)


def test_a_document_that_came_whole_before_the_fault_is_let_go_of(client: Client, desk: FakeDesk) -> None:
    """Inline and beside: what was taken in is discarded, once."""
    noi_vu = SoapDriver(client, NOI_VU)
    refused(desk, noi_vu.post(package(HELD, DOC, DOC), {"Content-Type": package_type()}), "request.invalid")
    refused(desk, noi_vu.post(envelope(GOOD + GOOD)), "request.invalid")
    assert len(desk.discarded) == 2


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
