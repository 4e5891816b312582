"""The WSDL of a service: document/literal wrapped as the WS-I Basic Profile has it, for both versions of SOAP."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.soap.door.service import Contract, Field, Service
from adapters.soap.wire.names import SOAP_11, SOAP_12, VERSIONS, Version
from adapters.soap.wire.writing import attribute, element

_BINDINGS = {
    SOAP_11: ("Soap11", "soap11", "http://schemas.xmlsoap.org/wsdl/soap/"),
    SOAP_12: ("Soap12", "soap12", "http://schemas.xmlsoap.org/wsdl/soap12/"),
}
_SPACES = {
    "wsdl": "http://schemas.xmlsoap.org/wsdl/",
    "xsd": "http://www.w3.org/2001/XMLSchema",
    "wsam": "http://www.w3.org/2007/05/addressing/metadata",
    **{prefix: namespace for _, prefix, namespace in _BINDINGS.values()},
}


def wsdl(service: Service, address: str) -> bytes:
    """The description of the service at this address."""
    spaces = "".join(f' xmlns:{prefix}="{namespace}"' for prefix, namespace in _SPACES.items())
    operations = "".join(_operation(service, one) for one in service.contracts)
    parts = [
        _tag("wsdl:types", _schema(service)),
        *map(_messages, service.contracts),
        _tag("wsdl:message", _part("detail", service.refusal.name), name=service.refusal.name),
        _tag("wsdl:portType", operations, name=f"{service.name}Port"),
        *(_binding(service, version) for version in VERSIONS),
        _tag("wsdl:service", "".join(_port(service, version, address) for version in VERSIONS), name=service.name),
    ]
    named = f'name="{service.name}" targetNamespace="{service.namespace}" xmlns:b="{service.namespace}"'
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<wsdl:definitions {named}{spaces}>'
    return "\n".join([head, *parts, "</wsdl:definitions>\n"]).encode()


def schema(service: Service) -> bytes:
    """The schema in it, by itself."""
    return _schema(service, f' xmlns:xsd="{_SPACES["xsd"]}" xmlns:b="{service.namespace}"').encode()


def _schema(service: Service, spaces: str = "") -> str:
    types = [_tag("xsd:complexType", _sequence(record.fields), name=record.name) for record in service.records]
    wrappers = [_wrapper(one.name, one.takes) + _wrapper(f"{one.name}Response", one.gives) for one in service.contracts]
    fault = f'<xsd:element name="{service.refusal.name}" type="b:{service.refusal.name}"/>'
    inside = "\n".join([*types, *wrappers, fault])
    named = f'targetNamespace="{service.namespace}" elementFormDefault="qualified"{spaces}'
    return f"<xsd:schema {named}>\n{inside}\n</xsd:schema>"


def _wrapper(name: str, fields: Iterable[Field]) -> str:
    return _tag("xsd:element", _tag("xsd:complexType", _sequence(fields)), name=name)


def _sequence(fields: Iterable[Field]) -> str:
    return _tag("xsd:sequence", "".join(map(_member, fields)))


def _member(field: Field) -> str:
    # Names of records begin with a capital, those of XML Schema's types do not.
    prefix = "b" if field.type[0].isupper() else "xsd"
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


def _operation(service: Service, one: Contract) -> str:
    told, refusal = element("wsdl:documentation", one.says), service.refusal.name
    asked = f'<wsdl:input message="b:{one.name}" wsam:Action="{one.action}"/>'
    answered = f'<wsdl:output message="b:{one.name}Response" wsam:Action="{one.action}Response"/>'
    action = f'wsam:Action="{one.namespace}/{refusal}"'
    refused = f'<wsdl:fault name="{refusal}" message="b:{refusal}" {action}/>'
    return _tag("wsdl:operation", told + asked + answered + refused, name=one.name)


def _binding(service: Service, version: Version) -> str:
    suffix, prefix, _ = _BINDINGS[version]
    carried = f'<{prefix}:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>'
    bound = "".join(_bound(one, prefix, service.refusal.name) for one in service.contracts)
    return f'<wsdl:binding name="{service.name}{suffix}" type="b:{service.name}Port">{carried}{bound}</wsdl:binding>'


def _bound(one: Contract, prefix: str, refusal: str) -> str:
    literal = f'<{prefix}:body use="literal"/>'
    action = f'<{prefix}:operation soapAction="{one.action}" style="document"/>'
    refused = _tag("wsdl:fault", f'<{prefix}:fault name="{refusal}" use="literal"/>', name=refusal)
    bodies = _tag("wsdl:input", literal) + _tag("wsdl:output", literal)
    return _tag("wsdl:operation", action + bodies + refused, name=one.name)


def _port(service: Service, version: Version, address: str) -> str:
    suffix, prefix, _ = _BINDINGS[version]
    name, place = f"{service.name}{suffix}", f"<{prefix}:address location={attribute(address)}/>"
    return f'<wsdl:port name="{name}" binding="b:{name}">{place}</wsdl:port>'


def _tag(tag: str, inside: str, name: str = "") -> str:
    named = f' name="{name}"' if name else ""
    return f"<{tag}{named}>{inside}</{tag}>"
