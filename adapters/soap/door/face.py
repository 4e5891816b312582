"""``/soap/documents`` and ``/soap/reports`` served to anyone's SOAP client.

Promises: every answer to a call is an envelope of the version it came in, whatever goes wrong; nothing of a body is
read before it was shown who calls; a document is never whole in memory, and "yes" is said when it is on disk.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.http.faces import answered
from adapters.soap.door import refusals
from adapters.soap.door.call import DOOR, Call
from adapters.soap.door.contract import SERVICE
from adapters.soap.door.credentials import authenticate
from adapters.soap.door.header import Back, identity_of
from adapters.soap.door.operations import SERVICES, operation_of
from adapters.soap.door.service import Service
from adapters.soap.door.wsdl import wsdl
from adapters.soap.wire import addressing, headers, media, username, xroad
from adapters.soap.wire.element import Element
from adapters.soap.wire.envelope import Envelope
from adapters.soap.wire.events import Events
from adapters.soap.wire.names import MULTIPART, XOP_TYPE, Version
from adapters.soap.wire.package import package, version_of
from bus.desk import Desk
from bus.errors import Rejected

#: Bytes of a call beside its document.
_AROUND = 1 << 20
_HOST = re.compile(r"[A-Za-z0-9.\-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?", re.ASCII)


class SoapFace:
    """The door ``/soap``."""

    name = DOOR
    path = "/soap"

    def mount(self, desk: Desk) -> ASGIApp:
        """The application below ``/soap``."""
        return _Application(desk)

    def refusal(self, rejection: Rejected, path: str) -> tuple[int, Mapping[str, str], bytes]:
        """A refusal before the call was looked at."""
        return refusals.said(rejection, SERVICES.get(path.removeprefix(self.path).strip("/"), SERVICE))


class _Application:
    """One request in, one envelope out."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        answer = await answered(self._desk, DOOR, request, self._handle, partial(refusals.answer, request))
        await answer(scope, receive, send)

    async def _handle(self, request: Request) -> ASGIApp:
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        service = SERVICES.get(path.strip("/"))
        if service is None:
            raise Rejected("method.unknown", request.url.path[:100], http=404)
        refusals.of(request, service)
        if request.method == "POST":
            return await self._call(request, service)
        if request.method == "GET" and request.url.query.lower() in {"wsdl", "wsdl=", "singlewsdl"}:
            return Response(wsdl(service, self._address(request, service)), media_type="text/xml")
        raise Rejected("method.unknown", f"{request.method} {request.url.path}"[:100], http=405)

    async def _call(self, request: Request, service: Service) -> ASGIApp:
        said = media.read(request.headers.get("content-type", ""))
        version = version_of(said)
        if version is None:
            raise Rejected("request.media_type", f"{said.type[:60]!r} is neither SOAP 1.1 nor 1.2", http=415)
        refusals.speaks(request, version)
        body = package(said, _bounded(request, self._desk.max_bytes * 3 // 2 + _AROUND))
        envelope = Envelope(Events(await body.root()), version)
        blocks = headers.for_us(await envelope.header(), version)
        back = _back(request, blocks, version)
        road = xroad.read(blocks)
        identity = identity_of(back.addressing, road)
        caller = await authenticate(self._desk, request, username.read(blocks))
        operation = operation_of(service, await envelope.call(), (*_actions(request, said), back.addressing.action))
        if road:
            road.check_called(operation.contract.name)
        takes_parts = MULTIPART in (said.type, *_accepted(request))
        call = Call(self._desk, caller, operation.contract, version, back, envelope, body, takes_parts, identity)
        return await operation.handle(call)

    def _address(self, request: Request, service: Service) -> str:
        """Where a service is: as the operators say, else as the caller reached it."""
        host = request.headers.get("host", "")
        if not self._desk.public_url and not _HOST.fullmatch(host):
            raise Rejected("request.invalid", "host: it names no host")
        base = self._desk.public_url or f"{request.url.scheme}://{host}"
        return f"{base.rstrip('/')}/soap/{service.path}"


def _back(request: Request, blocks: Sequence[Element], version: Version) -> Back:
    """What the answer says back, which from here on is said whatever goes wrong. Raises Rejected."""
    back = Back(xroad.repeated(blocks))
    refusals.says_back(request, back)
    headers.check_understood(blocks, version)
    back = replace(back, addressing=addressing.read(blocks))
    refusals.says_back(request, back)
    return back


async def _bounded(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The body, as far as one may go that has a document as large as is taken. Raises ``Rejected('body.too_large')``."""
    announced, size = request.headers.get("content-length", ""), 0
    if announced.isdecimal() and int(announced[:20]) > limit:
        raise Rejected("body.too_large", f"{announced[:20]} bytes announced; {limit} are taken")
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise Rejected("body.too_large", f"{limit} bytes are taken")
        yield chunk


def _actions(request: Request, said: media.Media) -> tuple[str, ...]:
    """What HTTP says is called: the header of SOAP 1.1, the parameter of 1.2."""
    packed = media.read(said.get("start-info"))
    return request.headers.get("soapaction", "").strip().strip('"'), said.get("action"), packed.get("action")


def _accepted(request: Request) -> set[str]:
    """Types of answers the caller says it reads."""
    types = {media.bare(one) for one in request.headers.get("accept", "").split(",")}
    return {MULTIPART} if types & {MULTIPART, XOP_TYPE} else set()
