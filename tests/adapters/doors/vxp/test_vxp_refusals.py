"""Who may come in at the axis's face, and how it says no."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.vxp import ADAPTER
from adapters.vxp.operations import OPERATIONS
from adapters.vxp.settings import VxpDoor
from bus.catalogue import CATALOGUE
from bus.clock import MICROS
from bus.desk import Caller
from bus.errors import Busy, NotFound, Rejected
from tests import messages
from tests.adapters.vxp_driver import ADDRESS, VxpDriver, client_of, said
from tests.asgi import Client
from tests.contracts.face import NOI_VU, Partner
from tests.fake_desk import FakeDesk

#: 2 March 2026, 12:00:00 in Hanoi.
NOON = 1_772_427_600


def test_a_former_secret_still_opens(client: Client, desk: FakeDesk) -> None:
    """Secrets are changed without a gap."""
    desk.former_secrets[NOI_VU.name] = b"the old one"
    driver = VxpDriver(client, replace(NOI_VU, secret=b"the old one"))

    assert driver.send(messages.edoc()).code == ""


@pytest.mark.parametrize("partner", [replace(NOI_VU, secret=b"?"), Partner("x", "x", "nobody", b"?", b"?")])
def test_a_failed_sign_in_is_counted_by_address(client: Client, desk: FakeDesk, partner: Partner) -> None:
    """The record names the address and no partner: the name was not proven."""
    assert said(VxpDriver(client, partner).call("countReceiveEdoc")).code == "auth.signature"

    (record,) = desk.refusals
    assert (record.partner, record.address) == ("", ADDRESS)


def test_a_slowed_address_slows_only_what_fails(client: Client, desk: FakeDesk, noi_vu: VxpDriver) -> None:
    """Many agencies share one address: a right signature is never slowed."""
    desk.slow_addresses.add(ADDRESS)
    wrong = VxpDriver(client, replace(NOI_VU, secret=b"?")).call("countReceiveEdoc")

    assert (wrong.status, said(wrong).code, wrong.headers["retry-after"]) == (429, "auth.throttled", "60")
    assert said(noi_vu.call("countReceiveEdoc")).code == ""


def test_any_age_of_signature_by_default(noi_vu: VxpDriver, desk: FakeDesk) -> None:
    """The SDK keeps one timestamp for the life of an object."""
    desk.clock.move(timedelta(days=400))

    assert said(noi_vu.call("countReceiveEdoc")).code == ""


STRICT = VxpDoor(system_id="x", secret=["env:X"], skew=timedelta(minutes=15))


class StrictDesk(FakeDesk):
    """A desk whose door bounds the age of a signature."""

    def caller(self, door: str, ident: str) -> Caller | None:
        caller = super().caller(door, ident)
        return None if caller is None else replace(caller, settings=STRICT)


@pytest.mark.parametrize(
    ("stamp", "code"),
    [
        ("02032026T120000+0000", ""),
        ("02032026T121500+0000", ""),
        ("02032026T121500+0001", "auth.skew"),
        ("02032026T114459+0999", "auth.skew"),
        ("yesterday", "auth.skew"),
        ("", "auth.skew"),
    ],
)
def test_a_door_may_bound_the_age_of_a_signature(stamp: str, code: str) -> None:
    """With ``skew: 15m`` a signed timestamp may be fifteen minutes off either way and no more."""
    desk = StrictDesk()
    desk.clock.move(NOON - desk.clock.now() // MICROS)
    with client_of(desk) as client:
        assert said(VxpDriver(client, NOI_VU).call("countReceiveEdoc", timestamp=stamp)).code == code


def test_the_thirteen_calls_are_there() -> None:
    """The names of the SDK, no more and no fewer."""
    assert set(OPERATIONS) == {
        "sendEdoc",
        "getReceivedEdocList",
        "getEdoc",
        "downloadEdoc",
        "updateStatus",
        "getSentEdocList",
        "getAgenciesList",
        "getAgenciesListQD20",
        "countReceiveEdoc",
        "countReceiveStatus",
        "getSynchronizeUnit",
        "registerAgency",
        "deleteAgency",
    }


@pytest.mark.parametrize("name", sorted(set(OPERATIONS) - {"downloadEdoc"}))
def test_every_call_says_no_in_the_envelope(client: Client, name: str) -> None:
    """An unsigned call of any name gets the whole envelope, never an object of nulls."""
    assert said(client.call("POST", f"/vxp/{name}")).code == "auth.signature"


@pytest.mark.parametrize("target", ["/vxp/", "/vxp/nothing", "/vxp/sendEdoc/more", "/vxp/getEdoc/../sendEdoc"])
def test_an_unknown_call_is_refused_in_the_envelope(client: Client, target: str) -> None:
    """404, and still JSON with every member."""
    assert said(client.call("POST", target)).code == "method.unknown"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_unknown_calls(noi_vu: VxpDriver, method: str) -> None:
    """The axis knows GET and POST."""
    assert said(noi_vu.call("getEdoc", method=method)).code == "method.unknown"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RuntimeError("secret text"), "bus.fault"),
        (Busy("later"), "bus.busy"),
        (NotFound("gone"), "not_found"),
        (Rejected("bus.stopping"), "bus.stopping"),
    ],
)
def test_a_fault_is_answered_in_the_envelope(tai_chinh: VxpDriver, desk: FakeDesk, error: Exception, code: str) -> None:
    """An exception nobody foresaw is still an answer, and tells nothing of itself."""
    desk.mailbox.fault = error
    reply = tai_chinh.call("getEdoc", b"{}", docId="x")

    assert (reply.status, reply.json()["ErrorCode"]) == (CATALOGUE[code].http, code)
    assert b"secret text" not in reply.body
    assert ("retry-after" in reply.headers) == (reply.status == 503)


def test_a_huge_body_where_none_belongs_is_refused(noi_vu: VxpDriver) -> None:
    """Only sendEdoc has a body worth reading."""
    assert said(noi_vu.call("getEdoc", b"x" * 70_000, docId="x")).code == "body.too_large"


def test_refusals_before_routing_are_silent_where_the_sdk_saves_any_body() -> None:
    """downloadEdoc: even a refusal of the listener's own has an empty body."""
    assert ADAPTER.face is not None
    status, _, body = ADAPTER.face().refusal(Rejected("request.header_too_large"), "/vxp//downloadEdoc")
    assert (status, body) == (431, b"")


@pytest.mark.parametrize("code", sorted(CATALOGUE))
@pytest.mark.parametrize(("call", "member"), [("sendEdoc", "DocId"), ("getEdoc", "data")])
def test_refusals_before_routing_suit_the_call(code: str, call: str, member: str) -> None:
    """The listener's own refusals have what this call looks for, in ASCII."""
    assert ADAPTER.face is not None
    status, headers, body = ADAPTER.face().refusal(Rejected(code, "chi tiết"), f"/vxp/{call}")

    envelope = json.loads(body)
    assert (status, envelope["ErrorCode"], envelope["status"]) == (CATALOGUE[code].http, code, "FAIL")
    assert envelope[member] == ""
    assert envelope["ErrorDesc"].endswith("(chi tiết)")
    assert body.isascii()
    assert headers["content-type"] == "application/json"
