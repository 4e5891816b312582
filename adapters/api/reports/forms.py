"""``/v1/regimes`` and ``/v1/forms``: what there is to report, and on what."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from adapters.api.door import TheCaller, TheDesk
from adapters.api.guarded import GuardedRoute
from adapters.api.refusals import described
from adapters.api.reports.sending import CSV, PACKET, XLSX
from bus.errors import Rejected
from schemas.report.base import Reference
from schemas.report.library import Library
from schemas.report.periods import PeriodUnknown
from schemas.report.regime import Regime
from schemas.report.sheet import writing
from schemas.report.table import Table

_FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {one: {"schema": {"type": "string", "format": "binary"}} for one in (XLSX, CSV)}}
}


class Line(BaseModel):
    """One regime in one version."""

    code: str
    version: str
    name: str
    periods: list[str] = Field(examples=[["Q", "A1"]])
    forms: list[Reference]
    recipients: list[str]
    office: str
    valid_from: date
    valid_to: date | None

    @classmethod
    def of(cls, one: Regime) -> Line:
        """Of a packet."""
        return cls(
            code=one.code,
            version=one.version,
            name=one.name,
            periods=[*one.periods, *(occasion.code for occasion in one.occasions)],
            forms=[Reference(code=form.code, version=form.version) for form in one.forms],
            recipients=list(one.recipients),
            office=one.office,
            valid_from=one.valid_from,
            valid_to=one.valid_to,
        )


class Regimes(BaseModel):
    """Those the caller's agencies owe, follow or receive."""

    regimes: list[Line]


class Wanted(BaseModel):
    """Which version of a form, how, and what is filled in already."""

    model_config = ConfigDict(extra="forbid")

    version: str = Field(default="", max_length=100, description="Else that of the regime, else of the newest one")
    regime: str = Field(default="", max_length=100)
    period: str = Field(
        default="", max_length=20, examples=["2026-Q1"], description="With `regime`: its days are filled in"
    )
    unit: str = Field(default="", max_length=100)
    kind: Literal["xlsx", "csv", "json"] = Field(default="xlsx", alias="as")


def router() -> APIRouter:
    """The calls of whoever has to report."""
    routes, found = APIRouter(prefix="/v1", route_class=GuardedRoute), described("not_found")
    add = routes.add_api_route
    add("/regimes", regimes, methods=["GET"], summary="Regimes that concern you", responses=described())
    add(
        "/forms/{code:path}", form, methods=["GET"], summary="An empty form", response_class=Response,
        responses={**_FILES, **found},
    )  # fmt: skip
    return routes


async def regimes(desk: TheDesk, caller: TheCaller) -> Regimes:
    """All versions, also those that are no more or not yet in force."""
    library = await asyncio.to_thread(desk.reports.library)
    return Regimes(regimes=[Line.of(one) for one in library if _concerns(one, caller.agencies)])


def _concerns(one: Regime, agencies: frozenset[str]) -> bool:
    receiving = (*one.recipients, *(code for codes in one.recipients_by_level.values() for code in codes))
    return not agencies.isdisjoint([one.office, *receiving, *(owing.unit for owing in one.units)])


async def form(
    code: Annotated[str, Path(max_length=100, examples=["MC-01"])],
    desk: TheDesk,
    _caller: TheCaller,
    wanted: Annotated[Wanted, Query()],
) -> Response:
    """To be filled in and sent back as it is; codes with a slash stand in the address as they are."""
    library = await asyncio.to_thread(desk.reports.library)
    table, filled = _found(library, code, wanted)
    if wanted.kind == "json":
        return Response(table.form.model_dump_json(), media_type=PACKET)
    write, media = (writing.xlsx, XLSX) if wanted.kind == "xlsx" else (writing.csv, CSV)
    data = await asyncio.to_thread(write, table, filled)
    return Response(
        data, media_type=media, headers={"content-disposition": f'attachment; filename="form.{wanted.kind}"'}
    )


def _found(library: Library, code: str, wanted: Wanted) -> tuple[Table, writing.Content]:
    regime, header = _regime(library, wanted)
    named = next((one.version for one in regime.forms if one.code == code), "") if regime else ""
    if regime and not named:
        raise Rejected(
            "not_found", f"form {code}; {regime.code} asks for {', '.join(one.code for one in regime.forms)}"
        )
    table = library.forms.get((code, wanted.version or named or library.latest(code)))
    if table is None:
        raise Rejected("not_found", f"form {code}")
    return table, writing.Content(header={**header, "unit": wanted.unit})


def _regime(library: Library, wanted: Wanted) -> tuple[Regime | None, dict[str, str]]:
    """The newest version of the regime that has the period, and what of the header is known by it."""
    header = {"regime": wanted.regime, "period": wanted.period}
    versions = library.regimes.get(wanted.regime, ())
    wrong = f"regime {wanted.regime}"
    for one in reversed(versions):
        try:
            span = one.span(wanted.period) if wanted.period else None
        except PeriodUnknown as unknown:
            wrong = str(unknown)
            continue
        return one, header | ({"from": span.data_from.isoformat(), "to": span.data_to.isoformat()} if span else {})
    if wanted.regime:
        raise Rejected("not_found", wrong)
    return None, header
