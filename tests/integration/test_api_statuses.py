"""Statuses as plain JSON, in and out, and the trace of what was sent: over a bus."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests import messages
from tests.adapters.api_driver import ApiDriver, client_of, said
from tests.asgi import Client
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.daemons import running

DOCUMENT = "000.00.05.H62,2025/11/03,15/QĐ-UBND"
FIELDS: dict[str, Any] = {
    "from": TAI_CHINH.agency,
    "from_name": "Sở Tài chính",
    "about": {
        "sender": NOI_VU.agency,
        "document_id": DOCUMENT,
        "number": "15/QĐ-UBND",
        "promulgation_date": "2025-11-03",
    },
    "status_code": "03",
    "timestamp": "2026-03-02T02:12:44Z",
    "description": "Đã chuyển <phòng> & ban",
    "staff": {"department": "Văn phòng", "staff": "Trần Thị Bình", "mobile": "", "email": "binh@example.vn"},
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with running(tmp_path_factory.mktemp("bus")) as daemon, client_of(daemon.doors) as client:
        yield client


@pytest.fixture
def sender(client: Client) -> ApiDriver:
    """It has sent the document that statuses are about."""
    driver = ApiDriver(client, NOI_VU)
    driver.send(messages.edoc(document_id=DOCUMENT))
    return driver


@pytest.fixture
def recipient(client: Client, sender: ApiDriver) -> ApiDriver:
    return ApiDriver(client, TAI_CHINH)


def report(partner: ApiDriver, fields: dict[str, Any], **headers: str) -> Any:
    body = json.dumps(fields).encode()
    return partner.call("POST", "/statuses", body, Content_Type="application/json", **headers)


def test_fields_in_are_fields_out(sender: ApiDriver, recipient: ApiDriver) -> None:
    """What the recipient reports as JSON its sender reads as JSON, field by field, and as the edXML of everybody else."""
    receipt = report(recipient, FIELDS)
    assert receipt.status == 202
    items = sender.call("GET", "/mailbox?type=status").json()["items"]
    (doc_id,) = [item["doc_id"] for item in items if item["message_id"] == receipt.json()["id"]]
    told = sender.call("GET", f"/mailbox/{doc_id}/status").json()
    read = messages.read(sender.fetch(doc_id).body)

    assert told == {**FIELDS, "doc_id": doc_id, "timestamp": "2026-03-02T09:12:44+07:00"}
    assert (read.type, read.kind, read.sender, read.document_id) == ("status", "03", TAI_CHINH.agency, DOCUMENT)
    assert receipt.headers["location"] == f"/api/v1/messages/{receipt.json()['id']}"


def test_the_same_fields_are_the_same_status(recipient: ApiDriver) -> None:
    """Sent again, with a key or without: one status; another timestamp is another one."""
    fields = {**FIELDS, "status_code": "04"}
    first, second = (report(recipient, fields, Idempotency_Key="x").json() for _ in range(2))
    third = report(recipient, fields).json()
    later = report(recipient, {**fields, "timestamp": "2026-03-02T02:12:45Z"}).json()

    assert first["id"] == second["id"] == third["id"] != later["id"]
    assert [one["repeated"] for one in (first, second, third, later)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status_code": "99"}, "edxml.value"),
        ({"status_code": "02", "description": ""}, "edxml.missing"),
        ({"status_code": "3"}, "request.invalid"),
        ({"timestamp": "2026-03-02T02:12:44"}, "request.invalid"),
        ({"timestamp": "0001-01-01T00:00:00+14:00"}, "request.invalid"),
        ({"timestamp": 1790000000}, "request.invalid"),
        ({"about": {**FIELDS["about"], "promulgation_date": 86400}}, "request.invalid"),
        ({"description": "a\u0007b"}, "request.invalid"),
        ({"more": 1}, "request.invalid"),
        ({"from": NOI_VU.agency}, "agency.not_yours"),
        ({"about": {"sender": "000.00.99.H62", "document_id": "x"}}, "recipient.unknown"),
    ],
)
def test_a_status_that_is_none(recipient: ApiDriver, change: dict[str, Any], code: str) -> None:
    """Refused as the same bytes would be, or naming the field."""
    assert said(report(recipient, {**FIELDS, **change})).code == code


def test_only_statuses_are_told_as_fields(sender: ApiDriver, recipient: ApiDriver) -> None:
    """A document is not, nor what is another's."""
    (document,) = recipient.listed()

    assert said(recipient.call("GET", f"/mailbox/{document.doc_id}/status")).code == "not_found"
    assert said(sender.call("GET", f"/mailbox/{document.doc_id}/status")).code == "not_found"


def test_all_that_happened(sender: ApiDriver, recipient: ApiDriver) -> None:
    """In order, by copy; for its sender and nobody else, and without a word on who did it."""
    sent = sender.send(messages.edoc(document_id="traced"))
    items = recipient.call("GET", "/mailbox").json()["items"]
    (doc_id,) = [item["doc_id"] for item in items if item["document_id"] == "traced"]
    recipient.fetch(doc_id)
    recipient.ack(doc_id, "done")
    steps = sender.call("GET", f"/messages/{sent.id}/trace").json()["steps"]

    assert [step["what"] for step in steps] == ["message.accepted", "copy.fetched", "copy.delivered"]
    assert [step["doc_id"] for step in steps] == ["", doc_id, doc_id]
    assert all(step.keys() == {"at", "doc_id", "what", "state", "failure"} for step in steps)
    assert said(recipient.call("GET", f"/messages/{sent.id}/trace")).code == "not_found"
