"""What a province's figures should be, counted another way: whole numbers of billionths and text, nothing of :mod:`schemas.report.aggregate`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

_SCALE = 10**9
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]{1,9})?")
#: A figure that was made: its text, and ``normal``, ``provisional``, ``missing`` or ``not_applicable``.
Figure = tuple[str | None, str]


def recount(
    form: Mapping[str, Any], reports: Iterable[Mapping[str, Any]], *, partial: bool = False
) -> dict[str, Figure]:
    """The figures of a matrix by cell, of a form and of reports as JSON; of each unit's the latest version counts."""
    latest: dict[str, Mapping[str, Any]] = {}
    for one in reports:
        unit = one["reportingUnit"]
        if unit not in latest or one.get("version", 1) > latest[unit].get("version", 1):
            latest[unit] = one
    apart = set(form.get("notApplicable", form.get("not_applicable", ())))
    return {
        f"{row['code']}/{column['code']}": _made(row, column, latest, partial)
        for row in form["indicators"]
        for column in form["columns"]
        if f"{row['code']}/{column['code']}" not in apart
    }


def _made(
    row: Mapping[str, Any], column: Mapping[str, Any], latest: Mapping[str, Mapping[str, Any]], partial: bool
) -> Figure:
    rule = row.get("aggregate") or {"by": "sum"}
    asked = {"ratio": ("numerator", "denominator"), "weighted": ("", "weight"), "none": ()}.get(rule["by"], ("",))
    units = [rule["unit"]] if rule.get("unit") else sorted(latest)
    table = [
        [_said(latest.get(unit, {}), rule.get(which, row["code"]), column.get("breakdown", {})) for which in asked]
        for unit in units
    ]
    text = _text(rule, table, row.get("decimals", 0))
    said = [one for line in table for one in line]
    lacking = not said or any(value is None and status != "not_applicable" for value, status in said)
    if text is None:
        return None, "missing" if lacking else "not_applicable"
    return text, "provisional" if partial or lacking or ("provisional" in {status for _, status in said}) else "normal"


def _text(rule: Mapping[str, Any], table: list[list[tuple[int | None, str]]], digits: int) -> str | None:
    columns = [[value for value, _ in line] for line in zip(*table, strict=True)] if table else []
    counted = [[value for value in line if value is not None] for line in columns]
    if not counted or not any(counted):
        return None
    if rule["by"] == "ratio":
        factor = _billionths(rule.get("factor", "1")) or 0
        return _quotient(sum(counted[0]) * factor, sum(counted[1]) * _SCALE, digits) if all(counted) else None
    if rule["by"] == "weighted":
        both = [(one, weight) for one, weight in zip(*columns, strict=True) if one is not None and weight is not None]
        return _quotient(sum(one * weight for one, weight in both), sum(weight for _, weight in both) * _SCALE, digits)
    return _written({"max": max, "min": min, "unit": max}.get(rule.get("pick", ""), sum)(counted[0]))


def _said(report: Mapping[str, Any], row: str, breakdown: Mapping[str, str]) -> tuple[int | None, str]:
    for one in report.get("observations", ()):
        if one["indicator"] == row and one.get("breakdown", {}) == breakdown:
            return _billionths(one["value"]), one.get("status", "normal")
    return None, "missing"


def _billionths(text: str | None) -> int | None:
    if text is None or not _NUMBER.fullmatch(text):
        return None
    whole, _, part = text.lstrip("-").partition(".")
    return (-1 if text.startswith("-") else 1) * int(whole + part.ljust(9, "0"))


def _quotient(over: int, under: int, digits: int) -> str | None:
    """Rounded by hand: one more where the rest is half or more."""
    if not under:
        return None
    whole, rest = divmod(abs(over) * 10**digits, abs(under))
    whole += 2 * rest >= abs(under)
    return _written((whole if (over < 0) == (under < 0) else -whole) * _SCALE // 10**digits)


def _written(billionths: int) -> str:
    whole, part = divmod(abs(billionths), _SCALE)
    text = f"{whole}.{part:09}".rstrip("0").rstrip(".")
    return f"-{text}" if billionths < 0 else text
