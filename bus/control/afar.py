"""Control over HTTP, for operators who are not on the machine: ``POST /api/v1/control/{name}`` with a bearer token.

The same questions and orders as on the socket of the home, by the same function, under the operator's own name. Arguments
are a JSON object. What is about a file has them in the query, and the file as its body: it is taken in piece by piece, as at every door.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus

import orjson
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bus import log
from bus.catalogue import CATALOGUE
from bus.control.badge import Badge, Badges
from bus.control.brought import Brought
from bus.control.described import lists, openapi
from bus.control.failures import described
from bus.control.operations import CARRYING, NEAR, ORDERS, call
from bus.control.parts import Parts
from bus.errors import BusError, NotFound, Rejected
from bus.reception import Reception

PATH = "/api/v1/control"
_log = log.get()
#: Bytes of arguments that are read.
_LONGEST = 1 << 20
_STATUSES = {"not_found": 404, "move.illegal": 409, "routes.invalid": 422, "directory.lost": 409, "bus.stopping": 503}


@dataclass(frozen=True, slots=True)
class Entrance:
    """Who may come in, what is counted of those who may not, and what takes in the files that come along."""

    badges: Badges
    throttled: Callable[[str], bool]
    #: Told of a refusal and the address it went to.
    refused: Callable[[Rejected, str], None]
    reception: Reception


def application(parts: Callable[[], Parts], entrance: Entrance) -> Starlette:
    """What answers below :data:`PATH`."""

    async def answer(request: Request) -> Response:
        try:
            badge = _sign_in(request, entrance)
            return _json(await _carry_out(request, parts(), badge, entrance.reception))
        except BusError as error:
            return _problem(error)
        except ClientDisconnect:
            return _problem(Rejected("body.truncated", "the caller hung up"))

    async def description(_request: Request) -> Response:
        return _json(openapi(PATH))

    return Starlette(
        routes=[
            Route("/openapi.json", description, methods=["GET"]),
            Route("/{name}", answer, methods=["POST"]),
        ]
    )


def _sign_in(request: Request, entrance: Entrance) -> Badge:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    badge = entrance.badges.of(token.strip().encode()) if scheme.lower() == "bearer" else None
    if badge:
        return badge
    address = request.client.host if request.client else ""
    rejection = Rejected("auth.throttled" if entrance.throttled(address) else "auth.token")
    entrance.refused(rejection, address)
    raise rejection


async def _carry_out(request: Request, parts: Parts, badge: Badge, reception: Reception) -> object:
    name = request.path_params["name"]
    if name in NEAR:
        raise NotFound(f"{name} is said of what was done on the machine: it can be said there only")
    if name in ORDERS and not badge.may_order:
        raise Rejected("operator.may_not", name)
    act = partial(_guarded, replace(parts, office=badge.office), badge.who, name)
    if name in CARRYING:
        return await _carrying(request, reception, CARRYING[name], partial(act, {"file": "", **_query(request, name)}))
    return await asyncio.to_thread(act, _read(await _body(request)))


async def _carrying(request: Request, reception: Reception, format_: str, act: Callable[[Brought], object]) -> object:
    """Have it carried out with the body as its file."""
    length = request.headers.get("content-length")
    received = await reception.receive(request.stream(), announced=int(length) if length else None, format=format_)
    brought = Brought(received, reception)
    return await asyncio.to_thread(_ended, brought, act)


def _ended(brought: Brought, act: Callable[[Brought], object]) -> object:
    try:
        return act(brought)
    finally:
        brought.end()


def _query(request: Request, name: str) -> dict[str, object]:
    """Arguments as the query has them: text, and what may be several as a list."""
    several = lists(name)
    given = request.query_params
    return {key: given.getlist(key) if key in several else given[key] for key in given}


async def _body(request: Request) -> bytes:
    read = b""
    async for piece in request.stream():
        read += piece
        if len(read) > _LONGEST:
            raise Rejected("body.too_large", f"arguments have {_LONGEST} bytes at the most")
    return read


def _read(text: bytes) -> dict[str, object]:
    try:
        read = orjson.loads(text or b"{}")
    except orjson.JSONDecodeError as error:
        raise Rejected("request.invalid", f"the arguments are not JSON: {error}") from None
    if not isinstance(read, dict):
        raise Rejected("request.invalid", "the arguments are not a JSON object")
    return read


def _guarded(parts: Parts, who: str, name: str, arguments: dict[str, object], brought: Brought | None = None) -> object:
    try:
        return call(parts, who, name, arguments, brought)
    except BusError:
        raise
    except Exception:
        _log.exception("control.failed", what=name)
        raise Rejected("bus.fault", f"{name} failed; the log of the bus says why") from None


def _json(told: object) -> Response:
    return Response(orjson.dumps(told), media_type="application/json")


def _problem(error: BusError) -> Response:
    told = described(error)
    entry = CATALOGUE.get(told["code"])
    status = entry.http if entry else _STATUSES.get(told["code"], HTTPStatus.CONFLICT)
    more = {key: value for key, value in told.items() if key not in ("code", "text")}
    body = orjson.dumps({"code": told["code"], "status": status, "detail": told["text"], **more})
    headers = {"www-authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    return Response(body, status, headers, "application/problem+json")
