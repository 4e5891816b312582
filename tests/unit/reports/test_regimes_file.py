"""``regimes.yaml``: names become what they name; everything wrong is told at its line and column."""

from __future__ import annotations

from datetime import date

import pytest

from bus.config.problems import Severity
from bus.config.regimes import RegimesInvalid, parse_regimes
from schemas.report.check import check
from schemas.report.form import FormKind, Indicator
from schemas.report.reading import read
from schemas.report.sheet.reading import read_form
from schemas.report.sheet.writing import Content, xlsx
from tests.example import parsed

GOOD = """\
issuer: "000.00.00.H62"
calendar: {off: [2025-03-17], working: [2025-03-15]}
groups:
  departments: {level: department, units: ["000.00.07.H62", "000.00.08.H62"], valid_to: 2025-06-30}
indicators:
  I.1: {name: Mới tiếp nhận, unit: hồ sơ}
forms:
  MC-01:
    version: "2"
    name: Hồ sơ
    indicators: [I.1, {code: I.2, name: Chuyển sang, unit: hồ sơ}]
    columns: [{code: all, name: Tổng}]
regimes:
  BC-MC:
    version: "2025"
    name: Thủ tục hành chính
    periods: [Q]
    forms: [{code: MC-01, only: ["000.00.07.H62"]}]
    units: [departments]
    deadlines: {department: {working_days: 1}}
    office: "000.00.01.H62"
    recipients: ["000.00.00.H62"]
    valid_from: 2024-01-01
"""


def test_names_become_what_they_name() -> None:
    """Indicators of the list, the version of a form, units of a group with their end, who issued it, days off."""
    file = parse_regimes(GOOD, "regimes.yaml")
    (regime,) = file.library
    table = file.library.forms["MC-01", "2"]

    assert table.rows["I.1"] == Indicator(code="I.1", name="Mới tiếp nhận", unit="hồ sơ")
    assert [(one.code, one.version, one.only) for one in regime.forms] == [("MC-01", "2", ("000.00.07.H62",))]
    assert [one.unit for one in regime.owing(regime.span("2025-Q2"))] == ["000.00.07.H62", "000.00.08.H62"]
    assert list(regime.owing(regime.span("2025-Q3"))) == []
    assert regime.issued_by == "000.00.00.H62"
    assert regime.due("department", regime.span("2025-Q1"), file.offices.is_working) == date(2025, 3, 15)
    assert file.indicators is not None
    assert [one.code for one in file.indicators.items] == ["I.1"]
    assert file.warnings == ()


def problems(*changes: tuple[str, str]) -> list[tuple[int, int, str]]:
    """What is wrong with the file after some words of it were changed."""
    text = GOOD
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    try:
        found = parse_regimes(text, "regimes.yaml").warnings
    except RegimesInvalid as error:
        found = error.problems
    assert all(one.file == "regimes.yaml" and one.what and one.write for one in found)
    return [(one.place.line, one.place.column, one.code) for one in found]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "groups:",
            "grups:",
            [(3, 1, "regimes.unknown_key"), (19, 13, "regimes.unknown_name"), (15, 5, "regimes.value")],
        ),
        ("[I.1, {", "[I.11, {", [(11, 18, "regimes.unknown_name")]),
        ("units: [departments]", "units: [departements]", [(19, 13, "regimes.unknown_name"), (15, 5, "regimes.value")]),
        ("{code: MC-01,", "{code: MC-1,", [(8, 3, "regimes.unused"), (18, 13, "regimes.unknown_name")]),
        ("{code: MC-01,", '{code: MC-01, version: "1",', [(18, 36, "regimes.value")]),
        ("    name: Hồ sơ\n", "", [(8, 3, "regimes.missing_key")]),
        ("    name: Hồ sơ\n", "    nam: Hồ sơ\n    name: Hồ sơ\n", [(10, 5, "regimes.unknown_key")]),
        ('version: "2025"', "version: 2025", [(15, 14, "regimes.type")]),
        ("periods: [Q]", "periods: [Q5]", [(17, 15, "regimes.value")]),
        ("working_days: 1", "day: 14", [(20, 17, "regimes.deadline")]),
        ("working_days: 1", "working_days: 1, day: 25", [(20, 29, "regimes.value")]),
        ("[2025-03-17]", "[2025-02-30]", [(2, 18, "regimes.type")]),
        (
            "regimes:\n",
            "regimes: []\nx:\n",
            [(13, 10, "regimes.type"), (14, 1, "regimes.unknown_key"), (8, 3, "regimes.unused")],
        ),
        ("periods: [Q]", "periods: [Q]\n    periods: [M]", [(18, 5, "regimes.duplicate_key")]),
        ("periods: [Q]", "periods: &a [Q]", [(17, 14, "regimes.yaml_feature")]),
        ("periods: [Q]", "periods: [Q", [(18, 10, "regimes.yaml")]),
        ("level: department,", "level: Sở,", [(4, 24, "regimes.value"), (15, 5, "regimes.value")]),
    ],
)
def test_what_is_wrong_is_told_at_its_place(old: str, new: str, expected: list[tuple[int, int, str]]) -> None:
    """Line, column and code, in the order of the file."""
    assert problems((old, new)) == sorted(expected)


def test_all_that_is_wrong_is_told_at_once() -> None:
    """In several entries."""
    told = problems(("periods: [Q]", "periods: [Z]"), ("columns: [{code: all,", "columns: [{cod: all,"))

    assert [(line, code) for line, _, code in told] == [
        (12, "regimes.missing_key"),
        (12, "regimes.unknown_key"),
        (17, "regimes.value"),
    ]


LATER = """\
  BC-MC-2026:
    code: BC-MC
    version: "2026"
    name: Thủ tục hành chính
    periods: [M]
    forms: [MC-01]
    office: "000.00.01.H62"
    recipients: ["000.00.00.H62"]
    valid_from: 2025-12-15
"""


def test_a_regime_has_two_versions_by_two_entries() -> None:
    """Each for its data; two of the same version are an error."""
    found = parse_regimes(GOOD + LATER, "regimes.yaml").library
    versions = [regime and regime.version for day in (14, 15) if (regime := found.regime("BC-MC", date(2025, 12, day)))]

    assert versions == ["2025", "2026"]
    with pytest.raises(RegimesInvalid, match="same code and version"):
        parse_regimes(GOOD + LATER.replace('"2026"', '"2025"'), "regimes.yaml")


def test_an_empty_file_is_no_regimes() -> None:
    """Nothing in it, or a list."""
    for text in ("", "[]", "# nothing"):
        with pytest.raises(RegimesInvalid):
            parse_regimes(text, "regimes.yaml")


def test_the_example_is_of_the_size_of_a_province() -> None:
    """26 regimes of 12 offices; 123 indicators of 19 departments; 21 departments, 9 districts and 136 communes, then 36 without districts."""
    example = parsed()
    regimes = list(example.library)
    social = next(one for one in regimes if one.code == "BC-KTXH")
    forms = {form.only: example.library.form(form) for form in social.forms}
    all_of = next(one for one in regimes if one.code == "BC-MC")
    levels = {code: [one.level for one in all_of.owing(all_of.span(code))] for code in ("2025-Q2", "2025-Q3")}

    assert (len(regimes), len({one.office for one in regimes})) == (26, 12)
    assert len(forms) == 19
    assert sum(len(table.rows) for table in forms.values() if table) == 123
    assert example.indicators is not None
    assert len(example.indicators.items) == 123
    assert not [one for one in example.warnings if one.severity is Severity.ERROR]
    assert {
        code: [row.count(one) for one in ("department", "district", "commune", "province")]
        for code, row in levels.items()
    } == {
        "2025-Q2": [21, 9, 136, 1],
        "2025-Q3": [21, 0, 36, 1],
    }


def test_every_form_of_the_example_can_be_handed_out_and_read() -> None:
    """Begun for a unit that owes it, nothing is wrong but that it is empty; and its packets are what the contracts say."""
    example = parsed()
    for regime in (one for one in example.library if one.code in {"BC-MC", "BC-KTXH", "BC-NN", "BC-GIA"}):
        span = next(iter(regime.spans(date(2025, 1, 1), date(2025, 12, 31))))
        unit = next(one.unit for one in regime.owing(span) if regime.forms_of(one.unit))
        assert read(regime.model_dump_json().encode()) == regime
        for form in regime.forms_of(unit):
            table = example.library.form(form)
            assert table is not None
            assert read(table.form.model_dump_json().encode()) == table.form
            header = {"regime": regime.code, "period": span.code, "unit": unit}
            filled = read_form(xlsx(table, Content(header)), example.library)
            assert filled.report is not None
            missing = {"report.cell_missing"} if table.form.kind is FormKind.MATRIX else set()
            assert {one.rule for one in filled.problems} == missing
            assert {one.rule for one in check(filled.report, example.library)} == missing
