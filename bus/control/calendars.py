"""Deadlines of reports as an iCalendar file."""

from __future__ import annotations

from datetime import date
from typing import Literal

from bus.control.answers.calendars import Feed
from bus.control.expecting import offices
from bus.control.parts import Parts
from bus.control.reports import check_stretch, regimes_of
from bus.expectation.agenda import AHEAD, BEHIND, Agenda, Asked
from bus.expectation.times import day_of
from bus.journal.expectation_reads import ExpectationReads
from schemas.report.agenda import title
from schemas.report.ics import ics


def feed(
    parts: Parts,
    since: date | None = None,
    until: date | None = None,
    unit: str = "",
    regime: str = "",
    office: str = "",
    lang: Literal["vi", "en"] = "vi",
) -> Feed:
    """What is due between two days, both included: from two months back to a year ahead, where nothing is said. One event for each report
    of ``unit``; without it, one for what a level owes together. Raises Rejected for a stretch of more than two years.
    """
    plan, now, regimes = parts.holder.plan, parts.clock.now(), regimes_of(parts)
    start = since or day_of(now) - BEHIND
    end = until or (since or day_of(now)) + AHEAD
    check_stretch(start, end)
    units = frozenset([plan.directory.canonical(unit)] if unit else ())
    asked = Asked(units, frozenset(offices(parts, office)), regime, start, end)
    tasks = Agenda(regimes.duties(), plan, ExpectationReads(parts.journal.store), now).tasks(asked)
    written = ics(tasks, title(lang, unit or office, following=not unit), lang)
    return {"ics": written.decode(), "events": len(tasks), "problems": list(regimes.problems)}
