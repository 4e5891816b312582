"""What a trace tells of a message."""

from __future__ import annotations

import pytest

from bus.errors import NotFound
from bus.journal.states import State
from tests.buses import PUSHED, WHO, alone, ask, home, send, settle
from tests.messages import SENDER, edoc, status


@pytest.fixture
def parts(tmp_path):
    with alone(home(tmp_path)) as opened:
        yield opened


def test_a_message_is_found_by_any_of_its_names(parts, tmp_path):
    """Message id, copy id and DocumentId lead to the same trace; an unknown name to none."""
    (copy,) = send(parts, tmp_path, edoc(document_id="15/QĐ"))
    told = ask(parts, "trace", id=copy)

    assert told == ask(parts, "trace", id=told["message"]) == ask(parts, "trace", id="15/QĐ")
    with pytest.raises(NotFound, match="nothing here is called"):
        ask(parts, "trace", id="nobody")


def test_a_trace_tells_the_whole_story(parts, tmp_path):
    """Why a copy went where, each call with the partner's words, and every order about it."""
    (copy,) = send(parts, tmp_path, edoc(recipients=[PUSHED]))
    settle(parts, copy, State.DEAD, "schema")
    ask(parts, "replay", which={"ids": [copy]}, reason="their fault")

    told = ask(parts, "trace", id=copy)

    (one,) = told["copies"]
    assert (one["endpoint"], one["rule"], one["state"]) == ("push", "health", "queued")
    assert one["why"] == "rule health: all its conditions hold"
    assert [(call["outcome"], call["words"]) for call in one["calls"]] == [("told", "their words")]
    assert [event["what"] for event in told["events"]] == ["message.accepted", "copy.dead", "copy.replayed"]
    assert told["events"][-1]["by"] == WHO


def test_a_trace_names_what_a_copy_waits_behind(parts, tmp_path):
    """A copy that is not first in its lane tells which copies keep it there."""
    send(parts, tmp_path, edoc())
    (first,) = send(parts, tmp_path, status(code="01"), "so-tai-chinh")
    (second,) = send(parts, tmp_path, status(code="03"), "so-tai-chinh")

    (one,) = ask(parts, "trace", id=second)["copies"]

    assert [(before["copy"], before["state"]) for before in one["behind"]] == [(first, "queued")]


def test_what_is_dead_keeps_an_update_but_no_status(parts, tmp_path):
    """Behind a dead original an update waits, and its trace says so."""
    (original,) = send(parts, tmp_path, edoc(recipients=[PUSHED], document_id="a"))
    settle(parts, original, State.DEAD, "schema")
    (update,) = send(parts, tmp_path, edoc(recipients=[PUSHED], document_id="a", kind="update"))

    (one,) = ask(parts, "trace", id=update)["copies"]

    assert [before["copy"] for before in one["behind"]] == [original]


def test_lists_are_newest_first_and_go_on(parts, tmp_path):
    """A page that is full names where the next begins; together they are everything, once."""
    sent = [send(parts, tmp_path, edoc(document_id=str(number)))[0] for number in range(3)]

    first = ask(parts, "messages", which={"limit": 2})
    rest = ask(parts, "messages", which={"limit": 2, "before": first["next"]})

    assert [one["copy"] for one in (*first["copies"], *rest["copies"])] == sent[::-1]
    assert rest["next"] is None
    assert ask(parts, "count", which={"sender": SENDER}) == {"count": 3}
