"""The agency calls: the directory as the axis shows it. It is changed by the bus's operators, not from here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence

import orjson
from starlette.responses import Response
from starlette.types import ASGIApp

from adapters.vxp import envelope
from adapters.vxp.call import Call
from bus.desk import Agency
from bus.errors import Rejected

Row = Mapping[str, object]


async def listed(call: Call) -> ASGIApp:
    """getAgenciesList: open agencies with their former codes."""
    return await _answer(_open(call.desk.agencies()), _plain_row)


async def listed_qd20(call: Call) -> ASGIApp:
    """getAgenciesListQD20: the same with both codes; ``level`` 1 is an agency that has none above it here."""
    agencies = call.desk.agencies()
    chosen = _open(agencies)
    if level := call.signed.get("level"):
        chosen = _at_level(agencies, level)
    return await _answer(chosen, _qd20_row)


async def synchronised(call: Call) -> ASGIApp:
    """getSynchronizeUnit: all agencies, closed ones marked deleted."""
    return await _answer(call.desk.agencies(), _unit_row)


async def register(call: Call) -> ASGIApp:
    """registerAgency: yes to an agency that is the caller's own already, else the operators' business."""
    code = _code(call.body)
    if not call.is_own(code):
        raise Rejected("agency.by_operator", code[:60])
    return envelope.ok()


async def delete(call: Call) -> ASGIApp:
    """deleteAgency: always the operators' business."""
    raise Rejected("agency.by_operator", call.signed.get("AgencyCode")[:60])


async def _answer(agencies: Iterable[Agency], row: Callable[[Agency], Row]) -> ASGIApp:
    # A national directory has a hundred thousand rows: not in the loop.
    body = await asyncio.to_thread(lambda: envelope.success({"data": [row(agency) for agency in agencies]}))
    return Response(body, media_type="application/json")


def _open(agencies: Sequence[Agency]) -> Iterable[Agency]:
    return (agency for agency in agencies if not agency.closed)


def _at_level(agencies: Sequence[Agency], level: str) -> Iterable[Agency]:
    if not level.isdecimal():
        raise Rejected("request.invalid", "XroadVnpt-level: expected a number")
    parents = {agency.code: agency.parent for agency in agencies}
    return (agency for agency in _open(agencies) if _depth(agency.code, parents) == int(level))


def _depth(code: str, parents: Mapping[str, str]) -> int:
    seen: set[str] = set()
    while code in parents and code not in seen:
        seen.add(code)
        code = parents[code]
    return len(seen)


def _code(body: bytes) -> str:
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Rejected("request.invalid", "the body is not JSON") from error
    code = asked.get("code") if isinstance(asked, dict) else None
    if not isinstance(code, str) or not code.strip():
        raise Rejected("request.invalid", "code: missing")
    return code.strip()


def _plain_row(agency: Agency) -> Row:
    return {**_common(agency), "pid": agency.parent, "oldCode": agency.old_code}


def _qd20_row(agency: Agency) -> Row:
    return {**_common(agency), "code102": agency.old_code}


def _unit_row(agency: Agency) -> Row:
    fixed = {"version": 0, "centerCode": "", "modifyDate": "", "isAgency": True}
    return {**_common(agency), "pid": agency.parent, "deleted": agency.closed, **fixed}


def _common(agency: Agency) -> dict[str, object]:
    return {"id": agency.code, "code": agency.code, "name": agency.name, "mail": agency.mail}
