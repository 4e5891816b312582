"""X-Road's message protocol for SOAP (4.0), on the side that provides a service: who called what, as a security server hands it on.

The answer repeats these blocks, whatever it says; the hash of the call is the security server's to add.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.soap.wire.element import Element
from adapters.soap.wire.headers import one_of
from adapters.soap.wire.names import IDENTIFIERS, REPRESENTATION, XROAD
from adapters.soap.wire.writing import attribute, text
from bus.errors import Rejected
from schemas.xml import Name

_VERSION = "4.0"
_SPACES = {XROAD, IDENTIFIERS, REPRESENTATION}
_HASH = Name(XROAD, "requestHash")
_MEMBER = ("xRoadInstance", "memberClass", "memberCode")
_SUBSYSTEM, _SERVICE = "subsystemCode", "serviceCode"
#: Letters of an id, and of an identifier.
_LONGEST = 300
_ATTRIBUTE = f"{{{IDENTIFIERS}}}"


@dataclass(frozen=True, slots=True)
class Road:
    """What the blocks say of one call."""

    #: Whose subsystem calls: ``VN/GOV/000.00.00.H62/bus``.
    client: str
    service_code: str
    id: str

    @property
    def identity(self) -> str:
        """What tells this call from every other: ids are their client's own."""
        return f"{self.client}:{self.id}"

    def check_called(self, operation: str) -> None:
        """Raises ``Rejected('request.invalid')`` where the Body calls something else."""
        if self.service_code != operation:
            raise _bad(f"serviceCode is {self.service_code[:60]!r}, and the Body calls {operation}")


def read(blocks: Sequence[Element]) -> Road | None:
    """What the header says; None where it came by no such road. Raises ``Rejected('request.invalid')``."""
    if not any(block.name.namespace == XROAD for block in blocks):
        return None
    version = _said(blocks, "protocolVersion", needed=True)
    if version != _VERSION:
        raise _bad(f"protocolVersion {version[:20]!r} is not {_VERSION}")
    client, service = _block(blocks, "client"), _block(blocks, "service")
    for optional in ("userId", "issue"):
        _said(blocks, optional)
    service_code = _parts(service, *_MEMBER, _SERVICE)[-1]
    return Road(_identifier(client), service_code, _said(blocks, "id", needed=True))


def repeated(blocks: Sequence[Element]) -> str:
    """The blocks as the answer bears them: all that came, right or wrong, in their order."""
    road = [block for block in blocks if block.name.namespace in {XROAD, REPRESENTATION} and block.name != _HASH]
    return "".join(map(_written, road))


def _block(blocks: Sequence[Element], name: str) -> Element:
    if (found := one_of(blocks, Name(XROAD, name))) is None:
        raise _bad(f"{name} is missing")
    return found


def _said(blocks: Sequence[Element], name: str, *, needed: bool = False) -> str:
    """A block that is text."""
    block = one_of(blocks, Name(XROAD, name))
    value = block.text if block else ""
    if needed and not value:
        raise _bad(f"{name} is missing")
    if len(value) > _LONGEST or (block and block.children):
        raise _bad(f"{name} is longer than {_LONGEST} letters, or holds elements")
    return value


def _identifier(client: Element) -> str:
    parts = (*_parts(client, *_MEMBER), client.said(Name(IDENTIFIERS, _SUBSYSTEM)))
    if len(said := "/".join(filter(None, parts))) > _LONGEST:
        raise _bad(f"client is longer than {_LONGEST} letters")
    return said


def _parts(block: Element, *names: str) -> list[str]:
    """The parts of an identifier, which must be there."""
    said = [block.said(Name(IDENTIFIERS, name)) for name in names]
    for name, value in zip(names, said, strict=True):
        if not value:
            raise _bad(f"{block.name.local}: {name} is missing")
    return said


def _written(one: Element, within: str = "") -> str:
    """An element as it came, but for what is of other namespaces: what the envelope says of it, or a schema."""
    local, namespace = one.name.local, one.name.namespace
    spaced = "" if namespace == within else f" xmlns={attribute(namespace)}"
    said = {
        name.removeprefix(_ATTRIBUTE): value for name, value in one.attributes.items() if name.startswith(_ATTRIBUTE)
    }
    if said:
        spaced += f" xmlns:id={attribute(IDENTIFIERS)}"
    attributes = "".join(f" id:{name}={attribute(value)}" for name, value in said.items())
    inside = text(one.raw) + "".join(
        _written(child, namespace) for child in one.children if child.name.namespace in _SPACES
    )
    return f"<{local}{spaced}{attributes}>{inside}</{local}>"


def _bad(what: str) -> Rejected:
    return Rejected("request.invalid", f"X-Road: {what}")
