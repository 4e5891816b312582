"""``/soap/reports`` of a running bus: zeep with no help but the WSDL, parts, and what is refused."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
import zeep
from lxml import etree

from adapters.soap.door.face import SoapFace
from adapters.soap.door.reports.contract import NAMESPACE, SERVICE
from adapters.soap.door.wsdl import schema
from bus.daemon import Daemon
from bus.errors import Rejected
from schemas.report.sheet.writing import content, csv, xlsx
from tests.adapters.reports_driver import all_doors, report
from tests.adapters.soap_driver import (
    SOAP_11,
    SOAP_12,
    TYPES,
    Part,
    Told,
    basic,
    body_of,
    client_of,
    envelope,
    field,
    include,
    inline,
    package,
    package_type,
    root,
    told,
)
from tests.asgi import Reply
from tests.contracts.face import NOI_VU, TAI_CHINH, Partner
from tests.daemons import call
from tests.fake_desk import FakeDesk
from tests.reports import books, matrix, packet

PORTS = {SOAP_11: "ReportsSoap11", SOAP_12: "ReportsSoap12"}
VALID = etree.XMLSchema(etree.fromstring(schema(SERVICE)))
FORM = field("formCode", "MC-01")
FAULT = f".//{{{NAMESPACE}}}"


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    with all_doors(tmp_path_factory.mktemp("reports")) as daemon:
        yield daemon


def bound(daemon: Daemon, partner: Partner, version: str) -> Any:
    session, (host, port) = requests.Session(), daemon.home.settings.address
    session.auth = partner.system_id, partner.secret.decode()
    described = f"http://{host}:{port}/soap/reports?wsdl"
    return zeep.Client(described, transport=zeep.Transport(session=session)).bind("Reports", PORTS[version])


def body(report_id: str, **changes: Any) -> bytes:
    return json.dumps(report(reportId=report_id, **changes)).encode()


def wrong(report_id: str) -> bytes:
    """One figure with a comma, one total that does not add up."""
    said = report(reportId=report_id)
    said["observations"][1]["value"] = "110,5"
    said["observations"][3]["value"] = "119"
    return json.dumps(said).encode()


def asked(operation: str, inside: str, version: str = SOAP_11, namespace: str = NAMESPACE) -> bytes:
    return envelope(f'<{operation} xmlns="{namespace}">{inside}</{operation}>', version=version)


def post(daemon: Daemon, sent: bytes, kind: str = TYPES[SOAP_11], partner: Partner = TAI_CHINH) -> Reply:
    said = {"Content-Type": kind, **basic(partner.system_id, partner.secret)}
    reply = call(daemon, "POST", "/soap/reports", sent, said)
    return Reply(reply.status, reply.headers, reply.body, 1)


def submitting(sent: bytes, before: str = "", behind: str = "", version: str = SOAP_11) -> bytes:
    return asked("SubmitReport", f"{before}<report>{inline(sent)}</report>{behind}", version)


def answered(reply: Reply) -> dict[str, str]:
    """The values of an answer that says yes, which keeps to the schema."""
    assert reply.status == 200, reply.body
    inside = etree.fromstring(reply.body).find("{*}Body")[0]
    VALID.assertValid(inside)
    return {etree.QName(one).localname: one.text or "" for one in inside}


def rules(reply: Reply) -> list[tuple[str, ...]]:
    """Rule, verdict and cell of all that is told to be wrong."""
    names = ("rule", "verdict", "cell")
    return [
        tuple(one.findtext(f"{{{NAMESPACE}}}{name}") or "" for name in names)
        for one in body_of(reply.body).iterfind(f"{FAULT}problem")
    ]


def refused(daemon: Daemon, reply: Reply, report_id: str = "") -> Told:
    """A fault of this service, which keeps to its schema; the report is not known after it."""
    detail = etree.fromstring(reply.body).find(f"{FAULT}Refusal")
    VALID.assertValid(detail)
    assert detail.findtext(f"{{{NAMESPACE}}}code") == reply.headers["x-bus-code"]
    if report_id:
        assert not daemon.doors.reports.versions({TAI_CHINH.agency}, report_id)
    values = {etree.QName(one).localname: one.text or "" for one in detail}
    return Told("", values["code"], values.get("detail", ""))


@pytest.mark.parametrize("version", PORTS)
def test_zeep_reports_unaided(daemon: Daemon, version: str) -> None:
    """Looked at, submitted, returned by its receiver with the cells named, corrected."""
    unit, office, name = bound(daemon, TAI_CHINH, version), bound(daemon, NOI_VU, version), f"zeep {PORTS[version]}"
    looked = unit.SubmitReport(report=wrong(name), checkOnly=True)
    assert (looked.right, looked.messageId, looked.reportId) == (False, None, name)
    assert {one.rule: one.cell for one in looked.problem}["report.number"] == "I/online"
    with pytest.raises(zeep.exceptions.Fault) as caught:
        unit.GetReportStatus(reportId=name)
    assert caught.value.detail.findtext(f"{FAULT}code") == "not_found"

    sent = unit.SubmitReport(report=body(name))
    assert (sent.right, sent.reportId, sent.version, sent.problem) == (True, name, 1, [])
    assert unit.SubmitReport(report=body(name)).messageId == sent.messageId
    word = {"type": "report.status.v1", "reportId": name, "version": 1, "state": "RETURNED", "by": NOI_VU.agency}
    word |= {"at": "2025-03-16T09:00:00+07:00", "message": "Sai", "cells": ["I.1/online", "I/all"]}
    office.SubmitReport(report=json.dumps(word).encode())
    unit.SubmitReport(report=body(name, version=2, supersedes=1))

    status = office.GetReportStatus(reportId=name, unit=TAI_CHINH.agency)
    assert (status.regime, status.form, status.period, status.state) == ("BC-MC", "MC-01", "2025-Q1", "QUEUED")
    first, second = status.version
    assert (first.version, first.state, first.messageId, second.version) == (1, "RETURNED", sent.messageId, 2)
    assert [(one.by, one.message, one.cell) for one in first.word] == [(NOI_VU.agency, "Sai", ["I.1/online", "I/all"])]
    assert [(one.recipient, one.transport) for one in first.copy] == [(NOI_VU.agency, "offered")]


def test_what_is_owed_is_told_until_it_is_fulfilled(daemon: Daemon) -> None:
    """Of the caller's agencies and nobody else's, in both versions; closed by the report that came."""
    for version in PORTS:
        owed = bound(daemon, TAI_CHINH, version).GetObligations()
        found = [one for one in owed if (one.regime, one.form) == ("BC-MC", "MC-02")]
        assert [(one.unit, one.period, one.overdue, one.closed, one.version) for one in found] == [
            (TAI_CHINH.agency, "2025-Q1", False, False, 0)
        ]
        assert {one.unit for one in owed} == {TAI_CHINH.agency}
        assert not bound(daemon, NOI_VU, version).GetObligations()
    answered(post(daemon, submitting(body("R-owed"))))
    daemon.expecting.work()
    reply = post(daemon, asked("GetObligations", field("closed", "1")))
    answered(reply)
    assert "MC-01" in [one.text for one in body_of(reply.body).iter(f"{{{NAMESPACE}}}form")]


@pytest.mark.parametrize("version", PORTS)
def test_packets_and_forms_go_beside_the_envelope_or_in_it(daemon: Daemon, version: str) -> None:
    """What makes the same report is the same report; a filled form says which version it is to be."""
    made, table = packet(matrix()), books().forms["MC-01", "2"]
    filled = [write(table, content(made, table)) for write in (xlsx, csv)]
    inside = FORM + field("version", "3") + field("checkOnly", "true")
    for sent in filled:
        looked = answered(post(daemon, submitting(sent, inside, version=version), TYPES[version]))
        assert (looked["right"], looked["version"], looked["reportId"]) == ("true", "3", made.report_id)
    for sent, before in ((filled[0], FORM), (body(f"R-part {PORTS[version]}"), "")):
        held = asked("SubmitReport", f"<report>{include()}</report>{before}", version)
        reply = post(daemon, package(root(held, version), Part("doc@x", sent)), package_type(version))
        assert answered(reply)["messageId"]


@pytest.mark.parametrize("version", PORTS)
def test_all_that_is_wrong_stands_in_the_fault(daemon: Daemon, version: str) -> None:
    """Rule, cell and words in both languages, for programs as a list; nothing was taken."""
    reply = post(daemon, submitting(wrong("R-wrong"), version=version), TYPES[version])
    assert refused(daemon, reply, "R-wrong").code == told(reply).code == "report.refused"
    assert ("report.number", "refuse", "I/online") in rules(reply)
    assert ("report.total", "refuse", "I.1/all") in rules(reply)
    one = next(body_of(reply.body).iterfind(f"{FAULT}problem"))
    assert "is no number" in (one.findtext(f"{{{NAMESPACE}}}what") or "")
    assert "không phải là số" in (one.findtext(f"{{{NAMESPACE}}}whatVi") or "")


def test_a_form_names_sheet_and_place(daemon: Daemon) -> None:
    """As people see it in their program."""
    table = books().forms["MC-01", "2"]
    filled = csv(table, content(packet(matrix()), table)).replace(b"105", b"1,5")
    reply = post(daemon, submitting(filled, FORM))
    assert refused(daemon, reply).code == "report.refused"
    (one,) = (one for one in body_of(reply.body).iterfind(f"{FAULT}problem") if one[0].text == "report.number")
    assert (one.findtext(f"{{{NAMESPACE}}}place"), one.findtext(f"{{{NAMESPACE}}}cell")) == ("E12", "I.1/online")


@pytest.mark.parametrize(
    ("sent", "code", "words"),
    [
        (submitting(body("R-no"), behind=FORM), "request.invalid", "formCode"),
        (submitting(body("R-no"), field("version", "0")), "request.invalid", "version"),
        (submitting(body("R-no"), field("version", "1e3")), "request.invalid", "version"),
        (submitting(body("R-no"), field("checkOnly", "yes")), "request.invalid", "checkOnly"),
        (submitting(body("R-no"), behind=field("checkOnly", "yes")), "request.invalid", "checkOnly"),
        (submitting(body("R-no"), behind=field("more", "1")), "request.invalid", "more"),
        (asked("SubmitReport", FORM), "request.invalid", "report: missing"),
        (submitting(body("R-no", reportingUnit=NOI_VU.agency)), "agency.not_yours", NOI_VU.agency),
        (submitting(body("R-no", regime="BC-LA")), "report.refused", "BC-LA"),
        (submitting(b"[1"), "report.shape", ""),
        (submitting(b""), "body.empty", ""),
        (submitting(b"PK no sheet", FORM), "report.refused", ""),
        (asked("GetReportStatus", field("reportId", "R-none")), "not_found", "R-none"),
        (asked("GetObligations", field("closed", "2")), "request.invalid", "closed"),
        (asked("GetAgencies", ""), "method.unknown", "GetAgencies"),
        (asked("GetAgencies", "", namespace="urn:lienthong-bus:documents:1"), "method.unknown", "documents:1"),
        (b"<a/>", "soap.version", ""),
    ],
)  # fmt: skip
def test_what_is_refused_is_told_why_and_leaves_nothing(daemon: Daemon, sent: bytes, code: str, words: str) -> None:
    """In a fault of this service."""
    said = refused(daemon, post(daemon, sent), "R-no")
    assert (said.code, words in said.detail) == (code, True), said.detail


@pytest.mark.parametrize("behind", [FORM, field("checkOnly", "yes"), field("more", "1")])
def test_of_a_call_that_fails_behind_its_report_the_report_is_let_go(behind: str) -> None:
    """What was received by then takes up no room."""
    desk = FakeDesk()
    with client_of(desk) as client:
        said = {"Content-Type": TYPES[SOAP_11], **basic(TAI_CHINH.system_id, TAI_CHINH.secret)}
        client.call("POST", "/soap/reports", said, submitting(body("R-no"), behind=behind))
    assert [one.content.type for one in desk.discarded] == ["report.data.v1"]


def test_a_form_is_the_one_its_code_names(daemon: Daemon) -> None:
    """Another one is refused, however right it is."""
    table = books().forms["MC-01", "2"]
    sent = submitting(csv(table, content(packet(matrix()), table)), field("formCode", "MC-02"))
    reply = post(daemon, sent)
    assert (refused(daemon, reply).code, [rule for rule, *_ in rules(reply)]) == (
        "report.refused",
        ["report.sheet_mark"],
    )


def test_a_message_id_names_the_call(daemon: Daemon) -> None:
    """The same again gets the same answer; another report under it is refused."""
    header = '<a:MessageID xmlns:a="http://www.w3.org/2005/08/addressing">urn:uuid:R</a:MessageID>'

    def named(report_id: str) -> Reply:
        inside = f"<report>{base64.b64encode(body(report_id)).decode()}</report>"
        return post(daemon, envelope(f'<SubmitReport xmlns="{NAMESPACE}">{inside}</SubmitReport>', header))

    assert answered(named("R-named")) == answered(named("R-named"))
    assert refused(daemon, named("R-other"), "R-other").code == "call.key_reused"


def test_a_refusal_before_the_door_is_one_of_the_service() -> None:
    """As the bus says it when too much is in hand: by the contract of the address that was called."""
    _, _, refusal = SoapFace().refusal(Rejected("bus.busy"), "/soap/reports")
    VALID.assertValid(etree.fromstring(refusal).find(f"{FAULT}Refusal"))


def test_who_is_not_known_reports_nothing(daemon: Daemon) -> None:
    """The entry for documents is the entry for reports, and its secret must be right."""
    reply = post(daemon, submitting(body("R-guess")), partner=replace(TAI_CHINH, secret=b"guessed"))
    assert (reply.status, refused(daemon, reply, "R-guess").code) == (401, "auth.unknown_partner")
