"""Figures as SDMX on their way in: read, judged by the regime, and taken in as the packet they make."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from adapters.http.reports.intake import Taken, Wish, take_judged
from adapters.http.reports.judging import Judged, judge
from bus.desk import Caller, Desk
from bus.reports import Reports
from schemas.report.sdmx.reading import read_sdmx

#: SDMX-CSV, SDMX-ML 3.x and 2.1; which it is and in what version is read off the file.
MEDIA_TYPES = (
    "application/vnd.sdmx.data+csv",
    "application/vnd.sdmx.data+xml",
    "application/vnd.sdmx.structurespecificdata+xml",
)


async def take_sdmx(desk: Desk, caller: Caller, data: bytes, wish: Wish, version: int | None) -> Taken:
    """A file of figures. ``version``: which of the report it is, where the caller says so. Raises Rejected."""
    judged = await asyncio.to_thread(judge_sdmx, data, desk.reports, version)
    return await take_judged(desk, caller, judged, wish)


def judge_sdmx(data: bytes, reports: Reports, version: int | None) -> Judged:
    """A file of figures; no report where none can be told from it."""
    told = read_sdmx(data, reports.library(), version)
    if told.report is None:
        return Judged(None, told.problems, unreadable=True)
    judged = judge(told.report, reports)
    return replace(judged, problems=(*told.problems, *told.placed(judged.problems)))
