"""The agency calls: the directory as the axis shows it. It is changed by the bus's operators, not from here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import orjson
from starlette.types import ASGIApp

from adapters.http.outflow import list_answer
from adapters.vxp import envelope
from adapters.vxp.call import Call
from bus.desk import Agency, Desk
from bus.errors import Rejected

Row = Mapping[str, object]


async def listed(call: Call) -> ASGIApp:
    """getAgenciesList: open agencies with their former codes."""
    return await _answer(lambda: map(_plain_row, _open(call.desk)))


async def listed_qd20(call: Call) -> ASGIApp:
    """getAgenciesListQD20: the same with both codes; ``level`` 1 is an agency that has none above it here."""
    if not (level := call.signed.get("level")):
        return await _answer(lambda: map(_qd20_row, _open(call.desk)))
    if not level.isdecimal():
        raise Rejected("request.invalid", "XroadVnpt-level: expected a number")
    return await _answer(lambda: map(_qd20_row, _at_level(call.desk, int(level))))


async def synchronised(call: Call) -> ASGIApp:
    """getSynchronizeUnit: all agencies, closed ones marked deleted."""

    def rows() -> Iterator[Row]:
        version = call.desk.agencies_version()
        return (_unit_row(agency, version) for agency in call.desk.agencies())

    return await _answer(rows)


async def register(call: Call) -> ASGIApp:
    """registerAgency: yes to an agency that is the caller's own already, else the operators' business."""
    code = _code(call.body)
    if not call.is_own(code):
        raise Rejected("agency.by_operator", code[:60])
    return envelope.ok()


async def delete(call: Call) -> ASGIApp:
    """deleteAgency: always the operators' business."""
    raise Rejected("agency.by_operator", call.signed.get("AgencyCode")[:60])


async def _answer(rows: Callable[[], Iterator[Row]]) -> ASGIApp:
    return await list_answer(envelope.OK, rows)


def _open(desk: Desk) -> Iterator[Agency]:
    return (agency for agency in desk.agencies() if not agency.closed)


def _at_level(desk: Desk, level: int) -> Iterator[Agency]:
    parents = {agency.code: agency.parent for agency in desk.agencies()}
    return (agency for agency in _open(desk) if _depth(agency.code, parents) == level)


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


def _unit_row(agency: Agency, version: int) -> Row:
    fixed = {"version": version, "centerCode": "", "modifyDate": "", "isAgency": True}
    return {**_common(agency), "pid": agency.parent, "deleted": agency.closed, **fixed}


def _common(agency: Agency) -> dict[str, object]:
    return {"id": agency.code, "code": agency.code, "name": agency.name, "mail": agency.mail}
