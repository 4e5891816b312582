"""Who may come in at ``/soap/documents``: HTTP Basic, a UsernameToken, a certificate; and what a replay gets."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError

from adapters.soap import ADAPTER
from adapters.soap.door.settings import SoapDoor
from bus.clock import instant
from bus.desk import Caller
from bus.endpoint_settings import DoorSettings
from tests.adapters.soap_driver import SOAP_11, SOAP_12, Told, basic, client_of, envelope, told
from tests.adapters.soap_token import DIGEST, LIST, TEXT, Token
from tests.asgi import Client, Reply
from tests.contracts.face import NOI_VU, TAI_CHINH, Partner
from tests.fake_desk import FakeDesk


def ask(client: Client, header: str = "", version: str = SOAP_11, **more: str) -> Reply:
    headers = {"Content-Type": "text/xml" if version == SOAP_11 else "application/soap+xml", **more}
    return client.call("POST", "/soap/documents", headers, envelope(LIST, header, version))


def at(desk: FakeDesk, by: timedelta = timedelta(0)) -> str:
    return f"{instant(desk.clock.now()) + by:%Y-%m-%dT%H:%M:%S.%f}Z"


def failed(reply: Reply) -> Told:
    said = told(reply)
    assert reply.status == (500 if said.fault == "Client" else 400)
    return said


@pytest.mark.parametrize("version", [SOAP_11, SOAP_12])
@pytest.mark.parametrize("type_", [TEXT, DIGEST])
def test_a_token_signs_in(client: Client, desk: FakeDesk, type_: str, version: str) -> None:
    """With the password, or with a digest of it; which secret it was, operators are told."""
    assert ask(client, Token(at(desk), type=type_).block(), version).status == 200


def test_a_password_needs_no_time(client: Client) -> None:
    """Many libraries send name and password and nothing else."""
    assert ask(client, Token("", type=TEXT).block()).status == 200


def test_a_secret_that_is_on_its_way_out_still_signs_in(client: Client, desk: FakeDesk) -> None:
    """Any of the secrets opens the door."""
    desk.former_secrets[NOI_VU.name] = b"the old one"
    assert ask(client, Token(at(desk), secret=b"the old one").block()).status == 200


@pytest.mark.parametrize("version", [SOAP_11, SOAP_12])
@pytest.mark.parametrize("type_", [TEXT, DIGEST])
@pytest.mark.parametrize("wrong", [{"secret": b"guessed"}, {"name": "00.99.H62"}, {"secret": b""}])
def test_a_wrong_token_is_refused_as_the_standard_has_it(
    client: Client, desk: FakeDesk, type_: str, version: str, wrong: dict[str, str]
) -> None:
    """No answer tells which half was wrong."""
    said = failed(ask(client, replace(Token(at(desk), type=type_), **wrong).block(), version))
    assert (said.code, said.subcode, said.detail) == ("auth.unknown_partner", "FailedAuthentication", "")


def test_a_digest_is_good_once(client: Client, desk: FakeDesk) -> None:
    """The same nonce again is a replay, another nonce is not; the door remembers for as long as the token would be good."""
    token = Token(at(desk))
    assert ask(client, token.block()).status == 200
    for version in (SOAP_11, SOAP_12):
        said = failed(ask(client, token.block(), version))
        assert (said.code, said.subcode) == ("auth.replayed", "FailedAuthentication")
    assert ask(client, replace(token, nonce=b"another sixteen!").block()).status == 200
    assert ask(client, replace(token, name=TAI_CHINH.system_id, secret=TAI_CHINH.secret).block()).status == 200
    assert set(desk.marks.values()) == {desk.clock.now() + 360_000_000}


def test_a_wrong_digest_is_not_remembered(client: Client, desk: FakeDesk) -> None:
    """Nobody fills the journal, nor uses up another's nonce, without the secret."""
    failed(ask(client, Token(at(desk), secret=b"guessed").block()))
    assert desk.marks == {}


@pytest.mark.parametrize(
    ("by", "good"),
    [(-3600, False), (-361, False), (-359, True), (0, True), (59, True), (61, False), (3600, False)],
)
@pytest.mark.parametrize("type_", [TEXT, DIGEST])
def test_a_token_is_good_for_five_minutes_and_a_clock_may_be_wrong_by_one(
    client: Client, desk: FakeDesk, type_: str, by: int, good: bool
) -> None:
    """An hour old is too old, and so is what comes from the future."""
    reply = ask(client, Token(at(desk, timedelta(seconds=by)), type=type_).block())
    assert (reply.status == 200) == good
    assert good or (failed(reply).code, failed(reply).subcode) == ("auth.skew", "MessageExpired")


def test_a_timestamp_that_has_expired_is_refused(client: Client, desk: FakeDesk) -> None:
    """Whoever signs in beside it."""
    good, late = (at(desk, timedelta(minutes=by)) for by in (5, -2))
    assert ask(client, Token(at(desk), expires=good).block()).status == 200
    token = Token(at(desk), nonce=b"another sixteen!", expires=late)
    assert failed(ask(client, token.block())).subcode == "MessageExpired"


@pytest.mark.parametrize(
    ("change", "detail", "subcode"),
    [
        ({"type": "urn:kerberos"}, "'urn:kerberos' is neither", "UnsupportedAlgorithm"),
        ({"more": "<w:BinarySecurityToken/>"}, "BinarySecurityToken is not taken", "UnsupportedSecurityToken"),
        ({"created": ""}, "needs Nonce and Created", "InvalidSecurity"),
        ({"created": "yesterday"}, "'yesterday' is no instant", "InvalidSecurity"),
        ({"created": "2026-99-01T00:00:00Z"}, "is no instant", "InvalidSecurity"),
        ({"expires": "later"}, "'later' is no instant", "InvalidSecurity"),
        ({"nonce": b"short"}, "Nonce: expected 8 to 128 bytes", "InvalidSecurity"),
        ({"name": ""}, "expected Username and Password", "InvalidSecurity"),
    ],
)
def test_a_token_that_is_none_is_refused(
    client: Client, desk: FakeDesk, change: dict[str, str], detail: str, subcode: str
) -> None:
    """The fault says what is wrong with it."""
    for version in (SOAP_11, SOAP_12):
        said = failed(ask(client, replace(Token(at(desk)), **change).block(), version))
        assert (said.code, said.subcode) == ("request.invalid", subcode)
        assert detail in said.detail


def test_two_headers_of_security_are_refused(client: Client, desk: FakeDesk) -> None:
    """Nobody chooses which of them counts."""
    assert "more than once" in failed(ask(client, Token(at(desk)).block() * 2)).detail


def test_all_that_is_shown_is_of_one_partner(client: Client, desk: FakeDesk) -> None:
    """A token beside HTTP Basic: both right, and both the same one's."""
    token = Token(at(desk), type=TEXT).block()
    assert ask(client, token, **basic(NOI_VU.system_id, NOI_VU.secret)).status == 200
    assert told(ask(client, token, **basic(TAI_CHINH.system_id, TAI_CHINH.secret))).code == "auth.unknown_partner"
    assert told(ask(client, token, **basic(NOI_VU.system_id, b"guessed"))).code == "auth.unknown_partner"


@pytest.mark.parametrize("header", ["Basic !!", "Basic", "Basic OmI=", "Bearer x", ""])
def test_a_header_that_is_none_signs_nobody_in(client: Client, header: str) -> None:
    """And invites to try again."""
    reply = ask(client, Authorization=header)
    assert (reply.status, told(reply).code) == (401, "auth.unknown_partner")


def test_a_certificate_may_be_enough(client: Client, desk: FakeDesk) -> None:
    """Where the desk says so; wrong credentials beside it are not forgiven."""
    desk.shown = NOI_VU.name
    assert ask(client).status == 200
    assert ask(client, **basic(NOI_VU.system_id, b"guessed")).status == 401


def test_too_many_failures_are_told(client: Client, desk: FakeDesk) -> None:
    """To who fails, and to nobody else."""
    desk.slow_addresses.add("192.0.2.10")
    for reply in (ask(client), ask(client, Token(at(desk), secret=b"no").block())):
        assert (told(reply).code, reply.headers["retry-after"]) == ("auth.throttled", "60")
    assert ask(client, Token(at(desk)).block()).status == 200


class _Hashed(FakeDesk):
    """Keeps its secrets as hashes."""

    def _caller(self, door: str, partner: Partner) -> Caller:
        known = super()._caller(door, partner)
        return replace(
            known, secrets=tuple(b"sha256:" + hashlib.sha256(one).hexdigest().encode() for one in known.secrets)
        )


def test_a_hashed_secret_takes_passwords_and_no_digests() -> None:
    """A digest is made of the secret itself; one made of what the bus keeps is somebody's who read its files."""
    desk = _Hashed()
    with client_of(desk) as client:
        assert ask(client, Token(at(desk), type=TEXT).block()).status == 200
        assert ask(client, **basic(NOI_VU.system_id, NOI_VU.secret)).status == 200
        kept = b"sha256:" + hashlib.sha256(NOI_VU.secret).hexdigest().encode()
        for secret in (NOI_VU.secret, kept):
            assert failed(ask(client, Token(at(desk), secret=secret).block())).code == "auth.unknown_partner"


PIN = "sha256//" + "A" * 43 + "="
ENTRY: Callable[..., SoapDoor] = SoapDoor.model_validate


@pytest.mark.parametrize("entry", [{}, {"certificate": "any"}, {"certificate": [PIN, "any"]}])
def test_an_entry_says_how_its_partner_signs_in(entry: dict[str, object]) -> None:
    """A secret, or pins: that somebody trusted calls says not who."""
    assert ENTRY({"system_id": "a", "certificate": PIN}).secret == []
    assert ENTRY({"system_id": "a", "certificate": "any", "secret": "file:a"}).secret == ["file:a"]
    with pytest.raises(ValidationError, match="secret: needed"):
        ENTRY({"system_id": "a", **entry})


def test_a_partner_can_try_the_door(client: Client) -> None:
    """With the call the bus itself would make; not where the bus has only a hash."""
    assert ADAPTER.trial
    entry: DoorSettings = ENTRY({"system_id": NOI_VU.system_id, "secret": "file:a"})
    trial = ADAPTER.trial(entry, NOI_VU.secret, 0)
    assert trial
    assert client.call(trial.method, f"/soap{trial.path}", trial.headers, trial.body).status == 200
    assert ADAPTER.trial(entry, b"sha256:" + b"0" * 64, 0) is None


def test_times_may_be_written_with_a_zone_or_without(client: Client, desk: FakeDesk) -> None:
    """And to the nanosecond; without a zone it is UTC."""
    now = instant(desk.clock.now())
    local = datetime.strftime(now + timedelta(hours=7), "%Y-%m-%dT%H:%M:%S+07:00")
    for number, created in enumerate((local, f"{now:%Y-%m-%dT%H:%M:%S}", f"{now:%Y-%m-%dT%H:%M:%S}.123456789Z")):
        assert ask(client, Token(created, nonce=b"the number is %d" % number).block()).status == 200, created
