"""A refusal as a fault: the stable code and what to do in its detail, in Vietnamese and in English."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

from adapters.http.faces import describe, headers_of
from adapters.soap.door.contract import SERVICE
from adapters.soap.door.header import Back
from adapters.soap.door.service import REFUSED, Service
from adapters.soap.wire.fault import MUST_UNDERSTAND, RECEIVER, SENDER, VERSION_MISMATCH, Fault, status_of, written
from adapters.soap.wire.names import SOAP_11, Version
from adapters.soap.wire.writing import elements
from bus.catalogue import CATALOGUE, Entry, Side
from bus.errors import Rejected

_CODES = {"soap.version": VERSION_MISMATCH, "soap.must_understand": MUST_UNDERSTAND}
_UNAUTHORIZED, _NOT_ALLOWED = 401, 405
_SAYS_NOTHING = Back()


def of(request: Request, service: Service) -> None:
    """Remember whose calls the caller makes."""
    request.state.service = service


def speaks(request: Request, version: Version) -> None:
    """Remember the version the caller speaks."""
    request.state.soap = version


def says_back(request: Request, back: Back) -> None:
    """Remember what every answer to the call says back."""
    request.state.back = back


def answer(request: Request, rejection: Rejected) -> tuple[int, Mapping[str, str], bytes]:
    """The refusal of a call, in its own version; of one that has not said which, in 1.1."""
    version = getattr(request.state, "soap", SOAP_11)
    service = getattr(request.state, "service", SERVICE)
    return said(rejection, service, version, getattr(request.state, "back", _SAYS_NOTHING))


def said(
    rejection: Rejected, service: Service = SERVICE, version: Version = SOAP_11, back: Back = _SAYS_NOTHING
) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers and body of an answer that says no. ``details``: ``http`` for a status that is HTTP's own
    business, ``security`` for a code of WS-Security, ``blocks`` for what was not understood, ``rows`` for records in the detail.
    """
    fault, action = _fault(rejection, service), f"{service.namespace}/{service.refusal.name}"
    status = status_of(fault, version)
    if not back.road:  # a security server hands on faults, and nothing that HTTP says
        status = int(str(rejection.details.get("http", status)))
    headers = {**headers_of(rejection), "content-type": f"{version.media_type}; charset=utf-8"}
    if status == _UNAUTHORIZED:
        headers["www-authenticate"] = 'Basic realm="soap", charset="UTF-8"'
    if status == _NOT_ALLOWED:
        headers["allow"] = "GET, POST"
    return status, headers, written(fault, version, back.blocks(action))


def _fault(rejection: Rejected, service: Service) -> Fault:
    entry = CATALOGUE[rejection.code]
    blocks, rows, name = rejection.details.get("blocks", ()), rejection.details.get("rows", ""), service.refusal.name
    return Fault(
        _CODES.get(rejection.code, RECEIVER if entry.side == Side.BUS else SENDER),
        (("vi", describe(rejection)), ("en", f"{entry.what}; {entry.todo}")),
        f'<b:{name} xmlns:b="{service.namespace}">{elements(_detail(entry, rejection))}{rows}</b:{name}>',
        str(rejection.details.get("security", "")),
        blocks if isinstance(blocks, tuple) else (),
    )


def _detail(entry: Entry, rejection: Rejected) -> list[tuple[str, str]]:
    values = (entry.code, entry.side, entry.what, entry.todo, entry.what_vi, entry.todo_vi, rejection.detail)
    return [(f"b:{field.name}", value) for field, value in zip(REFUSED, values, strict=True)]
