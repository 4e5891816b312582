"""A partner's WSDL, read by zeep: what its operations are called, how an envelope for one is made, what may repeat in answers.

zeep makes no call from here: documents come from whoever loads, and nothing else is ever opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree
from zeep import Client, Settings
from zeep.exceptions import Error, ValidationError
from zeep.transports import Transport
from zeep.wsdl.bindings.soap import Soap12Binding, SoapBinding
from zeep.xsd import AnyType, ComplexType, Element

from adapters.soap.client.tree import Place
from bus.errors import FailureClass, Refused, Unreachable

#: How deep into types is looked: they may hold themselves.
_DEEP = 10

Load = Callable[[str], bytes]
Envelope = etree._Element  # noqa: SLF001 - the library has no other name for it


@dataclass(frozen=True, slots=True)
class Drawn:
    """An envelope without what is spliced into it, and what HTTP says of it."""

    envelope: Envelope
    action: str
    #: 1.2 of SOAP; 1.1 otherwise.
    newer: bool


class Description:
    """One binding of a WSDL. Safe to use from many threads."""

    def __init__(self, binding: SoapBinding) -> None:
        self._binding: Any = binding
        self._lists: dict[str, frozenset[Place]] = {}

    def draw(self, operation: str, parameters: Mapping[str, Any]) -> Drawn:
        """The envelope of a call. Raises Unreachable where the WSDL knows no such call, and Refused for a value that no
        XML can hold.
        """
        found = self._operation(operation)
        try:
            envelope = found.create(**parameters).content
        except (TypeError, AttributeError, ValidationError, Error) as error:
            raise Unreachable(
                FailureClass.CLIENT_FAULT, f"{operation} is not to be called so: {error}"[:500]
            ) from error
        except ValueError as error:
            raise Refused(FailureClass.CLIENT_FAULT, f"{operation}: {error}"[:200]) from error
        return Drawn(envelope, str(found.soapaction or ""), isinstance(self._binding, Soap12Binding))

    def has(self, operation: str) -> bool:
        """Whether there is such an operation."""
        return operation in self._binding.all()

    def lists(self, operation: str) -> frozenset[Place]:
        """Where in an answer's envelope elements may repeat."""
        if operation not in self._lists:
            body = getattr(self._operation(operation).output, "body", None)
            below = _below(body.type, ("Envelope", "Body", str(body.name))) if isinstance(body, Element) else ()
            self._lists[operation] = frozenset(at for at, element in below if element.accepts_multiple)
        return self._lists[operation]

    def answers(self, operation: str) -> bool:
        """Whether a call of it has an answer; else an empty one is all there is."""
        return self._operation(operation).output is not None

    def shape(self, operation: str) -> Mapping[str, str]:
        """All that a caller has to keep to: elements by their places, each with its type and how often it stands there."""
        found = self._operation(operation)
        made = {"action": str(found.soapaction or ""), "style": str(found.style)}
        for side in ("input", "output"):
            body = getattr(getattr(found, side), "body", None)
            if isinstance(body, Element):
                made[f"{side} {body.name}"] = str(body.qname)
                made |= {f"{side} {'.'.join(at)}": _said(element) for at, element in _below(body.type, ())}
        return made

    def _operation(self, name: str) -> Any:
        if not self.has(name):
            raise Unreachable(FailureClass.CLIENT_FAULT, f"the WSDL has no operation {name!r}")
        return self._binding.get(name)


class _Documents(Transport):
    """Where zeep has documents from, and all that it is given of a transport."""

    def __init__(self, load: Load) -> None:  # zeep's own would open a session
        self._load = load
        self._close_session = False

    def load(self, url: str) -> bytes:
        return self._load(url)


def described(url: str, load: Load, service: str | None, port: str | None) -> Description:
    """The description at a URL, all of whose documents come from ``load``. Raises Unreachable, and what ``load`` raises."""
    client: Any = Client  # the library has no types
    try:
        wsdl = client(url, transport=_Documents(load), settings=Settings(forbid_dtd=True, forbid_entities=True)).wsdl
    except (Error, etree.LxmlError, LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Unreachable(FailureClass.CLIENT_FAULT, f"the WSDL cannot be read: {error}"[:500]) from error
    return Description(_binding(wsdl, service, port))


def _binding(wsdl: Any, service: str | None, port: str | None) -> SoapBinding:
    for one in wsdl.services.values():
        for there in one.ports.values():
            if service in {None, one.name} and port in {None, there.name} and isinstance(there.binding, SoapBinding):
                return there.binding
    raise Unreachable(FailureClass.CLIENT_FAULT, "the WSDL has no such service and port of SOAP")


def _below(type_: Any, place: Place) -> Iterator[tuple[Place, Element]]:
    """All elements of a type, with their places."""
    if len(place) > _DEEP or not isinstance(type_, ComplexType):
        return
    for _, element in type_.elements:
        if isinstance(element, Element) and not isinstance(element, AnyType):
            at = (*place, str(element.name))
            yield at, element
            yield from _below(element.type, at)


def _said(element: Element) -> str:
    return f"{element.type.name or 'a type of its own'} {element.min_occurs}..{element.max_occurs}"
