"""What partners ask of their reports: what is owed, by when, and what became of it."""

from __future__ import annotations

import json
from pathlib import Path

from adapters.http.reports.judging import Judged, judge
from bus.control.parts import Parts
from bus.expectation.at_doors import AtDoors
from bus.expectation.regimes import Regimes
from bus.journal.intake import Intake
from bus.journal.placement import Placement
from bus.journal.states import State
from bus.message import Claim, Inbound, ReturnAddress
from schemas.report.reading import read
from tests import messages
from tests.buses import PATIENCE, settle
from tests.owing import FINANCE, FORM, HEALTH, NEW, OFFICE, OLD, REGIME, owing, put, regime, until

PERIOD = {"code": "2026-M02", "basis": "nd09", "from": "2026-01-15", "to": "2026-02-14"}


def asked(parts: Parts) -> AtDoors:
    return AtDoors(Regimes(parts.settings.regimes), parts.holder, parts.journal.store, parts.clock)


def report(version: int = 1, unit: str = FINANCE) -> bytes:
    said = {"type": "report.data.v1", "reportId": f"BC-{unit}", "version": version, "regime": REGIME}
    said |= {"form": {"code": FORM, "version": "1"}, "period": PERIOD, "reportingUnit": unit, "recipients": [OFFICE]}
    return json.dumps({**said, **({"supersedes": version - 1} if version > 1 else {})}).encode()


def word(state: str, version: int = 1, by: str = OFFICE, minute: int = 0) -> bytes:
    said = {"type": "report.status.v1", "reportId": f"BC-{FINANCE}", "version": version, "state": state, "by": by}
    return json.dumps({**said, "at": f"2026-02-16T09:{minute:02}:00+07:00"}).encode()


def come(parts: Parts, body: bytes, to: str) -> str:
    """A packet is accepted; the id of its copy."""
    content = messages.read(body)
    claim = Claim(content.digest, len(body), body)
    inbound = Inbound(ReturnAddress("reports", ""), content, claim, (to,))
    place = Placement(to, "push", "finance")
    return (
        parts.journal.accept(Intake(inbound, (content.sender,), (), (place,), (), "v1"))
        .result(PATIENCE)
        .copies[0]
        .doc_id
    )


def states(parts: Parts) -> list[str]:
    return [one.state for one in asked(parts).versions([FINANCE], f"BC-{FINANCE}")]


def test_what_is_owed_is_the_callers_own(tmp_path: Path) -> None:
    """Its report closes it; the office's word that it is wrong opens it again. Nobody sees what others owe."""
    with owing(tmp_path, "2026-02-10 08:00") as (parts, rounds, _):
        rounds.work()
        mine = [(one.unit, one.period, one.version) for one in asked(parts).owed([FINANCE, "H62.07"])]
        assert (FINANCE, "2026-M02", 0) in mine
        assert {unit for unit, *_ in mine} == {FINANCE}
        come(parts, report(), OFFICE)
        rounds.work()
        closed = [one for one in asked(parts).owed([FINANCE], closed=True) if one.period == "2026-M02"]
        assert [(one.version, one.closed) for one in closed] == [(1, True)]
        come(parts, word("RETURNED"), FINANCE)
        rounds.work()
        again = [one for one in asked(parts).owed([FINANCE]) if one.period == "2026-M02"]
        assert [(one.version, one.returned, one.closed) for one in again] == [(1, 1, False)]
        assert asked(parts).owed([]) == []


def test_the_state_of_a_version_follows_its_copies_and_its_receivers(tmp_path: Path) -> None:
    """Queued, sent when a copy is delivered, then what its receivers say; a later version that is out takes its place."""
    with owing(tmp_path, "2026-02-16 08:00") as (parts, _, _):
        copy = come(parts, report(), OFFICE)
        assert states(parts) == ["QUEUED"]
        settle(parts, copy, State.DELIVERED)
        assert states(parts) == ["SENT"]
        come(parts, word("ACCEPTED", by=HEALTH), FINANCE)
        assert states(parts) == ["SENT"]
        come(parts, word("RETURNED"), FINANCE)
        come(parts, word("ACCEPTED", minute=1), FINANCE)
        assert states(parts) == ["RETURNED"]
        later = come(parts, report(2), OFFICE)
        assert states(parts) == ["RETURNED", "QUEUED"]
        settle(parts, later, State.DELIVERED)
        assert states(parts) == ["SUPERSEDED", "SENT"]
        assert asked(parts).versions([HEALTH], f"BC-{FINANCE}") == []
        come(parts, report(unit=HEALTH).replace(f"BC-{HEALTH}".encode(), f"BC-{FINANCE}".encode()), OFFICE)
        (theirs,) = asked(parts).versions([HEALTH], f"BC-{FINANCE}")
        assert (theirs.unit, theirs.state, theirs.words) == (HEALTH, "QUEUED", ())
        assert states(parts) == ["SUPERSEDED", "SENT"]
        assert len(asked(parts).versions([OFFICE], f"BC-{FINANCE}")) == 3


def test_by_when_it_is_owed_and_whether_its_period_is_closed(tmp_path: Path) -> None:
    """By the regime, on the working calendar, at the bus's own time."""
    with owing(tmp_path, "2026-02-12 08:00") as (parts, _, clock):
        put(parts.settings, regime(closes_after=3))
        doors, said = asked(parts), read(report())
        at = doors.when(said)
        assert (str(at.deadline), at.closed) == ("2026-02-24", False)
        clock.move(60 * 60 * 24 * 16)
        assert doors.when(said).closed
        stranger = read(report(unit="000.00.77.H62"))
        assert doors.when(stranger).deadline is None


def test_who_took_a_units_place_is_asked_as_that_unit_was(tmp_path: Path) -> None:
    """By its deadline and its closing, on its forms, once the code is closed; before that, and for a stranger, nothing is owed."""
    with owing(tmp_path, "2026-02-27 08:00") as (parts, _, clock):
        put(parts.settings, regime(closes_after=9, forms=[{"code": FORM, "only": [OLD]}]))
        doors, said = asked(parts), read(report(unit=NEW))
        before = doors.when(said)
        until(clock, "2026-03-02 08:00")
        after = doors.when(said)
        alias = doors.when(read(report(unit="H62.07")))
        judged = [
            (one.recipients, [found.rule for found in one.problems]) for one in (judge(said, doors), _of(doors, OLD))
        ]
        until(clock, "2026-03-06 08:00")

        assert (before.deadline, before.unit(said)) == (None, NEW)
        assert (str(after.deadline), after.closed, after.unit(said)) == ("2026-02-24", False, OLD)
        assert (alias.unit(said), judged[0]) == (FINANCE, judged[1])
        assert (judged[0][0], "report.not_owing" in judged[0][1]) == ((OFFICE,), False)
        assert doors.when(said).closed


def test_of_two_places_it_is_the_one_that_owes_the_form(tmp_path: Path) -> None:
    """Whoever owes a form of its own and took the place of one with another form reports on both."""
    with owing(tmp_path, "2026-03-02 08:00") as (parts, _, _):
        doors, units = asked(parts), [{"unit": unit, "level": "department"} for unit in (OLD, NEW)]
        put(parts.settings, regime(units=units, forms=[{"code": FORM, "only": [OLD]}]))
        said = read(report(unit=NEW))
        assert doors.when(said).unit(said) == OLD
        assert "report.form_unknown" not in [one.rule for one in judge(said, doors).problems]
        put(parts.settings, regime(units=units))
        assert doors.when(said).unit(said) == NEW


def _of(doors: AtDoors, unit: str) -> Judged:
    return judge(read(report(unit=unit)), doors)


def test_who_took_the_place_of_a_closed_unit_reports_for_it(tmp_path: Path) -> None:
    """From the day its code is closed, by its deadline, where it does not owe it itself; not before, and nobody else."""
    with owing(tmp_path, "2026-02-28 08:00") as (parts, _, clock):
        doors = asked(parts)
        new, other = read(report(unit=NEW)), read(report(unit="000.00.77.H62"))
        assert [doors.when(one).owed_by for one in (new, other)] == ["", ""]
        clock.move(60 * 60 * 24)
        assert [doors.when(one).owed_by for one in (new, other)] == [OLD, ""]
        assert str(doors.when(new).deadline) == "2026-02-24"
        assert doors.when(read(report(unit=HEALTH))).owed_by == HEALTH
        units = [{"unit": unit, "level": "department"} for unit in (OLD, NEW)]
        put(parts.settings, regime(units=units, forms=[{"code": FORM, "only": [OLD]}]))
        assert doors.when(new).owed_by == OLD, "of both it is the one that owes this form"
        put(parts.settings, regime(units=units))
        assert doors.when(new).owed_by == NEW, "what it owes itself"


def test_what_was_accepted_is_known(tmp_path: Path) -> None:
    """The same content of the same sender, and no other."""
    with owing(tmp_path) as (parts, _, _):
        come(parts, report(), OFFICE)
        doors = asked(parts)
        assert doors.known([FINANCE], messages.read(report()))
        assert not doors.known([HEALTH], messages.read(report()))
        assert not doors.known([FINANCE], messages.read(report(2)))
