"""X-Road's message protocol for REST (PR-REST, ``/r1``): a call through our own security server.

All attempts to deliver one copy bear the same ``X-Road-Id``, made of the copy's docId; both sides' logs are searched by
it. Redirects are not followed, and hop-by-hop headers do not get through: that is the protocol's.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal
from urllib.parse import quote, urlsplit

from adapters.http.roads import xroad_errors
from adapters.http.roads.values import ClientId, HeaderText, PartyId, ServerId, ServiceId
from adapters.http.sections import Url
from adapters.http.through import Through, Wire
from bus.transport import Response

#: Of our docIds: whoever makes one of a docId gets the same one.
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "lienthong-bus:docId")
_TOLD = {"x-road-id": "id", "x-road-request-id": "request", "x-road-request-hash": "hash"}


class XRoad(Through):
    """``through: {kind: xroad, …}`` of an endpoint, of whose ``url`` then only the path counts: it stands behind the service."""

    kind: Literal["xroad"] = "xroad"
    #: Our security server, without ``/r1``.
    url: Url
    client: ClientId
    service: ServiceId
    user_id: HeaderText | None = None
    represented_party: PartyId | None = None
    #: The provider's server, where it has several.
    security_server: ServerId | None = None

    def server(self, url: str) -> str:  # noqa: ARG002 - the partner's own is never called
        return self.url

    def rewrite(self, wire: Wire, key: str) -> Wire:
        behind = urlsplit(wire.base).path.rstrip("/")
        return replace(
            wire,
            base=self.url,
            path=f"/r1/{_encoded(self.service)}{behind}{wire.path}",
            headers={**wire.headers, **self._headers(key)},
        )

    def check(self, response: Response) -> None:
        xroad_errors.check(response)

    def words(self, response: Response) -> str:
        given = (f"{word} {response.headers[name]}" for name, word in _TOLD.items() if name in response.headers)
        told = " ".join(given)
        return f"X-Road {told}" if told else ""

    def _headers(self, key: str) -> Mapping[str, str]:
        said = {
            "X-Road-Client": _encoded(self.client),
            "X-Road-Id": message_id(key),
            "X-Road-UserId": self.user_id,
            "X-Road-Represented-Party": _encoded(self.represented_party or ""),
            "X-Road-Security-Server": _encoded(self.security_server or ""),
        }
        return {name: value for name, value in said.items() if value}


def message_id(key: str) -> str:
    """The id of a call: of the copy it is about, and one of its own for any other."""
    return str(uuid.uuid5(_NAMESPACE, key) if key else uuid.uuid4())


def _encoded(parts: str) -> str:
    return "/".join(quote(part, safe="") for part in parts.split("/")) if parts else ""
