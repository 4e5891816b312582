"""A small regime with a matrix and a list, and a report on each that is right, in our own words."""

from __future__ import annotations

import json
from typing import Any

from schemas.report.data import Data
from schemas.report.form import Form, OutlineForm
from schemas.report.library import Library, library
from schemas.report.reading import read
from schemas.report.regime import Regime

UNIT, PROVINCE, MINISTRY = "000.00.07.H62", "000.00.00.H62", "000.00.00.G22"

REGIME: dict[str, Any] = {
    "code": "BC-MC",
    "version": "2025",
    "name": "Giải quyết thủ tục hành chính",
    "issued_by": MINISTRY,
    "periods": ["Q", "A1"],
    "forms": [{"code": "MC-01", "version": "2"}, {"code": "MC-02", "version": "1"}],
    "outline": {"code": "DC-MC", "version": "1"},
    "deadlines": {"department": {"working_days": 2}, "province": {"day": 25}},
    "units": [{"unit": UNIT, "level": "department"}, {"unit": PROVINCE, "level": "province"}],
    "office": "000.00.01.H62",
    "recipients": [PROVINCE],
    "valid_from": "2024-01-01",
}

MATRIX: dict[str, Any] = {
    "code": "MC-01",
    "version": "2",
    "name": "Kết quả giải quyết hồ sơ",
    "issued_by": MINISTRY,
    "indicators": [
        {"code": "I", "name": "Tiếp nhận", "unit": "hồ sơ"},
        {"code": "I.1", "name": "Mới tiếp nhận", "unit": "hồ sơ", "parent": "I"},
        {"code": "I.2", "name": "Kỳ trước chuyển sang", "unit": "hồ sơ", "parent": "I"},
        {"code": "II", "name": "Tỷ lệ đúng hạn", "unit": "%", "decimals": 2, "maximum": "100", "mandatory": False},
    ],
    "columns": [
        {"code": "all", "name": "Tổng số"},
        {"code": "online", "name": "Trực tuyến", "breakdown": {"channel": "online"}},
        {"code": "direct", "name": "Trực tiếp", "breakdown": {"channel": "direct"}},
    ],
    "not_applicable": ["II/online", "II/direct"],
    "totals": [
        {"total": "I", "parts": ["I.1", "I.2"]},
        {"of": "columns", "total": "all", "parts": ["online", "direct"]},
    ],
}

LIST: dict[str, Any] = {
    "code": "MC-02",
    "version": "1",
    "name": "Hồ sơ quá hạn",
    "issued_by": MINISTRY,
    "kind": "list",
    "fields": [
        {"code": "so", "name": "Số hồ sơ"},
        {"code": "ngay", "name": "Ngày hẹn trả", "type": "date"},
        {"code": "tre", "name": "Số ngày trễ", "type": "number", "unit": "ngày", "decimals": 1},
        {"code": "ly-do", "name": "Lý do", "type": "choice", "choices": ["thiếu hồ sơ", "liên thông"], "mandatory": False},
    ],
}  # fmt: skip

OUTLINE: dict[str, Any] = {
    "code": "DC-MC",
    "version": "1",
    "name": "Đề cương",
    "issued_by": MINISTRY,
    "sections": [{"code": "1", "title": "Kết quả"}, {"code": "2", "title": "Kiến nghị", "mandatory": False}],
}

FIGURES = {
    "I": ("130", "110", "20"),
    "I.1": ("120", "105", "15"),
    "I.2": ("10", "5", "5"),
    "II": ("98.18", None, None),
}


def books(**changes: Any) -> Library:
    """The library of these, with the regime changed."""
    regime = Regime.model_validate({**REGIME, **changes})
    forms = [Form.model_validate(MATRIX), Form.model_validate(LIST)]
    return library([regime], forms, [OutlineForm.model_validate(OUTLINE)])


def _head(form: str, version: str) -> dict[str, Any]:
    return {
        "type": "report.data.v1",
        "reportId": f"BC-MC-{form}-2025-Q1-{UNIT}",
        "regime": "BC-MC",
        "form": {"code": form, "version": version},
        "period": {"code": "2025-Q1", "basis": "nd09", "from": "2024-12-15", "to": "2025-03-14"},
        "reportingUnit": UNIT,
        "recipients": [PROVINCE],
    }


def matrix() -> dict[str, Any]:
    """The JSON of a report on the matrix."""
    members: tuple[dict[str, str], ...] = ({}, {"channel": "online"}, {"channel": "direct"})
    observations = [
        {"indicator": row, "breakdown": breakdown, "value": value, "unit": "%" if row == "II" else "hồ sơ"}
        for row, values in FIGURES.items()
        for breakdown, value in zip(members, values, strict=True)
        if value is not None
    ]
    return {**_head("MC-01", "2"), "observations": observations}


def listed() -> dict[str, Any]:
    """The JSON of a report on the list."""
    rows = [
        {"values": {"so": "000.00.07.H62-250101-0001", "ngay": "2025-01-20", "tre": "2.5", "ly-do": "liên thông"}},
        {"values": {"so": "000.00.07.H62-250203-0007", "ngay": "2025-02-28", "tre": "1"}},
    ]
    return {**_head("MC-02", "1"), "kind": "list", "rows": rows}


def packet(said: dict[str, Any]) -> Data:
    """The packet of a JSON."""
    found = read(json.dumps(said).encode())
    assert isinstance(found, Data)
    return found
