"""What the blocks of a header ask for: which of them are for us, which must be understood."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.soap.wire.element import Element
from adapters.soap.wire.names import ADDRESSING, SECURITY, XROAD, Version
from bus.errors import Rejected
from schemas.xml import Name

SECURITY_BLOCK = Name(SECURITY, "Security")
_YES = {"1", "true"}
_ROAD = {
    Name(XROAD, one) for one in ("client", "service", "centralService", "id", "userId", "issue", "protocolVersion")
}


def for_us(blocks: Sequence[Element], version: Version) -> tuple[Element, ...]:
    """The blocks that are for whoever the message ends at."""
    return tuple(block for block in blocks if block.attributes.get(_tag(version.role), "").strip() in version.ours)


def check_understood(ours: Sequence[Element], version: Version) -> None:
    """Raises ``Rejected('soap.must_understand')``, whose ``blocks`` name what is not known here and must be."""
    must = _tag(version.name("mustUnderstand"))
    unknown = [one.name for one in ours if one.attributes.get(must, "").strip() in _YES and not _known(one.name)]
    if unknown:
        named = ", ".join(f"{{{name.namespace[:100]}}}{name.local[:60]}" for name in unknown[:5])
        raise Rejected("soap.must_understand", named, blocks=tuple(unknown))


def one_of(blocks: Sequence[Element], name: Name) -> Element | None:
    """The one block of that name. Raises ``Rejected('request.invalid')`` where there are more."""
    found = [block for block in blocks if block.name == name]
    if len(found) > 1:
        raise Rejected("request.invalid", f"{name.local}: given more than once in the header")
    return found[0] if found else None


def _known(name: Name) -> bool:
    return name == SECURITY_BLOCK or name.namespace == ADDRESSING or name in _ROAD


def _tag(name: Name) -> str:
    return f"{{{name.namespace}}}{name.local}"
