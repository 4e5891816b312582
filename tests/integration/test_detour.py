"""Orders on what cannot go its way, on a home that no daemon runs."""

from __future__ import annotations

import random

import pytest

from bus.clock import iso
from bus.config import load_settings
from bus.errors import NotFound, Rejected
from bus.journal.states import State
from tests.buses import PUSHED, ROUTES, alone, ask, home, send, settle, state
from tests.clis import bus
from tests.messages import RECIPIENT, SENDER, edoc

MORE = ROUTES.replace(
    "partners:",
    '  other: {kind: rest, url: "http://127.0.0.1:9/other", idempotency: id, max_bytes: 64KB}\npartners:',
    1,
)


@pytest.fixture
def settings(tmp_path, monkeypatch):
    made = home(tmp_path, MORE % 9)
    monkeypatch.setenv("BUS_HOME", str(made.home))
    monkeypatch.setenv("BUS_ROUTES", str(made.routes))
    return made


@pytest.fixture
def parts(settings):
    with alone(settings) as opened:
        yield opened


def dead(parts, folder, **more):
    (copy,) = send(parts, folder, edoc(recipients=[PUSHED], **more))
    settle(parts, copy, State.DEAD, "schema")
    return copy


def endpoint(parts, copy):
    (one,) = ask(parts, "messages", which={"ids": [copy]})["copies"]
    return one["endpoint"]


def test_a_redirect_is_looked_at_and_made(parts, tmp_path):
    """What waits behind a copy goes with it; the audit tells what became of both, and the account balances."""
    copy = dead(parts, tmp_path)
    (update,) = send(parts, tmp_path, edoc(recipients=[PUSHED], kind="update"))

    shown = ask(parts, "redirect", which={"ids": [copy]}, to="other", dry_run=True)
    assert [(one["copy"], one["refused"]) for one in shown["copies"]] == [(copy, ""), (update, "")]
    assert endpoint(parts, copy) == "push"
    assert ask(parts, "redirect", which={"ids": [copy]}, to="other", reason="moved")["done"] == 2
    assert [(endpoint(parts, one), state(parts, one)) for one in (copy, update)] == [("other", "queued")] * 2
    assert '"states":{"dead":1,"queued":1}' in ask(parts, "audit", what="redirect")["deeds"][0]["before"]
    assert ask(parts, "verify")["differences"] == []
    (told, *_) = ask(parts, "trace", id=copy)["copies"]
    assert "by an operator's word" in told["why"]


def test_what_an_endpoint_cannot_take_is_refused(parts, tmp_path):
    """Too large, nobody there to fetch it, or the partner it came from; an endpoint there is not."""
    large = dead(parts, tmp_path, document_id="a", attachments=[("a.bin", random.Random(1).randbytes(70_000))])
    (own,) = send(parts, tmp_path, edoc(recipients=[SENDER], document_id="b"))
    fine = dead(parts, tmp_path, document_id="c")
    told = ask(parts, "redirect", which={"ids": [large, own, fine]}, to="other")
    with pytest.raises(NotFound, match="there are mailbox, other, push"):
        ask(parts, "redirect", which={"ids": [fine]}, to="nowhere")

    said = {one["copy"]: one["refused"] for one in told["copies"]}
    assert "bytes; other takes" in said[large]
    assert "it came from there" in said[own]
    assert said[fine] == ""


def test_to_a_mailbox_only_where_somebody_fetches(tmp_path):
    """The recipient must be a partner's."""
    routes = MORE % 9 + "  - {name: rest, when: {recipient: any}, to: push}\n"
    with alone(home(tmp_path, routes)) as parts:
        strange, known = send(parts, tmp_path, edoc(recipients=["000.00.99.H62", PUSHED]))
        told = ask(parts, "redirect", which={"ids": [strange, known]}, to="mailbox")

        said = {one["copy"]: one["refused"] for one in told["copies"]}
        assert "nobody fetches" in said[strange]
        assert (said[known], state(parts, known)) == ("", "offered")


def test_what_somebody_may_have_needs_a_yes(parts, tmp_path):
    """It was in doubt and given up."""
    (copy,) = send(parts, tmp_path, edoc(recipients=[PUSHED]))
    settle(parts, copy, State.IN_DOUBT, "timeout_after_send")
    ask(parts, "settle", which={"ids": [copy]}, state="dead")

    assert "say yes" in ask(parts, "redirect", which={"ids": [copy]}, to="other")["copies"][0]["refused"]
    assert ask(parts, "redirect", which={"ids": [copy]}, to="other", yes=True)["done"] == 1


def test_to_give_back_needs_a_code_and_a_reason(settings, tmp_path):
    """The sender is told in the bus's own name, and why."""
    with alone(settings) as parts:
        copy = dead(parts, tmp_path)
        with pytest.raises(Rejected, match="BUS_AGENCY_CODE"):
            ask(parts, "return", which={"ids": [copy]}, reason="sai phụ lục")
    own = load_settings(home=settings.home, routes=settings.routes, agency_code="000.00.90.H62")
    with alone(own) as parts:
        with pytest.raises(Rejected, match="say why"):
            ask(parts, "return", which={"ids": [copy]}, reason=" ")
        assert ask(parts, "return", which={"ids": [copy]}, reason="sai phụ lục")["done"] == 1
        assert state(parts, copy) == "cancelled"


def test_an_envelope_changes_and_no_body(parts, tmp_path):
    """Urgency of the copy, expiry of the message; what is settled or would have expired is refused."""
    copy = dead(parts, tmp_path)
    body = ask(parts, "trace", id=copy)["copies"][0]["body"]
    until = parts.clock.now() + 1_000_000_000
    assert ask(parts, "readdress", which={"ids": [copy]}, priority=4, expires=until, reason="gấp")["done"] == 1
    told = ask(parts, "trace", id=copy)
    assert told["events"][-1]["detail"]["priority"] == "0 to 4"
    assert (told["expires_at"], told["copies"][0]["body"]) == (iso(until), body)
    assert parts.browse.copy(copy).copy.priority == 4
    assert ask(parts, "readdress", which={"ids": [copy]}, expires="never")["done"] == 1
    assert ask(parts, "trace", id=copy)["expires_at"] is None

    assert "expired already" in ask(parts, "readdress", which={"ids": [copy]}, expires=1)["copies"][0]["refused"]
    ask(parts, "cancel", which={"ids": [copy]})
    assert "stays as it is" in ask(parts, "readdress", which={"ids": [copy]}, priority=1)["copies"][0]["refused"]
    for wrong in ({}, {"priority": 5}, {"expires": "later"}):
        with pytest.raises(Rejected):
            ask(parts, "readdress", which={"ids": [copy]}, **wrong)
    assert ask(parts, "verify")["differences"] == []


def test_the_commands(settings, tmp_path, monkeypatch):
    """Redirect with its preview, skip, return; a refused copy is a failure, nothing named wrong usage."""
    monkeypatch.setenv("BUS_AGENCY_CODE", "000.00.90.H62")
    with alone(settings) as parts:
        copy = dead(parts, tmp_path)
        send(parts, tmp_path, edoc(recipients=[PUSHED], kind="update"))
        (waiting,) = send(parts, tmp_path, edoc(recipients=[RECIPIENT], document_id="b"))

    assert bus("envelope", waiting, "--priority", "4", "--expires", "2h").code == 0
    assert bus("envelope", waiting, "--expires", "never", "--json").json()["done"] == 1
    assert bus("envelope", waiting, "--expires", "2020-01-01").code == 1
    assert bus("envelope", waiting).code == 2
    assert "2 would go to other" in bus("redirect", copy, "--to", "other", "--dry-run").out
    assert bus("redirect", copy, "--to", "other", "--dry-run", "--json").json()["count"] == 2
    assert bus("redirect", "--to", "other").code == 2
    assert bus("skip", copy, "--reason", "they have it on paper").code == 0
    assert bus("skip", copy).code == 1
    assert bus("redirect", copy, "--to", "other", "--json").json()["done"] == 2
    assert bus("return", waiting).code == 2
    assert bus("return", waiting, "--reason", "sai phụ lục", "--json").json()["done"] == 1
    assert bus("return", waiting, "--reason", "sai phụ lục").code == 1
