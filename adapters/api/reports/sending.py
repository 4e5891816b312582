"""``/v1/reports``: send a report, or only have it looked at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, Field

from adapters.api.door import TheCaller, TheDesk
from adapters.api.guarded import GuardedRoute
from adapters.api.models import Accepted
from adapters.api.refusals import SENDING, Responses, described
from adapters.api.reports.settings import DOOR
from adapters.api.reports.told import Language, TheLanguage, ToldProblem, refusal, told
from adapters.http.reports.intake import Taken, Wish, packet, sheet, take_packet, take_sheet
from adapters.http.reports.sdmx import MEDIA_TYPES as SDMX
from adapters.http.reports.sdmx import take_sdmx
from bus.errors import Rejected

PACKET = "application/json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
_FILE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_BODY = {
    "requestBody": {
        "required": True,
        "description": "A packet (docs/reports.md), a form as this door hands it out, filled in, or figures as SDMX.",
        "content": {
            PACKET: {"schema": {"type": "object"}, "example": {}},
            XLSX: _FILE,
            CSV: _FILE,
            **dict.fromkeys(SDMX, _FILE),
        },
    }
}


class Submitted(BaseModel):
    """The report is on disk, or was looked at (`receipt` null). `right`: nothing speaks against it but warnings."""

    right: bool
    report_id: str = Field(examples=["BC-MOT-CUA-MC-01-2026-Q1-000.00.05.H62"])
    version: int | None = Field(examples=[1])
    receipt: Accepted | None
    problems: list[ToldProblem]

    @classmethod
    def of(cls, taken: Taken, language: Language) -> Submitted:
        """From the bus's own words."""
        report = taken.judged.report
        return cls(
            right=taken.receipt is not None or not taken.judged.refused,
            report_id=report.report_id if report else "",
            version=report.version if report else None,
            receipt=Accepted.of(taken.receipt) if taken.receipt else None,
            problems=told(taken.judged.problems, language),
        )


class Asked(BaseModel):
    """What a sender may say in the address."""

    check: Literal["only"] | None = Field(default=None, description="`only`: judge it and take nothing")
    version: int = Field(
        default=1,
        ge=1,
        le=10_000,
        description="Of a filled form, and of SDMX that does not say it: which version of the report it is",
    )
    to: list[str] = Field(default=[], max_length=2000, description="Recipients of what names none, such as a form")
    lang: Language | None = None


class _Piecewise(GuardedRoute):
    """Bodies are bounded where they are taken in."""

    most = None


def router() -> APIRouter:
    """The call of a sender."""
    routes = APIRouter(prefix="/v1/reports", tags=["reports"], route_class=_Piecewise)
    codes = (*(one for one in SENDING if not one.startswith(("xml.", "edxml."))), "report.shape", "report.refused")
    looked: Responses = {200: {"model": Submitted, "description": "It was looked at (`check=only`)"}}
    routes.add_api_route(
        "", send, methods=["POST"], status_code=202, summary="Send a report", openapi_extra=_BODY,
        responses={**looked, **described(*codes, "request.media_type")},
    )  # fmt: skip
    return routes


async def send(
    request: Request,
    response: Response,
    desk: TheDesk,
    caller: TheCaller,
    language: TheLanguage,
    asked: Annotated[Asked, Query()],
    idempotency_key: Annotated[str | None, Header(max_length=255, description="Names this call")] = None,
) -> Submitted:
    """Takes a packet or a filled form in. 202 means it is on disk and the bus answers for it from here on."""
    tell = partial(refusal, language=language)
    wish = Wish(DOOR, tell, asked.check == "only", tuple(asked.to), idempotency_key, asked.version)
    taken = await _take(request, desk, caller, wish)
    response.status_code = 202 if taken.receipt else 200
    return Submitted.of(taken, language)


async def _take(request: Request, desk: TheDesk, caller: TheCaller, wish: Wish) -> Taken:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    length = request.headers.get("content-length", "")
    pieces: AsyncIterator[bytes] = request.stream()
    if media in {XLSX, CSV}:
        return await take_sheet(desk, caller, await sheet(pieces), wish)
    if media in SDMX:
        version = wish.version if "version" in request.query_params else None
        return await take_sdmx(desk, caller, await sheet(pieces), wish, version)
    if media != PACKET:
        raise Rejected("request.media_type", f"expected {PACKET}, {XLSX}, {CSV} or {' or '.join(SDMX)}")
    received = await packet(desk, pieces, int(length) if length.isdecimal() else None, wish.tell)
    return await take_packet(desk, caller, received, wish)
