"""``expectations`` of a routes file: every problem at its line and column, with what to write."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bus.config import RoutesFile, RoutesInvalid, parse
from bus.config.expectations import Answer, Receipt, Report
from tests.unit.routes_models import DOORS, ENDPOINTS

BASE = """\
endpoints: {mailbox: {kind: mailbox}}
partners: {p: {agencies: ["A"]}}
routes: [{name: inside, when: {recipient: {partner: any}}, to: mailbox}]
expectations:
"""


def routes(text: str, own_code: str = "B", agency: str = "A") -> RoutesFile:
    return parse(BASE.replace('"A"', f'"{agency}"') + text, "routes.yaml", ENDPOINTS, DOORS, own_code)


def test_rules_are_taken_with_their_defaults() -> None:
    """A receipt within a working day, any word on the handling; an answer; reports."""
    receipt, answer, report = routes(
        """\
  - {name: nhan, on: receipt, when: {recipient: {partner: p}}, remind: {after: 2h}}
  - {name: tra-loi, on: answer}
  - {name: bao-cao, on: report, since: 2026-01-01, remind: {before: [3d, 1d]}}
"""
    ).expectations

    assert isinstance(receipt, Receipt)
    assert (receipt.status, receipt.working_days) == (("01", "02", "03", "04", "05", "06"), 1)
    assert receipt.remind.after == (timedelta(hours=2),)
    assert isinstance(answer, Answer)
    assert answer.when is None
    assert isinstance(report, Report)
    assert (report.since, report.regimes, report.corrected_within) == (date(2026, 1, 1), (), 3)
    assert report.remind.before == (timedelta(days=3), timedelta(days=1))


@pytest.mark.parametrize(
    ("line", "column", "code", "write"),
    [
        ("- {name: a, on: reciept}", 17, "routes.unknown_kind", "'receipt' (did you mean that?)"),
        ("- {name: a}", 3, "routes.missing_key", "one of: answer, receipt, report"),
        ("- {name: a, on: report}", 3, "routes.missing_key", "since"),
        ("- {name: a, on: report, since: soon}", 32, "routes.type", "a day such as 2025-07-01"),
        ("- {name: a, on: answer, since: 2026-01-01}", 25, "routes.unknown_key", "one of: name, on, remind, when"),
        ("- {name: a, on: receipt, status: '13'}", 34, "routes.value", "'01'"),
        ("- {name: a, on: receipt, working_days: 0}", 40, "routes.value", ""),
        ("- {name: a, on: receipt, when: {type: status}}", 39, "routes.value", "edoc"),
        ("- {name: a, on: receipt, when: {sender: {partner: q}}}", 51, "routes.unknown_partner", "one of: any, p"),
        ("- {name: a, on: answer, remind: {after: 0s}}", 41, "routes.value", ""),
        ("- {name: a, on: answer, remind: {after: 30}}", 41, "routes.type", ""),
    ],
)
def test_what_is_wrong_has_a_place_and_what_to_write(line: str, column: int, code: str, write: str) -> None:
    """One problem a line, where it stands."""
    with pytest.raises(RoutesInvalid) as invalid:
        routes(f"{line}\n")
    (problem,) = [one for one in invalid.value.problems if one.severity == "error"]

    assert (problem.place.line, problem.place.column, problem.code) == (5, column, code)
    assert write in problem.write


def test_names_differ_and_alerts_watch_what_is_there() -> None:
    """All problems at once."""
    text = """\
- {name: a, on: answer}
- {name: a, on: receipt}
channels: {ops: {kind: webhook, url: "https://giam-sat.tinh.vn/truc"}}
alerts: [{name: tre, on: overdue, expectation: b, to: ops}]
"""
    with pytest.raises(RoutesInvalid) as invalid:
        routes(text)

    assert [one.code for one in invalid.value.problems] == ["routes.double_name", "routes.unknown_expectation"]


def test_reminders_need_a_code_to_be_written_under() -> None:
    """Without BUS_AGENCY_CODE nobody could send them."""
    with pytest.raises(RoutesInvalid) as invalid:
        routes("- {name: a, on: answer, remind: {after: 1d}}\n", "")

    assert [one.code for one in invalid.value.problems] == ["routes.no_agency_code"]
    assert routes("- {name: a, on: answer}\n", "").expectations


def test_codes_nobody_has_are_told_with_the_closest() -> None:
    """Of units whose reports are made, and of who is expected to answer: as a warning, for a list of agencies may know them."""
    found = routes(
        """\
- {name: a, on: report, since: 2026-01-01, aggregate: ["000.00.07.H62", "000.00.70.H62", "x"]}
- {name: b, on: receipt, when: {recipient: "000.00.17.H62"}}
""",
        agency="000.00.07.H62",
    )

    assert [(one.place.line, one.place.column, one.code, one.severity) for one in found.warnings] == [
        (5, 73, "routes.unknown_agency", "warning"),
        (5, 90, "routes.unknown_agency", "warning"),
        (6, 44, "routes.unknown_agency", "warning"),
    ]
    assert [one.write.partition(" (")[0] for one in found.warnings] == [
        "'000.00.07.H62'",
        'agencies: {"x": {name: …}}',
        "'000.00.07.H62'",
    ]
