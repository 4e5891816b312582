"""What stands in an envelope's header beside security: X-Road's identifiers, WS-Addressing, and texts of the endpoint's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml import etree

from adapters.http.roads.xroad import message_id
from adapters.soap.client.description import Drawn, Envelope
from adapters.soap.client.xroad import Said
from adapters.soap.wire.names import ADDRESSING, IDENTIFIERS, REPRESENTATION, XROAD

_ANONYMOUS = f"{ADDRESSING}/anonymous"
_SPACES = {"xrd": XROAD, "id": IDENTIFIERS, "repr": REPRESENTATION}
_OBJECTS = {"client": "SUBSYSTEM", "service": "SERVICE"}


def header_of(envelope: Envelope) -> Envelope:
    """The header, made where there is none."""
    namespace = etree.QName(envelope).namespace
    found = envelope.find(f"{{{namespace}}}Header")
    if found is None:
        found = etree.Element(f"{{{namespace}}}Header")
        envelope.insert(0, found)
    return found


def add_texts(envelope: Envelope, texts: Mapping[str, str]) -> None:
    """Elements that are text, by their names."""
    for name, text in texts.items():
        etree.SubElement(header_of(envelope), name).text = text


def add_xroad(envelope: Envelope, said: Iterable[Said]) -> None:
    """X-Road's elements."""
    header = header_of(envelope)
    for name, value in said:
        own, parts = (REPRESENTATION, REPRESENTATION) if name == "representedParty" else (XROAD, IDENTIFIERS)
        one = etree.SubElement(header, f"{{{own}}}{name}", nsmap=_SPACES)
        if isinstance(value, str):
            one.text = value
            continue
        if name in _OBJECTS:
            one.set(f"{{{IDENTIFIERS}}}objectType", _object_type(name, value))
        for part, text in value.items():
            etree.SubElement(one, f"{{{parts}}}{part}").text = text


def add_addressing(drawn: Drawn, to: str, key: str) -> None:
    """WS-Addressing; the same message id for all attempts of a copy."""
    header = header_of(drawn.envelope)
    said = {"Action": drawn.action, "MessageID": f"urn:uuid:{message_id(key)}", "To": to}
    for name, text in said.items():
        etree.SubElement(header, f"{{{ADDRESSING}}}{name}", nsmap={"wsa": ADDRESSING}).text = text
    reply = etree.SubElement(header, f"{{{ADDRESSING}}}ReplyTo", nsmap={"wsa": ADDRESSING})
    etree.SubElement(reply, f"{{{ADDRESSING}}}Address").text = _ANONYMOUS


def _object_type(name: str, value: Mapping[str, str]) -> str:
    return "MEMBER" if name == "client" and "subsystemCode" not in value else _OBJECTS[name]
