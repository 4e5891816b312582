"""A year of obligations with a moved clock: 26 regimes, each owed by some of 12 departments, some late, some returned and corrected, some never."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from bus.calendar import is_working
from bus.config.regimes import parse_regimes
from bus.expectation.duties import Duty, OfRegimes
from tests.buses import PATIENCE, ask
from tests.example import parsed
from tests.owing import OFFICE, owing, put, regime, regimes_text, report
from tests.owing import until as moved

YEAR = 2026
WEEK, STEP = timedelta(days=7), timedelta(days=17)
DEPARTMENTS = [f"000.00.{number}.H62" for number in range(20, 32)]
#: How often each of the 26 is owed; every third is followed by a department, the others by the province's office.
PERIODS = [["M"], ["Q"], ["S"], ["A1"], ["Q1", "Q2", "N9", "A1"]]
REGIMES = [
    regime(
        f"BC-{number:02}",
        DEPARTMENTS[number % 12] if number % 3 == 0 else OFFICE,
        periods=PERIODS[number % 5],
        basis="calendar" if number % 4 == 0 else "nd09",
        units=[{"unit": DEPARTMENTS[(number + more) % 12], "level": "department"} for more in (0, 3, 7)],
    )
    for number in range(26)
]
ROUTES = f"""
endpoints: {{mailbox: {{kind: mailbox}}}}
partners:
  office: {{agencies: ["{OFFICE}"]}}
  departments: {{agencies: {DEPARTMENTS}}}
routes: [{{name: inside, when: {{recipient: {{partner: any}}}}, to: mailbox}}]
expectations: [{{name: bao-cao, on: report, since: {YEAR}-01-01}}]
"""


def fates(duty: Duty) -> Iterator[tuple[date, int, str]]:
    """What becomes of a report, by its key alone: the day, the version, and a state where it is a word on it."""
    match zlib.crc32(duty.key.encode()) % 10:
        case 0:  # never
            return
        case 1 | 2:  # late
            yield duty.due + timedelta(days=9), 1, ""
        case 3:  # returned, and corrected too late
            yield duty.due - WEEK, 1, ""
            yield duty.due, 1, "RETURNED"
            yield duty.due + timedelta(days=20), 2, ""
        case 4:  # returned, and nothing more
            yield duty.due - WEEK, 1, ""
            yield duty.due, 1, "RETURNED"
        case _:  # in time
            yield duty.due - WEEK, 1, ""


def overdue(duties: list[Duty], today: date) -> set[str]:
    """Counted from the fates alone, on a day so far from any return that its correction was due."""
    late = set()
    for duty in duties:
        done = [(day, version, state) for day, version, state in fates(duty) if day < today]
        came = max((version for _, version, state in done if not state), default=0)
        back = max((version for _, version, state in done if state), default=0)
        returned = max((day for day, _, state in done if state), default=duty.due)
        again = returned + timedelta(days=14) if back else duty.due
        if came <= back and max(duty.due, again) < today:
            late.add(duty.key)
    return late


def unsure(duties: list[Duty], today: date) -> set[str]:
    """Returned a few days ago: owed again, and not long enough to say that it is late without a calendar."""
    back = ((duty.key, day) for duty in duties for day, _, state in fates(duty) if state)
    return {key for key, day in back if day < today <= day + timedelta(days=16)}


def test_a_year_of_obligations_is_accounted_for(tmp_path: Path) -> None:
    """Every few weeks the list of what is overdue is the one expected, and in the end each obligation is there once."""
    library = parse_regimes(regimes_text(*REGIMES), "regimes.yaml").library
    duties = list(OfRegimes(library, is_working).between(date(YEAR, 1, 1), date(YEAR, 12, 31)))
    plan = sorted(
        ((when, duty.key, duty, version, state) for duty in duties for when, version, state in fates(duty)),
        key=lambda one: one[:2] + one[3:],
    )
    with owing(tmp_path, f"{YEAR}-01-02 08:00", routes=ROUTES) as (parts, rounds, clock):
        put(parts.settings, *REGIMES)
        today = date(YEAR, 1, 2)
        known = {duty.key for duty in duties}
        while today < date(YEAR + 1, 2, 10):
            today += STEP
            ready = [one for one in plan if one[0] < today]
            plan = plan[len(ready) :]
            for day, some in groupby(ready, lambda one: one[0]):
                moved(clock, f"{max(day, date(YEAR, 1, 2))} 08:30")
                sent = [
                    report(duty.unit, duty.period, version, state, code=duty.regime)
                    for _, _, duty, version, state in some
                ]
                for future in [parts.journal.accept(one) for one in sent]:
                    future.result(PATIENCE)
            moved(clock, f"{today} 08:00")
            rounds.work()
            told = {row["key"] for row in _rows(parts, "reports_overdue")}

            assert told & known - unsure(duties, today) == overdue(duties, today) - unsure(duties, today), today
        rows = [row for closed in (False, True) for row in _rows(parts, "expectations", closed=closed)]

    mine = [row for row in rows if row["key"] in known]
    assert len(REGIMES) == 26
    assert len(duties) > 300
    assert sorted(row["key"] for row in mine) == sorted(duty.key for duty in duties)
    assert {row["key"] for row in mine if not row["closed_at"]} == overdue(duties, today)
    assert {row["who"] for row in mine} == set(DEPARTMENTS)


def _rows(parts: Any, question: str, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(parts, question, limit=10_000, **asked)["rows"]
    return found


def test_the_example_of_a_province_is_accounted_for() -> None:
    """26 regimes followed by 12 offices; before July 2025 districts owe, after it the new communes do, and nobody owes one report twice."""
    file = parsed()
    duties = list(OfRegimes(file.library, file.offices.is_working).between(date(2025, 1, 1), date(2025, 12, 31)))
    keys = {duty.key for duty in duties}
    last = {
        level: max(duty.data_to for duty in duties if duty.level == level) for level in {duty.level for duty in duties}
    }

    assert len(keys) == len(duties) > 8000
    assert (len({duty.regime for duty in duties}), len({duty.office for duty in duties})) == (26, 12)
    assert last["district"] < date(2025, 7, 1) < last["commune"]
    assert all(duty.data_from <= duty.data_to < duty.due for duty in duties)
