"""What a replay would do, told before it does it: the same judgement that the plan is made by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bus.clock import HandClock
from bus.control.parts import Parts
from bus.journal.purge import Old
from bus.journal.states import State
from tests.buses import PATIENCE, PUSHED, ROUTES, alone, ask, home, send, settle, state
from tests.messages import RECIPIENT, edoc, status

ROUTES_NONE = (ROUTES % 9).replace("idempotency: id", "idempotency: none")


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    with alone(home(tmp_path), HandClock()) as opened:
        yield opened


def preview(parts: Parts, **given: Any) -> dict[str, Any]:
    given.setdefault("which", {"endpoint": "push"})
    told: dict[str, Any] = ask(parts, "replay", dry_run=True, **given)
    return told


def refused(parts: Parts, folder: Path, name: str, reason: str = "schema", kind: str = "new") -> str:
    """A document that a partner refused; its copy."""
    (copy,) = send(parts, folder, edoc(recipients=[PUSHED], document_id=name, kind=kind))
    settle(parts, copy, State.DEAD, reason)
    return copy


def delivered(parts: Parts, folder: Path, name: str, kind: str = "new") -> str:
    (copy,) = send(parts, folder, edoc(recipients=[PUSHED], document_id=name, kind=kind))
    settle(parts, copy, State.DELIVERED)
    return copy


def test_it_counts_by_endpoint_class_and_rule(parts: Parts, tmp_path: Path) -> None:
    """All of it, and how long it takes; nothing has moved and nothing is kept."""
    copies = [
        refused(parts, tmp_path, name, reason) for name, reason in (("a", "auth"), ("b", "auth"), ("c", "schema"))
    ]

    told = preview(parts, rate="2/s")
    assert told["groups"] == [
        {"endpoint": "push", "reason": "auth", "rule": "health", "count": 2},
        {"endpoint": "push", "reason": "schema", "rule": "health", "count": 1},
    ]
    assert (told["count"], told["seconds"]) == (3, 1.5)
    assert [row["copy"] for row in told["copies"]] == copies
    assert {state(parts, copy) for copy in copies} == {"dead"}
    assert ask(parts, "replays")["replays"] == []


def test_it_says_what_may_arrive_twice(tmp_path: Path) -> None:
    """What was in doubt once, what goes to a partner that promises nothing, what was delivered before."""
    with alone(home(tmp_path, ROUTES_NONE)) as parts:
        doubted, _, sent = (send(parts, tmp_path, edoc(recipients=[PUSHED], document_id=name))[0] for name in "abc")
        settle(parts, doubted, State.IN_DOUBT, "timeout_after_send")
        ask(parts, "settle", which={"ids": [doubted]}, state="dead")
        settle(parts, _, State.DEAD, "schema")
        settle(parts, sent, State.DELIVERED)

        assert preview(parts)["twice"] == {"doubted": 1, "no_contract": 1}
        assert preview(parts, delivered=True)["twice"] == {"delivered": 1}


def test_it_says_what_will_not_go(parts: Parts, tmp_path: Path) -> None:
    """Recalled, expired, its body gone, its endpoint gone, not dead any more, not there: by code, and each with its words."""
    recalled = refused(parts, tmp_path, "a")
    send(parts, tmp_path, edoc(recipients=[PUSHED], document_id="a", kind="recall", target="a"))
    here = delivered(parts, tmp_path, "b")

    told = preview(parts, which={"ids": [recalled, here, "nothing"]})
    assert told["refused"] == {"recalled": 1, "not_dead": 1, "unknown": 1}
    assert all(row["refused"] for row in told["copies"])


def test_a_body_that_is_gone_cannot_go_again(parts: Parts, tmp_path: Path) -> None:
    """Of what was delivered long ago only the row is left."""
    copy = delivered(parts, tmp_path, "a")
    assert preview(parts, delivered=True)["count"] == 1
    parts.journal.purge_bodies(Old(parts.clock.now() + 1)).result(PATIENCE)

    assert preview(parts, delivered=True)["refused"] == {"body_gone": 1}
    assert ask(parts, "replay", which={"ids": [copy]}, delivered=True)["refused"] == 1


def test_an_endpoint_that_is_gone_takes_nothing(tmp_path: Path) -> None:
    """What was refused there stays dead, and says so."""
    settings = home(tmp_path)
    with alone(settings) as parts:
        refused(parts, tmp_path, "a")
    settings.routes.write_text(settings.routes.read_text().replace("push", "shove"), encoding="utf-8")
    with alone(settings) as parts:
        assert preview(parts)["refused"] == {"endpoint_gone": 1}


def test_agencies_that_are_closed_by_now_are_counted(tmp_path: Path) -> None:
    """A partner may refuse what is for them; they are for the operator to leave out."""
    settings = home(tmp_path)
    with alone(settings) as parts:
        refused(parts, tmp_path, "a")
    closed = f'agencies: {{"{PUSHED}": {{closed: 2020-01-01}}}}\n'
    settings.routes.write_text(settings.routes.read_text() + closed, encoding="utf-8")
    with alone(settings) as parts:
        told = preview(parts)
        assert (told["count"], told["closed"]) == (1, 1)


def test_what_is_overtaken_needs_a_yes(parts: Parts, tmp_path: Path) -> None:
    """Counted with and without one; only a later event counts, not the same one sent again."""
    send(parts, tmp_path, edoc())
    first, second = (send(parts, tmp_path, status(code=code), "so-tai-chinh")[0] for code in ("01", "03"))
    settle(parts, first, State.DEAD, "schema")
    settle(parts, second, State.DELIVERED)

    told, with_yes = preview(parts), preview(parts, yes=True)
    assert (told["count"], told["out_of_order"], told["refused"]) == (0, 1, {"out_of_order": 1})
    assert (with_yes["count"], with_yes["out_of_order"], with_yes["refused"]) == (1, 1, {})
    assert preview(parts, which={"ids": [second]}, delivered=True)["out_of_order"] == 0


def test_what_is_sent_again_with_what_follows_it_is_in_order(parts: Parts, tmp_path: Path) -> None:
    """A partner that lost its database gets document and update; the document alone would undo the update."""
    document = delivered(parts, tmp_path, "a")
    update = delivered(parts, tmp_path, "a", kind="update")
    (again,) = ask(parts, "resend", which={"ids": [update]})["copies"]
    settle(parts, again["copy"], State.DELIVERED)

    assert preview(parts, which={"ids": [document]}, delivered=True)["out_of_order"] == 1
    assert ask(parts, "resend", which={"ids": [document]})["refused"] == 1
    both = preview(parts, which={"ids": [document, update]}, delivered=True)
    assert (both["count"], both["out_of_order"]) == (2, 0)
    told = ask(parts, "replay", which={"ids": [document, update]}, delivered=True)
    assert (told["done"], told["refused"]) == (2, 0)


def test_what_is_being_sent_again_is_not_sent_a_third_time(parts: Parts, tmp_path: Path) -> None:
    """By whatever order it goes."""
    copy = delivered(parts, tmp_path, "a")
    assert ask(parts, "resend", which={"ids": [copy]})["done"] == 1

    assert set(preview(parts, which={"ids": [copy]}, delivered=True)["refused"]) == {"planned"}
    assert ask(parts, "resend", which={"ids": [copy]})["refused"] == 1


def test_delivered_ones_by_filter_are_only_delivered_ones(parts: Parts, tmp_path: Path) -> None:
    """Dead, cancelled and mailbox copies of others are left alone."""
    refused(parts, tmp_path, "a")
    gone = refused(parts, tmp_path, "b")
    ask(parts, "cancel", which={"ids": [gone]})
    wanted = delivered(parts, tmp_path, "c")
    send(parts, tmp_path, edoc(recipients=[RECIPIENT], document_id="d"))

    told = preview(parts, which={"sender": "000.00.05.H62"}, delivered=True)
    assert [row["copy"] for row in told["copies"]] == [wanted]
