"""The adapter before a security server: ``…/RestService/forward/PATH?dstcode=…&providerurl=…``, ``dstcode`` as a header too.

``providerurl`` says where the far security server makes the call. It comes from the configuration only: here, or as the
origin of the endpoint's own ``url``; nothing a message or an answer says gets into it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal
from urllib.parse import urlsplit

from adapters.http.roads.values import HeaderText
from adapters.http.sections import Url
from adapters.http.through import Through, Wire


class XrdAdapter(Through):
    """``through: {kind: xrd_adapter, …}`` of an endpoint."""

    kind: Literal["xrd_adapter"] = "xrd_adapter"
    #: Up to where the provider's path begins: ``http://ss.local:8080/XrdAdapter/RestService/forward``, or ``VXPAdapter``
    #: in the newer spelling.
    url: Url
    #: Whom the call is for: ``VN:GOV:000.00.00.G22:vpcpdvcprovider``.
    dstcode: HeaderText
    #: Where the provider's paths begin, as the far side reaches it; the origin of the endpoint's ``url`` if not given.
    providerurl: Url | None = None

    def server(self, url: str) -> str:  # noqa: ARG002 - the partner's own is never called
        return self.url

    def rewrite(self, wire: Wire, key: str) -> Wire:  # noqa: ARG002 - the adapter knows no calls
        parts = urlsplit(wire.base)
        provider = self.providerurl or f"{parts.scheme}://{parts.netloc}"
        return replace(
            wire,
            base=self.url,
            path=parts.path.rstrip("/") + wire.path,
            query=(*wire.query, ("dstcode", self.dstcode), ("providerurl", provider)),
            headers={**wire.headers, "dstcode": self.dstcode},
        )
