"""Deadlines of reports as people read them in a calendar: what is to be sent by when, and how it stands. Pure, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

Language = Literal["vi", "en"]
#: Units that are named of those whose reports are lacking.
_NAMED = 30
_QUARTERS = ("I", "II", "III", "IV")


class Standing(StrEnum):
    """How a report stands."""

    OWED = "owed"
    SENT = "sent"
    RETURNED = "returned"
    #: An operator let the unit off.
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Task:
    """One deadline: of one unit's report, or of those of all ``units`` of a level."""

    #: The same as long as it is owed; calendars know it by this.
    key: str
    regime: str
    regime_name: str
    form: str
    form_name: str
    period: str
    data_from: date
    data_to: date
    #: The last day on which it is in time.
    due: date
    standing: Standing
    #: Grows with each version and each return.
    revision: int
    changed: datetime
    #: Whose report; of many, their level.
    whose: str
    #: Of many: how many owe it, and those whose report is lacking.
    units: int = 0
    lacking: tuple[str, ...] = ()


_SUMMARY = {
    "vi": {
        Standing.OWED: "Hạn nộp báo cáo",
        Standing.SENT: "Đã nộp báo cáo",
        Standing.RETURNED: "Báo cáo bị trả lại, hạn nộp lại",
        Standing.WAIVED: "Được miễn nộp báo cáo",
    },
    "en": {
        Standing.OWED: "Report due",
        Standing.SENT: "Report sent",
        Standing.RETURNED: "Report returned, due again",
        Standing.WAIVED: "Report waived",
    },
}
_FOLLOWED = {"vi": "Hạn báo cáo, còn thiếu {lacking}/{units}", "en": "Reports due, {lacking} of {units} lacking"}
_LINES = {
    "vi": ("Chế độ báo cáo", "Biểu mẫu", "Kỳ báo cáo", "Số liệu", "Đơn vị", "Chưa có báo cáo của"),
    "en": ("Regime", "Form", "Period", "Data", "Unit", "Lacking"),
}


def title(language: Language, unit: str, *, following: bool) -> str:
    """What the whole calendar is called."""
    names = ("Lịch báo cáo", "Report deadlines"), ("Theo dõi báo cáo", "Reports that are followed")
    name = names[following][language == "en"]
    return f"{name}: {unit}" if unit else name


def summary(task: Task, language: Language) -> str:
    """The line that stands in the calendar: how it stands, the form and the period."""
    said = _SUMMARY[language][task.standing]
    if task.units:
        said = _FOLLOWED[language].format(lacking=len(task.lacking), units=task.units)
    return f"{said}: {task.form_name} ({task.form}), {period_words(task.period, language)}"


def description(task: Task, language: Language) -> str:
    """What is told when it is opened."""
    regime, form, period, data, unit, lacking = _LINES[language]
    days = f"{task.data_from:%d/%m/%Y} – {task.data_to:%d/%m/%Y}"
    said = [
        (regime, f"{task.regime_name} ({task.regime})"),
        (form, f"{task.form_name} ({task.form})"),
        (period, f"{period_words(task.period, language)} ({task.period})"),
        (data, days),
        (unit, f"{task.whose} ({task.units})" if task.units else task.whose),
    ]
    if task.lacking:
        more = ", …" if len(task.lacking) > _NAMED else ""
        said.append((lacking, ", ".join(task.lacking[:_NAMED]) + more))
    return "\n".join(f"{label}: {text}" for label, text in said)


def period_words(code: str, language: Language) -> str:
    """A period as people say it; one request of an ad-hoc regime has no words but its code."""
    year, _, tail = code.partition("-")
    letter, number = tail[:1], tail[1:].lstrip("0")
    if letter not in set("MQSNAY") or not number.isdecimal() or not year.isdecimal():
        return code
    words = {
        "M": (f"tháng {number}/{year}", f"month {number}/{year}"),
        "Q": (f"quý {_QUARTERS[(int(number) - 1) % 4]}/{year}", f"quarter {number}/{year}"),
        "S": (
            f"6 tháng {'đầu' if number == '1' else 'cuối'} năm {year}",
            f"{'first' if number == '1' else 'second'} half of {year}",
        ),
        "N": (f"9 tháng năm {year}", f"nine months of {year}"),
        "A": (f"năm {year}", f"year {year}"),
        "Y": (f"5 năm {int(year) - 4}–{year}", f"five years {int(year) - 4}–{year}"),
    }
    return words[letter][language == "en"]
