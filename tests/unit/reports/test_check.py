"""Whether a report is right: every rule, all problems at once, each with its cell and at what it costs in its regime."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.report.canonical import content_hash
from schemas.report.check import Circumstances, check
from schemas.report.data import Narrative
from schemas.report.form import Form
from schemas.report.library import library
from schemas.report.numbers import decimals, number, plain
from schemas.report.problem import Problem, refused
from schemas.report.reading import PacketInvalid, read
from schemas.report.regime import Regime
from schemas.report.rules import RULES, Verdict
from tests.reports import MATRIX, MINISTRY, REGIME, UNIT, books, listed, matrix, packet

SHEETS = {code for code in RULES if code.startswith("report.sheet_")}


def changed(said: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**said, **changes}


def figure(indicator: str, column: str = "", **changes: Any) -> dict[str, Any]:
    """A report with one figure changed."""
    said = matrix()
    breakdown = {"channel": column} if column else {}
    (one,) = [one for one in said["observations"] if (one["indicator"], one["breakdown"]) == (indicator, breakdown)]
    one.update(changes)
    return said


def row(place: int, **changes: str) -> dict[str, Any]:
    """A list with one row changed."""
    said = listed()
    said["rows"][place]["values"].update(changes)
    return said


def more(**one: Any) -> dict[str, Any]:
    """A report with one figure more."""
    said = matrix()
    said["observations"].append({"unit": "hồ sơ", "value": "1", **one})
    return said


def without(indicator: str) -> dict[str, Any]:
    said = matrix()
    said["observations"] = [one for one in said["observations"] if one["indicator"] != indicator]
    return said


Q1 = {"code": "2025-Q1", "basis": "nd09", "from": "2024-12-15", "to": "2025-03-14"}

#: A report that is wrong in one way, and what is said of it.
WRONG: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "regime": (changed(matrix(), regime="BC-X"), [("report.regime_unknown", "")]),
    "form": (changed(matrix(), form={"code": "MC-9", "version": "1"}), [("report.form_unknown", "")]),
    "version": (changed(matrix(), form={"code": "MC-01", "version": "1"}), [("report.form_version", "")]),
    "kind": (changed(matrix(), form={"code": "MC-02", "version": "1"}), [("report.kind", "")]),
    "period": (changed(matrix(), period={**Q1, "code": "2025-M03"}), [("report.period_unknown", "")]),
    "basis": (
        changed(matrix(), period={**Q1, "basis": "calendar", "from": "2025-01-01", "to": "2025-03-31"}),
        [("report.period_basis", "")],
    ),
    "unit": (changed(matrix(), reportingUnit="000.00.99.H62"), [("report.not_owing", "")]),
    "recipients": (changed(matrix(), recipients=["000.00.00.G22"]), [("report.recipients", "")]),
    "type": (changed(matrix(), dataType="plan"), [("report.data_type", "")]),
    "attachment": (changed(matrix(), narrative={"attachments": ["att-1"]}), [("report.attachment", "")]),
    "indicator": (more(indicator="IX"), [("report.indicator_unknown", "IX/-")]),
    "breakdown": (
        more(indicator="I", breakdown={"channel": "post"}),
        [("report.breakdown_unknown", "I/channel=post")],
    ),
    "measure": (figure("I.1", "online", unit="cái"), [("report.unit", "I.1/online")]),
    "twice": (more(indicator="I", value="130"), [("report.cell_twice", "I/all")]),
    "missing": (without("I.2"), [("report.cell_missing", f"I.2/{one}") for one in ("all", "online", "direct")]),
    "empty": (figure("I.2", "online", value=None, status="missing"), [("report.cell_missing", "I.2/online")]),
    "apart": (
        more(indicator="II", breakdown={"channel": "online"}, unit="%", value="5"),
        [("report.cell_not_applicable", "II/online")],
    ),
    "comma": (figure("I.1", "online", value="1,5"), [("report.number", "I.1/online")]),
    "grouped": (figure("I.1", "online", value="1.200.000"), [("report.number", "I.1/online")]),
    "exact": (figure("II", value="98.185"), [("report.decimals", "II/all")]),
    "high": (figure("II", value="100.01"), [("report.range", "II/all")]),
    "low": (figure("II", value="-1"), [("report.range", "II/all")]),
    "status": (figure("II", status="missing"), [("report.status", "II/all")]),
    "no value": (figure("II", value=None), [("report.status", "II/all")]),
    "total": (figure("I", value="131"), [("report.total", "I/all"), ("report.total", "I/all")]),
    "field": (row(0, xa="An Bình"), [("report.field_unknown", "1/xa")]),
    "no field": (row(1, so=""), [("report.cell_missing", "2/so")]),
    "list number": (row(1, tre="1,5"), [("report.number", "2/tre")]),
    "list exact": (row(1, tre="1.55"), [("report.decimals", "2/tre")]),
    "date": (row(0, ngay="20/01/2025"), [("report.date", "1/ngay")]),
    "no such day": (row(0, ngay="2025-02-30"), [("report.date", "1/ngay")]),
    "choice": (row(0, **{"ly-do": "mưa"}), [("report.choice", "1/ly-do")]),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_with_its_cell(name: str) -> None:
    """One thing is wrong, and that is told, and nothing else."""
    said, told = WRONG[name]

    assert [(one.rule, one.cell) for one in check(packet(said), books())] == told


@pytest.mark.parametrize("said", [matrix(), listed()], ids=["matrix", "list"])
def test_what_is_right_has_no_problem(said: dict[str, Any]) -> None:
    """A matrix and a list."""
    assert check(packet(said), books()) == ()


def narrative(**changes: Any) -> Narrative:
    head = {name: value for name, value in matrix().items() if name not in {"observations", "form"}}
    outline = {"code": "DC-MC", "version": "1"}
    sections = [{"code": "1", "text": "Đã giải quyết 98% đúng hạn."}]
    said = {**head, "type": "report.narrative.v1", "outline": outline, "sections": sections, **changes}
    return Narrative.model_validate(said)


def test_a_narrative_follows_its_outline() -> None:
    """Sections there are, and those that must be."""
    assert check(narrative(), books()) == ()
    wrong = check(narrative(sections=[{"code": "9", "text": "…"}, {"code": "1", "text": ""}]), books())
    assert [(one.rule, one.cell) for one in wrong] == [("report.section_unknown", "9"), ("report.section_missing", "1")]
    (other,) = check(narrative(outline={"code": "X", "version": "1"}), books())
    assert other.rule == "report.form_unknown"


def test_what_was_signed_is_what_stands_there() -> None:
    """A signature over the content has its hash; one figure changed afterwards, and it has not. Signatures themselves are not signed."""
    plain = packet(matrix())
    signature = {
        "signer": "Nguyễn Văn A",
        "role": "approver",
        "signedAt": "2025-03-16T09:00:00+07:00",
        "format": "CAdES",
        "over": "content",
        "hash": content_hash(plain),
    }

    assert check(packet(matrix() | {"signatures": [signature, signature]}), books()) == ()
    (wrong,) = check(packet(figure("II", value="99") | {"signatures": [signature]}), books())
    assert (wrong.rule, wrong.verdict) == ("report.signature", Verdict.REFUSE)


@pytest.mark.parametrize(
    "change", [{"version": 2}, {"supersedes": 1}, {"version": 2, "supersedes": 2}, {"rows": [{"values": {"a": "b"}}]}]
)
def test_a_packet_holds_together(change: dict[str, Any]) -> None:
    """A later version names an older one; a matrix has no rows."""
    with pytest.raises(PacketInvalid):
        packet(matrix() | change)


def test_a_closed_period_and_a_passed_deadline() -> None:
    """Closed is a refusal; late is a warning, from the end of the day in Vietnam on."""
    deadline = date(2025, 3, 18)
    in_time, late = (datetime(2025, 3, 18, 17, tzinfo=UTC).replace(hour=hour) for hour in (16, 17))

    assert check(packet(matrix()), books(), Circumstances(in_time, deadline)) == ()
    found = check(packet(matrix()), books(), Circumstances(late, deadline, closed=True))
    assert [(one.rule, one.verdict) for one in found] == [
        ("report.period_closed", Verdict.REFUSE),
        ("report.late", Verdict.WARN),
    ]


def test_who_took_the_place_of_a_closed_unit_reports_as_that_one() -> None:
    """Its forms, for its recipients; the unit itself owes nothing."""
    heir, of = "000.00.99.H62", Circumstances(owed_by=UNIT)
    regime = {"recipients_by_level": {"department": [MINISTRY]}}
    regime["forms"] = [{"code": "MC-01", "version": "2", "only": [UNIT]}]  # type: ignore[assignment]
    said = packet(changed(matrix(), reportingUnit=heir, recipients=[MINISTRY]))

    assert check(said, books(**regime), of) == ()
    rules = [one.rule for one in check(said, books(**regime))]
    assert rules == ["report.not_owing", "report.recipients", "report.form_unknown"]


def test_all_problems_are_told_at_once() -> None:
    """In the header and in many cells."""
    said = changed(figure("I.1", "online", value="1,5", unit="cái"), reportingUnit="X", dataType="plan")

    assert [one.rule for one in check(packet(said), books())] == [
        "report.not_owing",
        "report.data_type",
        "report.unit",
        "report.number",
    ]


def test_a_regime_decides_what_a_rule_costs() -> None:
    """A refusal becomes a warning, and a warning a refusal."""
    report = packet(figure("I", value="131"))

    assert refused(check(report, books()))
    assert not refused(check(report, books(rules={"report.total": "warn"})))
    late = Circumstances(datetime(2026, 1, 1, tzinfo=UTC), date(2025, 3, 18))
    assert refused(check(packet(matrix()), books(rules={"report.late": "refuse"}), late))
    for wrong in ({"report.shape": "warn"}, {"report.none": "warn"}):
        with pytest.raises(ValueError, match="may decide on"):
            books(rules=wrong)


def test_empty_is_not_zero() -> None:
    """A total with an empty part is not checked against what is there; zero is a figure like any other."""
    rules = {"report.cell_missing": "warn"}
    found = check(packet(figure("I.2", "online", value=None, status="missing")), books(rules=rules))

    assert [one.rule for one in found] == ["report.cell_missing"]
    assert {"report.total"} == {one.rule for one in check(packet(figure("I.2", "online", value="0")), books())}


def test_problems_are_told_in_both_languages() -> None:
    """Each rule has words for all it is told with; the sheet, the cell and the rule are named."""
    told = {one.rule: one for said, _ in WRONG.values() for one in check(packet(said), books())}
    for one in told.values():
        for language in ("vi", "en"):
            text = one.text(language)
            assert one.cell in text
            assert text.endswith(f"[{one.rule}]")
            assert "{" not in text
    one = Problem("report.number", "I.1/online", {"given": "1,5"}, "Số liệu", "E13")
    assert one.text("vi").startswith("trang tính 'Số liệu', ô E13 (I.1/online): '1,5' không phải là số hợp lệ")
    assert one.text("en").startswith("sheet 'Số liệu', cell E13 (I.1/online): '1,5' is no number")


def test_every_rule_is_broken_by_some_test() -> None:
    """Those of sheets elsewhere, and those of a body that is no packet below."""
    broken = {rule for _, told in WRONG.values() for rule, _ in told}
    elsewhere = {
        "report.signature",
        "report.shape",
        "report.late",
        "report.period_closed",
        "report.section_unknown",
        "report.section_missing",
    }

    assert broken | elsewhere | SHEETS == set(RULES)
    assert all(set(re.findall(r"{(\w+)}", one.what)) for one in RULES.values() if "{" in one.what_vi)


def said_of(body: bytes) -> list[tuple[str, str]]:
    with pytest.raises(PacketInvalid) as caught:
        read(body)
    assert all(one.text("vi") and one.text("en") for one in caught.value.problems)
    return [(one.rule, one.cell) for one in caught.value.problems]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"type": 1}',
        b'{"type": "report.data.v9"}',
        b'{"type": "report.data.v1", "type": "report.data.v1"}',
        b'{"type": "report.status.v1", "at": NaN}',
        b"\xff\xfe",
        b"[" * 100_000,
        b"1" * 5000,
    ],
)
def test_what_is_no_packet_is_refused(body: bytes) -> None:
    """Whatever the bytes are, with one problem and no other error."""
    assert said_of(body) == [("report.shape", "")]


@pytest.mark.parametrize(
    "said",
    [
        changed(matrix(), reportId="BC\0MC"),
        changed(matrix(), reportId="BC\nMC"),
        changed(matrix(), reportingUnit="000.00.07.H62\x7f"),
        figure("I", note="năm\0"),
        changed(matrix(), narrative={"text": "tăng\x1b[2J"}),
    ],
)
def test_no_control_characters_come_in(said: dict[str, Any]) -> None:
    """PostgreSQL keeps no NUL, and a code is a line; a remark may have several lines."""
    with pytest.raises(PacketInvalid, match="no control characters"):
        read(json.dumps(said).encode())
    assert packet(figure("I", note="tăng\nso với\tkỳ trước")).observations[0].note == "tăng\nso với\tkỳ trước"


def test_a_number_with_a_space_is_shown_with_it() -> None:
    """Or what is told reads as if a right number were none."""
    (one,) = [one for one in check(packet(figure("I.1", value=" 120")), books()) if one.rule == "report.number"]
    assert "' 120' is no number" in one.text("en")


def test_a_figure_that_is_no_text_is_told_with_its_cell() -> None:
    """A number in JSON has lost what it was; every one of them is told, and what else is wrong."""
    import json

    said = matrix()
    said["observations"][1]["value"] = 105.5
    said["observations"][2]["value"] = 15
    said["observations"][3]["note"] = 7
    said["period"]["from"] = 20241215
    said["wrong"] = 1
    told = said_of(json.dumps(said).encode())

    assert sorted(told) == [
        ("report.number", "I/channel=direct"),
        ("report.number", "I/channel=online"),
        ("report.shape", ""),
        ("report.shape", ""),
        ("report.shape", "I.1/-"),
    ]


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_a_packet_or_refused(body: bytes) -> None:
    """No other error comes out."""
    with pytest.raises(PacketInvalid):
        read(body)


@pytest.mark.parametrize("text", ["0", "-1", "12.50", "999999999999999999", "0.000000001"])
def test_numbers(text: str) -> None:
    """As they are written."""
    assert str(number(text)) == text or "E" in str(number(text))


@pytest.mark.parametrize(
    "text", ["", " 1", "1 ", "01", "+1", "1.", ".5", "1,5", "1 000", "1e3", "NaN", "٣", "--1", "1.1234567890", "1" * 19]
)
def test_what_is_no_number(text: str) -> None:
    """Commas, grouping, exponents, other digits, and more of them than anybody counts."""
    assert number(text) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=6))
def test_a_plain_number_is_the_same_number(value: Any) -> None:
    """Without zeros at its end, and never with an exponent."""
    text = plain(value)

    assert number(text) == value
    assert not text.endswith(".")
    assert decimals(text) <= 6


def test_what_is_taken_off_a_total_is_taken_off() -> None:
    """Parts less ``minus``, not parts and ``minus``."""
    totals = [{"total": "I.1", "parts": ["I"], "minus": ["I.2"]}]
    known = library([Regime.model_validate(REGIME)], [Form.model_validate({**MATRIX, "totals": totals})])

    assert check(packet(matrix()), known) == ()
    assert [(one.rule, one.cell) for one in check(packet(figure("I.2", value="11")), known)] == [
        ("report.total", "I.1/all")
    ]
