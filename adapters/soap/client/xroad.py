"""X-Road's message protocol for SOAP (4.0): who calls what, in an envelope's header, through our own security server.

All attempts to deliver one copy bear the same ``id``. An answer repeats the header; one that does not is no answer to
this call. A fault of X-Road's own is told from the provider's by its code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

import orjson
from pydantic import StringConstraints

from adapters.http.roads import xroad_errors
from adapters.http.roads.values import ClientId, HeaderText, PartyId
from adapters.http.roads.xroad import message_id
from adapters.http.sections import Word
from adapters.http.through import Through, Wire
from adapters.http.words import printable, shown_id
from bus.errors import OutcomeUnknown
from bus.transport import Response

_PARTS = ("xRoadInstance", "memberClass", "memberCode", "subsystemCode")
#: Elements of the header, and whether each is an identifier with parts or a text.
Said = tuple[str, str | Mapping[str, str]]


class XRoad(Through):
    """``through: {kind: xroad, …}`` of an endpoint whose ``url`` is the security server's. The service is the operation."""

    kind: Literal["xroad"] = "xroad"
    client: ClientId
    #: The subsystem that provides the service: ``VN/GOV/000.00.00.G22/vpcp``.
    provider: ClientId
    #: The version of the service, where it has one.
    version: Word | None = None
    user_id: Annotated[HeaderText, StringConstraints(pattern=r"^[A-Z]{2}.{1,100}$")] | None = None
    issue: HeaderText | None = None
    represented_party: PartyId | None = None

    def rewrite(self, wire: Wire, key: str) -> Wire:  # noqa: ARG002 - the header is in the envelope
        return wire

    def check(self, response: Response) -> None:
        fault = _member(_told(response), "Fault")
        code = fault.get("code")
        if isinstance(code, str) and xroad_errors.KIND.fullmatch(code):
            raise xroad_errors.failure(code, _words(code, fault))

    def words(self, response: Response) -> str:
        header = _member(_told(response), "Header")
        told = [f"{word} {shown_id(header[name])}" for name, word in _TOLD.items() if header.get(name)]
        return f"X-Road {' '.join(told)}" if told else ""

    def header(self, operation: str, key: str) -> Iterator[Said]:
        """The elements of the header, in their order."""
        yield "client", self._identifier(self.client)
        version = {"serviceVersion": self.version} if self.version else {}
        yield "service", {**self._identifier(self.provider), "serviceCode": operation, **version}
        if self.represented_party:
            kind, _, code = self.represented_party.partition("/")
            yield "representedParty", {"partyClass": kind, "partyCode": code}
        yield "id", message_id(key)
        if self.user_id:
            yield "userId", self.user_id
        if self.issue:
            yield "issue", self.issue
        yield "protocolVersion", "4.0"

    def check_repeated(self, response: Response, operation: str, key: str) -> None:
        """Raise OutcomeUnknown where an answer of the provider does not repeat the header of this call."""
        told = _told(response)
        if not told or "Fault" in told:
            return
        header = _member(told, "Header")
        for name, value in self.header(operation, key):
            if not _same(header.get(name), value):
                raise OutcomeUnknown(f"the answer does not repeat the header of the call: {name}", code="X-Road")

    @staticmethod
    def _identifier(parts: str) -> dict[str, str]:
        return dict(zip(_PARTS, parts.split("/"), strict=False))


_TOLD = {"id": "id", "requestHash": "hash"}


def _same(found: object, wanted: str | Mapping[str, str]) -> bool:
    if isinstance(wanted, str):
        return isinstance(found, str) and found.strip() == wanted
    return (
        isinstance(found, dict)
        and {name: _stripped(value) for name, value in found.items() if "@" not in name} == wanted
    )


def _stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _words(code: str, fault: Mapping[str, object]) -> str:
    detail = fault.get("detail")
    tracked = detail.get("faultDetail", "") if isinstance(detail, dict) else ""
    return printable(" ".join(part for part in (code, fault.get("text"), tracked) if isinstance(part, str)))[:500]


def _told(response: Response) -> dict[str, object]:
    try:
        found = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _member(told: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = told.get(name)
    return found if isinstance(found, dict) else {}
