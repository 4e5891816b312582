"""Descriptions of played services, made of a few words: for those that are nothing but operations with texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_NAMESPACES = (
    'xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" '
    'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:e="http://schemas.xmlsoap.org/soap/encoding/"'
)
_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"

#: Operation: its parameters, and the type of what it returns.
Rpc = Mapping[str, tuple[Sequence[str], str]]


def rpc_wsdl(namespace: str, url: str, operations: Rpc) -> str:
    """RPC with encoded values, as Axis 1 describes its services."""
    made = "".join(map(_operation, operations))
    bound = "".join(
        _bound(name, f'use="encoded" encodingStyle="{_ENCODING}" namespace="{namespace}"') for name in operations
    )
    messages = "".join(_rpc_messages(name, *both) for name, both in operations.items())
    types = (
        f'<types><xs:schema targetNamespace="{namespace}"><xs:import namespace="{_ENCODING}"/>'
        '<xs:complexType name="Texts"><xs:complexContent><xs:restriction base="e:Array">'
        '<xs:attribute ref="e:arrayType" xmlns:w="http://schemas.xmlsoap.org/wsdl/" w:arrayType="xs:string[]"/>'
        "</xs:restriction></xs:complexContent></xs:complexType></xs:schema></types>"
    )
    return _whole(namespace, url, "rpc", types + messages, made, bound)


def literal_wsdl(namespace: str, url: str, operation: str, asked: Sequence[str], told: Sequence[str]) -> str:
    """One operation, document/literal wrapped, whose elements are in this order."""
    types = (
        f'<types><xs:schema targetNamespace="{namespace}" elementFormDefault="qualified">'
        f"{_element(operation, asked)}{_element(f'{operation}Response', told)}</xs:schema></types>"
    )
    messages = "".join(
        f'<message name="{name}"><part name="parameters" element="t:{name}"/></message>'
        for name in (operation, f"{operation}Response")
    )
    return _whole(
        namespace, url, "document", types + messages, _operation(operation), _bound(operation, 'use="literal"')
    )


def _whole(namespace: str, url: str, style: str, before: str, operations: str, bound: str) -> str:
    return (
        f'<definitions {_NAMESPACES} xmlns:t="{namespace}" targetNamespace="{namespace}">{before}'
        f'<portType name="Port">{operations}</portType>'
        f'<binding name="Binding" type="t:Port"><soap:binding style="{style}" '
        f'transport="http://schemas.xmlsoap.org/soap/http"/>{bound}</binding>'
        f'<service name="Service"><port name="Port" binding="t:Binding"><soap:address location="{url}"/></port></service>'
        "</definitions>"
    )


def _operation(name: str) -> str:
    return f'<operation name="{name}"><input message="t:{name}"/><output message="t:{name}Response"/></operation>'


def _rpc_messages(name: str, asked: Sequence[str], told: str) -> str:
    parts = "".join(f'<part name="{one}" type="xs:string"/>' for one in asked)
    return (
        f'<message name="{name}">{parts}</message>'
        f'<message name="{name}Response"><part name="{name}Return" type="{told}"/></message>'
    )


def _bound(name: str, body: str) -> str:
    return (
        f'<operation name="{name}"><soap:operation soapAction=""/>'
        f"<input><soap:body {body}/></input><output><soap:body {body}/></output></operation>"
    )


def _element(name: str, members: Sequence[str]) -> str:
    inner = "".join(f'<xs:element name="{one}" type="xs:string" minOccurs="0"/>' for one in members)
    return f'<xs:element name="{name}"><xs:complexType><xs:sequence>{inner}</xs:sequence></xs:complexType></xs:element>'
