"""Deadlines for calendars over the regimes and a journal: whose they are, on which day, and how each report stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from icalendar import Calendar

from bus.control.parts import Parts
from bus.errors import Rejected
from bus.expectation.at_doors import AtDoors
from bus.expectation.regimes import Regimes
from schemas.report.agenda import Standing, Task
from tests.buses import PATIENCE, ask
from tests.clis import bus
from tests.owing import FINANCE, HEALTH, NEW, OFFICE, OTHER_OFFICE, at, owing, put, regime, report, settings_of, until


def agenda(parts: Parts, *agencies: str, following: bool = False, unit: str = "") -> Sequence[Task]:
    """What the door is told."""
    doors = AtDoors(Regimes(parts.settings.regimes), parts.holder, parts.journal.store, parts.clock)
    return doors.agenda(frozenset(agencies), following=following, unit=unit)


def of(tasks: Sequence[Task], period: str) -> Task:
    (found,) = (one for one in tasks if one.period == period)
    return found


def test_a_unit_has_its_own_deadlines_a_year_ahead(tmp_path: Path) -> None:
    """Two working days after the data end, before Tết as after; nobody else's, and none twice."""
    with owing(tmp_path, "2026-02-10 08:00") as (parts, _, _):
        tasks = agenda(parts, FINANCE, "H62.07")
    assert [one.due for one in tasks][:3] == [date(2025, 12, 16), date(2026, 1, 16), date(2026, 2, 24)]
    assert len(tasks) == len({one.key for one in tasks}) == 14
    assert {one.standing for one in tasks} == {Standing.OWED}
    assert (tasks[0].form_name, tasks[0].whose) == ("Một cửa", FINANCE)


def test_a_calendar_follows_what_becomes_of_a_report(tmp_path: Path) -> None:
    """Sent, returned with a later day, sent again: each time newer than before, under the same key."""
    with owing(tmp_path, "2026-03-13 08:00") as (parts, rounds, clock):
        told = [of(agenda(parts, FINANCE), "2026-M03")]
        for when, intake in (
            ("2026-03-13 09:00", report(FINANCE, "2026-M03")),
            ("2026-03-20 09:00", report(FINANCE, "2026-M03", 1, "RETURNED")),
            ("2026-03-21 09:00", report(FINANCE, "2026-M03", 2)),
        ):
            until(clock, when)
            parts.journal.accept(intake).result(PATIENCE)
            rounds.work()
            told.append(of(agenda(parts, FINANCE), "2026-M03"))
    assert [one.standing for one in told] == [Standing.OWED, Standing.SENT, Standing.RETURNED, Standing.SENT]
    assert [one.revision for one in told] == [0, 1, 2, 3]
    assert [one.due.day for one in told] == [17, 17, 25, 25]
    assert len({one.key for one in told}) == 1
    assert told[1].changed.timestamp() * 1_000_000 == at("2026-03-13 09:00")


def test_a_report_that_was_waived_is_not_waited_for(tmp_path: Path) -> None:
    """It stays in the calendar as such, and is not lacking; taken back it is owed again."""
    with owing(tmp_path, "2026-03-02 08:00") as (parts, rounds, _):
        rounds.work()
        named = [f"BC-MOT-CUA|MC-01|2026-M03|{FINANCE}"]
        ask(parts, "reports_waive", reports=named, reason="công văn 15/VP")
        waived, together = of(agenda(parts, FINANCE), "2026-M03"), of(agenda(parts, OFFICE, following=True), "2026-M03")
        ask(parts, "reports_reinstate", reports=named, reason="công văn 16/VP")
        owed = of(agenda(parts, FINANCE), "2026-M03")
    assert (waived.standing, owed.standing) == (Standing.WAIVED, Standing.OWED)
    assert (together.units, len(together.lacking)) == (3, 2)


def test_what_a_successor_sends_is_sent(tmp_path: Path) -> None:
    """In its predecessor's place: newer each time, as its own reports are."""
    with owing(tmp_path, "2026-03-13 08:00") as (parts, rounds, _):
        before = of(agenda(parts, NEW), "2026-M03")
        parts.journal.accept(report(NEW, "2026-M03")).result(PATIENCE)
        rounds.work()
        sent = of(agenda(parts, NEW), "2026-M03")
        parts.journal.accept(report(NEW, "2026-M03", 1, "RETURNED")).result(PATIENCE)
        rounds.work()
        returned = of(agenda(parts, NEW), "2026-M03")
    assert [one.standing for one in (before, sent, returned)] == [Standing.OWED, Standing.SENT, Standing.RETURNED]
    assert before.revision < sent.revision < returned.revision


def test_a_successor_has_the_deadlines_of_a_closed_code(tmp_path: Path) -> None:
    """From the day the code was closed; the old code has none of its own any more."""
    with owing(tmp_path, "2026-03-02 08:00") as (parts, _, _):
        assert of(agenda(parts, NEW), "2026-M03").whose == NEW


def test_an_office_sees_levels_and_any_unit_that_it_follows(tmp_path: Path) -> None:
    """One event for what a level owes, with those who are lacking; or one unit's. Of what others follow, nothing."""
    with owing(tmp_path, "2026-02-10 08:00") as (parts, rounds, _):
        put(parts.settings, regime(), regime("BC-KHAC", OTHER_OFFICE))
        parts.journal.accept(report(FINANCE, "2026-M02")).result(PATIENCE)
        rounds.work()
        tasks = agenda(parts, OFFICE, following=True)
        one = of(agenda(parts, OFFICE, following=True, unit=FINANCE), "2026-M02")
        assert agenda(parts, OFFICE) == agenda(parts, OFFICE, unit=FINANCE) == agenda(parts, following=True) == []
    together = of(tasks, "2026-M02")
    assert {task.regime for task in tasks} == {one.regime}
    assert (together.units, together.lacking, together.standing) == (3, (HEALTH, NEW_OR_OLD), Standing.OWED)
    assert one.standing is Standing.SENT
    assert together.key != one.key


#: Before its code is closed the old one owes.
NEW_OR_OLD = "Sở cũ"


def test_operators_write_it_as_a_file(tmp_path: Path) -> None:
    """Of a unit or of all; an operator of an office has its own regimes alone."""
    with owing(tmp_path, "2026-02-10 08:00") as (parts, _, _):
        mine = ask(parts, "reports_feed", unit="H62.07", since="2026-01-01", until="2026-03-31")
        every = ask(parts, "reports_feed", office=OFFICE, lang="en")
        with pytest.raises(Rejected, match="800 days"):
            ask(parts, "reports_feed", since="2026-01-01", until="2029-01-01")
    feed = Calendar.from_ical(mine["ics"])
    assert [str(event.start) for event in feed.events] == ["2026-01-16", "2026-02-24", "2026-03-17"]
    assert (mine["events"], every["events"]) == (3, 14)
    assert "Reports due\\, 3 of 3 lacking" in every["ics"].replace("\r\n ", "")


def test_the_command_writes_a_file_that_takes_the_place_of_the_last_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or standard output; what it says of it is no part of the calendar."""
    made = settings_of(tmp_path)
    for name in ("home", "routes", "regimes", "agency_code"):
        monkeypatch.setenv(f"BUS_{name.upper()}", str(getattr(made, name)))
    file = tmp_path / "lich.ics"
    file.write_text("old")
    asked = ("reports", "calendar", "--ics", "--unit", FINANCE)
    told = bus(*asked, "--out", file, "--json").json()
    assert file.read_bytes().decode() == told["ics"] == bus(*asked).out.replace("\n", "\r\n")
    assert len(Calendar.from_ical(file.read_bytes()).events) == told["events"] > 12
    assert bus("reports", "calendar", "--out", file).code == 2
