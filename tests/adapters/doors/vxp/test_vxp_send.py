"""sendEdoc at the axis's face."""

from __future__ import annotations

import pytest

from bus.catalogue import CATALOGUE
from tests import messages
from tests.adapters.vxp_driver import CRLF, VxpDriver, file_hash, said
from tests.asgi import Client
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.fake_desk import FakeDesk


def test_send_answers_with_the_message_id(noi_vu: VxpDriver, desk: FakeDesk) -> None:
    """DocId is the event's id; the return address is this door and partner."""
    body = messages.edoc()
    reply = noi_vu.call("sendEdoc", body + CRLF, messagetype="edoc", hash_file=file_hash(body))

    (inbound,) = desk.inbounds
    (copy,) = desk.mailbox.copies.values()
    assert reply.json() == {"status": "OK", "ErrorCode": "0", "ErrorDesc": "", "DocId": copy.message_id}
    assert (inbound.came_by.door, inbound.came_by.partner) == ("vxp", "so-noi-vu")


@pytest.mark.parametrize("to", ['["000.00.07.H62"]', '"000.00.07.H62"', "000.00.07.H62"])
def test_to_as_list_string_or_bare_code(noi_vu: VxpDriver, tai_chinh: VxpDriver, to: str) -> None:
    """A caller that hands the SDK a string sends it with its quotes."""
    body = messages.edoc(recipients=("000.00.99.H62",))
    noi_vu.call("sendEdoc", body + CRLF, messagetype="edoc", hash_file=file_hash(body), to=to)

    assert len(tai_chinh.listed()) == 1


def test_from_may_be_another_spelling_of_an_own_agency(noi_vu: VxpDriver) -> None:
    """Aliases count: H62.05 is 000.00.05.H62."""
    body = messages.edoc(sender="H62.05")
    reply = noi_vu.call("sendEdoc", body + CRLF, messagetype="edoc", hash_file=file_hash(body), **{"from": "H62.05"})

    assert said(reply).code == ""


def test_from_of_another_is_refused_before_the_body_is_taken(noi_vu: VxpDriver, desk: FakeDesk) -> None:
    """The signed sender must be the caller's own as much as the body's."""
    body = messages.edoc()
    logical = {"messagetype": "edoc", "hash_file": file_hash(body), "from": TAI_CHINH.agency}

    assert said(noi_vu.call("sendEdoc", body + CRLF, **logical)).code == "agency.not_yours"
    assert desk.inbounds == desk.discarded == []


def test_two_equal_calls_are_one_call(noi_vu: VxpDriver, desk: FakeDesk) -> None:
    """The JDK repeats a POST silently: same signature and body, same call key, same DocId."""
    assert noi_vu.send(messages.edoc()) == noi_vu.send(messages.edoc())

    first, second = desk.inbounds
    assert first.call_key == second.call_key
    assert NOI_VU.name in (first.call_key or "")


def test_the_same_headers_with_another_file_are_another_call(noi_vu: VxpDriver, desk: FakeDesk) -> None:
    """The SDK's timestamp stands still; the file's hash tells calls apart."""
    noi_vu.send(messages.edoc(document_id="a"))
    noi_vu.send(messages.edoc(document_id="b"))

    assert len({inbound.call_key for inbound in desk.inbounds}) == 2


def test_a_padded_hash_is_accepted(noi_vu: VxpDriver, desk: FakeDesk) -> None:
    """Clients other than the SDK write a SHA-256 in the usual way."""
    body = messages.edoc()
    noi_vu.send(body)
    padded = desk.inbounds[0].claim.sha256

    assert said(noi_vu.call("sendEdoc", body + CRLF, messagetype="edoc", hash_file=padded)).code == ""


@pytest.mark.parametrize(
    ("logical", "code"),
    [
        ({"messagetype": "edoc"}, "request.invalid"),
        ({"messagetype": "edoc", "hash_file": "00"}, "body.hash_mismatch"),
        ({"messagetype": "status", "hash_file": file_hash(messages.edoc())}, "message.type"),
        ({"messagetype": "report", "hash_file": file_hash(messages.edoc())}, "request.invalid"),
        ({"hash_file": file_hash(messages.edoc())}, "request.invalid"),
        ({"messagetype": "edoc", "hash_file": file_hash(messages.edoc()), "to": "[1]"}, "request.invalid"),
    ],
)
def test_a_send_with_wrong_headers_is_refused(noi_vu: VxpDriver, logical: dict[str, str], code: str) -> None:
    """Each mistake has its code, and the answer has the DocId the SDK looks for."""
    reply = noi_vu.call("sendEdoc", messages.edoc() + CRLF, **logical)

    assert (reply.status, reply.json()["ErrorCode"]) == (CATALOGUE[code].http, code)
    assert reply.json()["DocId"] == ""


def test_a_refused_body_is_let_go_and_recorded(noi_vu: VxpDriver, desk: FakeDesk) -> None:
    """One record with partner, digest, size and code; the body is forgotten."""
    body = messages.edoc(recipients=("000.00.99.H62",))
    noi_vu.send(body)

    (received,) = desk.discarded
    (record,) = desk.refusals
    assert (record.code, record.partner) == ("recipient.unknown", "so-noi-vu")
    assert (record.digest, record.size) == (received.claim.sha256, len(body))


def test_a_body_whose_fate_is_unknown_is_kept(noi_vu: VxpDriver, desk: FakeDesk) -> None:
    """A fault while committing may have committed: nothing is thrown away."""
    desk.fault = OSError("disk")

    assert noi_vu.send(messages.edoc()).code == "bus.fault"
    assert desk.discarded == []


def test_a_cut_body_is_refused(client: Client, noi_vu: VxpDriver, desk: FakeDesk) -> None:
    """A caller that goes away in the middle leaves a record and nothing else."""
    headers = noi_vu.headers(messagetype="edoc", hash_file=file_hash(messages.edoc()))
    client.call("POST", "/vxp/sendEdoc", headers, messages.edoc()[:100], cut_short=True)

    assert [record.code for record in desk.refusals] == ["body.truncated"]
    assert desk.inbounds == []
