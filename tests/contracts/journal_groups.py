"""What fails falls into a group, what people say of a group stays, and what goes well pays nothing for it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bus.clock import MICROS
from bus.journal import Journal, schema
from bus.journal.browse import Browse
from bus.journal.groups import Group, Mark
from bus.journal.operate import Order
from bus.journal.pick import Filter
from bus.journal.placement import Placement
from bus.journal.settle import Settlement
from bus.journal.states import Reason, State
from bus.message import Receipt
from tests.journals import (
    AXIS,
    DAY,
    MINUTE,
    PATIENCE,
    accept,
    ack,
    balanced,
    hand,
    in_doubt,
    intake,
    offered,
    one_batch,
    only,
    order,
    outlive,
    recall,
    send,
    settle,
    sweep,
    taken,
    tidy,
    to,
)
from tests.messages import RECIPIENT, edoc

REFUSED = {"reason": "auth", "failure": "auth", "code": "15", "words": "sai chữ ký"}
AUTH = f"{AXIS}/auth/15/answer"


def groups(journal: Journal) -> dict[str, dict[str, int]]:
    return {group.name: group.states for group in journal.groups.all()}


def group(journal: Journal, name: str = AUTH) -> Group:
    found = journal.groups.one(name)
    assert found is not None
    return found


def dead(journal: Journal, number: int = 1, **how: Any) -> Receipt:
    receipt = accept(journal, edoc(document_id=f"dead-{number}"))
    send(journal, receipt, State.DEAD, **(how or REFUSED))
    return receipt


def mark(journal: Journal, **said: Any) -> None:
    journal.mark_group(Mark(AUTH, "an", **said)).result(PATIENCE)


def ids(journal: Journal, **which: Any) -> list[str]:
    return Browse(journal.store).ids(Filter(states=("dead", "waiting", "in_doubt", "held"), **which))


class GroupRules:
    """One fingerprint, one group."""

    def test_what_fails_alike_is_one_group(self, journal: Journal) -> None:
        """Endpoint, class, the partner's code and the place tell groups apart; its words do not."""
        for number in range(3):
            dead(journal, number, **{**REFUSED, "words": f"sai chữ ký số {number}"})
        dead(journal, 3, **{**REFUSED, "code": "20"})
        dead(journal, 4, reason="connect", failure="connect")

        assert groups(journal) == {
            AUTH: {"dead": 3}, f"{AXIS}/auth/20/answer": {"dead": 1}, f"{AXIS}/connect/-/connect": {"dead": 1}
        }  # fmt: skip
        assert next(iter(groups(journal))) == AUTH
        balanced(journal)

    def test_what_goes_well_names_no_group_and_no_code(self, journal: Journal) -> None:
        """A delivered document has neither, on its copy or its attempt."""
        receipt = accept(journal)
        send(journal, receipt)

        table = schema.attempts.c
        with journal.store.reading() as connection:
            codes = connection.execute(select(table.code)).scalars().all()
            names = connection.execute(select(schema.copies.c.failed_as)).scalars().all()
        assert (codes, names, groups(journal)) == ([None], [None], {})
        assert only(journal, receipt).state == State.DELIVERED

    def test_the_partners_code_stands_with_the_attempt(self, journal: Journal) -> None:
        """As it was given, bounded and as any database takes it; the attempt beside it that went well has none."""
        receipt = dead(journal, **{**REFUSED, "code": "E\x00 15" + "x" * 500})
        order(journal, "replay", receipt)
        send(journal, receipt)

        first, second = Browse(journal.store).attempts([only(journal, receipt).id])
        assert first.code is not None
        assert first.code.startswith("E 15xx")
        assert len(first.code) == 200
        assert (second.code, second.outcome) == (None, "told")

    def test_a_group_holds_what_is_not_over(self, journal: Journal) -> None:
        """Waiting, in doubt and dead count; what was delivered after all, replayed or cancelled does not."""
        waiting, doubtful = accept(journal, edoc(document_id="w")), accept(journal, edoc(document_id="d"))
        send(journal, waiting, State.WAITING, until=journal.clock.now() + MINUTE, **REFUSED)
        send(journal, doubtful, State.IN_DOUBT, **REFUSED)
        replayed, cancelled = dead(journal, 1), dead(journal, 2)
        assert groups(journal) == {AUTH: {"waiting": 1, "in_doubt": 1, "dead": 2}}

        order(journal, "replay", replayed)
        order(journal, "cancel", cancelled)
        order(journal, "decide", doubtful, "delivered")
        assert groups(journal) == {AUTH: {"waiting": 1}}
        hand(journal).move(2 * 60)
        tidy(journal, "ripen")
        send(journal, waiting)
        assert groups(journal) == {}
        balanced(journal)

    def test_a_group_is_as_old_as_its_oldest_and_as_new_as_its_latest(self, journal: Journal) -> None:
        """Tried since, and last failed."""
        first = journal.clock.now()
        dead(journal, 1)
        hand(journal).move(3600)
        dead(journal, 2)

        assert (group(journal).first_at, group(journal).last_at) == (first, first + 3600 * MICROS)

    def test_what_is_born_dead_or_held_has_its_group(self, journal: Journal) -> None:
        """No route, a loop, a conflict: at intake."""
        accept(journal, edoc(document_id="a"), Placement(RECIPIENT, dead=Reason.NO_ROUTE), from_source=True)
        accept(journal, edoc(document_id="b"), to(held=Reason.LOOP))
        accept(journal, edoc(document_id="c"))
        accept(journal, edoc(document_id="c", subject="V/v khác"), from_source=True)

        assert groups(journal) == {
            "-/route.none/-/intake": {"dead": 1}, f"{AXIS}/loop/-/intake": {"held": 1}, f"{AXIS}/conflict/-/intake": {"held": 1}
        }  # fmt: skip

    def test_what_time_and_people_do_has_its_group(self, journal: Journal) -> None:
        """A lease that ended, a horizon that passed, a recipient's fail, an operator's word."""
        lost = accept(journal, edoc(document_id="lost"))
        outlive(journal, taken(journal, lost))
        tidy(journal, "end_leases")
        given_up = accept(journal, edoc(document_id="old"))
        hand(journal).move(8 * 86_400)
        tidy(journal, "give_up", sweep(horizon={AXIS: 7 * DAY}))
        ack(journal, only(journal, accept(journal, edoc(document_id="box"), offered())), done=False, reason="schema")
        doubtful = accept(journal, edoc(document_id="doubt"))
        in_doubt(journal, doubtful)
        order(journal, "decide", doubtful, "dead")

        assert groups(journal) == {
            f"{AXIS}/lease_ended/-/bus": {"in_doubt": 1},
            f"{AXIS}/horizon/-/bus": {"dead": 1},
            "mailbox/recipient_failed/-/mailbox": {"dead": 1},
            f"{AXIS}/operator/-/bus": {"dead": 1},
        }
        assert only(journal, given_up).state == State.DEAD
        balanced(journal)

    def test_what_was_tried_for_too_long_is_one_group(self, journal: Journal) -> None:
        """Whether its last call met the end of its time, by whatever failure, or the clock did with no call made."""
        for number, (failure, code) in enumerate((("server_fault", "503"), ("connect", ""))):
            receipt = accept(journal, edoc(document_id=f"called-{number}"))
            settle(journal, taken(journal, receipt), State.DEAD, reason="horizon", failure=failure, code=code)
        accept(journal, edoc(document_id="waited"))
        hand(journal).move(8 * 86_400)
        tidy(journal, "give_up", sweep(horizon={AXIS: 7 * DAY}))

        assert groups(journal) == {f"{AXIS}/horizon/-/bus": {"dead": 3}}

    def test_the_group_of_a_question_that_failed(self, journal: Journal) -> None:
        """It failed while asking; what was given back unasked stays in the group it was in."""
        receipt = accept(journal)
        in_doubt(journal, receipt, until=journal.clock.now())
        asking = taken(journal, receipt)
        settle(journal, asking, State.IN_DOUBT, reason="server_fault", failure="server_fault", code="503", asked=True)
        assert groups(journal) == {f"{AXIS}/server_fault/503/ask": {"in_doubt": 1}}

    def test_a_hold_changes_no_group(self, journal: Journal) -> None:
        """An operator's hold is no failure: what never failed is in none, what waits stays where it is."""
        waiting, fresh = accept(journal, edoc(document_id="w")), accept(journal, edoc(document_id="f"))
        send(journal, waiting, State.WAITING, until=journal.clock.now() + MINUTE, **REFUSED)
        order(journal, "hold", waiting)
        order(journal, "hold", fresh)
        assert groups(journal) == {AUTH: {"held": 1}}

    def test_a_recalled_copy_that_is_dead_stays_in_its_group(self, journal: Journal) -> None:
        """To be marked is no failure."""
        receipt = accept(journal)
        send(journal, receipt, State.DEAD, **REFUSED)
        accept(journal, recall())

        assert groups(journal) == {AUTH: {"dead": 1}}

    def test_what_is_said_of_a_group_stays_when_it_is_replayed(self, journal: Journal) -> None:
        """Owner, ticket and notes are there while nothing fails, and when it fails again."""
        receipt = dead(journal)
        mark(journal, owner="an", ticket="https://t/17", note="hỏi khóa mới")
        order(journal, "replay", receipt)

        kept = group(journal)
        assert (kept.count, kept.kept.owner, kept.kept.ticket, kept.notes) == (0, "an", "https://t/17", 1)
        send(journal, receipt, State.DEAD, **REFUSED)
        assert (group(journal).count, group(journal).kept) == (1, kept.kept)
        assert [(note.by, note.text) for note in journal.groups.notes(AUTH)] == [("an", "hỏi khóa mới")]

    def test_what_is_not_said_stays_and_what_is_empty_goes(self, journal: Journal) -> None:
        """Each thing by itself; notes only ever come."""
        dead(journal)
        mark(journal, owner="an", snoozed_until=journal.clock.now() + DAY)
        mark(journal, ticket="https://t/17")
        assert (group(journal).kept.owner, group(journal).kept.ticket) == ("an", "https://t/17")
        mark(journal, owner="", snoozed_until=0, note="a")
        mark(journal, note="b")
        kept = group(journal).kept
        assert (kept.owner, kept.ticket, kept.snoozed_until) == ("", "https://t/17", None)
        assert [note.text for note in journal.groups.notes(AUTH)] == ["a", "b"]

    def test_one_poisoned_request_takes_no_other_group_with_it(self, journal: Journal) -> None:
        """A batch that is run again one by one still has its groups."""
        held = taken(journal, accept(journal))
        copy = held.copies[0].id
        with one_batch(journal):
            settled = journal.settle(Settlement(copy, held.id, State.DEAD, outcome="told", **REFUSED))
            poison = journal.operate("replay", Order((b"poison",), "an"))  # type: ignore[arg-type]

        assert settled.result(PATIENCE)
        assert poison.exception(PATIENCE)
        assert ids(journal, group=AUTH) == [copy]

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"group": AUTH}, [1, 2]),
            ({"code": "15"}, [1, 2]),
            ({"code": "E"}, []),
            ({"rule": "outside"}, [1, 2, 3]),
            ({"rule": "inside"}, []),
            ({"attempts": 2}, [2]),
            ({"attempts": 1, "group": AUTH}, [1, 2]),
            ({"text": "báo cáo"}, [3]),
            ({"text": "bao cao", "group": AUTH}, []),
        ],
    )
    def test_one_filter_for_lists_counts_and_orders(
        self, journal: Journal, asked: dict[str, Any], found: list[int]
    ) -> None:
        """The same copies, whoever asks."""
        receipts = {number: dead(journal, number) for number in (1, 2)}
        receipts[3] = accept(journal, edoc(document_id="3", subject="Báo cáo tháng 6"))
        send(journal, receipts[3], State.DEAD, reason="connect", failure="connect")
        order(journal, "replay", receipts[2])
        send(journal, receipts[2], State.DEAD, **REFUSED)
        expected = [only(journal, receipts[number]).id for number in found]

        browse, which = Browse(journal.store), Filter(states=("dead",), **asked)
        assert browse.ids(which) == expected
        assert [one.copy.id for one in reversed(browse.copies(which))] == expected
        assert browse.count(which, 10) == len(expected)

    @pytest.mark.parametrize("asked", [{"code": "15"}, {"attempts": 1}, {"unchanged_since": 1 << 60}])
    def test_who_asks_how_it_failed_does_not_mean_what_arrived(self, journal: Journal, asked: dict[str, Any]) -> None:
        """Unless the state is named."""
        receipt = dead(journal, 1)
        order(journal, "replay", receipt)
        send(journal, receipt)
        (failed, arrived) = only(journal, dead(journal, 2)).id, only(journal, receipt).id

        browse = Browse(journal.store)
        assert [row.copy.id for row in browse.copies(Filter(**asked))] == [failed]
        assert [row.copy.id for row in browse.copies(Filter(states=("delivered",), **asked))] == [arrived]

    def test_what_has_not_changed_for_long(self, journal: Journal) -> None:
        """Up to and with the instant that is named."""
        old = dead(journal, 1)
        long_ago = journal.clock.now()
        hand(journal).move(3600)
        dead(journal, 2)

        assert ids(journal, unchanged_since=long_ago) == [only(journal, old).id]

    def test_a_group_is_listed_newest_first_page_by_page(self, journal: Journal) -> None:
        """Nothing twice, nothing left out."""
        expected = [only(journal, dead(journal, number)).id for number in range(5)][::-1]
        browse, seen, after = Browse(journal.store), [], None
        for _ in range(3):
            rows = browse.copies(Filter(group=AUTH, after=after, limit=2))
            seen += [row.copy.id for row in rows]
            after = rows[-1].seq

        assert seen == expected
        assert {row.failed_as for row in browse.copies(Filter(group=AUTH))} == {AUTH}

    def test_intake_of_what_goes_well_writes_no_group(self, journal: Journal) -> None:
        """Beside one that is born held in the same batch."""
        results = [
            journal.accept(intake(edoc(document_id="a"), to(held=Reason.LOOP))),
            journal.accept(intake(edoc(document_id="b"))),
        ]
        held, queued = (future.result(PATIENCE) for future in results)
        with journal.store.reading() as connection:
            table = schema.copies.c
            names = dict(map(tuple, connection.execute(select(table.message, table.failed_as))))
        assert names == {held.message_id: f"{AXIS}/loop/-/intake", queued.message_id: None}
