"""Calls that came through a security server of X-Road (PR-MESS 4.0): understood, checked, and repeated in every answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from xml.etree import ElementTree as ET

import pytest

from adapters.soap.wire.names import PASSWORD_TEXT, SECURITY
from tests import messages
from tests.adapters.soap_driver import (
    NS,
    SOAP_11,
    WSA,
    SoapDriver,
    answer,
    client_of,
    envelope,
    field,
    inline,
    refused,
    said,
    sending,
    told,
)
from tests.asgi import Client, Reply
from tests.contracts.face import NOI_VU, DriverFor, FaceContract, Partner
from tests.fake_desk import FakeDesk

XRD, ID, REPR = (f"http://x-road.eu/xsd/{one}" for one in ("xroad.xsd", "identifiers", "representation.xsd"))
SPACES = f'xmlns:xrd="{XRD}" xmlns:id="{ID}" xmlns:repr="{REPR}"'
MEMBER = "<id:xRoadInstance>VN</id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>{}</id:memberCode>"
FROM, BUS = (MEMBER.format(code) for code in ("000.00.05.H62", "000.00.00.H62"))
SUBSYSTEM = "<id:subsystemCode>mot-cua</id:subsystemCode>"
UNIQUE = "5f7a0e52-9d0b-4a3e-8f0e-3c1f7a2b9d10"
LIST = "GetReceivedList"


def block(name: str, inside: str, attributes: str = "") -> str:
    return f"<xrd:{name} {SPACES} {attributes}>{inside}</xrd:{name}>"


def blocks(operation: str = LIST, unique: str = UNIQUE, client: str = FROM + SUBSYSTEM) -> dict[str, str]:
    """The header of a call, block by block, in the order they are sent in."""
    service = f"{BUS}<id:subsystemCode>truc</id:subsystemCode><id:serviceCode>{operation}</id:serviceCode>"
    return {
        "client": block("client", client, 'id:objectType="SUBSYSTEM"'),
        "service": block("service", service + "<id:serviceVersion>v1</id:serviceVersion>", 'id:objectType="SERVICE"'),
        "id": block("id", unique),
        "userId": block("userId", "VN001068000001"),
        "issue": block("issue", "\n  12/UBND &amp; 13 "),
        "protocolVersion": block("protocolVersion", "4.0"),
    }


def road(operation: str = LIST, unique: str = UNIQUE, client: str = FROM + SUBSYSTEM) -> str:
    return "".join(blocks(operation, unique, client).values())


def plain(element: ET.Element) -> tuple[object, ...]:
    """An element as it is, whatever its prefixes."""
    return element.tag, dict(element.attrib), element.text or "", [plain(one) for one in element]


def header_of(reply: Reply) -> list[tuple[object, ...]]:
    body = reply.body
    if reply.headers["content-type"].startswith("multipart/related"):
        body = body.partition(b"\r\n\r\n")[2].partition(b"\r\n--")[0]
    return [plain(one) for one in ET.fromstring(body).find("{*}Header") or ()]


def sent(header: str) -> list[tuple[object, ...]]:
    return [plain(one) for one in ET.fromstring(f"<all>{header}</all>")]


def token(partner: Partner = NOI_VU) -> str:
    shown = f'<Password Type="{PASSWORD_TEXT}">{partner.secret.decode()}</Password>'
    named = f"<UsernameToken><Username>{partner.system_id}</Username>{shown}</UsernameToken>"
    return f'<Security xmlns="{SECURITY}">{named}</Security>'


class Behind(SoapDriver):
    """Calls through a security server: of HTTP nothing gets there but the Content-Type, so the envelope says who calls.

    Every answer must repeat the header, with a status of SOAP's whatever else HTTP would say.
    """

    def __init__(self, client: Client, partner: Partner, version: str = SOAP_11, *, beside: bool = False) -> None:
        super().__init__(client, partner, version, beside=beside)
        self._partner_behind = partner
        self._calls = count(1)

    def credentials(self) -> dict[str, str]:
        return {}

    def post(self, body: bytes, headers: Mapping[str, str] | None = None, **more: bool) -> Reply:
        (called,) = re.findall(rb"<s:Body><(\w+)", body)
        header = road(called.decode(), f"call-{next(self._calls)}")
        signed = f"<s:Header>{token(self._partner_behind)}{header}</s:Header><s:Body>"
        kept = {name: value for name, value in (headers or {}).items() if name == "Content-Type"}
        reply = super().post(body.replace(b"<s:Body>", signed.encode(), 1), kept, **more)
        assert header_of(reply) == sent(header)
        assert reply.status in {200, 500}
        return reply


class TestThroughXRoad(FaceContract):
    """A security server changes nothing of what this door promises."""

    @pytest.fixture(params=[False, True], ids=["inline", "beside"])
    def driver_for(self, request: pytest.FixtureRequest) -> Iterator[DriverFor]:
        with client_of(FakeDesk()) as client:
            yield lambda partner: Behind(client, partner, beside=request.param)


def test_all_blocks_come_back_in_their_order(noi_vu: SoapDriver) -> None:
    """With what is in them to the letter, whatever the order they came in; the hash is the security server's to add."""
    extra = f"<repr:representedParty {SPACES}><repr:partyCode>A&amp;B</repr:partyCode></repr:representedParty>"
    backwards = "".join(reversed(blocks().values())) + extra
    stranger = '<x:Deal xmlns:x="urn:deals">1</x:Deal>'

    reply = noi_vu.call(LIST, field("messageType", "edoc"), stranger + backwards + block("requestHash", "aGFzaA=="))
    assert answer(reply).tag == f"{{{NS}}}{LIST}Response"
    assert header_of(reply) == sent(backwards)


def test_an_answer_is_not_much_longer_than_what_it_repeats(noi_vu: SoapDriver) -> None:
    """Nobody makes the bus say a long name of a namespace again for each of many elements."""
    long = "urn:" + "x" * 50_000
    nested = "<a:b><id:c/></a:b>" * 200
    header = f'<xrd:client xmlns:a="{long}" {SPACES}>{nested}</xrd:client>'
    assert len(noi_vu.call(LIST, header=header).body) < 2 * len(long)


def test_every_block_may_have_to_be_understood(noi_vu: SoapDriver, desk: FakeDesk) -> None:
    """Those of the protocol are; one of X-Road's that it does not have is not, and the fault bears the header too."""
    must = f' xmlns:s="{noi_vu.version}" s:mustUnderstand="1"'
    header = re.sub(r"(<xrd:\w+)", rf"\1{must}", road())
    reply = noi_vu.call(LIST, field("messageType", "edoc"), header)
    assert reply.status == 200
    assert header_of(reply) == sent(road())

    more = road() + block("escort", "1")
    marked = more.replace("<xrd:escort", f"<xrd:escort{must}")
    reply = noi_vu.call(LIST, field("messageType", "edoc"), marked)
    assert "escort" in refused(desk, reply, "soap.must_understand", "MustUnderstand")
    assert header_of(reply)[:7] == sent(more)


@pytest.mark.parametrize("name", ["client", "service", "id", "protocolVersion"])
def test_a_mandatory_block_is_there_once(noi_vu: SoapDriver, desk: FakeDesk, name: str) -> None:
    """Missing, empty or there twice it is the sender's fault, which still repeats what came."""
    whole = blocks()
    for given in ("", block(name, ""), whole[name] * 2):
        header = "".join({**whole, name: given}.values())
        reply = noi_vu.post(envelope(sending(inline(messages.edoc())), header, noi_vu.version))
        assert name in refused(desk, reply, "request.invalid")
        assert header_of(reply) == sent(header)


@pytest.mark.parametrize(
    ("changed", "told_of"),
    [
        ({"protocolVersion": block("protocolVersion", "4.1")}, "4.1"),
        ({"service": blocks("SendDocument")["service"]}, "SendDocument"),
        ({"client": block("client", FROM.replace("memberCode", "groupCode"))}, "memberCode"),
        ({"client": block("client", FROM * 2)}, "xRoadInstance"),
        ({"client": block("client", MEMBER.format("9" * 300))}, "client"),
        ({"service": block("service", BUS)}, "serviceCode"),
        ({"id": block("id", "1" * 301)}, "id"),
        ({"id": block("id", "<id:a/>1")}, "id"),
        ({"userId": block("userId", "VN1") * 2}, "userId"),
        ({"issue": block("issue", "1" * 301)}, "issue"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(
    noi_vu: SoapDriver, desk: FakeDesk, changed: dict[str, str], told_of: str
) -> None:
    """Another version of the protocol, a service that is not the Body's, identifiers without their parts."""
    reply = noi_vu.call(LIST, field("messageType", "edoc"), "".join({**blocks(), **changed}.values()))
    assert told_of in refused(desk, reply, "request.invalid")


def test_the_id_is_the_identity_of_the_call(noi_vu: SoapDriver, desk: FakeDesk) -> None:
    """The same again gets the same answer, with another document it is refused; another client's id is another one."""
    first, other = messages.edoc(document_id="1"), messages.edoc(document_id="2")

    def send(body: bytes, header: str) -> Reply:
        return noi_vu.post(envelope(sending(inline(body)), header, noi_vu.version))

    header = road("SendDocument")
    taken = said(send(first, header), "messageId")
    assert (taken.code, said(send(first, header), "messageId")) == ("", taken)
    assert told(send(other, header)).code == "call.key_reused"
    assert said(send(other, road("SendDocument", client=FROM))).code == ""


@pytest.mark.parametrize(("message_id", "fine"), [(UNIQUE, True), ("urn:uuid:another", False)])
def test_one_call_has_one_identity(noi_vu: SoapDriver, desk: FakeDesk, message_id: str, *, fine: bool) -> None:
    """A MessageID beside the id must say the same; the answer names it besides repeating the id."""
    addressed = f'<a:MessageID xmlns:a="{WSA}">{message_id}</a:MessageID>'
    reply = noi_vu.call(LIST, field("messageType", "edoc"), addressed + road())
    assert (reply.status == 200) == fine
    assert fine or "MessageID" in refused(desk, reply, "request.invalid")
    assert header_of(reply)[:6] == sent(road())
    assert [one[0] for one in header_of(reply)[6:]] == [f"{{{WSA}}}Action", f"{{{WSA}}}RelatesTo"]


def test_who_may_not_come_in_reads_a_fault(client: Client, desk: FakeDesk) -> None:
    """No challenge of HTTP gets through a security server: the status is that of a fault."""
    reply = Behind(client, replace(NOI_VU, secret=b"guessed")).call(LIST, field("messageType", "edoc"))
    assert (reply.status, told(reply).code) == (500, "auth.unknown_partner")
    assert "www-authenticate" not in reply.headers
