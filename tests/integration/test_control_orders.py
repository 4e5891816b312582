"""Orders on copies, carried out on a home that no daemon runs."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bus.control.orders import PORTION
from bus.errors import NotFound, Rejected
from bus.journal import schema
from bus.journal.states import State
from tests.buses import PUSHED, WHO, alone, ask, home, send, settle, state
from tests.messages import RECIPIENT, SENDER, edoc, status


@pytest.fixture
def parts(tmp_path):
    with alone(home(tmp_path)) as opened:
        yield opened


def deeds(parts):
    table = schema.audit.c
    with parts.journal.store.reading() as connection:
        return connection.execute(select(table.who, table.what, table.outcome).order_by(table.seq)).all()


def test_hold_and_release_go_back_to_where_a_copy_was(parts, tmp_path):
    """A held copy is released to the state it was held from, and the answer names it."""
    (copy,) = send(parts, tmp_path, edoc())

    assert ask(parts, "hold", which={"ids": [copy]}, reason="wrong annex") == {
        "done": 1,
        "refused": 0,
        "copies": [{"copy": copy, "state": "held", "refused": ""}],
    }
    assert ask(parts, "release", which={"endpoint": "mailbox"})["done"] == 1
    assert state(parts, copy) == "offered"


def test_an_order_about_everything_is_refused(parts, tmp_path):
    """Who names no copy and no filter orders nothing."""
    (copy,) = send(parts, tmp_path, edoc())

    with pytest.raises(Rejected, match="name copies"):
        ask(parts, "cancel", which={})

    assert state(parts, copy) == "offered"


def test_an_order_answers_for_every_copy(parts, tmp_path):
    """What cannot be done is refused with its reason beside what was done; an unknown id too."""
    (copy,) = send(parts, tmp_path, edoc())

    told = ask(parts, "release", which={"ids": [copy, "nobody"]})

    assert (told["done"], told["refused"]) == (0, 2)
    assert [one["refused"] for one in told["copies"]] == [f"copy {copy} is offered, not held", "no such copy"]


def test_a_large_order_is_carried_out_whole(tmp_path):
    """More copies than one portion holds are all done, each once."""
    codes = [f"900.{number:03}" for number in range(PORTION + 50)]
    listed = ", ".join(f'"{code}"' for code in codes)
    routes = (
        f'endpoints: {{mailbox: {{kind: mailbox}}}}\npartners: {{p: {{agencies: ["{SENDER}", {listed}]}}}}\n'
        "routes: [{name: inside, when: {recipient: {partner: any}}, to: mailbox}]\n"
    )
    with alone(home(tmp_path, routes)) as parts:
        send(parts, tmp_path, edoc(recipients=codes), "p")

        told = ask(parts, "cancel", which={"endpoint": "mailbox"}, reason="test")

        assert told["done"] == len({one["copy"] for one in told["copies"]}) == len(codes)
        assert ask(parts, "status")["states"] == {"cancelled": len(codes)}


def test_every_order_is_audited_whatever_came_of_it(parts, tmp_path):
    """Done, refused in part, or refused whole: the audit says who ordered what."""
    (copy,) = send(parts, tmp_path, edoc())
    ask(parts, "hold", which={"ids": [copy]})
    ask(parts, "hold", which={"ids": [copy]})
    with pytest.raises(NotFound):
        ask(parts, "pause", endpoint="nobody")

    assert deeds(parts) == [
        (WHO, "send", "done"),
        (WHO, "hold", "1 done, 0 refused"),
        (WHO, "hold", "0 done, 1 refused"),
        (WHO, "pause", "refused: not_found"),
    ]


def test_questions_leave_no_trace(parts, tmp_path):
    """Only orders are audited."""
    ask(parts, "status")
    ask(parts, "dead", which={})

    assert deeds(parts) == []


def test_wrong_words_are_refused_before_anything_happens(parts, tmp_path):
    """An unknown argument, state or operation is a refusal, not a fault."""
    for name, arguments in (
        ("hold", {"which": {"nonsense": 1}}),
        ("messages", {"which": {"states": ["lost"]}}),
        ("settle", {"which": {"ids": ["x"]}, "state": "cancelled"}),
        ("status", {"surplus": 1}),
    ):
        with pytest.raises(Rejected, match=r"request\.invalid"):
            ask(parts, name, **arguments)
    with pytest.raises(NotFound, match="there is no explode"):
        ask(parts, "explode")


def test_dead_copies_are_grouped_and_replayed(parts, tmp_path):
    """What is dead is counted by endpoint and reason, and a replay makes it queued again."""
    (copy,) = send(parts, tmp_path, edoc(recipients=[PUSHED]))
    settle(parts, copy, State.DEAD, "schema")

    told = ask(parts, "dead", which={})
    assert told["groups"] == [{"endpoint": "push", "reason": "schema", "count": 1}]
    assert [one["copy"] for one in told["copies"]] == [copy]

    assert ask(parts, "replay", which={"reason": "schema"})["done"] == 1
    assert state(parts, copy) == "queued"
    assert ask(parts, "dead", which={})["count"] == 0


def statuses(parts, folder):
    """Two statuses of one lane, the first dead and the second delivered."""
    send(parts, folder, edoc())
    (first,) = send(parts, folder, status(code="01"), "so-tai-chinh")
    (second,) = send(parts, folder, status(code="03"), "so-tai-chinh")
    settle(parts, first, State.DEAD, "schema")
    settle(parts, second, State.DELIVERED)
    return first


def test_a_replay_out_of_order_needs_a_yes(parts, tmp_path):
    """A copy that would arrive after something later of its lane is shown so, and replayed only on a yes."""
    first = statuses(parts, tmp_path)

    (shown,) = ask(parts, "replay", which={"ids": [first]}, dry_run=True)["copies"]
    assert shown["out_of_order"]
    assert state(parts, first) == "dead"

    refused = ask(parts, "replay", which={"ids": [first]})
    assert refused["refused"] == 1
    assert "say yes" in refused["copies"][0]["refused"]

    assert ask(parts, "replay", which={"ids": [first]}, yes=True)["done"] == 1
    assert state(parts, first) == "queued"


def test_what_may_not_be_replayed_says_why(parts, tmp_path):
    """A copy in doubt or recalled is refused with that reason, in the preview and in earnest."""
    (doubtful,) = send(parts, tmp_path, edoc(recipients=[PUSHED], document_id="a"))
    settle(parts, doubtful, State.IN_DOUBT, "timeout_after_send")
    (recalled,) = send(parts, tmp_path, edoc(recipients=[PUSHED], document_id="b"))
    settle(parts, recalled, State.DEAD, "schema")
    send(parts, tmp_path, edoc(recipients=[PUSHED], document_id="b", kind="recall", target="b"))

    preview = ask(parts, "replay", which={"ids": [doubtful, recalled]}, dry_run=True)["copies"]
    earnest = ask(parts, "replay", which={"ids": [doubtful, recalled]})

    for rows in (preview, earnest["copies"]):
        said = {one["copy"]: one["refused"] for one in rows}
        assert "in_doubt" in said[doubtful]
        assert "recalled by" in said[recalled]
    assert earnest["done"] == 0


@pytest.mark.parametrize("word", ["delivered", "queued", "dead"])
def test_the_operator_settles_a_doubt(parts, tmp_path, word):
    """A copy nobody else can speak for becomes what the operator says."""
    (copy,) = send(parts, tmp_path, edoc(recipients=[PUSHED]))
    settle(parts, copy, State.IN_DOUBT, "timeout_after_send")

    assert ask(parts, "settle", which={"ids": [copy]}, state=word)["done"] == 1
    assert state(parts, copy) == word


def test_a_resend_is_a_copy_of_its_own(parts, tmp_path):
    """What was delivered is sent again as another copy; the first stays delivered and counted once."""
    (copy,) = send(parts, tmp_path, edoc(recipients=[PUSHED]))
    settle(parts, copy, State.DELIVERED)

    (again,) = ask(parts, "resend", which={"ids": [copy]}, reason="lost")["copies"]

    assert again["copy"] != copy
    assert (state(parts, copy), again["state"]) == ("delivered", "queued")
    assert ask(parts, "status")["accepted"] == 1


def test_a_pause_outlives_the_command(tmp_path):
    """Who paused an endpoint, and why, is known to whoever opens the home next; resume ends it."""
    settings = home(tmp_path)
    with alone(settings) as parts:
        ask(parts, "pause", endpoint="push", reason="they move")
        with pytest.raises(Rejected, match="mailbox"):
            ask(parts, "pause", endpoint="mailbox")
    with alone(settings) as parts:
        shown = {one["endpoint"]: one for one in ask(parts, "status")["endpoints"]}
        assert (shown["push"]["paused_by"], shown["push"]["pause_reason"]) == (WHO, "they move")
        assert ask(parts, "resume", endpoint="push")["paused_by"] == ""
    with alone(settings) as parts:
        assert parts.gates.condition("push").paused_by == ""


def test_a_file_is_sent_as_a_partner_may(parts, tmp_path):
    """The same checks as at a door: another's agency is refused, and so is an unknown partner."""
    with pytest.raises(Rejected, match="agency"):
        send(parts, tmp_path, edoc(), "so-tai-chinh")
    with pytest.raises(NotFound, match="so-noi-vu"):
        send(parts, tmp_path, edoc(), "nobody")
    with pytest.raises(Rejected, match="xml"):
        send(parts, tmp_path, b"<not xml")
    assert ask(parts, "status")["accepted"] == 0

    assert len(send(parts, tmp_path, edoc(), to=(RECIPIENT, PUSHED))) == 2
