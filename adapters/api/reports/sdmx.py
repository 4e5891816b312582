"""``/v1/reports/{id}/data`` and ``/v1/structures``: a report's figures as a packet or as SDMX, and the structure they follow."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from adapters.api.door import TheCaller, TheDesk
from adapters.api.files import disposition
from adapters.api.guarded import GuardedRoute
from adapters.api.refusals import described
from adapters.api.reports.sending import PACKET
from adapters.http.reports.finding import found
from bus.clock import instant
from bus.desk import Desk
from bus.errors import Rejected
from schemas.report.base import Reference
from schemas.report.reading import PacketInvalid, read
from schemas.report.sdmx import structure
from schemas.report.sdmx.shape import Unwritable
from schemas.report.sdmx.writing import CSV_TYPE, ML_TYPE, written

_KINDS: Mapping[str, tuple[Literal["csv", "ml"], str]] = MappingProxyType(
    {"sdmx-csv": ("csv", CSV_TYPE), "sdmx-ml": ("ml", ML_TYPE)}
)
STRUCTURE_TYPE = "application/vnd.sdmx.structure+xml;version=3.0.0"
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_DATA: dict[int | str, dict[str, Any]] = {
    200: {"content": {PACKET: {"schema": {"type": "object"}, "example": {}}, CSV_TYPE: _BINARY, ML_TYPE: _BINARY}}
}
_STRUCTURE: dict[int | str, dict[str, Any]] = {200: {"content": {STRUCTURE_TYPE: _BINARY}}}


class Wanted(BaseModel):
    """Which version, and in what form."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = Field(default=None, ge=1, le=10_000, description="Else the newest")
    unit: str = Field(default="", max_length=100, description="Whose, where several units have one of this id")
    kind: Literal["json", "sdmx-csv", "sdmx-ml"] = Field(
        default="json", alias="as", description="The packet as it came, SDMX-CSV 2.0 or SDMX-ML 3.0"
    )


def router() -> APIRouter:
    """The calls of whoever reads figures."""
    routes = APIRouter(prefix="/v1", tags=["sdmx"], route_class=GuardedRoute)
    add = routes.add_api_route
    add(
        "/reports/{report_id:path}/data", data, methods=["GET"], summary="A report's figures", response_class=Response,
        responses={**_DATA, **described("not_found", "report.unsaid")},
    )  # fmt: skip
    add(
        "/structures/{code:path}", structured, methods=["GET"], summary="A form as an SDMX structure", response_class=Response,
        responses={**_STRUCTURE, **described("not_found", "report.unsaid", "report.not_installed")},
    )  # fmt: skip
    return routes


async def data(
    report_id: Annotated[str, Path(max_length=100)],
    desk: TheDesk,
    caller: TheCaller,
    wanted: Annotated[Wanted, Query()],
) -> Response:
    """For the report's unit and for those it was sent to. SDMX has no place for narrative, attachments and signatures."""
    return await asyncio.to_thread(_told, desk, caller.agencies, report_id, wanted)


def _told(desk: Desk, agencies: frozenset[str], report_id: str, wanted: Wanted) -> Response:
    versions = found(desk.reports, agencies, report_id, wanted.unit)
    one = next((one for one in reversed(versions) if wanted.version in (None, one.version)), None)
    if one is None:
        raise Rejected("not_found", f"{report_id[:100]}, version {wanted.version}")
    body = desk.reports.packet(one.message_id)
    if body is None:
        raise Rejected("not_found", f"{report_id[:100]} is no longer kept")
    if wanted.kind == "json":
        return _file(body, PACKET, f"{report_id}.json")
    kind, media = _KINDS[wanted.kind]
    try:
        told = written(read(body), desk.reports.library(), kind, instant(desk.clock.now()))
    except (Unwritable, PacketInvalid) as error:
        raise Rejected("report.unsaid", str(error)) from None
    return _file(told, media, f"{report_id}.{'csv' if kind == 'csv' else 'xml'}")


async def structured(
    code: Annotated[str, Path(max_length=100, examples=["MC-01"])],
    desk: TheDesk,
    _caller: TheCaller,
    version: Annotated[str, Query(max_length=100, description="Else of the newest regime that asks for it")] = "",
) -> Response:
    """Code lists, concepts and the definition, as SDMX-ML 3.0; codes with a slash stand in the address as they are."""
    return await asyncio.to_thread(_structured, desk, code, version)


def _structured(desk: Desk, code: str, version: str) -> Response:
    library = desk.reports.library()
    table = library.form(Reference(code=code, version=version or library.latest(code) or "-"))
    if table is None:
        raise Rejected("not_found", f"form {code}")
    try:
        told = structure.written(table.form, instant(desk.clock.now()))
    except Unwritable as error:
        raise Rejected("report.unsaid", str(error)) from None
    except structure.Unavailable as error:
        raise Rejected("report.not_installed", str(error)) from None
    return _file(told, STRUCTURE_TYPE, f"{code}.xml")


def _file(body: bytes, media: str, name: str) -> Response:
    headers = {"content-disposition": disposition(name), "x-content-type-options": "nosniff"}
    return Response(body, media_type=media, headers=headers)
