"""``/v1/calendar``: deadlines for calendar programs, which send no header: by a link that holds as long as the caller's key."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Annotated, Any
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from adapters.api.door import KEY_HEADER, TheCaller, TheDesk, header_of
from adapters.api.guarded import GuardedRoute
from adapters.api.ranges import etag, has_it
from adapters.api.refusals import Responses, described
from adapters.api.reports.told import Language, TheLanguage
from bus.desk import Desk
from bus.errors import Rejected
from schemas.report.agenda import title
from schemas.report.ics import MEDIA_TYPE, ics

_PATH = "/reports/v1/calendar/"
#: Events of one calendar: several times those of a department.
_MOST = 2000
_WITHOUT_KEY = ("request.header_too_large", "bus.busy", "bus.stopping", "bus.fault")
_FEED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "iCalendar (RFC 5545): an all-day event on the last day on which each report is in time",
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
        "headers": {"ETag": {"schema": {"type": "string"}, "description": "The same as long as nothing changes"}},
    },
    304: {"description": "`If-None-Match` names it: nothing changed"},
}
Known = Annotated[str, Header(description="ETag of the last answer")]


class Which(BaseModel):
    """Whose deadlines."""

    model_config = ConfigDict(extra="forbid")

    unit: str = Field(
        default="", max_length=100, description="One unit: of yours, or with `follow` of those you follow"
    )
    follow: bool = Field(
        default=False, description="What is owed by the regimes your office follows: a level's reports as one event"
    )
    lang: Language | None = None


class Link(BaseModel):
    """Where a calendar program reads the same without a key."""

    url: str = Field(
        description="Holds as long as the key it was asked with; a path where the bus's public address is not known",
        examples=[f"{_PATH}m5Zp….ics"],
    )


def router() -> APIRouter:
    """The calls of those who keep a calendar."""
    routes = APIRouter(prefix="/v1", tags=["calendar"], route_class=GuardedRoute)
    add = routes.add_api_route
    asked: Responses = {**_FEED, **described("agency.not_yours")}
    linked: Responses = {**_FEED, **described("not_found", "agency.not_yours", "request.invalid", always=_WITHOUT_KEY)}
    add("/calendar.ics", calendar, methods=["GET"], summary="Your deadlines as a calendar", response_class=Response, responses=asked)  # fmt: skip
    add("/calendar/link", link, methods=["GET"], summary="A link to it", responses=described("agency.not_yours"))
    add(
        "/calendar/{token}.ics", subscribed, methods=["GET"], summary="The calendar by its link", response_class=Response,
        responses=linked, openapi_extra={"security": []},
    )  # fmt: skip
    return routes


async def calendar(
    desk: TheDesk,
    caller: TheCaller,
    language: TheLanguage,
    which: Annotated[Which, Query()],
    if_none_match: Known = "",
) -> Response:
    """What your units owe, from two months back to a year ahead, and how each report stands."""
    return await _feed(desk, caller.agencies, which, language, if_none_match)


async def link(
    request: Request, desk: TheDesk, caller: TheCaller, language: TheLanguage, which: Annotated[Which, Query()]
) -> Link:
    """For a calendar program to subscribe to. Treat it as a key: whoever has it reads these deadlines."""
    _check(desk, caller.agencies, which)
    said = urlencode({"unit": which.unit, "follow": int(which.follow), "lang": language})
    token = desk.calendars.make(caller.partner, header_of(request, KEY_HEADER) or b"", said)
    return Link(url=f"{desk.public_url}{_PATH}{token}.ics")


async def subscribed(
    token: Annotated[str, Path(max_length=2048, description="The end of a link", examples=["m5Zp…"])],
    desk: TheDesk,
    if_none_match: Known = "",
) -> Response:
    """Asks for no key. 404 once the key that the link was asked with is no more."""
    linked = desk.calendars.read(token)
    said = {name: values[0] for name, values in parse_qs(linked.said).items()}
    which = Which(unit=said.get("unit", ""), follow=said["follow"] == "1")
    language: Language = "en" if said["lang"] == "en" else "vi"
    return await _feed(desk, linked.agencies, which, language, if_none_match)


async def _feed(desk: Desk, agencies: frozenset[str], which: Which, language: Language, known: str) -> Response:
    _check(desk, agencies, which)
    data = await asyncio.to_thread(_written, desk, agencies, which, language)
    tag = etag(hashlib.sha256(data).hexdigest())
    headers = {"etag": tag, "cache-control": "private, no-cache", "x-content-type-options": "nosniff"}
    if has_it(known, tag):
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=f"{MEDIA_TYPE}; charset=utf-8", headers=headers)


def _written(desk: Desk, agencies: frozenset[str], which: Which, language: Language) -> bytes:
    tasks = desk.reports.agenda(agencies, following=which.follow, unit=which.unit)
    if len(tasks) > _MOST:
        raise Rejected(
            "request.invalid", f"{len(tasks)} deadlines, and a calendar has {_MOST}: name one unit in 'unit'"
        )
    return ics(tasks, title(language, which.unit, following=which.follow), language)


def _check(desk: Desk, agencies: frozenset[str], which: Which) -> None:
    if which.unit and not which.follow and desk.canonical(which.unit) not in agencies:
        raise Rejected("agency.not_yours", which.unit[:60])
