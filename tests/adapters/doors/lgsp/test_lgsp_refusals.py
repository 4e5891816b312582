"""What the platform's face does not take, and how it says so."""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from adapters.http.faces import small_body
from adapters.http.outflow import PIECE
from adapters.lgsp import ADAPTER
from adapters.lgsp.door_settings import LgspDoor
from adapters.lgsp.operations import OPERATIONS
from bus.catalogue import CATALOGUE
from bus.desk import Agency, Caller
from bus.errors import Busy, NotFound, Rejected
from tests import messages
from tests.adapters.lgsp_driver import ADDRESS, BOUNDARY, LgspDriver, client_of, closed, form, part, said
from tests.asgi import Client
from tests.contracts.face import NOI_VU, TAI_CHINH, Partner
from tests.fake_desk import FakeDesk

BODY = messages.edoc()
#: 2 March 2026, 12:00:00 in Hanoi.
NOON = 1_772_427_600


FILE = part("edocFile", BODY, '; filename="a.edxml"')
EDOC = part("messageType", b"edoc")


@pytest.mark.parametrize("parts", [[FILE, EDOC], [EDOC, FILE], [part("x", b"?"), EDOC, FILE]])
def test_the_parts_may_come_in_any_order(noi_vu: LgspDriver, parts: list[bytes]) -> None:
    """Also beside fields nobody asked for."""
    reply = noi_vu.post_form(closed(parts))
    assert reply.json() == {"success": True, "message": "Gửi thành công", "docId": reply.json()["docId"]}


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ([EDOC], "edocFile: missing"),
        ([FILE], "messageType: '' is neither"),
        ([FILE, part("messageType", b"bao-cao")], "messageType: 'bao-cao' is neither"),
        ([FILE, EDOC, EDOC], "messageType: given more than once"),
        ([FILE, FILE, EDOC], "edocFile: given more than once"),
        ([FILE, part("messageType", b"e\0doc")], "messageType: holds a NUL"),
        ([FILE, part("messageType", "công văn".encode("utf-16"))], "messageType: "),
        ([FILE, part("messageType", b"\xc4\x90\xff")], "messageType: not UTF-8 at byte 3"),
        ([FILE, part("note", b"x" * 20_000), EDOC], "note: longer than"),
        ([FILE, b"\r\nedoc"], "part 2: expected one Content-Disposition"),
    ],
)
def test_a_form_that_does_not_fit_is_refused_by_its_place(
    noi_vu: LgspDriver, desk: FakeDesk, parts: list[bytes], place: str
) -> None:
    """The answer names the field; of a file that came before it nothing stays."""
    reply = noi_vu.post_form(closed(parts))

    assert (reply.status, said(reply).code) == (400, "request.invalid")
    assert place in reply.json()["data"]["errorDesc"]
    assert desk.inbounds == []
    assert len(desk.discarded) == (FILE in parts)


def test_a_form_that_ends_early_is_refused(noi_vu: LgspDriver, desk: FakeDesk) -> None:
    """However its file looks: it may not be whole. The guide's code lets the sender try again."""
    reply = noi_vu.post_form(form(BODY, messageType="edoc")[:-30])
    assert said(reply).code == "body.truncated"
    assert reply.json()["data"]["errorCode"] == "21"
    assert desk.inbounds == []


def test_a_body_of_another_kind_is_refused(noi_vu: LgspDriver) -> None:
    """The document alone is the native door's business."""
    reply = noi_vu.call("POST", "sendEdoc", BODY, {"Content-Type": "application/xml"})
    assert "Content-Type: expected multipart/form-data" in reply.json()["data"]["errorDesc"]


def test_what_is_announced_too_large_is_not_read(client: Client, noi_vu: LgspDriver, desk: FakeDesk) -> None:
    """The answer comes at once."""
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Content-Length": str(6 << 20)}
    reply = noi_vu.call("POST", "sendEdoc", b"", headers)
    assert (reply.status, said(reply).code) == (413, "body.too_large")


def test_a_file_too_large_is_refused(noi_vu: LgspDriver, desk: FakeDesk) -> None:
    """Also where nothing was announced."""
    desk.max_bytes = 1000
    assert said(noi_vu.post_form(form(messages.edoc(attachments=[("a", bytes(2000))]), messageType="edoc"))).code == (
        "body.too_large"
    )


@pytest.mark.parametrize(
    ("code", "guide"),
    [
        ("auth.unknown_partner", "15"),
        ("auth.throttled", "15"),
        ("recipient.unknown", "18"),
        ("route.none", "18"),
        ("agency.not_yours", "19"),
        ("bus.busy", "20"),
        ("bus.fault", "20"),
        ("body.truncated", "21"),
        ("edxml.missing", "22"),
        ("recipient.none", "22"),
        ("recipient.closed", "23"),
        ("xml.malformed", "10"),
        ("document.conflict", "10"),
        ("secrecy.marked", "10"),
    ],
)
def test_the_guides_code_says_what_the_bus_means(noi_vu: LgspDriver, desk: FakeDesk, code: str, guide: str) -> None:
    """A client that retries 20 and leaves 18 to people does the right thing."""
    desk.fault = Rejected(code)
    assert noi_vu.post_form(form(BODY, messageType="edoc")).json()["data"]["errorCode"] == guide


def test_a_refusal_is_recorded_with_what_was_refused(noi_vu: LgspDriver, desk: FakeDesk) -> None:
    """Digest and size of the file, and no more of it."""
    assert noi_vu.send(messages.edoc(recipients=("000.00.99.H62",))).code == "recipient.unknown"

    (record,) = desk.refusals
    assert (record.partner, record.digest) == (NOI_VU.name, desk.discarded[0].claim.sha256)
    assert record.size


@pytest.mark.parametrize("partner", [replace(NOI_VU, secret=b"?"), Partner("x", "x", "nobody", b"?", b"?")])
def test_a_failed_sign_in_is_counted_by_address(client: Client, desk: FakeDesk, partner: Partner) -> None:
    """The record names the address and no partner: the name was not proven."""
    assert LgspDriver(client, partner).send(BODY).code == "auth.unknown_partner"
    assert [(one.partner, one.address) for one in desk.refusals] == [("", ADDRESS)]


def test_a_slowed_address_slows_only_what_fails(client: Client, desk: FakeDesk, noi_vu: LgspDriver) -> None:
    """Many agencies share one address."""
    desk.slow_addresses.add(ADDRESS)
    assert LgspDriver(client, replace(NOI_VU, secret=b"?")).send(BODY).code == "auth.throttled"
    assert noi_vu.send(BODY).code == ""


def test_a_former_secret_still_opens(client: Client, desk: FakeDesk) -> None:
    """Secrets are changed without a gap."""
    desk.former_secrets[NOI_VU.name] = b"the old one"
    assert LgspDriver(client, replace(NOI_VU, secret=b"the old one")).send(BODY).code == ""


def test_a_credential_that_comes_twice_is_refused(client: Client) -> None:
    """Which of them would count is anybody's guess."""
    headers = [(b"x-systemid", b"00.05.H62"), (b"x-systemid", b"00.07.H62"), (b"x-secretkey", b"?")]
    assert said(client.call("GET", "/lgsp/v1/getAgenciesList", headers)).code == "request.invalid"


@pytest.mark.parametrize("name", sorted(set(OPERATIONS) - {"token"}))
def test_every_call_asks_who_calls(client: Client, name: str) -> None:
    """And says no in the envelope."""
    assert said(client.call(OPERATIONS[name].method, f"/lgsp/{name}")).code == "auth.unknown_partner"


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("POST", "/lgsp/"),
        ("POST", "/lgsp/v1/nothing"),
        ("GET", "/lgsp/v1/sendEdoc"),
        ("GET", "/lgsp/v1/updateStatus"),
        ("POST", "/lgsp/v1/getEdoc"),
        ("GET", "/lgsp/token/more"),
        ("POST", "/lgsp/sendEdoc"),
    ],
)
def test_an_unknown_call_is_refused_in_the_envelope(client: Client, method: str, target: str) -> None:
    """404, and still JSON with every member."""
    assert said(client.call(method, target)).code == "method.unknown"


def test_a_slash_too_many_is_no_other_call(client: Client, noi_vu: LgspDriver) -> None:
    """An address that is configured with a final slash works."""
    assert said(client.call("GET", "/lgsp//v1/getAgenciesList", noi_vu.credentials())).code == ""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RuntimeError("secret text"), "bus.fault"),
        (Busy("later"), "bus.busy"),
        (NotFound("gone"), "not_found"),
        (Rejected("bus.stopping"), "bus.stopping"),
    ],
)
def test_a_fault_is_answered_in_the_envelope(
    tai_chinh: LgspDriver, desk: FakeDesk, error: Exception, code: str
) -> None:
    """An exception nobody foresaw is still an answer, and tells nothing of itself."""
    desk.mailbox.fault = error
    reply = tai_chinh.call("GET", "getEdoc?docId=x")

    assert (reply.status, said(reply).code) == (CATALOGUE[code].http, code)
    assert b"secret text" not in reply.body


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"{", "the body is not JSON (line 1"),
        (b"[]", "not a JSON object"),
        (b"{}", "docId: missing"),
        (b'{"docId": 7, "status": "done"}', "docId: missing"),
        (b'{"docId": "x", "status": "doing"}', "status: 'doing'"),
        (b'{"docId": "x"}', "status: ''"),
        (b"\xff\xfe{\x00", "the body is not JSON"),
    ],
)
def test_a_status_that_does_not_fit_is_refused_by_its_place(tai_chinh: LgspDriver, body: bytes, place: str) -> None:
    """The answer names the member."""
    reply = tai_chinh.call("POST", "updateStatus", body)
    assert (reply.status, said(reply).code) == (400, "request.invalid")
    assert place in reply.json()["data"]["errorDesc"]


@pytest.mark.parametrize("doc_id", ["a%00b", "..%2Fx", "x" * 65, "%C4%91"])
def test_an_id_that_cannot_be_ours_is_unknown(tai_chinh: LgspDriver, doc_id: str) -> None:
    """It never reaches the journal."""
    assert said(tai_chinh.call("GET", f"getEdoc?docId={doc_id}")).code == "not_found"


def test_a_huge_body_where_none_belongs_is_refused(tai_chinh: LgspDriver) -> None:
    """Only sendEdoc has a body worth reading."""
    assert said(tai_chinh.call("POST", "updateStatus", b"x" * 70_000)).code == "body.too_large"


def test_a_small_body_that_never_ends_is_given_up() -> None:
    """Whoever begins a call and says no more holds nothing for ever."""

    async def still() -> dict[str, Any]:
        return await asyncio.get_running_loop().create_future()

    with pytest.raises(Rejected, match="did not end within"):
        asyncio.run(small_body(Request({"type": "http", "headers": []}, still), 10, patience=0.01))


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ("fromDate=2026/03/02&toDate=2026/03/02", 1),
        ("fromDate=2026/03/02", 1),
        ("toDate=2026/03/01", 0),
        ("fromDate=2026/03/03", 0),
    ],
)
def test_days_are_vietnams_and_whole(desk: FakeDesk, client: Client, days: str, found: int) -> None:
    """From the first moment of the first day to the last of the last; what was accepted is shown so, too."""
    desk.clock.move(timedelta(seconds=NOON - desk.clock.now() // 1_000_000))
    LgspDriver(client, NOI_VU).send(BODY)
    told = LgspDriver(client, TAI_CHINH).call("GET", f"syncReceivedEdocList?messageType=edoc&{days}").json()

    assert (told["count"], len(told["data"])) == (found, found)
    assert [row["createdTime"] for row in told["data"]] == ["2026/03/02 12:00:00"] * found


@pytest.mark.parametrize(
    "query", ["", "messageType=x", "messageType=edoc&fromDate=02/03/2026", "messageType=edoc&toDate=2026/02/30"]
)
def test_a_list_that_is_asked_for_wrongly_is_refused(tai_chinh: LgspDriver, query: str) -> None:
    """A list that is empty for a typo would hide documents."""
    assert said(tai_chinh.call("GET", f"syncReceivedEdocList?{query}")).code == "request.invalid"


class TextDesk(FakeDesk):
    """A desk whose door writes documents as text."""

    def caller(self, door: str, ident: str) -> Caller | None:
        caller = super().caller(door, ident)
        return caller and replace(caller, settings=LgspDoor(system_id="x", secret=["env:X"], edxml="text"))


def test_a_partner_may_have_documents_as_text(tmp_path: Path) -> None:
    """The same bytes, also where a piece ends inside a letter; and what is known of it beside."""
    body = messages.edoc(subject="Đ" * 300, attachments=[("ế.bin", random.Random(3).randbytes(2 * PIECE))])
    with client_of(TextDesk(folder=tmp_path)) as client:
        LgspDriver(client, NOI_VU).send(body)
        fetching = LgspDriver(client, TAI_CHINH)
        (item,) = fetching.listed()
        reply = fetching.call("GET", f"getEdoc?docId={item.doc_id}")

    told = reply.json()["data"]
    assert told["edxml"].encode() == body
    assert reply.pieces > 2
    assert (told["from"], told["edocAbstract"]) == (NOI_VU.agency, "Đ" * 300)
    assert told["edocCode"]


def test_agencies_are_listed(tai_chinh: LgspDriver, desk: FakeDesk) -> None:
    """Those that are open."""
    desk.directory = (Agency("A", "Sở A", "a", "P", "a@x"), Agency("B", closed=True))
    told = tai_chinh.call("GET", "getAgenciesList").json()

    row = {"id": "A", "code": "A", "name": "Sở A", "pid": "P", "mail": "a@x", "oldCode": "a"}
    assert told == {"success": True, "data": [row]}


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_refusals_before_routing_suit_the_call(code: str) -> None:
    """The listener's own refusals are what this door says, in ASCII; who asks for a token hears OAuth2's words."""
    assert ADAPTER.face is not None
    face = ADAPTER.face()
    status, headers, body = face.refusal(Rejected(code, "chi tiết"), "/lgsp/v1/sendEdoc")
    _, _, for_token = face.refusal(Rejected(code, "chi tiết"), "/lgsp/token")

    told = json.loads(body)
    assert (status, headers["X-Bus-Code"], told["success"]) == (CATALOGUE[code].http, code, False)
    assert told["data"]["errorDesc"].endswith("(chi tiết)")
    assert body.isascii()
    assert json.loads(for_token)["error"]
