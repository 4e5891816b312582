"""Reports that an operator waives: nobody waits for them, nobody is chased, and nothing of them is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bus.control.parts import Parts
from bus.errors import Rejected
from bus.expectation.following import FULFILLED
from bus.journal.expectation_reads import ExpectationReads
from bus.journal.pick import Filter
from tests import adding, owing
from tests.adding import MINISTRY, PROVINCE, WHOLE, aggregating, data, made
from tests.buses import PATIENCE, ask
from tests.clis import bus
from tests.owing import FINANCE, FORM, HEALTH, NEW, OFFICE, OLD, OTHER_OFFICE, OWN, REGIME, expecting, keys, until

JANUARY = f"{REGIME}|{FORM}|2026-M01|{FINANCE}"
WHY = "công văn 15/VP: không phát sinh"


def waive(parts: Parts, *reports: str, order: str = "waive", **more: Any) -> dict[str, Any]:
    """The order on some reports, and what it answers."""
    told: dict[str, Any] = ask(parts, f"reports_{order}", reports=reports or (JANUARY,), **{"reason": WHY, **more})
    return told


def errors(told: dict[str, Any]) -> list[str]:
    return [one["error"] for one in told["rows"]]


def overdue(parts: Parts) -> list[str]:
    return keys(ask(parts, "reports_overdue")["rows"])


def reminded(parts: Parts) -> list[str]:
    """To whom documents of the bus's own went."""
    return sorted(one.copy.recipient for one in parts.browse.copies(Filter(senders=(OWN,), limit=1000)))


def come(parts: Parts, *of: Any, **more: Any) -> None:
    parts.journal.accept(owing.report(*of, **more)).result(PATIENCE)


def test_what_is_waived_is_neither_overdue_nor_reminded_of_until_it_is_owed_again(tmp_path: Path) -> None:
    """Shown with who waived it and why; taken back, it is overdue as if nothing had been said, and reminded of."""
    with owing.owing(tmp_path, "2026-01-16 08:00") as (parts, rounds, clock):
        chief = replace(parts, who="an")
        told = waive(chief)
        until(clock, "2026-01-20 08:00")
        rounds.work()
        late, asked = overdue(parts), reminded(parts)
        counted = ExpectationReads(parts.journal.store).count(clock.now())
        (shown,) = ask(parts, "reports_show", report=JANUARY)["rows"]
        (listed,) = ask(parts, "reports_waived")["rows"]
        back = waive(chief, order="reinstate")
        clock.move(40)
        rounds.work()
        deeds = [(one["who"], one["what"], one["reason"]) for one in ask(parts, "audit")["deeds"]]

        assert (told["done"], told["refused"], back["done"]) == (1, 0, 1)
        assert late == [f"2026-M01|{unit}" for unit in (HEALTH, OLD)]
        assert (FINANCE in asked, HEALTH in asked, FINANCE in reminded(parts)) == (False, True, True)
        assert next(over for rule, _, over, _ in counted if rule == "bao-cao") == 2
        assert (shown["waived_by"], shown["waived_reason"], shown["overdue"], shown["remind_at"]) == (
            "an",
            WHY,
            False,
            None,
        )
        assert listed == shown
        assert overdue(parts) == [f"2026-M01|{unit}" for unit in (FINANCE, HEALTH, OLD)]
        assert {("an", "reports_waive", WHY), ("an", "reports_reinstate", WHY)} <= set(deeds)


def test_a_waived_report_that_comes_is_taken(tmp_path: Path) -> None:
    """It stands as any other that came; returned, the waiver holds again, until it is taken back."""
    with owing.owing(tmp_path, "2026-01-16 08:00") as (parts, rounds, clock):
        waive(parts)
        come(parts, FINANCE, "2026-M01")
        rounds.work()
        (there,) = ask(parts, "reports_show", report=JANUARY)["rows"]
        come(parts, FINANCE, "2026-M01", 1, "RETURNED")
        rounds.work()
        until(clock, "2026-02-20 08:00")
        (excused,) = ask(parts, "reports_waived")["rows"]
        late = overdue(parts)
        waive(parts, order="reinstate")

        assert (there["outcome"], there["version"], there["waived_reason"]) == (FULFILLED, 1, WHY)
        assert (excused["returned"], f"2026-M01|{FINANCE}" in late) == (1, False)
        assert f"2026-M01|{FINANCE}" in overdue(parts)


def test_only_what_is_owed_can_be_waived(tmp_path: Path) -> None:
    """Each of an order's reports on its own, with why not; a dry run and an order without a reason change nothing."""
    with owing.owing(tmp_path, "2026-01-12 08:00") as (parts, rounds, _):
        come(parts, HEALTH, "2026-M01")
        rounds.work()
        other = f"{REGIME}|{FORM}|2026-M01|{HEALTH}"
        with pytest.raises(Rejected):
            waive(parts, reason=" ")
        dry = waive(parts, dry_run=True, reason="")
        before = ask(parts, "reports_waived")["rows"]
        waive(parts)
        told = waive(parts, JANUARY, other, "BC-LA|X|2026-M01|Y", f"{REGIME}|{FORM}", REGIME)
        back = waive(parts, JANUARY, JANUARY, other, order="reinstate")

    assert (dry["done"], errors(dry), before) == (0, [""], [])
    assert (told["done"], told["refused"]) == (0, 5)
    assert [one.partition(":")[0] for one in errors(told)] == [
        "it was waived before",
        "it has come",
        *["it is not owed"] * 3,
    ]
    assert (back["done"], errors(back)) == (1, ["", "it was not waived"])


def test_an_office_waives_what_it_follows(tmp_path: Path) -> None:
    """And neither sees nor waives what another follows."""
    with owing.owing(tmp_path, "2026-01-12 08:00") as (parts, _, _clock):
        theirs, ours = replace(parts, office=OTHER_OFFICE), replace(parts, office=OFFICE)
        refused, done = waive(theirs), waive(ours)
        seen = [len(ask(one, "reports_waived")["rows"]) for one in (theirs, ours)]

    assert (refused["refused"], done["done"], seen) == (1, 1, [0, 1])


def test_what_is_made_of_others_goes_without_what_was_waived_and_names_it(tmp_path: Path) -> None:
    """It is no zero: the unit is named and every figure provisional. The report that comes all the same makes it anew and whole."""
    waived = f"{adding.REGIME}|{adding.FORM}|{adding.PERIOD}|{OLD}"
    with adding.adding(tmp_path) as (parts, clock):
        expecting(parts).work()
        expecting(parts).work()
        for unit in (FINANCE, HEALTH):
            adding.come(parts, data(unit, {"I": "10", "II": "9"}))
        aggregating(parts).work()
        waiting = made(parts)
        waive(parts, waived)
        rounds = aggregating(parts)
        rounds.work()
        (first,) = made(parts)
        row = ask(parts, "reports_aggregates")["rows"][0]
        traced = ask(parts, "reports_trace", aggregate=WHOLE, cell="I/all")
        until(clock, "2026-03-02 08:00")
        adding.come(parts, data(NEW, {"I": "5", "II": "5"}))
        rounds.work()
        _, second = made(parts)

    assert waiting == []
    assert (first["missingUnits"], {one["status"] for one in first["observations"]}) == ([OLD], {"provisional"})
    assert (row["state"], row["missing"], row["waived"]) == ("made", [], [OLD])
    assert (traced["missing"], traced["waived"], traced["released_by"]) == ([OLD], [OLD], "")
    assert (second["version"], second["missingUnits"], second["observations"][0]["value"]) == (2, [], "25")
    assert (MINISTRY in first["recipients"], first["reportingUnit"]) == (True, PROVINCE)


def test_what_is_released_names_both_and_waits_only_for_the_others(tmp_path: Path) -> None:
    """A waiver does not make the others come: what was made without all of them waits for those who still owe theirs."""
    keys = [f"{adding.REGIME}|{adding.FORM}|{adding.PERIOD}|{unit}" for unit in (HEALTH, OLD)]
    with adding.adding(tmp_path) as (parts, _):
        expecting(parts).work()
        expecting(parts).work()
        adding.come(parts, data(FINANCE, {"I": "10", "II": "9"}))
        waive(parts, keys[1])
        rounds = aggregating(parts)
        rounds.work()
        unmoved = made(parts)
        told = ask(parts, "reports_release", aggregate=WHOLE, reason="hạn")
        rounds.work()
        waive(parts, keys[0])
        rounds.work()
        row = ask(parts, "reports_aggregates")["rows"][0]
        only = made(parts)
        waive(parts, *keys, order="reinstate")
        rounds.work()
        again = ask(parts, "reports_aggregates")["rows"][0]
        unchanged = made(parts)

    assert (unmoved, told["missing"]) == ([], [HEALTH])
    assert [one["missingUnits"] for one in only] == [[HEALTH, OLD]]
    assert (row["state"], row["missing"], row["waived"]) == ("made", [], [HEALTH, OLD])
    assert (again["missing"], again["waived"], unchanged) == ([HEALTH, OLD], [], only)


def test_the_commands_waive_and_tell_both_languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For people and as JSON; what could not be done is exit 1."""
    with owing.owing(tmp_path, "2026-01-12 08:00") as (parts, _, _clock):
        for name in ("home", "routes", "regimes", "agency_code"):
            monkeypatch.setenv(f"BUS_{name.upper()}", str(getattr(parts.settings, name)))
    dry = bus("reports", "waive", JANUARY, "--dry-run")
    done = bus("reports", "waive", JANUARY, "--reason", WHY, "--json")
    again = bus("reports", "waive", JANUARY, "--reason", WHY)
    listed = bus("reports", "waived")
    back = bus("reports", "reinstate", JANUARY, "--reason", "nhầm")

    assert (dry.code, done.code, again.code, back.code) == (0, 0, 1, 0)
    assert (done.json()["done"], "nothing was done" in dry.out, "waived before" in again.out) == (1, True, True)
    assert WHY in listed.out
    assert "phải báo cáo lại" in back.out
    assert bus("reports", "waive", JANUARY).code == 1
