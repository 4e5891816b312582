"""Whether the values of a set of indicators are right."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.report.check_kpi import check_kpi
from schemas.report.kpi import KpiData, KpiSet

SET = KpiSet.model_validate(
    {
        "code": "PAR",
        "version": "1",
        "name": "Cải cách hành chính",
        "issued_by": "000.00.00.G22",
        "measures": [
            {"code": "1.1", "name": "Hồ sơ đúng hạn", "unit": "%", "breakdowns": ["level"]},
            {"code": "1.2", "name": "Điểm hài lòng", "unit": "điểm"},
        ],
    }
)
SAID: dict[str, Any] = {
    "set": {"code": "PAR", "version": "1"},
    "period": {"code": "2025-Q1", "basis": "nd09", "from": "2024-12-15", "to": "2025-03-14"},
    "reportingUnit": "000.00.07.H62",
}
FIRST = {"indicator": "1.1", "breakdown": {"level": "commune"}, "value": "96.5", "unit": "%"}
SECOND = {"indicator": "1.2", "value": "9", "unit": "điểm"}


def told(*values: dict[str, Any], **changes: Any) -> list[tuple[str, str]]:
    data = KpiData.model_validate({**SAID, "values": list(values), **changes})
    return [(one.rule, one.cell) for one in check_kpi(data, SET)]


def test_right_values_have_no_problem() -> None:
    """One broken down, one not."""
    assert told(FIRST, SECOND) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"indicator": "9"}, [("report.indicator_unknown", "9/-"), ("report.cell_missing", "1.2")]),
        ({"breakdown": {"channel": "online"}}, [("report.breakdown_unknown", "1.2/channel=online")]),
        ({"unit": "%"}, [("report.unit", "1.2/-")]),
        ({"value": "9,5"}, [("report.number", "1.2/-")]),
        ({"value": None}, [("report.status", "1.2/-")]),
        ({**FIRST}, [("report.cell_twice", "1.1/level=commune"), ("report.cell_missing", "1.2")]),
    ],
)
def test_what_is_wrong_is_told_with_its_cell(change: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    """One thing is wrong, and that is told."""
    assert told(FIRST, {**SECOND, **change}) == expected


def test_values_of_another_set_are_not_looked_at() -> None:
    """Or of another version."""
    assert told(set={"code": "PAR", "version": "2"}) == [("report.form_version", "")]
