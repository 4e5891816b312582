"""The WSDL in the words of the WS-I Basic Profile, and answers held to the schema in it."""

from __future__ import annotations

import pytest
from lxml import etree

from adapters.soap.door.contract import NAMESPACE, SERVICE
from adapters.soap.door.operations import OPERATIONS, SERVICES
from adapters.soap.door.service import Service
from adapters.soap.door.wsdl import schema, wsdl
from bus.desk import Agency
from tests import messages
from tests.adapters.soap_driver import SOAP_11, SOAP_12, SoapDriver, answer, field
from tests.asgi import Client
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.fake_desk import FakeDesk

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
XSD = "{http://www.w3.org/2001/XMLSchema}"
BINDINGS = {"{http://schemas.xmlsoap.org/wsdl/soap/}", "{http://schemas.xmlsoap.org/wsdl/soap12/}"}


PLAIN = {f"xsd:{name}" for name in ("string", "base64Binary", "date", "boolean", "int")}


@pytest.fixture(params=SERVICES.values(), ids=SERVICES)
def service(request: pytest.FixtureRequest) -> Service:
    found: Service = request.param
    return found


@pytest.fixture
def names(service: Service) -> list[str]:
    return [one.name for one in service.contracts]


@pytest.fixture
def root(service: Service) -> etree._Element:
    return etree.fromstring(wsdl(service, f"https://bus.example.vn/soap/{service.path}"))


def _local(name: str) -> str:
    prefix, _, local = name.partition(":")
    assert prefix == "b", "R2101, R2102: what is referred to is defined here"
    return local


def test_every_call_is_there_and_answered(root: etree._Element, service: Service, names: list[str]) -> None:
    """R2718: a binding has each operation of its port type and no other; and somebody handles it."""
    told = [one.get("name") for one in root.findall(f"{WSDL}portType/{WSDL}operation")]
    handled = [name.local for name in OPERATIONS if name.namespace == service.namespace]
    assert told == names == handled
    for binding in root.findall(f"{WSDL}binding"):
        assert [one.get("name") for one in binding.findall(f"{WSDL}operation")] == names
    assert len(set(names)) == len(names), "R2304: no operation is overloaded"


def test_it_is_document_literal_and_wrapped(root: etree._Element, names: list[str]) -> None:
    """R2701 to R2706, R2204: document style over HTTP, literal, one part a message, an element each; named as the call."""
    elements = {one.get("name") for one in root.iter(f"{XSD}element") if one.getparent().tag == f"{XSD}schema"}
    for message in root.findall(f"{WSDL}message"):
        (part,) = message
        assert part.get("type") is None
        assert _local(part.get("element")) == message.get("name")
        assert message.get("name") in elements
    for binding in root.findall(f"{WSDL}binding"):
        (soap,) = (one for one in binding if one.tag.endswith("}binding"))
        assert soap.tag.removesuffix("binding") in BINDINGS
        assert (soap.get("style"), soap.get("transport")) == ("document", "http://schemas.xmlsoap.org/soap/http")
        uses = [
            one.get("use")
            for one in binding.iter()
            if one.tag.endswith(("}body", "}fault")) and not one.tag.startswith(WSDL)
        ]
        assert uses == ["literal"] * 3 * len(names)


def test_actions_are_told_and_differ(root: etree._Element, service: Service, names: list[str]) -> None:
    """R2744, R2745: a SOAPAction each, which is also what WS-Addressing calls it."""
    for binding in root.findall(f"{WSDL}binding"):
        actions = [one.get("soapAction") for one in binding.iter() if one.get("soapAction")]
        assert actions == [f"{service.namespace}/{name}" for name in names]
    named = root.iterfind(f"{WSDL}portType/{WSDL}operation/{WSDL}input")
    assert [one.get("{http://www.w3.org/2007/05/addressing/metadata}Action") for one in named] == actions


def test_references_lead_somewhere_and_faults_have_names(root: etree._Element, names: list[str]) -> None:
    """R2721, R2754: a fault is named alike in the port type, in the binding and in what carries it; no import is needed."""
    messages = {one.get("name") for one in root.findall(f"{WSDL}message")}
    ports = root.find(f"{WSDL}portType")
    assert {_local(one.get("message")) for one in ports.iter() if one.get("message")} == messages
    faults = [one.get("name") for one in root.iter() if one.tag.endswith("}fault")]
    assert faults == ["Refusal"] * 5 * len(names)
    assert not list(root.iter(f"{WSDL}import", f"{XSD}import", f"{XSD}include", f"{XSD}any")), "R2001 to R2007"
    assert not root.xpath("//processing-instruction()")


def test_parameters_are_plain(root: etree._Element, service: Service) -> None:
    """What is asked is of the simple types every language has; what is needed stands without minOccurs."""
    for one in service.contracts:
        (wrapper,) = root.xpath(f"//*[local-name()='schema']/*[@name='{one.name}']")
        members = list(wrapper.iter(f"{XSD}element"))[1:]
        assert {member.get("type") for member in members} <= PLAIN
        assert [member.get("minOccurs") != "0" for member in members] == [field.needed for field in one.takes]


def test_two_ports_one_address(root: etree._Element, service: Service) -> None:
    """Both versions are spoken at the same place."""
    told = root.find(f"{WSDL}service")
    assert told.get("name") == service.name
    assert [_local(port.get("binding")) for port in told] == [f"{service.name}Soap11", f"{service.name}Soap12"]
    assert {address.get("location") for port in told for address in port} == {
        f"https://bus.example.vn/soap/{service.path}"
    }


@pytest.mark.parametrize(
    ("public", "host", "address"),
    [
        ("", "bus.so.vn:8080", "http://bus.so.vn:8080/soap/documents"),
        ("", "[2001:db8::1]:80", "http://[2001:db8::1]:80/soap/documents"),
        ("https://bus.tinh.vn/", "10.0.0.1", "https://bus.tinh.vn/soap/documents"),
        ("https://bus.tinh.vn", 'x"><evil/>', "https://bus.tinh.vn/soap/documents"),
    ],
)
def test_the_address_is_the_one_operators_name_or_the_caller_used(
    client: Client, desk: FakeDesk, public: str, host: str, address: str
) -> None:
    """``BUS_PUBLIC_URL`` wins; nobody needs credentials to read it."""
    desk.public_url = public
    for query in ("wsdl", "WSDL", "singleWsdl"):
        reply = client.call("GET", f"/soap/documents?{query}", {"Host": host})
        assert reply.headers["content-type"] == "text/xml; charset=utf-8"
        assert f'location="{address}"'.encode() in reply.body


@pytest.mark.parametrize("host", ['x"><evil/>', "a b", "", "a/../b"])
def test_a_host_that_is_none_is_not_written_down(client: Client, host: str) -> None:
    """What is no name of a host gets no description."""
    reply = client.call("GET", "/soap/documents?wsdl", {"Host": host})
    assert (reply.status, b"evil" in reply.body) == (500, False)


@pytest.mark.parametrize("version", [SOAP_11, SOAP_12])
def test_every_answer_is_what_the_schema_says(client: Client, desk: FakeDesk, version: str) -> None:
    """Answers of each call, and a fault's detail, are valid by the schema that clients are generated from."""
    desk.directory = [Agency("000.00.05.H62", "Sở <Nội vụ> & \x0b"), Agency("000.00.06.H62", closed=True)]
    valid = etree.XMLSchema(etree.fromstring(schema(SERVICE)))
    noi_vu, tai_chinh = SoapDriver(client, NOI_VU, version), SoapDriver(client, TAI_CHINH, version)
    noi_vu.send(messages.edoc())
    doc_id = tai_chinh.listed()[0].doc_id
    replies = [
        noi_vu.send_raw(messages.edoc()),
        tai_chinh.call("GetReceivedList", field("messageType", "edoc")),
        tai_chinh.call("GetReceivedList", field("messageType", "status")),
        tai_chinh.call("GetDocument", field("docId", doc_id)),
        tai_chinh.call("UpdateStatus", field("docId", doc_id) + field("status", "done")),
        tai_chinh.call("GetAgencies"),
    ]
    for reply in replies:
        answer(reply)
        valid.assertValid(etree.fromstring(reply.body).find("{*}Body")[0])
    fault = etree.fromstring(tai_chinh.call("GetDocument", field("docId", "none")).body)
    valid.assertValid(fault.find(".//{*}Refusal"))
    assert [one.findtext("{*}name") for one in answer(replies[-1])] == ["Sở <Nội vụ> & \ufffd"]


def test_days_include_both_ends_and_may_bear_a_zone(client: Client, desk: FakeDesk) -> None:
    """A day is one of Vietnam's, whatever zone a library writes behind it."""
    noi_vu, tai_chinh = SoapDriver(client, NOI_VU), SoapDriver(client, TAI_CHINH)
    noi_vu.send(messages.edoc())
    today = "2026-09-21"  # 1,790,000,000 seconds since 1970 in Hanoi
    for first, last, found in (
        (today, today, 1),
        (f"{today}Z", f"{today}-05:00", 1),
        ("2026-09-22", "2026-09-30", 0),
        ("2026-09-01", "2026-09-20", 0),
        ("", "", 1),
    ):
        inside = field("messageType", "edoc") + field("fromDate", first) + field("toDate", last)
        assert len(answer(tai_chinh.call("GetReceivedList", inside))) == found


def test_a_message_id_is_the_identity_of_the_call(client: Client, desk: FakeDesk) -> None:
    """The same again gets the same answer; with another document it is refused; without one, documents are told apart by themselves."""
    noi_vu = SoapDriver(client, NOI_VU)
    first, again = (noi_vu.send_raw(messages.edoc(), message_id="urn:uuid:1") for _ in range(2))
    assert first.body == again.body
    assert b">urn:uuid:1</wsa:RelatesTo>" in first.body
    assert f">{NAMESPACE}/SendDocumentResponse</wsa:Action>".encode() in first.body
    other = noi_vu.send_raw(messages.edoc(document_id="other"), message_id="urn:uuid:1")
    assert b"call.key_reused" in other.body
    assert b">urn:uuid:1</wsa:RelatesTo>" in other.body
    assert [one.call_key for one in desk.inbounds] == ["soap:so-noi-vu:urn:uuid:1"] * 3
    assert b"wsa:" not in noi_vu.send_raw(messages.edoc()).body
    assert desk.inbounds[-1].call_key is None
