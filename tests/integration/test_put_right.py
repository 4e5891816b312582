"""What a partner refuses is put right by commands to the running bus, and arrives once, in its last version."""

from __future__ import annotations

import hashlib

import pytest

from adapters.rest.sandbox import RestSandbox
from adapters.rest.sandbox_partner import Mode, Order
from tests.buses import PUSHED, home, running, until
from tests.clis import bus
from tests.messages import SENDER, edoc

BETTER = edoc(recipients=[PUSHED], subject="V/v đã sửa lại")


@pytest.fixture
def sandbox():
    made = RestSandbox()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def daemon(tmp_path, monkeypatch, sandbox):
    routes = f"""
endpoints:
  mailbox: {{kind: mailbox}}
  push: {{kind: rest, url: "{sandbox.url("old")}", idempotency: id}}
  other: {{kind: rest, url: "{sandbox.url("new")}", idempotency: id}}
partners:
  so-noi-vu: {{agencies: ["{SENDER}"]}}
  so-y-te: {{agencies: ["{PUSHED}"]}}
routes:
  - {{name: health, when: {{recipient: "{PUSHED}"}}, to: push}}
  - {{name: inside, when: {{recipient: {{partner: any}}}}, to: mailbox}}
"""
    settings = home(tmp_path, routes)
    monkeypatch.setenv("BUS_HOME", str(settings.home))
    monkeypatch.setenv("BUS_AGENCY_CODE", "000.00.90.H62")
    monkeypatch.setenv("BUS_ROUTES", str(settings.routes))
    with running(settings.model_copy(update={"agency_code": "000.00.90.H62"})) as started:
        yield started


def refused(tmp_path, sandbox):
    """A document that its partner refused; its copy."""
    sandbox.order("old", Order(mode=Mode.REFUSE))
    file = tmp_path / "sent.edxml"
    file.write_bytes(edoc(recipients=[PUSHED]))
    (copy,) = bus("send", file, "--as", "so-noi-vu", "--json").json()["copies"]
    becomes(copy["doc_id"], "dead")
    return copy["doc_id"]


def becomes(copy, state):
    def is_so():
        (one,) = bus("messages", copy, "--json").json()["copies"]
        return one["state"] == state

    until(is_so)


def kept(sandbox, agency):
    return dict(sandbox.account(agency))["documents"]


def test_an_edited_document_arrives_once(tmp_path, sandbox, daemon):
    """Under the docId it had, with the edited bytes and no others."""
    copy = refused(tmp_path, sandbox)
    out, fixed = tmp_path / "was.edxml", tmp_path / "fixed.edxml"
    before = bus("body", copy, "--out", out, "--reason", "refused", "--json").json()["sha256"]
    fixed.write_bytes(BETTER)
    told = bus("edit", copy, "--body", fixed, "--from", before, "--reason", "sai trích yếu")
    assert told.code == 0
    sandbox.order("old", Order())
    assert bus("replay", copy).code == 0
    becomes(copy, "delivered")

    (document,) = kept(sandbox, "old").values()
    assert (document["sha256"], document["times"]) == (hashlib.sha256(BETTER).hexdigest(), 1)
    assert list(kept(sandbox, "old")) == [copy]
    assert bus("verify").code == 0


def test_a_redirected_document_arrives_there(tmp_path, sandbox, daemon):
    """And nowhere else."""
    copy = refused(tmp_path, sandbox)
    assert bus("redirect", copy, "--to", "other", "--reason", "they moved").code == 0
    becomes(copy, "delivered")

    assert list(kept(sandbox, "new")) == [copy]
    assert not kept(sandbox, "old")
    assert bus("verify").code == 0


def test_a_returned_document_is_told_to_its_sender(tmp_path, sandbox, daemon):
    """As a status 02 in its mailbox, from the bus's own code."""
    copy = refused(tmp_path, sandbox)
    assert bus("return", copy, "--reason", "sai phụ lục").code == 0

    until(lambda: bus("messages", "--type", "status", "--json").json()["copies"] != [])
    (status,) = bus("messages", "--type", "status", "--json").json()["copies"]
    assert (status["sender"], status["kind"], status["recipient"]) == ("000.00.90.H62", "02", SENDER)
    assert not kept(sandbox, "old")


def test_what_is_held_as_it_comes_goes_when_it_is_let_go(tmp_path, sandbox, daemon):
    """The running bus holds from the order on, and sends at the release."""
    hold = bus("holds", "--endpoint", "push", "--reason", "they move", "--json").json()["hold"]
    file = tmp_path / "sent.edxml"
    file.write_bytes(edoc(recipients=[PUSHED]))
    (copy,) = bus("send", file, "--as", "so-noi-vu", "--json").json()["copies"]
    assert copy["state"] == "held"
    assert not kept(sandbox, "old")
    assert bus("holds", "--lift", hold, "--release").code == 0

    becomes(copy["doc_id"], "delivered")
    assert list(kept(sandbox, "old")) == [copy["doc_id"]]
