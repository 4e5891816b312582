"""Periods: they tile, they add up, and they are the law's."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.report.periods import (
    CALENDAR,
    ND09,
    Basis,
    Kind,
    Period,
    PeriodUnknown,
    custom,
    ending,
    of_year,
    parts,
    period,
    spread,
    tails,
)

DAY = timedelta(days=1)
BASES = st.one_of(st.just(ND09), st.just(CALENDAR), st.integers(1, 28).map(custom))
YEARS = st.integers(2001, 2198)
TILING = st.sampled_from([kind for kind in Kind if kind is not Kind.NINE_MONTHS])


@settings(max_examples=30)
@given(BASES, st.integers(2001, 2180), TILING)
def test_periods_of_a_kind_tile_the_years(basis: Basis, year: int, kind: Kind) -> None:
    """Each begins the day after the one before it ended, over the ends of years too."""
    row = [one for later in range(10) for one in of_year(year + later, kind, basis)]

    assert len(row) >= 2
    assert all(one.data_to + DAY == following.data_from for one, following in pairwise(row))
    assert all(one.data_from <= one.data_to for one in row)


@settings(max_examples=30)
@given(BASES, YEARS)
def test_longer_periods_are_made_of_shorter_ones(basis: Basis, year: int) -> None:
    """A quarter is three months, half a year two quarters, nine months three, a year two halves; the ends meet."""
    made = {Kind.QUARTER: Kind.MONTH, Kind.HALF: Kind.QUARTER, Kind.NINE_MONTHS: Kind.QUARTER, Kind.YEAR: Kind.HALF}
    for kind, of in made.items():
        for whole in of_year(year, kind, basis):
            row = parts(whole, of)
            assert len(row) == {Kind.HALF: 2, Kind.YEAR: 2}.get(kind, 3)
            assert (row[0].data_from, row[-1].data_to) == (whole.data_from, whole.data_to)


@settings(max_examples=30)
@given(BASES, YEARS)
def test_nine_months_are_the_first_half_and_the_third_quarter(basis: Basis, year: int) -> None:
    """N9 = S1 + Q3, and the year is that and Q4."""
    half, third, nine, whole = (period(f"{year}-{tail}", basis) for tail in ("S1", "Q3", "N9", "A1"))

    assert (nine.data_from, nine.data_to) == (half.data_from, third.data_to)
    assert half.data_to + DAY == third.data_from
    assert nine.data_to + DAY == period(f"{year}-Q4", basis).data_from
    assert whole.data_from == nine.data_from


def test_five_years_are_five_years() -> None:
    """They end in years that five divides, and only there."""
    assert [one.code for one in parts(period("2025-Y5"), Kind.YEAR)] == [f"{year}-A1" for year in range(2021, 2026)]
    assert of_year(2026, Kind.FIVE_YEARS) == ()
    with pytest.raises(PeriodUnknown, match="five divides"):
        period("2026-Y5")


@settings(max_examples=30)
@given(BASES, YEARS, st.sampled_from(Kind))
def test_a_code_means_its_period(basis: Basis, year: int, kind: Kind) -> None:
    """Code to period and back is the same."""
    for one in of_year(year, kind, basis):
        assert period(one.code, basis) == one
        assert (one.kind, one.year, one.tail) == (kind, year, one.code[5:])


#: Checked by hand against article 12: code, first day, last day.
BY_LAW = """
2024-M01 2023-12-15 2024-01-14
2024-M03 2024-02-15 2024-03-14
2024-Q1  2023-12-15 2024-03-14
2024-S2  2024-06-15 2024-12-14
2025-M02 2025-01-15 2025-02-14
2025-Q2  2025-03-15 2025-06-14
2025-S1  2024-12-15 2025-06-14
2025-N9  2024-12-15 2025-09-14
2025-A1  2024-12-15 2025-12-14
2025-Y5  2020-12-15 2025-12-14
2026-M12 2026-11-15 2026-12-14
2026-Q4  2026-09-15 2026-12-14
2026-N9  2025-12-15 2026-09-14
2027-M01 2026-12-15 2027-01-14
2027-Q3  2027-06-15 2027-09-14
2027-A1  2026-12-15 2027-12-14
""".strip().splitlines()

BY_CALENDAR = """
2024-M02 2024-02-01 2024-02-29
2025-M02 2025-02-01 2025-02-28
2025-Q1  2025-01-01 2025-03-31
2026-S2  2026-07-01 2026-12-31
2027-N9  2027-01-01 2027-09-30
2027-A1  2027-01-01 2027-12-31
""".strip().splitlines()

#: A rule that cuts on day 25.
BY_25 = """
2024-M03 2024-02-26 2024-03-25
2025-M01 2024-12-26 2025-01-25
2026-Q2  2026-03-26 2026-06-25
2027-A1  2026-12-26 2027-12-25
""".strip().splitlines()


@pytest.mark.parametrize(
    ("basis", "line"),
    [(basis, line) for basis, rows in ((ND09, BY_LAW), (CALENDAR, BY_CALENDAR), (custom(25), BY_25)) for line in rows],
)
def test_rows_checked_by_hand(basis: Basis, line: str) -> None:
    """Data of a period, 2024 to 2027."""
    code, first, last = line.split()
    one = period(code, basis)

    assert (one.data_from, one.data_to) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "code",
    [
        "",
        "2025",
        "2025-M13",
        "2025-M1",
        "2025-M00",
        "2025-Q5",
        "2025-S3",
        "2025-N1",
        "2025-A2",
        "25-Q1",
        "2025-q1",
        "1999-A1",
        "2025-Q1 ",
        "2025-Ｑ1",
    ],
)
def test_what_is_no_period_is_refused(code: str) -> None:
    """With words that say what a period is like."""
    with pytest.raises(PeriodUnknown, match=r"is no period"):
        period(code)


@pytest.mark.parametrize("day", [0, 29, 31])
def test_a_cut_off_day_is_in_every_month(day: int) -> None:
    """Or months would end on different days."""
    with pytest.raises(ValueError, match="1 to 28"):
        custom(day)


@pytest.mark.parametrize(
    ("whole", "kind"), [("2025-N9", Kind.HALF), ("2025-M01", Kind.QUARTER), ("2025-A1", Kind.NINE_MONTHS)]
)
def test_what_does_not_fit_is_no_part(whole: str, kind: Kind) -> None:
    """Nine months are not made of halves, nor a month of quarters."""
    with pytest.raises(ValueError, match="not made of"):
        parts(period(whole), kind)


def test_what_is_owed_by_the_day_it_ends() -> None:
    """Three quarters and the year, as a regime may say it, in the order in which data end."""
    found = [one.code for one in ending(date(2025, 3, 14), date(2026, 3, 13), ("Q1", "Q2", "Q3", "A1"))]

    assert found == ["2025-Q1", "2025-Q2", "2025-Q3", "2025-A1"]


@settings(max_examples=30)
@given(BASES, YEARS, st.sets(st.sampled_from(["M", "Q", "S", "N9", "A1", "M03", "Q1"])))
def test_stretches_of_time_owe_what_the_whole_owes(basis: Basis, year: int, words: set[str]) -> None:
    """Whoever asks month by month is told the same, each once, as who asks for the year."""
    start, middle, end = date(year, 1, 1), date(year, 5, 14), date(year, 12, 31)
    whole = list(ending(start, end, words, basis))

    assert sorted(whole, key=_code) == sorted(
        [*ending(start, middle, words, basis), *ending(middle + DAY, end, words, basis)], key=_code
    )
    assert len({one.code for one in whole}) == len(whole)


def _code(one: Period) -> str:
    return one.code


def test_a_letter_is_all_of_its_kind() -> None:
    """``M`` means the twelve months; a word that is neither letter nor tail is refused."""
    assert spread("M") == tails(Kind.MONTH)
    assert spread("M03") == ("M03",)
    for word in ("", "X", "M13", "Q0", "month"):
        with pytest.raises(PeriodUnknown):
            spread(word)
