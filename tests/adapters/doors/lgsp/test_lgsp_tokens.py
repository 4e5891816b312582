"""A token for a while instead of the key, and what ends it."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.lgsp import tokens
from adapters.lgsp.door_settings import LgspDoor
from bus.clock import MICROS
from bus.desk import Caller
from tests.adapters.lgsp_driver import ADDRESS, LgspDriver, client_of, said
from tests.asgi import Client, Reply
from tests.contracts.face import NOI_VU, TAI_CHINH, Partner
from tests.fake_desk import FakeDesk
from tests.messages import edoc

FORM = "application/x-www-form-urlencoded"
GRANT = {"grant_type": "client_credentials"}


def ask(client: Client, fields: dict[str, str], basic: tuple[str, bytes] | None = None, **headers: str) -> Reply:
    """A call of ``/lgsp/token``; ``basic`` goes into the header."""
    given = {"Content-Type": FORM, **headers}
    if basic:
        given["Authorization"] = "Basic " + base64.b64encode(basic[0].encode() + b":" + basic[1]).decode()
    return client.call("POST", "/lgsp/token", given, urlencode(fields).encode())


def token_of(client: Client, partner: Partner = NOI_VU) -> str:
    told: str = ask(client, GRANT, (partner.system_id, partner.secret)).json()["access_token"]
    return told


class Bearer(LgspDriver):
    """Shows a token with every call."""

    def __init__(self, client: Client, token: str) -> None:
        super().__init__(client, NOI_VU)
        self._token = token

    def credentials(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    def looks(self) -> Reply:
        return self.call("GET", "syncReceivedEdocList?messageType=edoc")


@pytest.mark.parametrize("way", ["basic", "encoded", "form"])
def test_a_token_is_given_for_id_and_key(client: Client, way: str) -> None:
    """In the header (encoded first or not) or in the form, and answered in the shape every client of such platforms reads."""
    shown = {"client_id": NOI_VU.system_id, "client_secret": NOI_VU.secret.decode()}
    secret = quote_plus(NOI_VU.secret).encode() if way == "encoded" else NOI_VU.secret
    reply = ask(client, GRANT | shown) if way == "form" else ask(client, GRANT, (NOI_VU.system_id, secret))

    told = reply.json()
    assert {**told, "access_token": ""} == {
        "access_token": "",
        "scope": "default",
        "token_type": "Bearer",
        "expires_in": 1800,
    }
    assert reply.headers["cache-control"] == "no-store"
    assert said(Bearer(client, told["access_token"]).looks()).code == ""


def test_with_a_token_all_calls_are_made(client: Client) -> None:
    """A document goes in and comes out without the key."""
    assert Bearer(client, token_of(client)).send(edoc()).code == ""
    fetching = Bearer(client, token_of(client, TAI_CHINH))
    (item,) = fetching.listed()
    assert fetching.fetch(item.doc_id).body == edoc()
    assert fetching.ack(item.doc_id, "done").code == ""


def test_a_token_opens_nothing_of_another_partners(client: Client) -> None:
    """What is another's is as if it did not exist."""
    Bearer(client, token_of(client)).send(edoc())
    (item,) = Bearer(client, token_of(client, TAI_CHINH)).listed()
    other = Bearer(client, token_of(client))

    assert other.listed() == []
    assert other.fetch(item.doc_id).code == other.fetch("no-such-id").code == "not_found"


def test_a_token_ends_after_its_time(client: Client, desk: FakeDesk) -> None:
    """A client is told so, by a status upon which it asks for another; the partner is known and not slowed."""
    driver = Bearer(client, token_of(client))
    desk.clock.move(timedelta(minutes=30) - timedelta(microseconds=1))
    assert said(driver.looks()).code == ""

    desk.clock.move(timedelta(microseconds=1))
    reply = driver.looks()
    assert (reply.status, said(reply).code) == (401, "auth.expired")
    assert reply.json()["data"]["errorCode"] == "15"
    assert reply.headers["www-authenticate"].startswith("Bearer")
    assert [(one.code, one.partner) for one in desk.refusals] == [("auth.expired", NOI_VU.name)]


class ShortDesk(FakeDesk):
    """A desk whose door gives tokens for a minute."""

    def caller(self, door: str, ident: str) -> Caller | None:
        caller = super().caller(door, ident)
        settings = LgspDoor(system_id="x", secret=["env:X"], token_life=timedelta(minutes=1))
        return caller and replace(caller, settings=settings)


def test_how_long_a_token_is_good_is_set_in_the_routes() -> None:
    """And holds for those that were given before."""
    desk = ShortDesk()
    with client_of(desk) as client:
        assert ask(client, GRANT, (NOI_VU.system_id, NOI_VU.secret)).json()["expires_in"] == 60
        driver = Bearer(client, token_of(client))
        desk.clock.move(timedelta(minutes=1))
        assert said(driver.looks()).code == "auth.expired"


def test_a_token_ends_with_its_secret(client: Client, desk: FakeDesk) -> None:
    """While the old secret still opens the door its tokens do too, and no longer."""
    driver = Bearer(client, token_of(client))
    desk.partners = (replace(NOI_VU, secret=b"the new one"), TAI_CHINH)
    desk.former_secrets[NOI_VU.name] = NOI_VU.secret
    assert said(driver.looks()).code == ""

    desk.former_secrets.clear()
    assert said(driver.looks()).code == "auth.unknown_partner"


def test_a_token_ends_with_its_partner(client: Client, desk: FakeDesk) -> None:
    """Who is no longer in the routes comes in no more."""
    driver = Bearer(client, token_of(client))
    desk.partners = (TAI_CHINH,)

    assert said(driver.looks()).code == "auth.unknown_partner"


def test_a_token_is_good_at_a_bus_that_was_started_anew(client: Client, desk: FakeDesk) -> None:
    """Nothing of it is kept in memory."""
    token = token_of(client)
    with client_of(FakeDesk(clock=desk.clock)) as other:
        assert said(Bearer(other, token).looks()).code == ""


def test_a_secret_may_be_kept_as_its_hash(client: Client, desk: FakeDesk) -> None:
    """The partner shows the secret; the bus need not have it. The hash itself opens nothing."""
    kept = b"sha256:" + hashlib.sha256(NOI_VU.secret).hexdigest().encode()
    desk.partners = (replace(NOI_VU, secret=kept), TAI_CHINH)

    assert LgspDriver(client, NOI_VU).send(edoc()).code == ""
    assert said(Bearer(client, token_of(client)).looks()).code == ""
    assert LgspDriver(client, replace(NOI_VU, secret=kept)).send(edoc()).code == "auth.unknown_partner"


NOBODY = ("00.99.H62", b"?")
WRONG = (NOI_VU.system_id, b"?")


def test_who_is_not_let_in_is_not_told_why(client: Client, desk: FakeDesk) -> None:
    """Unknown id, wrong key, no key and garbage are one answer, counted by the address."""
    nobody, wrong = ask(client, GRANT, NOBODY), ask(client, GRANT, WRONG)
    nothing, garbage = ask(client, GRANT), ask(client, GRANT, Authorization="Basic %%%")

    assert (wrong.status, wrong.json()["error"]) == (401, "invalid_client")
    assert wrong.headers["www-authenticate"].startswith("Basic")
    assert nobody.body == wrong.body == nothing.body == garbage.body
    assert {(one.code, one.partner, one.address) for one in desk.refusals} == {("auth.unknown_partner", "", ADDRESS)}


def test_a_slowed_address_slows_only_what_fails(client: Client, desk: FakeDesk) -> None:
    """Many agencies share one address."""
    desk.slow_addresses.add(ADDRESS)
    wrong = ask(client, GRANT, WRONG)

    assert (wrong.status, wrong.headers["retry-after"]) == (429, "60")
    assert ask(client, GRANT, (NOI_VU.system_id, NOI_VU.secret)).status == 200


@pytest.mark.parametrize(
    ("fields", "kind", "error"),
    [
        ({}, FORM, "invalid_request"),
        ({"grant_type": "password"}, FORM, "unsupported_grant_type"),
        (GRANT, "application/json", "invalid_request"),
        ({**GRANT, **{str(number): "" for number in range(30)}}, FORM, "invalid_request"),
        ({**GRANT, "x": "y" * 9000}, FORM, "invalid_request"),
    ],
)
def test_what_asks_for_something_else_is_told_so(client: Client, fields: dict[str, str], kind: str, error: str) -> None:
    """In the words of OAuth2, as a client of it reads them."""
    reply = ask(client, fields, (NOI_VU.system_id, NOI_VU.secret), **{"Content-Type": kind})

    assert 400 <= reply.status < 500
    assert reply.json()["error"] == error
    assert reply.json()["error_description"]


def test_a_field_of_the_request_that_comes_twice_is_refused(client: Client) -> None:
    """Which of them would count is anybody's guess."""
    headers = {"Content-Type": FORM}
    reply = client.call("POST", "/lgsp/token", headers, b"grant_type=client_credentials&grant_type=x")
    assert (reply.status, reply.json()["error"]) == (400, "invalid_request")


LETTERS = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(st.text(max_size=60) | st.builds("{}.{:x}.{}".format, st.text(max_size=20), st.integers(0), LETTERS))
def test_a_made_up_token_is_nobodys(text: str) -> None:
    """Whatever it looks like, no secret has signed it."""
    token = tokens.read(text)
    assert token is None or not token.signed_by(NOI_VU.secret)


@given(st.integers(0, 200), st.sampled_from("0f.A-é"))
def test_a_changed_token_is_nobodys(at: int, letter: str) -> None:
    """Nobody can make it another's, or make it last."""
    token = tokens.issue(NOI_VU.system_id, 1_772_427_600 * MICROS, NOI_VU.secret)
    at %= len(token)
    changed: Any = tokens.read(token[:at] + letter + token[at + 1 :])
    if token[at] != letter:
        assert changed is None or not changed.signed_by(NOI_VU.secret)


@pytest.mark.parametrize("header", ["Bearer", "Bearer  ", "Bearer x.y.z", "Basic eA==", "Bearer " + "a" * 9000, ""])
def test_garbage_for_a_token_is_nobodys(client: Client, desk: FakeDesk, header: str) -> None:
    """It is refused like a wrong one."""
    reply = client.call("GET", "/lgsp/v1/syncReceivedEdocList?messageType=edoc", {"Authorization": header})
    assert said(reply).code == "auth.unknown_partner"


def test_a_token_from_the_future_is_no_token(client: Client, desk: FakeDesk) -> None:
    """A clock that was put back does not make it good for longer than it may be."""
    token = token_of(client)
    desk.clock.move(timedelta(minutes=-5))
    assert said(Bearer(client, token).looks()).code == "auth.expired"
