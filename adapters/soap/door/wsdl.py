"""The WSDL of ``/soap/documents``: document/literal wrapped as the WS-I Basic Profile has it, for both versions of SOAP."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.soap.door.contract import CONTRACTS, NAMESPACE, PORT_TYPE, RECORDS, REFUSAL, SERVICE, Contract, Field
from adapters.soap.wire.names import SOAP_11, SOAP_12, VERSIONS, Version
from adapters.soap.wire.writing import attribute, element

_BINDINGS = {
    SOAP_11: ("DocumentsSoap11", "soap11", "http://schemas.xmlsoap.org/wsdl/soap/"),
    SOAP_12: ("DocumentsSoap12", "soap12", "http://schemas.xmlsoap.org/wsdl/soap12/"),
}
_SPACES = {
    "wsdl": "http://schemas.xmlsoap.org/wsdl/",
    "xsd": "http://www.w3.org/2001/XMLSchema",
    "wsam": "http://www.w3.org/2007/05/addressing/metadata",
    "b": NAMESPACE,
    **{prefix: namespace for _, prefix, namespace in _BINDINGS.values()},
}


def wsdl(address: str) -> bytes:
    """The description of the service at this address."""
    spaces = "".join(f' xmlns:{prefix}="{namespace}"' for prefix, namespace in _SPACES.items())
    parts = [
        _tag("wsdl:types", _schema()),
        *map(_messages, CONTRACTS),
        _tag("wsdl:message", _part("detail", REFUSAL.name), name=REFUSAL.name),
        _tag("wsdl:portType", "".join(map(_operation, CONTRACTS)), name=PORT_TYPE),
        *map(_binding, VERSIONS),
        _tag("wsdl:service", "".join(_port(version, address) for version in VERSIONS), name=SERVICE),
    ]
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<wsdl:definitions name="{SERVICE}" targetNamespace="{NAMESPACE}"{spaces}>'
    return "\n".join([head, *parts, "</wsdl:definitions>\n"]).encode()


def schema() -> bytes:
    """The schema in it, by itself."""
    return _schema(f' xmlns:xsd="{_SPACES["xsd"]}" xmlns:b="{NAMESPACE}"').encode()


def _schema(spaces: str = "") -> str:
    types = [_tag("xsd:complexType", _sequence(record.fields), name=record.name) for record in RECORDS]
    wrappers = [_wrapper(one.name, one.takes) + _wrapper(f"{one.name}Response", one.gives) for one in CONTRACTS]
    fault = f'<xsd:element name="{REFUSAL.name}" type="b:{REFUSAL.name}"/>'
    inside = "\n".join([*types, *wrappers, fault])
    return f'<xsd:schema targetNamespace="{NAMESPACE}" elementFormDefault="qualified"{spaces}>\n{inside}\n</xsd:schema>'


def _wrapper(name: str, fields: Iterable[Field]) -> str:
    return _tag("xsd:element", _tag("xsd:complexType", _sequence(fields)), name=name)


def _sequence(fields: Iterable[Field]) -> str:
    return _tag("xsd:sequence", "".join(map(_member, fields)))


def _member(field: Field) -> str:
    prefix = "b" if any(field.type == record.name for record in RECORDS) else "xsd"
    fewest = "" if field.needed else ' minOccurs="0"'
    most = ' maxOccurs="unbounded"' if field.many else ""
    told = _tag("xsd:annotation", element("xsd:documentation", field.says)) if field.says else ""
    return f'<xsd:element name="{field.name}" type="{prefix}:{field.type}"{fewest}{most}>{told}</xsd:element>'


def _messages(one: Contract) -> str:
    asked = _tag("wsdl:message", _part("parameters", one.name), name=one.name)
    answered = _tag("wsdl:message", _part("parameters", f"{one.name}Response"), name=f"{one.name}Response")
    return asked + answered


def _part(name: str, of: str) -> str:
    return f'<wsdl:part name="{name}" element="b:{of}"/>'


def _operation(one: Contract) -> str:
    told = element("wsdl:documentation", one.says)
    asked = f'<wsdl:input message="b:{one.name}" wsam:Action="{one.action}"/>'
    answered = f'<wsdl:output message="b:{one.name}Response" wsam:Action="{one.action}Response"/>'
    refused = f'<wsdl:fault name="{REFUSAL.name}" message="b:{REFUSAL.name}" wsam:Action="{NAMESPACE}/{REFUSAL.name}"/>'
    return _tag("wsdl:operation", told + asked + answered + refused, name=one.name)


def _binding(version: Version) -> str:
    name, prefix, _ = _BINDINGS[version]
    carried = f'<{prefix}:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>'
    bound = "".join(_bound(one, prefix) for one in CONTRACTS)
    return f'<wsdl:binding name="{name}" type="b:{PORT_TYPE}">{carried}{bound}</wsdl:binding>'


def _bound(one: Contract, prefix: str) -> str:
    literal = f'<{prefix}:body use="literal"/>'
    action = f'<{prefix}:operation soapAction="{one.action}" style="document"/>'
    refused = _tag("wsdl:fault", f'<{prefix}:fault name="{REFUSAL.name}" use="literal"/>', name=REFUSAL.name)
    bodies = _tag("wsdl:input", literal) + _tag("wsdl:output", literal)
    return _tag("wsdl:operation", action + bodies + refused, name=one.name)


def _port(version: Version, address: str) -> str:
    name, prefix, _ = _BINDINGS[version]
    return f'<wsdl:port name="{name}" binding="b:{name}"><{prefix}:address location={attribute(address)}/></wsdl:port>'


def _tag(tag: str, inside: str, name: str = "") -> str:
    named = f' name="{name}"' if name else ""
    return f"<{tag}{named}>{inside}</{tag}>"
