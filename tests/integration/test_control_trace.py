"""What a trace tells of a message."""

from __future__ import annotations

import pytest
from sqlalchemy.event import listen

from bus.errors import NotFound
from bus.journal.states import State
from bus.journal.take import Ack
from tests.buses import PATIENCE, PUSHED, WHO, alone, ask, home, send, settle
from tests.messages import RECIPIENT, SENDER, edoc, status


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


def report(parts, tmp_path, code, at, *, sender=RECIPIENT, to=SENDER, owner=SENDER, description="vì sao"):
    """Have an agency report something about the document of ``owner``."""
    partner = {SENDER: "so-noi-vu", RECIPIENT: "so-tai-chinh"}[sender]
    document_id = f"{owner},2025/11/03,15/QĐ-UBND"
    body = status(sender, to, document_id, code, timestamp=f"2025/11/03 {at}:00", description=description)
    return send(parts, tmp_path, body, partner)


def test_a_trace_tells_the_life_of_a_document(parts, tmp_path):
    """Beside the state of each copy: how far its recipient is, by rank, and all that it said, in order of arrival."""
    copy, other = send(parts, tmp_path, edoc(recipients=[RECIPIENT, PUSHED]))
    acked(parts, copy)
    for code, at in (("05", "10:00"), ("01", "08:30"), ("08", "11:00"), ("05", "10:00")):
        report(parts, tmp_path, code, at)

    told = {one["copy"]: one for one in ask(parts, "trace", id=copy)["copies"]}

    life = told[copy]["life"]
    assert (life["handling"], life["request"]) == ({"code": "05", "name": "Đang xử lý"}, None)
    assert [(one["code"], one["name"], one["timestamp"]) for one in life["statuses"]] == [
        ("05", "Đang xử lý", "2025/11/03 10:00:00"),
        ("01", "Đã đến", "2025/11/03 08:30:00"),
        ("08", "", "2025/11/03 11:00:00"),
    ]
    assert {(one["by"], one["description"]) for one in life["statuses"]} == {(RECIPIENT, "vì sao")}
    assert told[other]["life"]["statuses"] == []


def test_a_trace_tells_who_asked_and_what_was_answered(parts, tmp_path):
    """13, declined by 16, then agreed to by 15."""
    (copy,) = send(parts, tmp_path, edoc())
    acked(parts, copy)
    told = []
    report(parts, tmp_path, "13", "09:00", sender=SENDER, to=RECIPIENT)
    for code, at in (("16", "10:00"), ("15", "11:00")):
        told.append(life_of(parts, copy))
        report(parts, tmp_path, code, at)
    told.append(life_of(parts, copy))

    assert [one["request"]["code"] for one in told] == ["13", "16", "15"]
    assert {one["asked_by"] for one in told} == {SENDER}
    assert told[-1]["handling"] is None


def life_of(parts, copy):
    return next(one["life"] for one in ask(parts, "trace", id=copy)["copies"] if one["copy"] == copy)


def acked(parts, copy):
    """The recipient takes its copy from the mailbox."""
    parts.journal.ack(Ack(copy, frozenset({RECIPIENT}), "test", done=True)).result(PATIENCE)


def test_lists_tell_how_far_each_document_is(parts, tmp_path):
    """One word a copy; nothing for a status, and nothing where nobody said anything."""
    (copy,) = send(parts, tmp_path, edoc())
    (silent,) = send(parts, tmp_path, edoc(document_id="VB-2"))
    acked(parts, copy)
    report(parts, tmp_path, "03", "10:00")

    told = {one["copy"]: one["status"] for one in ask(parts, "messages", which={})["copies"]}

    assert (told.pop(copy), told.pop(silent)) == ("03", "")
    assert set(told.values()) == {""}


def test_a_list_asks_the_journal_once(parts, tmp_path):
    """A page of many documents costs one question which, one for their rows and one about their statuses, not one for each."""
    for number in range(5):
        send(parts, tmp_path, edoc(document_id=str(number)))
    asked = []
    with parts.journal.store.reading() as connection:
        listen(connection.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))

    assert len(ask(parts, "messages", which={})["copies"]) == 5
    assert len(asked) == 3


def test_lists_are_newest_first_and_go_on(parts, tmp_path):
    """A page that is full names where the next begins; together they are everything, once."""
    sent = [send(parts, tmp_path, edoc(document_id=str(number)))[0] for number in range(3)]

    first = ask(parts, "messages", which={"limit": 2})
    rest = ask(parts, "messages", which={"limit": 2, "after": first["next"]})

    assert [one["copy"] for one in (*first["copies"], *rest["copies"])] == sent[::-1]
    assert rest["next"] is None
    assert ask(parts, "count", which={"sender": SENDER}) == {"count": 3, "more": False}
