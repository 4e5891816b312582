"""Packets that reporting systems have for us, in few words."""

from __future__ import annotations

import json
from typing import Any

from tests.contracts.source import HERE, THERE


def catalogue(number: int, kind: str = "indicator", version: str = "1", name: str = "Hồ sơ tiếp nhận") -> bytes:
    """A list of one thing. ``kind``: ``indicator``, ``group``, ``period`` or ``breakdown``."""
    besides: dict[str, Any] = {
        "indicator": {"code": "I.1", "unit": "hồ sơ"},
        "group": {"code": "I"},
        "period": {"code": "Q1"},
        "breakdown": {"code": "kenh", "members": [{"code": "truc-tuyen", "name": "Trực tuyến"}]},
    }[kind]
    head = {"type": "report.catalog.v1", "kind": kind, "code": f"DM-{number}", "version": version, "issuedBy": THERE}
    return _json(**head, items=[{"name": name, **besides}])


def form(code: str = "F-1") -> bytes:
    """A form of one row."""
    indicator = {"code": "I.1", "name": "Hồ sơ tiếp nhận", "unit": "hồ sơ"}
    head = {"type": "report.form.v1", "code": code, "version": "1", "name": "Biểu mẫu", "issuedBy": THERE}
    return _json(**head, kind="matrix", indicators=[indicator], columns=[{"code": "-", "name": "Tổng số"}])


def outline(code: str = "D-1") -> bytes:
    """An outline of one section."""
    head = {"type": "report.outline-form.v1", "code": code, "version": "1", "name": "Đề cương", "issuedBy": THERE}
    return _json(**head, sections=[{"code": "1", "title": "Kết quả"}])


def regime(code: str = "BC-1") -> bytes:
    """A rule: every quarter, by three working days after the data end."""
    head = {"type": "report.regime.v1", "code": code, "version": "1", "name": "Chế độ báo cáo", "issuedBy": THERE}
    owed = {"periods": ["Q"], "forms": [{"code": "F-1", "version": "1"}], "validFrom": "2025-01-01"}
    return _json(**head, **owed, office=HERE, recipients=[THERE])


def word(report: str, state: str = "ACCEPTED", by: str = THERE, **more: Any) -> bytes:
    """What became of the first version of a report."""
    head = {"type": "report.status.v1", "reportId": report, "version": 1, "state": state}
    return _json(**head, by=by, at="2026-04-20T09:00:00+07:00", **more)


def report(report_id: str, unit: str = HERE) -> bytes:
    """The first version of a unit's report, of one figure."""
    head = {"type": "report.data.v1", "reportId": report_id, "version": 1, "regime": "BC-1", "reportingUnit": unit}
    period = {"code": "2026-Q1", "basis": "calendar", "from": "2026-01-01", "to": "2026-03-31"}
    figure = {"indicator": "I.1", "value": "12", "unit": "hồ sơ"}
    return _json(**head, form={"code": "F-1", "version": "1"}, period=period, recipients=[THERE], observations=[figure])


def _json(**said: Any) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode()
