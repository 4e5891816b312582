"""What events open and close, whatever comes first, however often, and however it is cut into portions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bus.clock import MICROS
from bus.config.expectations import Remind
from bus.config.regimes import parse_regimes
from bus.directory import Directory
from bus.expectation.duties import Duty, OfRegimes
from bus.expectation.following import Following, ids_of, keys_of
from bus.expectation.rules import Rules
from bus.expectation.standing_in import newest
from bus.expectation.times import next_step, working_days_after
from bus.journal.browse import Happened
from bus.journal.expectation_reads import Told
from bus.journal.expecting import Expectation
from bus.plan import Plan
from bus.router import Router
from schemas.report.library import library
from tests.owing import FINANCE, FORM, HEALTH, NEW, OFFICE, OLD, OWN, REGIME, ROUTES, at, regime, regimes_text
from tests.unit.routes_models import routes_of

PERIOD = "2026-M02"
FILE = routes_of(
    ROUTES.replace("since: 2026-01-01, remind: {before: 2d, after: [1d, 3d]}", "since: 2026-01-01").replace(
        ", remind: {after: 1h}", ""
    )
)
DIRECTORY = Directory.build(FILE)
RULES = Rules(
    Plan(FILE, DIRECTORY, Router(FILE, DIRECTORY), frozenset()),
    OfRegimes(parse_regimes(regimes_text(regime()), "regimes.yaml").library, lambda day: day.weekday() < 5),
)
START = at("2026-03-03 08:00")


@dataclass(frozen=True)
class Story:
    """Events, and the messages they are about."""

    events: tuple[Happened, ...]
    messages: dict[str, Told]


def message(
    id_: str, type_: str, kind: str, sender: str, key: str, to: Sequence[str] = (OFFICE,), **more: object
) -> Told:
    copies = tuple((f"{id_}-{place}", recipient) for place, recipient in enumerate(to))
    return replace(Told(id_, type_, kind, sender, key, {}, START), copies=copies, **more)  # type: ignore[arg-type]


def document(name: str) -> Told:
    return message(
        name, "edoc", "new", OFFICE, f"VB-{name}", (FINANCE, HEALTH), view={"number": "1/VB", "due_date": "2026/02/20"}
    )


def word(id_: str, name: str, code: str, by: str = FINANCE) -> Told:
    return message(id_, "status", code, by, f"VB-{name}", owner=OFFICE)


def answer(id_: str, name: str, by: str) -> Told:
    return message(id_, "edoc", "new", by, f"TL-{id_}", view={"answers": [f"VB-{name}"]})


def data(id_: str, unit: str, version: int) -> Told:
    view = {"regime": REGIME, "form": FORM, "period": PERIOD, "unit": unit, "version": version}
    return message(id_, "report.data.v1", "new", unit, "key", view=view)


def returned(id_: str, unit: str, version: int) -> Told:
    view = {"regime": REGIME, "form": FORM, "period": PERIOD, "unit": unit, "version": version, "state": "returned"}
    return message(id_, "report.status.v1", "returned", OFFICE, "key", (unit,), view=view)


#: What may be said of a period's report, by those who owe it and who took the place of one.
REPORTED = [
    *(data(f"d{unit}{version}", unit, version) for unit in (FINANCE, OLD, NEW) for version in (1, 2, 3)),
    *(returned(f"r{unit}{version}", unit, version) for unit in (FINANCE, OLD, NEW) for version in (1, 2)),
]


def follow(story: Story, portions: Iterable[slice], *, twice: bool = False) -> dict[str, Expectation]:
    """The rows after all events, worked off portion by portion as the rounds do it."""
    rows: dict[str, Expectation] = {}
    for portion in portions:
        for _ in range(2 if twice else 1):
            events = story.events[portion]
            told = {event.message: story.messages[event.message] for event in events}
            ids = {id_ for one in told.values() for id_ in ids_of(RULES, one)}
            keys = {key for one in told.values() for key in keys_of(one)}
            known = [row for row in rows.values() if row.id in ids or (row.key in keys and row.closed_at is None)]
            following = Following(RULES, known, told)
            for event in events:
                following.take(event)
            rows |= {row.id: row for row in following.changed}
    return rows


def story(*told: tuple[Told, str]) -> Story:
    """Messages in the order in which they are accepted; ``what`` else happens to a copy stands as ``COPY state``."""
    events = []
    for seq, (one, what) in enumerate(told, 1):
        copy, _, state = what.partition(" ")
        verb = f"copy.{state}" if state else "message.accepted"
        events.append(
            Happened(
                seq, START + seq * MICROS, one.id, copy or None, verb, "" if state == "recalled" else state, "test"
            )
        )
    return Story(tuple(events), {one.id: one for one, _ in told})


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A few documents, and what may happen to each after its acceptance, in any order; with reports among it."""
    told: list[tuple[Told, str]] = []
    for name in "ab"[: draw(st.integers(1, 2))]:
        one = document(name)
        later = [
            (one, f"{name}-{place} {state}") for place in (0, 1) for state in ("delivered", "recalled", "cancelled")
        ]
        later += [
            (word(f"{name}{code}{by}", name, code, by), "")
            for code in ("01", "05")
            for by in (FINANCE, "H62.07", HEALTH)
        ]
        later += [(answer(f"{name}-{by}", name, by), "") for by in (FINANCE, HEALTH)]
        told += [(one, ""), *draw(st.lists(st.sampled_from(later), unique_by=lambda item: (item[0].id, item[1])))]
    told += [(one, "") for one in draw(st.lists(st.sampled_from(REPORTED), unique_by=lambda one: one.id))]
    mixed = draw(st.permutations(told)) if draw(st.booleans()) else told
    return story(
        *sorted(
            mixed, key=lambda item: not (item[1] == "" and item[0].key.startswith("VB-") and item[0].type == "edoc")
        )
    )


@settings(max_examples=25)
@given(stories(), st.data())
def test_how_events_are_cut_into_portions_changes_nothing(told: Story, draw: st.DataObject) -> None:
    """All at once, one by one, or as it comes: the same rows in the end."""
    cuts = sorted(draw.draw(st.sets(st.integers(0, len(told.events)))))
    portions = [slice(start, end) for start, end in zip([0, *cuts], [*cuts, None], strict=True)]

    assert follow(told, portions) == follow(told, [slice(None)])
    assert follow(told, [slice(place, place + 1) for place in range(len(told.events))]) == follow(told, [slice(None)])


@settings(max_examples=40)
@given(stories())
def test_a_portion_that_is_worked_off_twice_leaves_what_it_left(told: Story) -> None:
    """As after a crash before the note."""
    assert follow(told, [slice(None)], twice=True) == follow(told, [slice(None)])


@settings(max_examples=40)
@given(stories())
def test_what_is_owed_in_the_end_is_what_nobody_did(told: Story) -> None:
    """Counted again from the events alone: what was delivered and not taken back, and of which no word, or no answer, came; and
    reports of which every version that came was returned.
    """
    rows = follow(told, [slice(None)])
    happened = {(event.copy, event.what) for event in told.events}
    messages = [told.messages[event.message] for event in told.events if event.what == "message.accepted"]
    said = {(RULES.agency(one.sender), one.key, one.kind) for one in messages if one.type == "status"}
    answered = {(one.sender, str(key)) for one in messages if one.type == "edoc" for key in one.view.get("answers", ())}
    for row in rows.values():
        if row.kind == "report":
            continue
        copy = row.id.partition("/")[2]
        delivered = (copy, "copy.delivered") in happened
        gone = not {(copy, "copy.recalled"), (copy, "copy.cancelled")}.isdisjoint(happened)
        done = (row.who, row.key, "01") in said if row.kind == "receipt" else (row.who, row.key) in answered
        assert row.open == (delivered and not gone and not done), row


@settings(max_examples=100)
@given(st.lists(st.sampled_from(REPORTED), unique_by=lambda one: one.id))
def test_a_report_is_owed_while_the_latest_version_of_whoever_sent_it_was_returned(some: list[Told]) -> None:
    """Also where a word comes before the version it is on; and each counts its own versions: the first of who took a unit's place
    is none of those the unit sent.
    """
    rows = follow(story(*((one, "") for one in some)), [slice(None)])
    for unit, senders in ((FINANCE, {FINANCE}), (OLD, {OLD, NEW})):
        row = rows.get(f"bao-cao/{REGIME}|{FORM}|{PERIOD}|{unit}")
        latest, bad = (
            {
                sender: _highest(one for one in some if (one.type, one.view["unit"]) == (type_, sender))
                for sender in senders
            }
            for type_ in ("report.data.v1", "report.status.v1")
        )
        if row is None:
            assert not any([*latest.values(), *bad.values()])
        else:
            assert row.open == (not any(latest[sender] > bad[sender] for sender in senders)), row


def _highest(some: Iterable[Told]) -> int:
    return max((int(str(one.view["version"])) for one in some), default=0)


def test_a_returned_report_of_a_closed_code_is_put_right_by_the_first_of_its_successor() -> None:
    """The successor knows nothing of the other's versions; returned in its turn, the report is owed again."""
    first = follow(story((data("a", OLD, 1), ""), (returned("b", OLD, 1), "")), [slice(None)])
    told = [data("a", OLD, 1), returned("b", OLD, 1), data("c", NEW, 1), returned("d", NEW, 1), data("e", NEW, 2)]
    stands = [follow(story(*((one, "") for one in told[:count])), [slice(None)]) for count in (3, 4, 5)]
    id_ = f"bao-cao/{REGIME}|{FORM}|{PERIOD}|{OLD}"

    assert first[id_].open
    assert [(one[id_].open, one[id_].closed_by) for one in stands] == [(False, "c"), (True, ""), (False, "e")]
    assert [newest(one[id_]) for one in stands] == [(1, 0), (1, 1), (2, 1)]


def test_a_word_of_somebody_else_closes_nothing() -> None:
    """Neither of an agency that did not get the document, nor about a document of another sender under the same id."""
    one = document("a")
    rows = follow(
        story(
            (one, ""),
            (one, "a-0 delivered"),
            (word("w", "a", "01", NEW), ""),
            (replace(word("x", "a", "01"), owner=OWN), ""),
        ),
        [slice(None)],
    )

    assert rows["nhan/a-0"].open


@pytest.mark.parametrize("day", ["9999/12/31", "0001/01/01", "31/02/2026", "x", ""])
def test_a_due_date_that_is_none_or_far_off_stops_nothing(day: str) -> None:
    """Nor does a version that no report has."""
    one = replace(document("a"), view={"due_date": day})
    odd = data("d", FINANCE, 1)
    odd = replace(odd, view={**odd.view, "version": "9" * 30})
    rows = follow(story((one, ""), (one, "a-0 delivered"), (odd, "")), [slice(None)])

    assert rows["nhan/a-0"].open
    assert not any(row.kind == "report" for row in rows.values())


@pytest.mark.parametrize(
    ("came", "due"),
    [
        ("2026-02-16 10:00", "2026-02-17 10:00"),
        ("2026-02-20 16:59", "2026-02-23 16:59"),
        ("2026-02-20 17:00", "2026-02-24 07:30"),
        ("2026-02-21 10:00", "2026-02-24 07:30"),
        ("2026-02-17 03:00", "2026-02-18 07:30"),
    ],
)
def test_a_working_day_counts_from_when_offices_are_open(came: str, due: str) -> None:
    """To the same time of day; what comes at night or at a weekend comes in the morning."""
    assert working_days_after(at(came), 1, lambda day: day.weekday() < 5) == at(due)


@given(st.integers(0, 10**10), st.integers(1, 30))
def test_a_deadline_falls_into_office_hours_and_lies_ahead(seconds: int, days: int) -> None:
    """Whatever the time of delivery."""
    came = seconds * MICROS
    due = working_days_after(came, days, lambda day: day.weekday() < 5)

    assert due > came
    assert working_days_after(due, 1, lambda _day: True) == due + 86_400 * MICROS


def test_reminders_come_in_order_and_end() -> None:
    """The next of the steps after an instant."""
    remind = Remind.model_validate({"before": ["2d", "1h"], "after": "1d"})
    due, found = at("2026-02-20 00:00"), []
    now: int | None = due - 10 * 86_400 * MICROS
    while now is not None:
        now = next_step(remind, due, now)
        found.append(now)

    assert found == [due - 2 * 86_400 * MICROS, due - 3600 * MICROS, due + 86_400 * MICROS, None]
    assert next_step(remind, None, 0) is None


def test_of_two_versions_of_a_regime_the_later_holds() -> None:
    """From the day it is in force; a report is owed once."""
    (first,) = parse_regimes(regimes_text(regime()), "regimes.yaml").library
    (later,) = parse_regimes(
        regimes_text(regime(version="2", valid_from="2026-03-01", deadlines={"department": {"working_days": 9}})),
        "regimes.yaml",
    ).library
    duties = OfRegimes(library((first, later), ()), lambda day: day.weekday() < 5)

    def due(period: str) -> list[Duty]:
        return [duty for duty in duties.of(REGIME, FORM, period) if duty.unit == FINANCE]

    assert [(duty.due - duty.data_to).days for period in ("2026-M02", "2026-M03") for duty in due(period)] == [3, 12]
