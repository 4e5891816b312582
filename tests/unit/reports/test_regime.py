"""The rule of a report."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from bus.calendar import is_working
from schemas.report.periods import PeriodUnknown
from schemas.report.regime import Regime, RegimeKind

WRITTEN: dict[str, Any] = {
    "code": "BC-MOT-CUA",
    "version": "2025",
    "name": "Giải quyết thủ tục hành chính",
    "issued_by": "000.00.00.G22",
    "periods": ["Q1", "Q2", "Q3", "A1"],
    "forms": [{"code": "MC-01", "version": "1"}],
    "deadlines": {"department": {"working_days": 2}, "district": {"working_days": 1}, "province": {"day": 25}},
    "units": [
        {"unit": "000.00.07.H62", "level": "department"},
        {"unit": "000.03.00.H62", "level": "district", "valid_to": "2025-06-30"},
        {"unit": "000.00.00.H62", "level": "province"},
    ],
    "office": "000.00.01.H62",
    "recipients": ["000.00.00.G22"],
    "valid_from": "2024-01-01",
}


def test_what_is_owed_by_whom_and_by_when() -> None:
    """Three quarters and the year; the abolished district owes until its end; each level has its own deadline."""
    regime = Regime.model_validate(WRITTEN)
    spans = list(regime.spans(date(2025, 1, 1), date(2025, 12, 31)))

    assert [one.code for one in spans] == ["2025-Q1", "2025-Q2", "2025-Q3", "2025-A1"]
    assert [len(list(regime.owing(one))) for one in spans] == [3, 3, 2, 2]
    due = {level: regime.due(level, spans[0], is_working) for level in regime.deadlines}
    assert due == {
        "department": date(2025, 3, 18), "district": date(2025, 3, 17), "province": date(2025, 3, 25),
    }  # fmt: skip


def test_a_regime_owes_nothing_before_and_after_its_time() -> None:
    """Data that end outside the days it is in force are not asked for."""
    regime = Regime.model_validate({**WRITTEN, "valid_from": "2025-06-01", "valid_to": "2025-09-14"})

    assert [one.code for one in regime.spans(date(2024, 1, 1), date(2026, 12, 31))] == ["2025-Q2", "2025-Q3"]


def test_an_ad_hoc_report_has_its_own_days() -> None:
    """Data and deadline are those of the request."""
    occasion = {"code": "2025-X01", "data_from": "2025-01-01", "data_to": "2025-02-10", "deadline": "2025-02-14"}
    regime = Regime.model_validate({**WRITTEN, "kind": "ad_hoc", "periods": [], "occasions": [occasion]})
    (span,) = regime.spans(date(2025, 1, 1), date(2025, 12, 31))

    assert (regime.kind, span.code) == (RegimeKind.AD_HOC, "2025-X01")
    assert regime.due("department", span, is_working) == date(2025, 2, 14)
    assert regime.span("2025-X01") == span
    with pytest.raises(PeriodUnknown, match="not owed for 2025-X02, but for 2025-X01"):
        regime.span("2025-X02")
    with pytest.raises(ValidationError, match="'2025-X01' comes again"):
        Regime.model_validate({**WRITTEN, "kind": "ad_hoc", "periods": [], "occasions": [occasion, occasion]})


def test_a_period_that_is_not_owed_is_unknown() -> None:
    """A month of a quarterly report, and what is no period at all."""
    regime = Regime.model_validate(WRITTEN)

    assert regime.span("2025-Q1").data_to == date(2025, 3, 14)
    for code in ("2025-M01", "2025-Q4", "2025-X01", "nonsense"):
        with pytest.raises(PeriodUnknown):
            regime.span(code)


@pytest.mark.parametrize(
    "change",
    [
        {"periods": []},
        {"periods": ["M13"]},
        {"kind": "ad_hoc"},
        {"basis": "custom"},
        {"cut_day": 25},
        {"forms": []},
        {"recipients": []},
        {"deadlines": {"department": {"day": 25}}},
        {"forms": [{"code": "MC-01", "version": "1", "only": ["000.00.99.H62"]}]},
        {"units": [*WRITTEN["units"], {"unit": "000.03.00.H62", "level": "district", "valid_from": "2025-06-30"}]},
        {"unknown": 1},
    ],
)
def test_what_does_not_hold_together_is_refused(change: dict[str, Any]) -> None:
    """Periods that are none, a basis without its day, a level that owes without a deadline."""
    with pytest.raises(ValidationError):
        Regime.model_validate({**WRITTEN, **change})


def test_a_form_may_be_owed_by_some() -> None:
    """All owe the first, one alone the second."""
    forms = [*WRITTEN["forms"], {"code": "MC-02", "version": "1", "only": ["000.00.07.H62"]}]
    regime = Regime.model_validate({**WRITTEN, "forms": forms})

    assert [one.code for one in regime.forms_of("000.00.07.H62")] == ["MC-01", "MC-02"]
    assert [one.code for one in regime.forms_of("000.00.00.H62")] == ["MC-01"]


def test_a_level_may_send_it_elsewhere() -> None:
    """Departments to the province, the province to the Government."""
    regime = Regime.model_validate({**WRITTEN, "recipients_by_level": {"department": ["000.00.00.H62"]}})

    assert regime.receiving("department") == ("000.00.00.H62",)
    assert regime.receiving("province") == ("000.00.00.G22",)


def test_as_json_and_back() -> None:
    """A regime travels as a packet and is the same."""
    regime = Regime.model_validate({**WRITTEN, "basis": "custom", "cut_day": 25})

    assert Regime.model_validate_json(regime.model_dump_json()) == regime
    assert regime.type == "report.regime.v1"
