"""GetReportStatus and GetObligations: what became of a report, and what is owed."""

from __future__ import annotations

import asyncio
from functools import partial

from starlette.types import ASGIApp

from adapters.http.reports.finding import found
from adapters.soap.door import answers
from adapters.soap.door.call import Call, first, flag
from adapters.soap.door.times import moment
from bus.reports import Owed, SentVersion, Whereto, Word


async def status(call: Call) -> ASGIApp:
    """GetReportStatus: all versions of a report; for its unit and for those it was sent to."""
    values = await call.values()
    asked, unit, agencies = first(values, "reportId"), first(values, "unit"), call.caller.agencies
    versions = await asyncio.to_thread(found, call.desk.reports, agencies, asked, unit)
    last = versions[-1]
    about = [("unit", last.unit), ("regime", last.regime), ("form", last.form), ("period", last.period)]
    return answers.said(call, [("reportId", asked), *about, ("state", last.state)], map(_version, versions))


async def obligations(call: Call) -> ASGIApp:
    """GetObligations: reports the caller's agencies owe by the rules in force."""
    closed = flag(await call.values(), "closed")
    owed = await asyncio.to_thread(call.desk.reports.owed, call.caller.agencies, closed=closed)
    row = partial(_owed, now=call.desk.clock.now())
    return await answers.rows(call, lambda: map(row, owed))


def _version(one: SentVersion) -> bytes:
    head = [("version", one.version), ("state", one.state), ("messageId", one.message_id)]
    copies, words = map(_copy, one.copies), map(_word, one.words)
    return answers.row("version", [*head, ("acceptedTime", moment(one.accepted_at))], [*copies, *words])


def _copy(one: Whereto) -> bytes:
    return answers.row("copy", [("recipient", one.recipient), ("transport", one.transport), ("reason", one.reason)])


def _word(one: Word) -> bytes:
    said = [("by", one.by), ("state", one.state), ("code", one.code), ("message", one.reason)]
    cells = [("cell", cell) for cell in one.cells]
    return answers.row("word", [*said, *cells, ("acceptedTime", moment(one.accepted_at))])


def _owed(one: Owed, now: int) -> bytes:
    about = [("unit", one.unit), ("regime", one.regime), ("form", one.form), ("period", one.period), ("name", one.name)]
    overdue = not one.closed and one.due_at <= now
    flags = [("overdue", str(overdue).lower()), ("closed", str(one.closed).lower())]
    numbers = [("version", one.version), ("returned", one.returned)]
    return answers.row("obligation", [*about, ("dueTime", moment(one.due_at)), *flags, *numbers])
