"""What must arrive by when: opened by a rule, closed by the message that fulfils it, overdue only by the time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bus.control.parts import Parts
from bus.errors import NotFound, Rejected
from bus.journal.expectation_reads import ExpectationReads
from bus.journal.expecting import Opened
from bus.journal.intake import Intake
from bus.journal.pick import Filter
from bus.journal.purge import Old
from bus.journal.states import State
from bus.plan import Plan
from tests.buses import PATIENCE, ask, send, settle
from tests.messages import edoc, status
from tests.owing import (
    FINANCE,
    HEALTH,
    NEW,
    OFFICE,
    OLD,
    OTHER_OFFICE,
    OWN,
    REGIME,
    at,
    expecting,
    keys,
    owing,
    put,
    regime,
    report,
    until,
)


@dataclass(frozen=True)
class Held:
    """A plan that is in force."""

    plan: Plan


def come(parts: Parts, intake: Intake) -> None:
    """A report, or a word on one, is accepted."""
    parts.journal.accept(intake).result(PATIENCE)


def rows(parts: Parts, **asked: Any) -> list[dict[str, Any]]:
    """What ``bus expectations`` shows."""
    found: list[dict[str, Any]] = ask(parts, "expectations", **asked)["rows"]
    return found


def overdue(parts: Parts, **asked: Any) -> list[str]:
    """Period and unit of every report that is overdue."""
    return keys(ask(parts, "reports_overdue", **asked)["rows"])


def reminders(parts: Parts) -> list[tuple[str, str]]:
    """To whom which document of the bus's own went."""
    found = parts.browse.copies(Filter(senders=(OWN,), limit=1000))
    return sorted((one.copy.recipient, one.event.subject) for one in found)


def test_a_report_is_due_then_overdue_then_there(tmp_path: Path) -> None:
    """January's data end on the 14th of January; two working days later it is due, to the end of that day."""
    with owing(tmp_path, "2026-01-12 08:00") as (parts, rounds, clock):
        due = [row for row in ask(parts, "reports_due", days=5)["rows"] if "M01" in row["key"]]
        until(clock, "2026-01-16 23:59")
        in_time = overdue(parts)
        until(clock, "2026-01-17 00:01")
        late = overdue(parts)
        come(parts, report(FINANCE, "2026-M01"))
        rounds.work()
        left = overdue(parts)
        (shown,) = ask(parts, "reports_show", report=f"{REGIME}|MC-01|2026-M01|{FINANCE}")["rows"]

    assert {row["due_at"] for row in due} == {"2026-01-16T17:00:00.000+00:00"}
    assert (in_time, late) == ([], [f"2026-M01|{unit}" for unit in (FINANCE, HEALTH, OLD)])
    assert left == late[1:]
    assert (shown["outcome"], shown["overdue"], shown["version"]) == ("fulfilled", False, 1)


def test_a_report_before_its_time_is_not_asked_for_again(tmp_path: Path) -> None:
    """It came before the calendar opened it: the opening leaves it closed."""
    with owing(tmp_path, "2026-01-12 08:00") as (parts, rounds, clock):
        come(parts, report(FINANCE, "2026-M06"))
        rounds.work()
        until(clock, "2026-06-12 08:00")
        rounds.work()
        soon = keys(ask(parts, "reports_due", days=10)["rows"])

    assert soon == [f"2026-M06|{HEALTH}", f"2026-M06|{OLD}"]


def test_only_what_goes_to_the_receiver_fulfils(tmp_path: Path) -> None:
    """A report sent to somebody else, or by a unit that does not owe it, closes nothing."""
    with owing(tmp_path) as (parts, rounds, clock):
        come(parts, report(FINANCE, "2026-M02", to=HEALTH))
        come(parts, report(OTHER_OFFICE, "2026-M02"))
        rounds.work()
        until(clock, "2026-03-10 08:00")

        assert f"2026-M02|{FINANCE}" in overdue(parts)


def test_a_returned_report_is_owed_again_until_a_later_version_comes(tmp_path: Path) -> None:
    """By its deadline, or some working days after the return where that is later; the version that was returned fulfils nothing."""
    with owing(tmp_path, "2026-03-13 08:00") as (parts, rounds, clock):
        come(parts, report(FINANCE, "2026-M03"))
        until(clock, "2026-03-20 09:00")
        come(parts, report(FINANCE, "2026-M03", 1, "RETURNED"))
        come(parts, report(FINANCE, "2026-M03", 1, "ACCEPTED"))
        rounds.work()
        (again,) = ask(parts, "reports_due", days=10, unit="H62.07")["rows"]
        until(clock, "2026-03-26 08:00")
        late = overdue(parts, unit=FINANCE)
        come(parts, report(FINANCE, "2026-M03", 2))
        rounds.work()
        come(parts, report(FINANCE, "2026-M03", 1, "RETURNED"))
        rounds.work()

        assert again["due_at"] == "2026-03-25T02:00:00.000+00:00"
        assert late[-1] == f"2026-M03|{FINANCE}"
        assert overdue(parts, unit=FINANCE) == late[:-1]


def test_a_word_of_somebody_who_does_not_receive_it_returns_nothing(tmp_path: Path) -> None:
    """Nor does a report come of anybody but its unit."""
    with owing(tmp_path, "2026-03-13 08:00") as (parts, rounds, _clock):
        come(parts, report(FINANCE, "2026-M03"))
        returned = report(FINANCE, "2026-M03", 1, "RETURNED")
        content = replace(returned.inbound.content, sender=HEALTH)
        come(parts, replace(returned, inbound=replace(returned.inbound, content=content), senders=(HEALTH,)))
        strange = report(HEALTH, "2026-M03")
        come(parts, replace(strange, senders=(FINANCE,)))
        rounds.work()

        assert [row["who"] for row in ask(parts, "reports_due", days=6)["rows"]] == [HEALTH, NEW]


def test_a_successor_owes_what_its_predecessor_owed(tmp_path: Path) -> None:
    """After the code is closed the successor is asked and reminded, and its report closes what the old code owed."""
    with owing(tmp_path, "2026-02-24 08:00") as (parts, rounds, clock):
        before = {row["who"] for row in rows(parts, rule="bao-cao") if row["key"].endswith(OLD)}
        until(clock, "2026-03-02 08:00")
        rounds.work()
        (owed,) = [row for row in rows(parts, who=NEW) if "M02" in row["key"]]
        come(parts, report(NEW, "2026-M02"))
        rounds.work()
        left = overdue(parts)

    assert before == {OLD}
    assert owed["key"].endswith(f"2026-M02|{OLD}")
    assert [one for one in left if "M02" in one] == [f"2026-M02|{FINANCE}", f"2026-M02|{HEALTH}"]


def test_a_delivered_document_wants_a_word_within_a_working_day(tmp_path: Path) -> None:
    """From its delivery on Friday to Monday at the same time; another code or another agency says nothing."""
    with owing(tmp_path, "2026-03-06 10:00") as (parts, rounds, clock):
        (copy,) = send(parts, tmp_path, edoc(OFFICE, (FINANCE,), "VB-1"), "office")
        rounds.work()
        before = rows(parts, rule="nhan")
        settle(parts, copy, State.DELIVERED)
        rounds.work()
        (owed,) = rows(parts, rule="nhan")
        until(clock, "2026-03-09 10:01")
        (late,) = rows(parts, rule="nhan", overdue=True)
        send(parts, tmp_path, status(FINANCE, OFFICE, "VB-1", "05"), "finance")
        rounds.work()
        still = rows(parts, rule="nhan")
        send(parts, tmp_path, status(FINANCE, OFFICE, "VB-1", "03"), "finance")
        rounds.work()

        assert before == []
        assert (owed["due_at"], owed["overdue"]) == ("2026-03-09T03:00:00.000+00:00", False)
        assert late["id"] == owed["id"] == still[0]["id"]
        assert rows(parts, rule="nhan") == []
        assert rows(parts, rule="nhan", closed=True)[0]["outcome"] == "fulfilled"


def test_a_word_before_the_delivery_is_known_counts(tmp_path: Path) -> None:
    """The partner has it though our call did not end well."""
    with owing(tmp_path, "2026-03-06 10:00") as (parts, rounds, _clock):
        (copy,) = send(parts, tmp_path, edoc(OFFICE, (FINANCE,), "VB-1"), "office")
        send(parts, tmp_path, status(FINANCE, OFFICE, "VB-1", "01"), "finance")
        rounds.work()
        settle(parts, copy, State.DELIVERED)
        rounds.work()

        assert rows(parts, rule="nhan") == []


def test_what_is_taken_back_is_owed_no_more(tmp_path: Path) -> None:
    """A recall withdraws what was owed for the document, and what was cancelled was never owed."""
    with owing(tmp_path, "2026-03-06 10:00") as (parts, rounds, _clock):
        (copy,) = send(parts, tmp_path, edoc(OFFICE, (FINANCE,), "VB-1"), "office")
        (other,) = send(parts, tmp_path, edoc(OFFICE, (FINANCE,), "VB-2"), "office")
        settle(parts, copy, State.DELIVERED)
        ask(parts, "cancel", which={"ids": [other]})
        rounds.work()
        before = len(rows(parts, rule="nhan"))
        send(parts, tmp_path, edoc(OFFICE, (FINANCE,), "VB-1", "recall"), "office")
        rounds.work()

        assert before == 1
        assert rows(parts, rule="nhan") == []
        assert {row["outcome"] for row in rows(parts, rule="nhan", closed=True)} == {"withdrawn"}


def test_an_answer_is_there_by_the_due_date(tmp_path: Path) -> None:
    """A document with a DueDate, delivered, is owed an answer to the end of that day: one that names it, to its sender."""
    answer = edoc(FINANCE, (OFFICE,), "TL-1").replace(
        b"</edXML:DocumentId>", b"</edXML:DocumentId>%s" % _response("VB-1", OFFICE), 1
    )
    with owing(tmp_path, "2025-11-04 10:00") as (parts, rounds, clock):
        (copy,) = send(parts, tmp_path, edoc(OFFICE, (FINANCE,), "VB-1"), "office")
        settle(parts, copy, State.DELIVERED)
        rounds.work()
        (owed,) = rows(parts, rule="tra-loi")
        until(clock, "2025-11-11 00:01")
        (late,) = rows(parts, rule="tra-loi", overdue=True)
        send(parts, tmp_path, edoc(FINANCE, (OFFICE,), "TL-0"), "finance")
        rounds.work()
        still = [row for row in rows(parts, rule="tra-loi") if row["who"] == FINANCE]
        send(parts, tmp_path, answer, "finance")
        rounds.work()
        left = [row for row in rows(parts, rule="tra-loi") if row["who"] == FINANCE]

    assert owed["due_at"] == "2025-11-10T17:00:00.000+00:00"
    assert late["key"] == "VB-1"
    assert (len(still), left) == (1, [])


def _response(document: str, organ: str) -> bytes:
    inner = f"<edXML:OrganId>{organ}</edXML:OrganId><edXML:DocumentId>{document}</edXML:DocumentId>"
    return f"<edXML:ResponseFor>{inner}</edXML:ResponseFor>".encode()


def test_reminders_go_at_their_steps_and_once(tmp_path: Path) -> None:
    """Before and after the deadline, each a document of the bus's own to who owes it; what came is not reminded of."""
    with owing(tmp_path, "2026-04-10 08:00") as (parts, rounds, clock):
        rounds.work()
        none_yet = reminders(parts)
        for day in ("2026-04-15 00:10", "2026-04-16 08:00"):
            until(clock, day)
            rounds.work()
        before = reminders(parts)
        come(parts, report(FINANCE, "2026-M04"))
        rounds.work()
        until(clock, "2026-04-30 08:00")
        for _ in range(3):
            clock.move(timedelta(minutes=1))
            rounds.work()

        after = reminders(parts)

    month = [one for one in before if "2026-M04" in one[1]]
    assert all("2026-M04" not in subject for _, subject in none_yet)
    assert [to for to, _ in month] == [FINANCE, HEALTH, NEW]
    late = [one for one in after if one not in before and "2026-M04" in one[1]]
    assert [to for to, _ in late] == [HEALTH, NEW]
    assert all("đã quá hạn" in subject for _, subject in late)


def test_a_reminder_that_was_not_noted_is_not_sent_again(tmp_path: Path) -> None:
    """The bus died between the acceptance and its note: the same step is the same document."""
    with owing(tmp_path, "2026-04-15 00:10") as (parts, rounds, clock):
        reads = ExpectationReads(parts.journal.store)
        until(clock, "2026-04-18 00:10")
        due = reads.to_remind(clock.now(), 100)
        rounds.work()
        once = reminders(parts)
        parts.journal.expect("opened", Opened(changed=tuple(due))).result(PATIENCE)  # as if nothing was noted
        again = expecting(parts)
        again.work()

        assert due
        assert reminders(parts) == once


def test_a_reminder_is_not_reminded_of(tmp_path: Path) -> None:
    """What the bus wrote itself is delivered, and nobody owes a word on it."""
    with owing(tmp_path, "2026-02-20 08:00") as (parts, rounds, _clock):
        ask(parts, "reports_remind")
        for one in parts.browse.copies(Filter(senders=(OWN,), recipients=(FINANCE,))):
            settle(parts, one.copy.id, State.DELIVERED)
        rounds.work()

        assert reminders(parts)
        assert rows(parts, rule="nhan") == []


def test_what_a_rule_opened_that_is_gone_is_neither_shown_nor_reminded_of(tmp_path: Path) -> None:
    """With no rule left at all, what happens meanwhile opens nothing later."""
    with owing(tmp_path, "2026-02-20 08:00") as (parts, rounds, clock):
        before = ask(parts, "reports_overdue")["rows"]
        plan = parts.holder.plan
        later = replace(parts, holder=Held(replace(plan, routes=replace(plan.routes, expectations=()))))
        (copy,) = send(parts, tmp_path, edoc(OFFICE, (FINANCE,), "VB-1"), "office")
        clock.move(timedelta(days=2))
        expecting(later).work()
        asked = ask(later, "reports_overdue")["rows"], ask(later, "expectations")["rows"]
        told = reminders(later)
        settle(parts, copy, State.DELIVERED)
        rounds.work()
        again = ask(parts, "reports_overdue")["rows"]
        opened = rows(parts, rule="nhan")

    assert before
    assert asked == ([], [])
    assert told == opened == []
    assert [row["id"] for row in again] == [row["id"] for row in before]


def test_an_office_sees_and_chases_its_own_and_no_others(tmp_path: Path) -> None:
    """As an option for who is on the machine, as a bound for an operator who belongs to an office."""
    with owing(tmp_path, "2026-03-30 08:00") as (parts, rounds, clock):
        put(parts.settings, regime(), regime("BC-KHAC", OTHER_OFFICE))
        clock.move(60)
        rounds.work()
        every = {row["office"] for row in ask(parts, "reports_overdue")["rows"]}
        asked = {row["office"] for row in ask(parts, "reports_overdue", office=OTHER_OFFICE)["rows"]}
        theirs = replace(parts, office=OTHER_OFFICE)
        seen = {row["office"] for row in ask(theirs, "reports_overdue")["rows"]}
        shown = {row["office"] for row in ask(theirs, "expectations")["rows"]}
        dated = {one["office"] for one in ask(theirs, "reports_calendar")["dates"]}
        chased = ask(theirs, "reports_remind", dry_run=True)["rows"]
        with pytest.raises(Rejected) as refusal:
            ask(theirs, "reports_remind", office=OFFICE)
        with pytest.raises(NotFound):
            ask(theirs, "reports_show", report=REGIME)

    assert every == {OFFICE, OTHER_OFFICE}
    assert asked == seen == shown == dated == {OTHER_OFFICE}
    assert chased
    assert all("BC-KHAC" in one["id"] for one in chased)
    assert refusal.value.code == "operator.other_office"


def test_a_reminder_by_hand_goes_once_a_day_and_leaves_its_mark(tmp_path: Path) -> None:
    """A dry run sends nothing; the order is in the audit."""
    with owing(tmp_path, "2026-02-20 08:00") as (parts, _rounds, clock):
        dry = ask(parts, "reports_remind", dry_run=True)
        nothing = reminders(parts)
        told = ask(parts, "reports_remind")
        sent = reminders(parts)
        ask(parts, "reports_remind")
        same = reminders(parts)
        clock.move(timedelta(days=1))
        ask(parts, "reports_remind")
        next_day = reminders(parts)
        deeds = [one["what"] for one in ask(parts, "audit")["deeds"]]

    assert nothing == []
    assert dry["done"] == 0
    assert [row["id"] for row in dry["rows"]] == [row["id"] for row in told["rows"]]
    assert (told["done"], told["refused"]) == (len(sent), 0)
    assert same == sent
    assert len(next_day) == 2 * len(sent)
    assert deeds.count("reports_remind") == 4


def test_where_regimes_are_wrong_what_they_said_before_holds(tmp_path: Path) -> None:
    """What is wrong is told with its place; put right, the file is read again."""
    with owing(tmp_path) as (parts, rounds, clock):
        put(parts.settings, {**regime(), **regime("BC-HONG", deadlines={})})
        clock.move(60)
        rounds.work()
        wrong = ask(parts, "reports_calendar")
        put(parts.settings, regime("BC-KHAC"))
        right = ask(parts, "reports_calendar")

    (problem,) = wrong["problems"]
    assert problem.startswith("regimes.yaml:1:")
    assert {one["regime"] for one in wrong["dates"]} == {REGIME}
    assert right["problems"] == []
    assert {one["regime"] for one in right["dates"]} == {"BC-KHAC"}


def test_a_changed_regime_moves_what_is_still_open(tmp_path: Path) -> None:
    """Another deadline and another office; what came stays as it was."""
    with owing(tmp_path, "2026-03-12 08:00") as (parts, rounds, clock):
        come(parts, report(HEALTH, "2026-M03"))
        rounds.work()
        put(parts.settings, regime(office=OTHER_OFFICE, deadlines={"department": {"working_days": 5}}))
        clock.move(60)
        rounds.work()
        (moved,) = [row for row in rows(parts, who=FINANCE) if "M03" in row["key"]]
        (closed,) = [row for row in rows(parts, closed=True) if "M03" in row["key"]]

    assert (moved["due_at"], moved["office"]) == ("2026-03-20T17:00:00.000+00:00", OTHER_OFFICE)
    assert (closed["due_at"], closed["office"]) == ("2026-03-17T17:00:00.000+00:00", OFFICE)


def test_one_process_at_a_time_follows_and_another_goes_on(tmp_path: Path, postgres_url: str) -> None:
    """On one PostgreSQL: who has no turn does nothing, and takes over where the other ended."""
    with owing(tmp_path, "2026-02-20 08:00", database_url=postgres_url) as (parts, rounds, clock):
        other = expecting(parts, "another")
        (copy,) = send(parts, tmp_path, edoc(OFFICE, (FINANCE,), "VB-1"), "office")
        settle(parts, copy, State.DELIVERED)
        other.work()
        idle = rows(parts, rule="nhan")
        clock.move(61)
        other.work()
        opened = rows(parts, rule="nhan")
        late = overdue(parts)
        send(parts, tmp_path, status(FINANCE, OFFICE, "VB-1"), "finance")
        come(parts, report(FINANCE, "2026-M01"))
        rounds.work()
        still = rows(parts, rule="nhan")
        clock.move(61)
        rounds.work()

        assert (idle, len(opened), still) == ([], 1, opened)
        assert rows(parts, rule="nhan") == []
        assert overdue(parts) == late[1:]


def test_what_a_regime_takes_back_is_owed_no_more(tmp_path: Path) -> None:
    """A unit that was written by mistake; written again it owes again. A regime that is gone takes nothing back."""
    with owing(tmp_path, "2026-03-12 08:00") as (parts, rounds, clock):
        before = len(ask(parts, "reports_overdue")["rows"])
        owed = []
        for one in (regime(units=[{"unit": HEALTH, "level": "department"}]), regime(), regime("BC-KHAC")):
            put(parts.settings, one)
            clock.move(60)
            rounds.work()
            owed.append({row["key"] for row in ask(parts, "reports_show", report=REGIME)["rows"]})

    assert before == 6
    assert {key.split("|")[-1] for key in owed[0]} == {HEALTH}
    assert {key.split("|")[-1] for key in owed[1]} == {FINANCE, HEALTH, OLD}
    assert owed[2] == owed[1]


def test_what_was_closed_long_ago_is_swept_and_not_opened_again(tmp_path: Path) -> None:
    """What is open stays, however old."""
    with owing(tmp_path, "2026-03-12 08:00") as (parts, rounds, clock):
        come(parts, report(HEALTH, "2026-M03"))
        rounds.work()
        clock.move(timedelta(days=401))
        gone = parts.journal.purge("expectations", Old(at("2026-04-01 00:00"))).result(PATIENCE)
        rounds.work()
        left = rows(parts, closed=True)

        assert gone == 1
        assert left == []
        assert f"2026-M03|{FINANCE}" in overdue(parts)
        assert f"2026-M03|{HEALTH}" not in overdue(parts)


def test_nothing_is_expected_of_what_was_before_the_rules(tmp_path: Path) -> None:
    """Documents that were delivered before expectations were begun are owed nothing."""
    with owing(tmp_path, "2026-03-06 10:00") as (parts, _rounds, _clock):
        (copy,) = send(parts, tmp_path, edoc(OFFICE, (FINANCE,), "VB-1"), "office")
        parts.journal.advance("expectations", parts.browse.last_event()).result(PATIENCE)
        settle(parts, copy, State.DELIVERED)
        expecting(parts).work()

        assert rows(parts, rule="nhan") == []
