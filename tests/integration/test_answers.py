"""Every question and order answers what its schema says, and not a key more."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from pydantic import validate_call

from bus.control.described import answer
from bus.control.operations import ORDERS, QUESTIONS
from bus.journal.states import State
from tests.buses import PUSHED, alone, home, send, settle
from tests.messages import RECIPIENT, SENDER, edoc

ACTS = {**QUESTIONS, **ORDERS}


@pytest.fixture
def parts(tmp_path):
    with alone(home(tmp_path)) as opened:
        yield opened


@pytest.fixture
def copies(parts, tmp_path):
    """One that was pushed and is dead, one in a mailbox, one in doubt, one delivered."""
    dead, offered = send(parts, tmp_path, edoc(recipients=[PUSHED, RECIPIENT]))
    settle(parts, dead, State.DEAD, "client_fault")
    (doubt,) = send(parts, tmp_path, edoc(document_id="another", recipients=[PUSHED]))
    settle(parts, doubt, State.IN_DOUBT, "timeout_after_send")
    (done,) = send(parts, tmp_path, edoc(document_id="a third", recipients=[PUSHED]))
    settle(parts, done, State.DELIVERED)
    return {"dead": dead, "offered": offered, "doubt": doubt, "done": done}


def told(parts: Any, name: str, **given: Any) -> Any:
    """What it answers; read by its schema nothing is left over and nothing is missing."""
    answered = validate_call(partial(ACTS[name], parts))(**given)
    assert answer(ACTS[name]).validate_python(answered, strict=True) == answered
    return answered


@pytest.mark.parametrize("name", sorted(ACTS))
def test_every_answer_has_a_schema_that_says_something(name):
    """No act answers just any object."""
    schema = answer(ACTS[name]).json_schema()

    assert schema.get("properties") or schema.get("anyOf"), f"{name} answers {schema}"


def test_questions_answer_by_their_schemas(parts, copies):
    """With copies in several states and none of them left out."""
    for name, given in (
        ("status", {}),
        ("messages", {"which": {}}),
        ("count", {"which": {}}),
        ("dead", {"which": {}}),
        ("trace", {"id": copies["dead"]}),
        ("trace", {"id": copies["offered"]}),
        ("quarantine", {}),
        ("verify", {}),
        ("edits", {}),
        ("groups", {}),
        ("group", {"group": "push/client_fault/-/answer"}),
        ("letter", {"id": copies["dead"]}),
        ("doubts", {"which": {}}),
        ("endpoints", {}),
        ("replays", {}),
        ("holds", {}),
        ("retention", {}),
        ("legal_holds", {}),
        ("backups", {}),
        ("verify_bodies", {}),
        ("days", {}),
        ("recovery", {}),
        ("alerts", {}),
        ("expectations", {}),
        ("reports_due", {}),
        ("reports_overdue", {}),
        ("reports_calendar", {}),
        ("reports_feed", {}),
        ("reports_waived", {}),
        ("reports_reopened", {}),
        ("reports_aggregates", {}),
        ("statement", {"agency": SENDER}),
        ("audit", {}),
        ("audit_head", {}),
        ("audit_chain", {}),
        ("agencies", {"words": "noi vu"}),
        ("agency", {"code": RECIPIENT}),
        ("agency", {"code": "H62.99"}),
        ("check", {"text": "endpoints: {a: {kind: nothing}}"}),
    ):
        assert told(parts, name, **given)


def test_orders_answer_by_their_schemas(parts, copies):
    """Done and refused ones alike."""
    everything = {"which": {"ids": tuple(copies.values())}}
    for name, given in (
        ("hold", everything),
        ("release", everything),
        ("settle", {**everything, "state": "delivered", "dry_run": True}),
        ("settle", {**everything, "state": "delivered"}),
        ("redirect", {**everything, "to": "push", "dry_run": True}),
        ("redirect", {**everything, "to": "push"}),
        ("hold_legally", {**everything, "reason": "test"}),
        ("skip", everything),
        ("readdress", {**everything, "priority": 1}),
        ("stand", {"reason": "test", "endpoint": "push"}),
        ("replay", {**everything, "dry_run": True}),
        ("replay", everything),
        ("resend", everything),
        ("cancel", everything),
        ("body", {"id": copies["dead"], "reason": "test"}),
        ("pause", {"endpoint": "push", "reason": "test"}),
        ("resume", {"endpoint": "push"}),
    ):
        assert told(parts, name, **given)
