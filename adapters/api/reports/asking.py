"""``/v1/reports/{id}`` and ``/v1/obligations``: what became of a report, and what is owed."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from adapters.api.door import TheCaller, TheDesk
from adapters.api.guarded import GuardedRoute
from adapters.api.refusals import described
from adapters.http.reports.finding import found
from bus.clock import iso
from bus.reports import Owed, SentVersion, Word
from schemas.report.states import State

#: As an id is in a packet.
_LINE = r"^[^\x00-\x1f\x7f]+$"
_TIME = "2026-03-02T01:30:00.000+00:00"


class ToldWord(BaseModel):
    """What a recipient said."""

    by: str
    state: str = Field(examples=["RETURNED"])
    code: str
    message: str
    cells: list[str] = Field(examples=[["I.1/online"]])
    accepted_at: str = Field(examples=[_TIME])

    @classmethod
    def of(cls, one: Word) -> ToldWord:
        """From the bus's own words."""
        at = iso(one.accepted_at) or ""
        return cls(by=one.by, state=one.state, code=one.code, message=one.reason, cells=list(one.cells), accepted_at=at)


class ToldCopy(BaseModel):
    """One recipient of a version."""

    recipient: str
    transport: str = Field(examples=["delivered"])
    reason: str


class ToldVersion(BaseModel):
    """One version of a report, where its copies are, and what was said of it."""

    version: int
    state: State
    message_id: str
    accepted_at: str = Field(examples=[_TIME])
    copies: list[ToldCopy]
    words: list[ToldWord]

    @classmethod
    def of(cls, one: SentVersion) -> ToldVersion:
        """From the bus's own words."""
        return cls(
            version=one.version,
            state=State(one.state),
            message_id=one.message_id,
            accepted_at=iso(one.accepted_at) or "",
            copies=[ToldCopy(recipient=c.recipient, transport=c.transport, reason=c.reason) for c in one.copies],
            words=[ToldWord.of(word) for word in one.words],
        )


class ToldReport(BaseModel):
    """A report: `state` is that of its newest version."""

    report_id: str
    unit: str
    regime: str
    form: str
    period: str
    state: State
    versions: list[ToldVersion]


class ToldOwed(BaseModel):
    """One report that is owed, or was."""

    unit: str
    regime: str
    form: str
    period: str
    name: str
    due_at: str = Field(description="From this moment on it is late", examples=[_TIME])
    overdue: bool
    closed: bool
    version: int = Field(description="The newest that came; 0: none")
    returned: int = Field(description="The newest that was given back; 0: none")

    @classmethod
    def of(cls, one: Owed, now: int) -> ToldOwed:
        """From the bus's own words, at a moment."""
        return cls(
            unit=one.unit,
            regime=one.regime,
            form=one.form,
            period=one.period,
            name=one.name,
            due_at=iso(one.due_at) or "",
            overdue=not one.closed and one.due_at <= now,
            closed=one.closed,
            version=one.version,
            returned=one.returned,
        )


class Obligations(BaseModel):
    """What the caller's agencies owe, the soonest first."""

    obligations: list[ToldOwed]


class Which(BaseModel):
    """Which obligations to list."""

    model_config = ConfigDict(extra="forbid")

    closed: bool = Field(default=False, description="What is fulfilled instead, the latest first")
    limit: int = Field(default=1000, ge=1, le=1000)


def router() -> APIRouter:
    """The calls of whoever wants to know."""
    routes, refusing = APIRouter(prefix="/v1", route_class=GuardedRoute), described("not_found")
    add = routes.add_api_route
    add("/obligations", obligations, methods=["GET"], summary="What your units owe", responses=described())
    add("/reports/{report_id:path}", show, methods=["GET"], summary="What became of a report", responses=refusing)
    return routes


async def obligations(desk: TheDesk, caller: TheCaller, which: Annotated[Which, Query()]) -> Obligations:
    """Reports the caller's agencies owe by the rules in force; the operators' `expectations` decide which."""
    owed = await asyncio.to_thread(desk.reports.owed, caller.agencies, closed=which.closed, limit=which.limit)
    return Obligations(obligations=[ToldOwed.of(one, desk.clock.now()) for one in owed])


async def show(
    report_id: Annotated[str, Path(max_length=100, pattern=_LINE)],
    desk: TheDesk,
    caller: TheCaller,
    unit: Annotated[str, Query(max_length=100, description="Whose, where several units have one of this id")] = "",
) -> ToldReport:
    """All versions of a report; for its unit and for those it was sent to."""
    versions = await asyncio.to_thread(found, desk.reports, caller.agencies, report_id, unit)
    last = versions[-1]
    return ToldReport(
        report_id=report_id,
        unit=last.unit,
        regime=last.regime,
        form=last.form,
        period=last.period,
        state=State(last.state),
        versions=[ToldVersion.of(one) for one in versions],
    )
