"""``/api/v1/messages``: sending and what became of it."""

from __future__ import annotations

import hashlib

import pytest

from bus.clock import iso
from bus.sent import Life, StatusSaid
from tests import messages
from tests.adapters.api_driver import ApiDriver, said
from tests.asgi import Client
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.fake_desk import FakeDesk


def test_the_receipt(noi_vu: ApiDriver, desk: FakeDesk) -> None:
    """202 with the id, the time, and each recipient's copy; Location is where to ask later."""
    reply = noi_vu.call("POST", "/messages", messages.edoc())

    (copy,) = desk.mailbox.copies.values()
    assert reply.status == 202
    assert reply.headers["location"] == f"/api/v1/messages/{copy.message_id}"
    assert reply.json() == {
        "id": copy.message_id,
        "accepted_at": "2026-09-21T14:13:20.000+00:00",
        "repeated": False,
        "copies": [{"doc_id": copy.doc_id, "recipient": TAI_CHINH.agency, "endpoint": "mailbox", "state": "offered"}],
        "warnings": [],
    }


def test_a_repeat_says_so(noi_vu: ApiDriver, desk: FakeDesk) -> None:
    """With or without a key the second answer is the first, marked repeated."""
    first, second = (noi_vu.call("POST", "/messages", messages.edoc(), Idempotency_Key="a").json() for _ in range(2))
    third = noi_vu.call("POST", "/messages", messages.edoc()).json()

    assert [answer["repeated"] for answer in (first, second, third)] == [False, True, True]
    assert first["id"] == second["id"] == third["id"]
    assert desk.inbounds[2].call_key is None


def test_one_key_for_two_bodies_is_refused(noi_vu: ApiDriver) -> None:
    """A key names one call."""
    noi_vu.call("POST", "/messages", messages.edoc(document_id="a"), Idempotency_Key="a")

    again = noi_vu.call("POST", "/messages", messages.edoc(document_id="b"), Idempotency_Key="a")
    assert said(again).code == "call.key_reused"


def test_one_key_of_two_partners_is_two_calls(noi_vu: ApiDriver, tai_chinh: ApiDriver) -> None:
    """Partners choose their keys without knowing of each other."""
    back = messages.edoc(sender=TAI_CHINH.agency, recipients=(NOI_VU.agency,))

    assert noi_vu.call("POST", "/messages", messages.edoc(), Idempotency_Key="1").status == 202
    assert tai_chinh.call("POST", "/messages", back, Idempotency_Key="1").status == 202


def test_an_expiry_is_carried(noi_vu: ApiDriver, desk: FakeDesk) -> None:
    """An ISO moment with its offset, in the journal's microseconds."""
    noi_vu.call("POST", "/messages", messages.edoc(), X_Bus_Expires="2026-09-22T07:00:00+07:00")

    assert desk.inbounds[0].expires_at == 1_790_035_200_000_000


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("X_Bus_Expires", "2026-01-01T00:00:00Z", "expired"),
        ("X_Bus_Expires", "2026-09-22T07:00:00", "request.invalid"),
        ("X_Bus_Expires", "tomorrow", "request.invalid"),
        ("X_Bus_Expires", "9000000000", "request.invalid"),
        ("X_Bus_Expires", "9999-12-31T23:59:59-14:00", "request.invalid"),
        ("X_Bus_Secrecy", "Mật", "secrecy.marked"),
        ("X_Bus_Recipients", "000.00.99.H62", "recipient.unknown"),
        ("Idempotency_Key", "x" * 256, "request.invalid"),
    ],
)
def test_a_send_with_wrong_headers_is_refused(noi_vu: ApiDriver, header: str, value: str, code: str) -> None:
    """Each mistake has its code, in the problem form."""
    assert said(noi_vu.call("POST", "/messages", messages.edoc(), **{header: value})).code == code


def test_a_refusal_names_what_and_where_but_no_value(noi_vu: ApiDriver) -> None:
    """The detail of an invalid request never repeats what was sent."""
    reply = noi_vu.call("POST", "/messages", messages.edoc(), X_Bus_Expires="private words")

    assert "x-bus-expires" in reply.json()["detail"]
    assert b"private words" not in reply.body


@pytest.mark.parametrize("text", ["normal", "NORMAL", " normal "])
def test_normal_secrecy_is_no_secret(noi_vu: ApiDriver, text: str) -> None:
    """The word counts, not its case."""
    assert noi_vu.call("POST", "/messages", messages.edoc(), X_Bus_Secrecy=text).status == 202


def test_recipients_in_other_spellings(noi_vu: ApiDriver, tai_chinh: ApiDriver, desk: FakeDesk) -> None:
    """Commas with or without spaces, each code once."""
    noi_vu.call("POST", "/messages", messages.edoc(), X_Bus_Recipients=" H62.07 ,,H62.07, ")

    assert desk.inbounds[0].recipients == ("H62.07",)
    assert len(tai_chinh.listed()) == 1


def test_a_refused_body_is_let_go_and_recorded(noi_vu: ApiDriver, desk: FakeDesk) -> None:
    """One record with partner, digest, size and code; the body is forgotten."""
    body = messages.edoc(recipients=("000.00.99.H62",))
    noi_vu.send(body)

    (record,) = desk.refusals
    assert len(desk.discarded) == 1
    assert (record.door, record.partner, record.size) == ("api", "so-noi-vu", len(body))
    assert record.digest == hashlib.sha256(body).hexdigest()


def test_a_body_whose_fate_is_unknown_is_kept(noi_vu: ApiDriver, desk: FakeDesk) -> None:
    """A fault while committing may have committed: nothing is thrown away."""
    desk.fault = OSError("disk")

    assert noi_vu.send(messages.edoc()).code == "bus.fault"
    assert desk.discarded == []


def test_a_cut_body_is_refused(client: Client, desk: FakeDesk) -> None:
    """A caller that goes away in the middle leaves a record and nothing else."""
    headers = {"X-Bus-Key": NOI_VU.key.decode()}
    client.call("POST", "/api/v1/messages", headers, messages.edoc()[:100], cut_short=True)

    assert [record.code for record in desk.refusals] == ["body.truncated"]
    assert desk.inbounds == []


def test_what_became_of_a_message(noi_vu: ApiDriver, tai_chinh: ApiDriver) -> None:
    """The sender sees each copy's state and the recipient's words."""
    sent = noi_vu.send(messages.edoc())
    (item,) = tai_chinh.listed()
    tai_chinh.ack(item.doc_id, "fail", "chữ ký số không hợp lệ")

    answer = noi_vu.call("GET", f"/messages/{sent.id}").json()
    assert (answer["id"], answer["type"], answer["sender"]) == (sent.id, "edoc", NOI_VU.agency)
    (copy,) = answer["copies"]
    assert (copy["doc_id"], copy["state"], copy["reason"]) == (item.doc_id, "dead", "chữ ký số không hợp lệ")


def test_how_a_document_fares_at_its_recipient(noi_vu: ApiDriver, desk: FakeDesk) -> None:
    """Where its handling and a request stand, by the standard's names, and every status with what it said."""
    sent = noi_vu.send(messages.edoc())
    (doc_id,) = desk.mailbox.copies
    said = StatusSaid("s1", "14", "15", TAI_CHINH.agency, "2026/03/02 09:12:44", desk.clock.now(), "đồng ý")
    odd = StatusSaid("s2", "08", "08", TAI_CHINH.agency, "", desk.clock.now(), "")
    desk.told[doc_id] = Life("05", "15", NOI_VU.agency, (said, odd))

    life = noi_vu.call("GET", f"/messages/{sent.id}").json()["copies"][0]["life"]

    assert life["handling"] == {"code": "05", "name": "Đang xử lý"}
    assert life["request"] == {"code": "15", "name": "Đồng ý cập nhật/lấy lại"}
    assert life["asked_by"] == NOI_VU.agency
    assert life["statuses"][0] == {
        "id": "s1",
        "code": "14",
        "read_as": "15",
        "name": "Đồng ý cập nhật/lấy lại",
        "by": TAI_CHINH.agency,
        "timestamp": "2026/03/02 09:12:44",
        "accepted_at": iso(desk.clock.now()),
        "description": "đồng ý",
    }
    assert life["statuses"][1]["name"] == ""


def test_nobody_said_anything_yet(noi_vu: ApiDriver) -> None:
    """A document without statuses has an empty life; a status itself has none."""
    document, status = noi_vu.send(messages.edoc()), noi_vu.send(messages.status(NOI_VU.agency, TAI_CHINH.agency))

    (copy,) = noi_vu.call("GET", f"/messages/{document.id}").json()["copies"]
    assert copy["life"] == {"handling": None, "request": None, "asked_by": "", "statuses": []}
    (copy,) = noi_vu.call("GET", f"/messages/{status.id}").json()["copies"]
    assert copy["life"] is None


def test_anothers_message_is_not_found(noi_vu: ApiDriver, tai_chinh: ApiDriver) -> None:
    """A recipient is no sender: the id is as good as none."""
    sent = noi_vu.send(messages.edoc())

    assert said(tai_chinh.call("GET", f"/messages/{sent.id}")).code == "not_found"
    assert said(noi_vu.call("GET", "/messages/no-such-id")).code == "not_found"
