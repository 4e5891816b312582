"""Deadlines as a calendar: read back by the library, whatever stands in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from schemas.report.agenda import Standing, Task, period_words, title
from schemas.report.ics import ics

TASK = Task(
    key="BC-MC|MC-01|2026-Q1|000.00.07.H62",
    regime="BC-MC",
    regime_name="Báo cáo kết quả giải quyết thủ tục hành chính, cơ chế một cửa; liên thông",
    form="MC-01",
    form_name="Tình hình tiếp nhận và giải quyết hồ sơ",
    period="2026-Q1",
    data_from=date(2025, 12, 15),
    data_to=date(2026, 3, 14),
    due=date(2026, 3, 16),
    standing=Standing.OWED,
    revision=0,
    changed=datetime(2026, 1, 30, 17, tzinfo=UTC),
    whose="Sở Tài chính",
)
#: What may stand in a line of regimes.yaml: no control characters.
WORDS = st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" "), min_size=1, max_size=200)


def test_an_event_is_the_whole_day_in_vietnam() -> None:
    """The day itself without a time or zone; it makes nobody busy, and says form, period and unit."""
    feed = Calendar.from_ical(ics([TASK], title("vi", "Sở Tài chính", following=False), "vi"))
    (event,) = feed.events
    assert (event.start, event.end) == (date(2026, 3, 16), date(2026, 3, 17))
    assert str(event["summary"]) == "Hạn nộp báo cáo: Tình hình tiếp nhận và giải quyết hồ sơ (MC-01), quý I/2026"
    assert "Số liệu: 15/12/2025 – 14/03/2026" in str(event["description"]).split("\n")
    assert (str(event["status"]), str(event["transp"])) == ("CONFIRMED", "TRANSPARENT")
    assert str(feed["x-wr-calname"]) == "Lịch báo cáo: Sở Tài chính"
    assert feed["refresh-interval"].params["VALUE"] == "DURATION"


def test_what_becomes_of_a_report_is_the_same_event() -> None:
    """Programs know it by its UID, and what is newer by its sequence; another report is another event, another bus's test none."""
    later = replace(TASK, standing=Standing.SENT, revision=1, changed=TASK.changed + timedelta(days=3))
    other = replace(TASK, key="BC-MC|MC-01|2026-Q2|000.00.07.H62")
    (before,), (after,), (apart,) = (Calendar.from_ical(ics([one], "", "vi")).events for one in (TASK, later, other))
    assert before["uid"] == after["uid"] != apart["uid"]
    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert after["last-modified"].dt - before["last-modified"].dt == timedelta(days=3)
    assert str(after["summary"]).startswith("Đã nộp báo cáo: ")
    assert ics([TASK, other], "", "vi") == ics([other, TASK], "", "vi")


@settings(max_examples=40)
@given(name=WORDS, whose=WORDS)
def test_long_lines_are_folded_between_letters(name: str, whose: str) -> None:
    """At 75 octets at the most, each line readable by itself; unfolded it is what was written, whatever the letters."""
    written = ics([replace(TASK, form_name=name, whose=whose)], whose, "vi")
    lines = written.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() is not None for line in lines)
    (event,) = Calendar.from_ical(written).events
    assert str(event["summary"]) == f"Hạn nộp báo cáo: {name} (MC-01), quý I/2026"
    assert f"Đơn vị: {whose}" in str(event["description"])


def test_reports_of_many_are_told_by_who_is_lacking() -> None:
    """How many, and the first of them by name."""
    units = tuple(f"Đơn vị {one}" for one in range(40))
    told = replace(TASK, whose="commune", units=40, lacking=units)
    (event,) = Calendar.from_ical(ics([told], "", "en")).events
    assert str(event["summary"]).startswith("Reports due, 40 of 40 lacking: ")
    assert str(event["description"]).endswith("Đơn vị 29, …")


@pytest.mark.parametrize(
    ("code", "vi", "en"),
    [
        ("2026-M03", "tháng 3/2026", "month 3/2026"),
        ("2026-M12", "tháng 12/2026", "month 12/2026"),
        ("2026-Q4", "quý IV/2026", "quarter 4/2026"),
        ("2026-S1", "6 tháng đầu năm 2026", "first half of 2026"),
        ("2026-S2", "6 tháng cuối năm 2026", "second half of 2026"),
        ("2026-N9", "9 tháng năm 2026", "nine months of 2026"),
        ("2026-A1", "năm 2026", "year 2026"),
        ("2030-Y5", "5 năm 2026–2030", "five years 2026–2030"),
        ("2026-X01", "2026-X01", "2026-X01"),
    ],
)
def test_periods_in_words(code: str, vi: str, en: str) -> None:
    """As people say them."""
    assert (period_words(code, "vi"), period_words(code, "en")) == (vi, en)
