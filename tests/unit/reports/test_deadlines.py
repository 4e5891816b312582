"""By when a report is owed, on the working calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bus.calendar import FIRST_DAYS, Offices, is_working
from schemas.report.deadlines import DeadlineRule, Shift, after, due, over
from schemas.report.periods import ND09, Kind, of_year, period

#: Checked by hand: period (nd09), the first lawful day, day 25 as it stands, moved on, and moved back.
ROWS = """
2024-M01 2024-01-15 2024-01-25 2024-01-25 2024-01-25
2024-M02 2024-02-15 2024-02-25 2024-02-26 2024-02-23
2024-Q2  2024-06-17 2024-06-25 2024-06-25 2024-06-25
2024-S1  2024-06-17 2024-06-25 2024-06-25 2024-06-25
2024-A1  2024-12-16 2024-12-25 2024-12-25 2024-12-25
2025-M01 2025-01-15 2025-01-25 2025-02-03 2025-01-24
2025-M02 2025-02-17 2025-02-25 2025-02-25 2025-02-25
2025-M05 2025-05-15 2025-05-25 2025-05-26 2025-05-23
2025-N9  2025-09-15 2025-09-25 2025-09-25 2025-09-25
2025-A1  2025-12-15 2025-12-25 2025-12-25 2025-12-25
2026-M02 2026-02-23 2026-02-25 2026-02-25 2026-02-25
2026-M04 2026-04-15 2026-04-25 2026-04-28 2026-04-24
2026-M07 2026-07-15 2026-07-25 2026-07-27 2026-07-24
2027-M02 2027-02-15 2027-02-25 2027-02-25 2027-02-25
2027-M09 2027-09-15 2027-09-25 2027-09-27 2027-09-24
2027-A1  2027-12-15 2027-12-25 2027-12-27 2027-12-24
""".strip().splitlines()


@pytest.mark.parametrize("row", ROWS)
def test_rows_checked_by_hand(row: str) -> None:
    """One working day after the data end, and day 25 in each of its three forms, over weekends and Tết, 2024 to 2027."""
    code, *days = row.split()
    rules = [DeadlineRule(working_days=1), *(DeadlineRule(day=25, shift=shift) for shift in Shift)]

    assert [due(rule, period(code), is_working).isoformat() for rule in rules] == days


RULES = st.one_of(
    st.builds(DeadlineRule, working_days=st.integers(1, 25), floor=st.integers(0, 3)),
    st.builds(DeadlineRule, days=st.integers(1, 60), shift=st.sampled_from(Shift), floor=st.integers(0, 3)),
    st.builds(
        DeadlineRule,
        day=st.integers(1, 31),
        months_later=st.integers(0, 3),
        shift=st.sampled_from(Shift),
        floor=st.integers(0, 3),
    ),
)


@settings(max_examples=30)
@given(RULES, st.integers(2024, 2027), st.sampled_from(Kind))
def test_no_deadline_is_earlier_than_the_law_allows(rule: DeadlineRule, year: int, kind: Kind) -> None:
    """However a rule is written, so many working days as its floor says lie between the data end and the deadline."""
    for one in of_year(year, kind, ND09):
        assert due(rule, one, is_working) >= after(one.data_to, rule.floor, is_working)


@settings(max_examples=30)
@given(RULES, st.integers(2024, 2027))
def test_a_moved_deadline_falls_on_a_working_day(rule: DeadlineRule, year: int) -> None:
    """Where the setting moves it, it never lands on a closed one; but never before the data end either."""
    for one in of_year(year, Kind.MONTH):
        day = due(rule, one, is_working)
        assert rule.shift is Shift.NONE or is_working(day) or day == one.data_to


def test_a_rule_of_its_own_month() -> None:
    """Cut on day 25, sent by 28; and a month that has no day 31 ends on its last."""
    assert due(DeadlineRule(day=31, months_later=1), period("2025-M01"), is_working) == date(2025, 2, 28)
    assert due(DeadlineRule(day=5, months_later=1), period("2025-M12"), is_working) == date(2026, 1, 5)
    assert due(DeadlineRule(days=10), period("2025-M03"), is_working) == date(2025, 3, 24)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"day": 25, "days": 3},
        {"day": 32},
        {"working_days": 0},
        {"days": 3, "months_later": 1},
        {"floor": -1, "day": 2},
    ],
)
def test_a_rule_says_when_in_one_way(wrong: dict[str, int]) -> None:
    """Nothing, two ways at once, and days there are not, are refused."""
    with pytest.raises(ValidationError):
        DeadlineRule(**wrong)


def test_a_province_may_decide_days_of_its_own() -> None:
    """A day off that the library does not know moves the deadline; a Saturday worked brings it forward."""
    friday, saturday, monday = date(2025, 3, 14), date(2025, 3, 15), date(2025, 3, 17)
    rule, one = DeadlineRule(working_days=1), period("2025-Q1")

    assert one.data_to == friday
    assert due(rule, one, Offices().is_working) == monday
    assert due(rule, one, Offices(off=frozenset({monday})).is_working) == date(2025, 3, 18)
    assert due(rule, one, Offices(working=frozenset({saturday})).is_working) == saturday


def test_the_holidays_of_the_library_are_kept() -> None:
    """Tết, the Kings' day by the moon, a day that makes up for a weekend, and a Saturday worked in exchange for a Friday."""
    closed = [(2025, 1, 27), (2025, 4, 7), (2026, 4, 27), (2024, 4, 29), (2025, 5, 2), (2027, 9, 3)]

    assert not [day for day in closed if is_working(date(*day))]
    assert is_working(date(2025, 4, 26))
    assert is_working(date(2024, 5, 4))
    assert not any(is_working(day) for day in FIRST_DAYS)


def test_a_day_is_over_at_its_end_in_vietnam() -> None:
    """17:00 UTC is midnight there."""
    assert over(date(2025, 3, 25)) == datetime(2025, 3, 25, 17, tzinfo=UTC)


def test_a_floor_holds_for_working_days_too() -> None:
    """Of a rule and the floor beneath it the later one counts, whichever way the rule counts."""
    february = period("2025-M02")

    assert due(DeadlineRule(working_days=1, floor=3), february, is_working) == date(2025, 2, 19)
    assert due(DeadlineRule(days=1, floor=3), february, is_working) == date(2025, 2, 19)
    assert due(DeadlineRule(working_days=5, floor=3), february, is_working) == date(2025, 2, 21)
