"""Replays as plans: frozen whole, in one open plan at the most, moved and marked in one transaction."""

from __future__ import annotations

import pytest

from bus.errors import IllegalMove, NotFound
from bus.journal import Journal
from bus.journal.browse import Browse
from bus.journal.candidates import alike, candidates, oldest
from bus.journal.pick import Filter
from bus.journal.release import OUT_OF_ORDER, Release
from bus.journal.replays import Draft, Item, Phase, Portion, Replay, Terms, Verb, Word
from bus.journal.states import State
from bus.message import Receipt, new_id
from tests.journals import (
    AXIS,
    PATIENCE,
    accept,
    ack,
    balanced,
    in_doubt,
    offered,
    only,
    order,
    recall,
    send,
    settle,
    state,
    taken,
)
from tests.messages import edoc


def dead(journal: Journal, count: int) -> list[Receipt]:
    """So many documents that were refused."""
    receipts = [accept(journal, edoc(document_id=f"d{number}", attachments=())) for number in range(count)]
    for receipt in receipts:
        send(journal, receipt, State.DEAD)
    return receipts


def drafted(journal: Journal, verb: Verb = "replay", **terms: object) -> str:
    """A plan with nothing in it."""
    draft = Draft(new_id(), verb, "an", "khóa mới", "{}", Terms(rate=10, **terms))  # type: ignore[arg-type]
    journal.replaying.begin(draft).result(PATIENCE)
    return draft.id


def freeze(journal: Journal, plan: str, receipts: list[Receipt]) -> frozenset[str]:
    """Put the first copies of messages into a plan; those that went in."""
    items = [Item(number, receipt.copies[0].doc_id, AXIS) for number, receipt in enumerate(receipts)]
    return journal.replaying.freeze(Portion(plan, items)).result(PATIENCE)


def say(journal: Journal, plan: str, word: str) -> Replay:
    return journal.replaying.say(Word(plan, word, "an", "vì thế")).result(PATIENCE)


def running(journal: Journal, receipts: list[Receipt], verb: Verb = "replay", **terms: object) -> str:
    """A plan of these that runs."""
    plan = drafted(journal, verb, **terms)
    assert len(freeze(journal, plan, receipts)) == len(receipts)
    say(journal, plan, "start")
    return plan


def release(journal: Journal, plan: str, *places: int, **more: object) -> list[str]:
    """Let these go; why each did not, empty where it did."""
    done = journal.replaying.release(Release(plan, places, **more)).result(PATIENCE)  # type: ignore[arg-type]
    return [one.refused for one in done]


class ReplayRules:
    """A plan does once what its owner ordered once."""

    def test_a_plan_does_not_begin_before_it_is_whole(self, journal: Journal) -> None:
        """Nothing of it goes while it is made, and nothing comes to it afterwards."""
        one, other = dead(journal, 2)
        plan = drafted(journal)
        freeze(journal, plan, [one])

        assert release(journal, plan, 0) == []
        assert state(journal, one) == "dead"
        say(journal, plan, "start")
        with pytest.raises(IllegalMove):
            journal.replaying.freeze(Portion(plan, [Item(9, other.copies[0].doc_id, AXIS)])).result(PATIENCE)

    def test_a_copy_stands_in_one_open_plan(self, journal: Journal) -> None:
        """Whoever is second gets the others, and it when the first plan is over."""
        receipts = dead(journal, 2)
        first = running(journal, receipts[:1])
        second = drafted(journal)

        assert freeze(journal, second, receipts) == {receipts[1].copies[0].doc_id}
        say(journal, first, "stop")
        assert journal.replaying.let_go(first).result(PATIENCE) == 1
        assert freeze(journal, second, receipts[:1]) == {receipts[0].copies[0].doc_id}

    def test_what_goes_goes_once_and_is_told_as_the_plans(self, journal: Journal) -> None:
        """A second release of the same does nothing; the event names plan, owner and reason."""
        (receipt,) = dead(journal, 1)
        plan = running(journal, [receipt])

        assert release(journal, plan, 0) == [""]
        assert release(journal, plan, 0) == []
        assert state(journal, receipt) == "queued"
        last = Browse(journal.store).happened(receipt.message_id)[-1]
        assert (last.what, last.by, last.detail) == ("copy.replayed", "an", {"reason": "khóa mới", "replay": plan})
        balanced(journal)

    @pytest.mark.parametrize("word", ["pause", "stop", "ask"])
    def test_nothing_goes_of_a_plan_that_does_not_run(self, journal: Journal, word: str) -> None:
        """From the moment the word is on disk."""
        (receipt,) = dead(journal, 1)
        plan = running(journal, [receipt])
        say(journal, plan, word)

        assert release(journal, plan, 0) == []
        assert state(journal, receipt) == "dead"

    @pytest.mark.parametrize(
        ("before", "refused"),
        [
            ([], ["resume"]),
            (["pause"], ["pause", "start", "prove", "ask", "halt"]),
            (["stop"], ["pause", "resume", "stop", "start", "halt"]),
            (["stop", "finish"], ["finish", "resume", "stop"]),
        ],
    )
    def test_a_plan_does_not_do_what_it_cannot(self, journal: Journal, before: list[str], refused: list[str]) -> None:
        """And stays as it is; an unknown plan is not there."""
        plan = running(journal, dead(journal, 1))
        for word in before:
            journal.replaying.let_go(plan).result(PATIENCE)
            say(journal, plan, word)
        was = journal.replays.plan(plan)
        for word in refused:
            with pytest.raises(IllegalMove):
                say(journal, plan, word)
        assert journal.replays.plan(plan) == was
        with pytest.raises(NotFound):
            say(journal, "nothing", "pause")

    def test_a_plan_is_over_when_every_copy_has_an_outcome(self, journal: Journal) -> None:
        """And not before."""
        receipts = dead(journal, 4)
        plan = running(journal, receipts)
        release(journal, plan, 0, 1, 2, 3)
        with pytest.raises(IllegalMove):
            say(journal, plan, "finish")
        for receipt, to_state in zip(
            receipts, [State.DELIVERED, State.DEAD, State.IN_DOUBT, State.DELIVERED], strict=True
        ):
            send(journal, receipt, to_state)

        assert journal.replaying.note_outcomes(plan).result(PATIENCE) == 3
        assert not journal.replays.is_over(plan)
        order(journal, "decide", receipts[2], "dead")
        assert journal.replaying.note_outcomes(plan).result(PATIENCE) == 1
        assert dict(journal.replays.progress(plan).ended) == {"delivered": 2, "dead": 2}
        assert say(journal, plan, "finish").state == Phase.DONE
        assert journal.replays.open() == []

    def test_what_cannot_go_any_more_says_why(self, journal: Journal) -> None:
        """Recalled, cancelled, late: each is answered for, and the others go."""
        receipts = dead(journal, 4)
        plan = running(journal, receipts)
        accept(journal, recall("d0"))
        order(journal, "cancel", receipts[1])
        late = frozenset({receipts[2].copies[0].doc_id})

        told = release(journal, plan, 0, 1, 2, 3, late=late)
        assert "recalled by" in told[0]
        assert "only a dead copy" in told[1]
        assert told[2:] == [OUT_OF_ORDER, ""]
        assert [one.outcome for one in journal.replays.entries(plan, -1, 10)] == ["refused"] * 3 + [""]
        balanced(journal)

    def test_what_was_delivered_goes_as_a_copy_of_it(self, journal: Journal) -> None:
        """The plan knows which; its outcome is that copy's, and the first stays what it is."""
        receipt = accept(journal)
        send(journal, receipt)
        plan = running(journal, [receipt], "resend")
        release(journal, plan, 0)

        (entry,) = journal.replays.entries(plan, -1, 10)
        first, again = journal.reads.copies(receipt.message_id)
        assert (entry.copy, entry.sent, again.of_copy) == (first.id, again.id, first.id)
        assert not journal.replays.has_arrived(plan)
        assert (first.state, again.state) == ("delivered", "queued")
        balanced(journal)

    def test_a_mailbox_copy_has_arrived_when_it_is_offered(self, journal: Journal) -> None:
        """Nobody waits for its recipient."""
        receipt = accept(journal, None, offered())
        ack(journal, only(journal, receipt), done=False)
        plan = running(journal, [receipt])
        release(journal, plan, 0)

        assert journal.replaying.note_outcomes(plan).result(PATIENCE) == 1
        assert dict(journal.replays.progress(plan).ended) == {"offered": 1}

    def test_a_stopped_plan_lets_go_of_what_has_not_gone(self, journal: Journal) -> None:
        """Only of that, and only when it is stopped."""
        receipts = dead(journal, 2)
        plan = running(journal, receipts)
        release(journal, plan, 0)
        assert journal.replaying.let_go(plan).result(PATIENCE) == 0
        say(journal, plan, "stop")

        assert journal.replaying.let_go(plan).result(PATIENCE) == 1
        progress = journal.replays.progress(plan)
        assert (progress.planned, progress.out, dict(progress.ended)) == (0, 1, {"left": 1})

    def test_the_first_and_the_last_are_told_apart_by_when_it_began(self, journal: Journal) -> None:
        """What went before a plan was resumed says nothing of how it fares now."""
        receipts = dead(journal, 3)
        plan = running(journal, receipts, canary=1)
        release(journal, plan, 0)
        send(journal, receipts[0], State.DEAD)
        journal.replaying.note_outcomes(plan).result(PATIENCE)
        began = journal.replays.plan(plan)
        assert began
        assert journal.replays.canary(plan, began.run) == (1, 0, 1)
        assert journal.replays.lately(plan, began.run, 50) == ["dead"]
        say(journal, plan, "halt")

        run = say(journal, plan, "resume").run
        assert journal.replays.canary(plan, run) == (0, 0, 0)
        assert journal.replays.lately(plan, run, 50) == []
        release(journal, plan, 1, 2)
        in_doubt(journal, receipts[1])
        assert journal.replays.canary(plan, run) == (2, 2, 0)

    def test_whose_turn_it_is(self, journal: Journal) -> None:
        """The oldest first, of endpoints that take more; what has gone is passed over."""
        plan = drafted(journal)
        receipts = dead(journal, 4)
        items = [
            Item(10 - number, receipt.copies[0].doc_id, ("a", "b")[number % 2])
            for number, receipt in enumerate(receipts)
        ]
        journal.replaying.freeze(Portion(plan, items)).result(PATIENCE)
        say(journal, plan, "start")
        release(journal, plan, 7)

        assert sorted(journal.replays.endpoints(plan)) == ["a", "b"]
        assert [item.place for item in journal.replays.next(plan, ["a", "b"], 2)] == [8, 9]
        assert [item.place for item in journal.replays.next(plan, ["b"], 2)] == [9]
        assert journal.replays.next(plan, [], 2) == []
        assert journal.replays.out(plan) == {"b": 1}

    def test_whoever_plans_sees_what_is_alike_and_what_is_oldest(self, journal: Journal) -> None:
        """The database counts kinds; the copies come newest first, or the oldest of them; a plan shows in them."""
        receipts = dead(journal, 5)
        ids = [receipt.copies[0].doc_id for receipt in receipts]
        plan = running(journal, receipts[:2])
        which = Filter(states=("dead",))

        assert [one.id for one in candidates(journal.store, which)] == ids[::-1]
        assert [one.id for one in oldest(journal.store, which, 3)] == ids[:3]
        assert sorted((one.replay or "", count) for one, count in alike(journal.store, which)) == [("", 3), (plan, 2)]
        assert {one.common for one, _ in alike(journal.store, which)} == {
            one.common for one in candidates(journal.store, which)
        }

    def test_many_are_found_portion_by_portion(self, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
        """None twice, none left out, whatever the limit of the filter."""
        ids = [receipt.copies[0].doc_id for receipt in dead(journal, 5)]
        monkeypatch.setattr("bus.journal.candidates._PAGE", 2)

        assert [one.id for one in candidates(journal.store, Filter(states=("dead",), limit=1))] == ids[::-1]

    def test_only_a_later_event_overtakes(self, journal: Journal) -> None:
        """Of the same lane, delivered; neither an earlier one sent again nor the copy itself."""
        first, change = accept(journal), accept(journal, edoc(kind="update"))
        send(journal, first)
        send(journal, change)
        for receipt in (first, change):
            order(journal, "resend", receipt)
        again = journal.reads.copies(first.message_id)[1]
        settle(journal, taken(journal, first, of=1), State.DELIVERED)

        late = {
            one.id: one.overtaken_by is not None for one in candidates(journal.store, Filter(states=("delivered",)))
        }
        assert late == {first.copies[0].doc_id: True, again.id: True, change.copies[0].doc_id: False}
