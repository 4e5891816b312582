"""Dates and times: what is read, what is not, and what is written."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.edxml.times import day_text, moment_text, read_day, read_moment, vietnamese

DAY = date(2025, 11, 3)
MOMENT = datetime(2025, 11, 3, 8, 30)  # noqa: DTZ001 - the wire has no zone


@pytest.mark.parametrize(
    "text",
    [
        "2025/11/03",
        "2025/11/3",
        "03/11/2025",
        "3/11/2025",
        "2025-11-03",
        "2025/11/03 00:00:00",
        "2025-11-03T08:30:00",
        "2025-11-03T08:30:00.123+07:00",
        "2025-11-02T20:30:00Z",
    ],
)
def test_a_day_is_read_in_every_form_that_was_seen(text: str) -> None:
    """Year or day first, strokes or dashes, a time of day behind it or not, in Vietnam's day."""
    assert read_day(text) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "2025/11/03 08:30:00",
        "2025/11/03 8:30:00",
        "03/11/2025 08:30:00",
        "2025-11-03 08:30:00",
        "2025-11-03T08:30:00",
        "2025-11-03T01:30:00Z",
        "2025-11-03T08:30:00.999+0700",
        "2025-11-02T20:30:00-05:00",
    ],
)
def test_a_moment_is_read_in_vietnams_time(text: str) -> None:
    """What has no zone is Vietnam's time already."""
    assert read_moment(text) == MOMENT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hôm nay",
        "2025/02/30",
        "2025/11-03",
        "11/2025",
        "2025/13/01",
        "0000/01/01",
        "03-11-2025",
        "٢٠٢٥/١١/٠٣",
        "2025/11/03 25:00:00",
        "9999-12-31T23:00:00-05:00",
        "2025-11-03T08:30:00+99:99",
        "2025/11/03x",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    """Neither is guessed at."""
    assert read_day(text) is None
    assert read_moment(text) is None


def test_a_moment_has_a_time_of_day() -> None:
    """Midnight is not made up."""
    assert read_moment("2025/11/03") is None


@given(st.dates())
def test_days_come_back(day: date) -> None:
    """Any day is read as it was written."""
    assert read_day(day_text(day)) == day


@given(st.datetimes())
def test_moments_come_back_to_the_second(moment: datetime) -> None:
    """Any moment too, without the parts of its second."""
    assert read_moment(moment_text(vietnamese(moment))) == vietnamese(moment)


def test_an_aware_moment_is_vietnamese() -> None:
    """It is turned into the country's time."""
    assert vietnamese(datetime(2025, 11, 3, 1, 30, 0, 5, tzinfo=UTC)) == MOMENT


@given(st.text("0123456789/-:T Z+.", max_size=26))
def test_any_text_is_read_or_not(text: str) -> None:
    """No text makes an error."""
    read_day(text)
    read_moment(text)
