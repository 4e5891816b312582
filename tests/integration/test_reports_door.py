"""The door for reports over a bus: packets and forms in, judged by their regime; what became of them out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from icalendar import Calendar

from adapters.api.reports import calendar
from bus.catalogue import CATALOGUE
from tests.adapters.reports_driver import ReportsDriver, client_of, door, finance, receiver, report
from tests.asgi import Client, Reply
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.fake_desk import FakeDesk
from tests.reports import FIGURES


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with door(tmp_path_factory.mktemp("bus")) as client:
        yield client


@pytest.fixture
def unit(client: Client) -> ReportsDriver:
    return finance(client)


def named(report_id: str, **changes: Any) -> dict[str, Any]:
    return report(reportId=report_id, **changes)


def word(report_id: str, **changes: Any) -> dict[str, Any]:
    said = {"type": "report.status.v1", "reportId": report_id, "version": 1, "state": "RETURNED", "by": NOI_VU.agency}
    return {**said, "at": "2025-03-20T09:00:00+07:00", "message": "Sai", "cells": ["I.1/online"], **changes}


def rules(reply: Reply) -> list[tuple[str, str]]:
    return [(one["rule"], one["verdict"]) for one in reply.json()["problems"]]


def refused(reply: Reply) -> str:
    """The code of a refusal, which is in the catalogue and has its status."""
    assert reply.headers["content-type"] == "application/problem+json"
    code: str = reply.json()["code"]
    assert reply.status == CATALOGUE[code].http
    return code


def test_a_report_is_accepted_and_known_from_then_on(client: Client, unit: ReportsDriver) -> None:
    """The receipt is of what is on disk; late is a warning; a repeat gets the same again; its receiver sees it too."""
    reply = unit.send(named("R-1"))
    assert (reply.status, reply.json()["right"], rules(reply)) == (202, True, [("report.late", "warn")])
    again = unit.send(named("R-1"))
    assert again.json()["receipt"] == {**reply.json()["receipt"], "repeated": True}

    copy = reply.json()["receipt"]["copies"][0]["doc_id"]
    fetched = receiver(client).native("GET", f"/mailbox/{copy}")
    assert (fetched.headers["content-type"], fetched.json()["reportId"]) == ("application/json", "R-1")
    waiting = receiver(client).native("GET", "/mailbox?type=report.data.v1").json()["items"]
    assert copy in [item["doc_id"] for item in waiting]

    told = unit.call("GET", "/reports/R-1").json()
    assert (told["state"], told["unit"], told["period"], len(told["versions"])) == (
        "QUEUED",
        TAI_CHINH.agency,
        "2025-Q1",
        1,
    )
    assert [copy["recipient"] for copy in told["versions"][0]["copies"]] == [NOI_VU.agency]
    assert receiver(client).call("GET", "/reports/R-1").json() == told


def test_an_id_may_be_anything_but_no_control_character(client: Client, unit: ReportsDriver) -> None:
    """A slash in it is asked for as it is; what no id can be is no question for the journal."""
    assert unit.send(named("BC/06/VPCP")).status == 202
    assert unit.call("GET", "/reports/BC/06/VPCP").json()["report_id"] == "BC/06/VPCP"
    assert refused(unit.call("GET", "/reports/BC%00")) == "request.invalid"


def test_another_content_under_a_version_is_a_conflict_and_a_correction_is_none(unit: ReportsDriver) -> None:
    """Semantics 1: unit, id and version."""
    unit.send(named("R-2"))
    assert refused(unit.send(named("R-2", deadline="2025-03-18"))) == "document.conflict"
    assert unit.send(named("R-2", deadline="2025-03-18", version=2, supersedes=1)).status == 202
    assert [one["version"] for one in unit.call("GET", "/reports/R-2").json()["versions"]] == [1, 2]


def test_all_that_is_wrong_is_told_at_once_in_the_senders_language(unit: ReportsDriver) -> None:
    """Refused whole; nothing of it is known afterwards, and corrected it comes under its id."""
    wrong = named("R-3", form={"code": "MC-01", "version": "1"})
    wrong["observations"] = [{**one, "value": "1,5"} for one in wrong["observations"][:2]] + wrong["observations"][2:]
    reply = unit.send(wrong, "?lang=en")
    assert refused(reply) == "report.refused"
    assert [rule for rule, _ in rules(reply)] == [
        "report.late",
        "report.form_version",
        "report.number",
        "report.number",
    ]
    assert reply.json()["problems"][2]["cell"] == "I/all"
    assert "is no number" in reply.json()["problems"][2]["text"]
    assert "không phải là số" in unit.send(wrong).json()["problems"][2]["text"]
    assert refused(unit.call("GET", "/reports/R-3")) == "not_found"
    assert unit.send(named("R-3")).status == 202


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"regime": "BC-LA"}, "report.regime_unknown"),
        ({"regime": "BC-DONG"}, "report.period_closed"),
        ({"form": {"code": "MC-9", "version": "1"}}, "report.form_unknown"),
        ({"period": {"code": "2025-M01", "basis": "nd09", "from": "2024-12-15", "to": "2025-01-14"}}, "report.period_unknown"),
        ({"period": {"code": "2025-Q1", "basis": "calendar", "from": "2025-01-01", "to": "2025-03-31"}}, "report.period_basis"),
    ],
)  # fmt: skip
def test_what_its_regime_does_not_take_is_refused(unit: ReportsDriver, changes: dict[str, Any], rule: str) -> None:
    """By the rule's name."""
    reply = unit.send(named("R-4", **changes))
    assert refused(reply) == "report.refused"
    assert rule in dict(rules(reply))


def test_who_does_not_owe_it_is_refused(client: Client) -> None:
    """A unit of the caller's that the regime does not name."""
    reply = receiver(client).send(named("R-5", reportingUnit=NOI_VU.agency))
    assert refused(reply) == "report.refused"
    assert ("report.not_owing", "refuse") in rules(reply)


def test_only_looked_at_nothing_is_taken(unit: ReportsDriver) -> None:
    """Right or wrong, the answer is a 200 with all there is to say, and the report is not known."""
    right, wrong = unit.send(named("R-6"), "?check=only"), unit.send(named("R-6", dataType="plan"), "?check=only")
    assert (right.status, right.json()["right"], right.json()["receipt"]) == (200, True, None)
    assert (wrong.status, wrong.json()["right"], rules(wrong)[-1]) == (200, False, ("report.data_type", "refuse"))
    assert refused(unit.call("GET", "/reports/R-6")) == "not_found"


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_form_is_fetched_filled_and_sent_back(unit: ReportsDriver, kind: str) -> None:
    """What is handed out is what is taken; the packet it makes is the report."""
    asked = f"/forms/MC-01?regime=BC-MC&period=2025-Q1&unit={TAI_CHINH.agency}&as={kind}"
    empty = unit.call("GET", asked)
    assert empty.status == 200
    filled, version = (_filled(empty.body), 1) if kind == "xlsx" else (_filled_csv(empty.body), 2)
    reply = unit.fill(filled, f"?version={version}", empty.headers["content-type"])
    assert reply.status == 202, reply.json()
    made = "BC-MC-MC-01-2025-Q1-000.00.07.H62"
    assert (reply.json()["report_id"], reply.json()["version"]) == (made, version)
    assert unit.call("GET", f"/reports/{made}").json()["form"] == "MC-01"


def test_a_form_with_a_formula_names_sheet_cell_and_rule(unit: ReportsDriver) -> None:
    """As people see it in their program."""
    empty = unit.call("GET", f"/forms/MC-01?regime=BC-MC&period=2025-Q1&unit={TAI_CHINH.agency}")
    reply = unit.fill(_filled(empty.body, {"E12": "=1+1"}), "?check=only")
    told = next(one for one in reply.json()["problems"] if one["rule"] == "report.sheet_formula")
    assert (told["sheet"], told["place"], told["cell"], told["verdict"]) == (
        "Biểu số liệu",
        "E12",
        "I.1/online",
        "refuse",
    )
    late = next(one for one in reply.json()["problems"] if one["rule"] == "report.late")
    assert (late["sheet"], late["place"], late["verdict"]) == ("Biểu số liệu", "B4", "warn")
    assert refused(unit.fill(_filled(empty.body, {"E12": "=1+1"}))) == "report.refused"
    assert refused(unit.fill(b"PK no sheet")) == "report.refused"
    assert refused(unit.fill(b"")) == "body.empty"


def test_a_word_of_the_receiver_reaches_the_unit(client: Client, unit: ReportsDriver) -> None:
    """Returned with its cells; nobody else has a say, and only of what was sent to them."""
    unit.send(named("R-7"))
    office = receiver(client)
    assert refused(office.send(word("R-unknown"))) == "not_your_document"
    assert refused(office.send(word("R-7", version=2))) == "not_your_document"
    assert refused(unit.send(word("R-7", by=TAI_CHINH.agency))) == "not_your_document"
    assert refused(unit.send(word("R-7"))) == "agency.not_yours"
    assert office.send(word("R-7")).status == 202
    told = unit.call("GET", "/reports/R-7").json()
    assert told["state"] == "RETURNED"
    assert [(one["by"], one["message"], one["cells"]) for one in told["versions"][0]["words"]] == [
        (NOI_VU.agency, "Sai", ["I.1/online"])
    ]


def test_what_is_no_packet_is_told_point_by_point(unit: ReportsDriver) -> None:
    """A figure that is no text with its cell."""
    wrong = named("R-8", version="one")
    wrong["observations"][0]["value"] = 130
    reply = unit.send(wrong)
    assert refused(reply) == "report.shape"
    assert {rule for rule, _ in rules(reply)} == {"report.shape", "report.number"}
    assert refused(unit.call("POST", "/reports", b"<a/>", Content_Type="application/xml")) == "request.media_type"
    assert refused(unit.call("POST", "/reports", b"", Content_Type="application/json")) == "body.empty"
    assert refused(unit.call("POST", "/reports", b"{", Content_Type="application/json")) == "report.shape"


def test_nobody_sends_in_anothers_name_or_sees_what_is_not_theirs(client: Client, unit: ReportsDriver) -> None:
    """Nor without a key; only looking changes nothing of that."""
    office = receiver(client)
    assert refused(office.send(named("R-9"))) == "agency.not_yours"
    assert refused(office.send(named("R-9"), "?check=only")) == "agency.not_yours"
    stranger = ReportsDriver(client, replace(NOI_VU, key=b"guessed"))
    assert refused(stranger.send(named("R-9"))) == "auth.unknown_partner"
    assert refused(stranger.call("GET", "/obligations")) == "auth.unknown_partner"
    assert unit.call("GET", "/obligations").json() == {"obligations": []}


def test_regimes_and_forms_that_concern_the_caller(unit: ReportsDriver) -> None:
    """By code and version; a form that is none is not found."""
    told = unit.call("GET", "/regimes").json()["regimes"]
    assert sorted(one["code"] for one in told) == ["BC-DONG", "BC-MC"]
    assert unit.call("GET", "/forms/MC-02?as=json").json()["kind"] == "list"
    assert refused(unit.call("GET", "/forms/06/VPCP")) == "not_found"
    assert refused(unit.call("GET", "/forms/MC-01?as=pdf")) == "request.invalid"


@pytest.mark.parametrize(
    ("asked", "detail"),
    [
        ("%20", "form  "),
        ("MC-01?version=%20", "form MC-01"),
        ("MC-01?regime=BC-LA", "regime BC-LA"),
        ("MC-01?regime=BC-MC&period=2025-M01", "BC-MC is not owed for 2025-M01, but for Q, A1"),
        ("MC-01?regime=BC-MC&period=Q1", "'Q1' is no period: write it like 2025-M01"),
        ("MC-9?regime=BC-MC", "form MC-9; BC-MC asks for MC-01, MC-02"),
    ],
)
def test_a_form_that_nobody_would_take_back_is_not_handed_out(unit: ReportsDriver, asked: str, detail: str) -> None:
    """And it is said what there is."""
    reply = unit.call("GET", f"/forms/{asked}")
    assert refused(reply) == "not_found"
    assert reply.json()["detail"].startswith(detail)


def test_a_calendar_is_read_with_a_key_or_by_its_link(client: Client, unit: ReportsDriver) -> None:
    """The same either way, in the language that was asked for; who has it already is told so."""
    with_key = unit.call("GET", "/calendar.ics?lang=en")
    assert (with_key.status, with_key.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    events = Calendar.from_ical(with_key.body).events
    assert {str(event["categories"].to_ical(), "ascii") for event in events} == {"BC-MC", "BC-DONG"}
    url = unit.call("GET", "/calendar/link?lang=en").json()["url"]
    by_link = client.call("GET", url, {}, b"")
    assert (by_link.status, by_link.body) == (200, with_key.body)
    assert client.call("GET", url, {"If-None-Match": by_link.headers["etag"]}, b"").status == 304
    assert refused(client.call("GET", url.replace(".ics", "A.ics"), {}, b"")) == "not_found"
    assert refused(client.call("GET", "/reports/v1/calendar.ics", {}, b"")) == "auth.unknown_partner"


def test_whose_calendar_is_the_callers(client: Client, unit: ReportsDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a unit of its own, or one of those whose regimes its office follows; of others' there is nothing. Nor is there an endless one."""
    own, other = TAI_CHINH.agency, NOI_VU.agency
    assert len(Calendar.from_ical(unit.call("GET", f"/calendar.ics?unit={own}").body).events) > 2
    assert refused(unit.call("GET", f"/calendar.ics?unit={other}")) == "agency.not_yours"
    assert refused(unit.call("GET", f"/calendar/link?unit={other}")) == "agency.not_yours"
    assert Calendar.from_ical(unit.call("GET", f"/calendar.ics?follow=true&unit={own}").body).events == []
    monkeypatch.setattr(calendar, "_MOST", 1)
    assert refused(unit.call("GET", "/calendar.ics")) == "request.invalid"


def test_the_page_describes_every_call() -> None:
    """The OpenAPI document, and the page made of it."""
    with client_of(FakeDesk()) as client:
        document = client.call("GET", "/reports/openapi.json").json()
        assert set(document["paths"]) == {
            "/v1/reports", "/v1/reports/{report_id}", "/v1/obligations", "/v1/regimes", "/v1/forms/{code}",
            "/v1/calendar.ics", "/v1/calendar/link", "/v1/calendar/{token}.ics",
            "/v1/reports/{report_id}/data", "/v1/structures/{code}",
        }  # fmt: skip
        assert "report.refused" in str(document["paths"]["/v1/reports"]["post"]["responses"]["422"])
        assert b"/reports/v1/reports" in client.call("GET", "/reports/docs").body


def _filled(empty: bytes, more: dict[str, str] | None = None) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(empty))
    sheet = book.active
    assert sheet is not None
    for row, values in enumerate(FIGURES.values(), 11):
        for column, value in zip("DEF", values, strict=True):
            if value is not None:
                sheet[f"{column}{row}"] = float(value)
    for place, value in (more or {}).items():
        sheet[place] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _filled_csv(empty: bytes) -> bytes:
    lines = empty.decode("utf-8-sig").splitlines()
    separator = ";" if ";" in lines[8] else ","
    for place, values in enumerate(FIGURES.values(), 10):
        cells = lines[place].split(separator)
        lines[place] = separator.join([*cells[:3], *(value or "x" for value in values)])
    return "\r\n".join(lines).encode()
