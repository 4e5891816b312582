"""What cannot go its way: another endpoint, back to the sender, or on without it."""

from __future__ import annotations

import pytest

from bus.journal import Journal
from bus.journal.browse import Browse
from bus.journal.envelope import Readdress
from bus.journal.lane_reads import behind
from bus.journal.operate import Done, Order, Way
from bus.journal.states import State
from bus.message import Receipt
from tests.contracts.journal_lanes import bring
from tests.journals import (
    MAILBOX,
    MINUTE,
    PATIENCE,
    accept,
    balanced,
    due,
    fetch,
    hand,
    in_doubt,
    lease,
    offered,
    only,
    order,
    recall,
    send,
    settle,
    state,
    taken,
    tidy,
    to,
)
from tests.messages import edoc, status

NEW = "new-axis"
ALL = ["queued", "sending", "waiting", "held", "in_doubt", "delivered", "dead", "cancelled"]


def redirect(journal: Journal, *receipts: Receipt, mailbox: bool = False, **more: bool) -> list[Done]:
    """Redirect the copies of messages, in this order."""
    place = to(endpoint=MAILBOX, mailbox=True) if mailbox else to(endpoint=NEW, **more)
    ids = tuple(only(journal, receipt).id for receipt in receipts)
    told = Order(ids, "an", "they moved", ways={id_: Way(place, "v2") for id_ in ids})
    return journal.redirect(told).result(PATIENCE)


def skip(journal: Journal, receipt: Receipt) -> Done:
    return journal.skip(Order((only(journal, receipt).id,), "an")).result(PATIENCE)[0]


def give_back(journal: Journal, receipt: Receipt) -> Done:
    return journal.give_back(Order((only(journal, receipt).id,), "an", "sai phụ lục")).result(PATIENCE)[0]


class DetourRules:
    """Lane, delivery and state are those of the new way; nothing is doubled."""

    @pytest.mark.parametrize("where", ALL)
    def test_what_may_be_redirected_is_sent_there(self, journal: Journal, where: str) -> None:
        """Dead, held, queued and waiting; a held copy when it is released. All else is refused and stays."""
        receipt = accept(journal)
        bring(journal, receipt, where)
        (done,) = redirect(journal, receipt)
        if where not in ("dead", "held", "queued", "waiting"):
            assert done.refused
            assert only(journal, receipt).endpoint != NEW
            return
        if where == "held":
            assert state(journal, receipt) == "held"
            order(journal, "release", receipt)

        assert due(journal, NEW) == [receipt.message_id]
        assert due(journal) == []
        send(journal, receipt)
        copy = only(journal, receipt)
        assert (copy.endpoint, copy.state, copy.routes_version) == (NEW, "delivered", "v2")
        balanced(journal)

    @pytest.mark.parametrize("where", ["dead", "held", "queued", "waiting"])
    def test_to_a_mailbox_it_is_offered(self, journal: Journal, where: str) -> None:
        """Without a lane, and there for its partner."""
        receipt = accept(journal)
        bring(journal, receipt, where)
        redirect(journal, receipt, mailbox=True)
        if where == "held":
            order(journal, "release", receipt)

        copy = only(journal, receipt)
        assert (copy.state, copy.lane, copy.endpoint) == ("offered", "", MAILBOX)
        fetch(journal, copy)
        balanced(journal)

    def test_out_of_a_mailbox_it_gets_a_lane(self, journal: Journal) -> None:
        """Held first, for nobody else must fetch it meanwhile."""
        receipt = accept(journal, None, offered())
        assert redirect(journal, receipt)[0].refused
        order(journal, "hold", receipt)
        redirect(journal, receipt)
        order(journal, "release", receipt)

        assert only(journal, receipt).lane
        assert due(journal, NEW) == [receipt.message_id]

    def test_an_original_takes_its_updates_along_in_order(self, journal: Journal) -> None:
        """In one lane of the new endpoint: one at a time, the first first."""
        first = accept(journal)
        send(journal, first, State.DEAD, reason="schema")
        update = accept(journal, edoc(kind="update"))
        assert behind(journal.store, [only(journal, first).id]) == [only(journal, update).id]
        redirect(journal, first, update)

        assert only(journal, first).lane == only(journal, update).lane
        assert due(journal, NEW) == [first.message_id]
        assert lease(journal, update) is None
        send(journal, first)
        assert due(journal, NEW) == [update.message_id]
        balanced(journal)

    def test_what_waited_behind_it_elsewhere_goes_on(self, journal: Journal) -> None:
        """A copy that left its lane keeps nobody."""
        first = accept(journal)
        order(journal, "hold", first)
        update = accept(journal, edoc(kind="update"))
        assert due(journal) == []
        redirect(journal, first)

        assert due(journal) == [update.message_id]

    def test_what_the_old_partner_said_is_forgotten(self, journal: Journal) -> None:
        """Its id for the copy means nothing to the new one; the count of attempts goes on."""
        receipt = accept(journal)
        send(journal, receipt, State.DEAD, reason="schema", remote_id="VXP-1")
        redirect(journal, receipt)

        copy = only(journal, receipt)
        assert (copy.remote_id, copy.sent_at, copy.attempts) == (None, None, 1)

    def test_copies_that_go_in_one_call_there_share_a_delivery(self, journal: Journal) -> None:
        """And one that went in a call with others goes by itself where each does."""
        receipt = accept(journal, None, to(one_call=True))
        order(journal, "hold", receipt)
        redirect(journal, receipt)
        copy = only(journal, receipt)
        assert copy.delivery == copy.id

        other = accept(journal, edoc(document_id="other"))
        redirect(journal, other, one_call=True)
        assert only(journal, other).delivery == f"{other.message_id}+{NEW}"

    def test_what_is_already_there_or_recalled_is_refused(self, journal: Journal) -> None:
        """With its reason, and so is a copy without a way."""
        receipt = accept(journal)
        redirect(journal, receipt)
        recalled = accept(journal, edoc(document_id="r"))
        send(journal, recalled, State.DEAD, reason="schema")
        accept(journal, recall("r"))
        other = only(journal, accept(journal, edoc(document_id="x"))).id
        refused = [redirect(journal, one)[0].refused for one in (receipt, recalled)]
        refused += [one.refused for one in journal.redirect(Order((other, "nobody"), "an")).result(PATIENCE)]

        for words, why in zip(refused, ["already", "recalled", "no way", "no such copy"], strict=True):
            assert why in words

    def test_a_redirected_copy_is_found_where_it_is(self, journal: Journal) -> None:
        """The event tells from where to where, by whom and why."""
        receipt = accept(journal)
        redirect(journal, receipt)
        told = Browse(journal.store).happened(receipt.message_id)[-1]

        assert (told.what, told.by, told.state) == ("copy.redirected", "an", "queued")
        assert told.detail == {"reason": "they moved", "from": "axis", "to": NEW}

    @pytest.mark.parametrize("where", ALL)
    def test_what_nobody_has_is_given_back(self, journal: Journal, where: str) -> None:
        """Cancelled, with an event of its own that its sender's status follows from."""
        receipt = accept(journal)
        bring(journal, receipt, where)
        done = give_back(journal, receipt)
        if where in ("queued", "waiting", "held", "dead"):
            told = Browse(journal.store).happened(receipt.message_id)[-1]
            assert (done.state, only(journal, receipt).reason) == ("cancelled", "sai phụ lục")
            assert (told.what, told.detail["reason"]) == ("copy.returned", "sai phụ lục")
        else:
            assert done.refused
        balanced(journal)

    def test_what_somebody_may_have_is_not_given_back(self, journal: Journal) -> None:
        """Its sender would be told a lie; nor is a status, or what was asked back."""
        doubtful = accept(journal, edoc(document_id="a"))
        in_doubt(journal, doubtful)
        order(journal, "decide", doubtful, "dead")
        fetched = accept(journal, edoc(document_id="b"), offered())
        fetch(journal, only(journal, fetched))
        report = accept(journal, status())
        recalled = accept(journal, edoc(document_id="c"))
        send(journal, recalled, State.DEAD, reason="schema")
        accept(journal, recall("c"))

        for receipt in (doubtful, fetched, report, recalled):
            assert give_back(journal, receipt).refused

    def test_behind_a_dead_original_nothing_waits_after_a_skip(self, journal: Journal) -> None:
        """Nor does what comes later; the dead one stays dead and may still be replayed."""
        first = accept(journal)
        send(journal, first, State.DEAD, reason="schema")
        update = accept(journal, edoc(kind="update"))
        assert due(journal) == []
        assert skip(journal, first) == Done(only(journal, first).id, "dead", was="dead")
        assert due(journal) == [update.message_id]
        send(journal, update)
        later = accept(journal, edoc(kind="replace"))

        assert due(journal) == [later.message_id]
        assert "already" in skip(journal, first).refused
        assert not order(journal, "replay", first).refused
        balanced(journal)

    def test_what_is_more_urgent_goes_first(self, journal: Journal) -> None:
        """And what is worth less time expires when that has passed; for all copies of its message."""
        first, second = accept(journal, edoc(document_id="a")), accept(journal, edoc(document_id="b"))
        until = journal.clock.now() + MINUTE
        told = Readdress((only(journal, second).id,), "an", priority=3, expires=True, expires_at=until)
        (done,) = journal.readdress(told).result(PATIENCE)
        assert (done.state, done.refused) == ("queued", "")
        assert due(journal) == [second.message_id, first.message_id]
        assert taken(journal, second).event.expires_at == until

        told = Readdress((only(journal, first).id,), "an", expires=True, expires_at=until)
        journal.readdress(told).result(PATIENCE)
        hand(journal).move(61)
        assert tidy(journal, "expire") == 1
        assert state(journal, first) == "expired"
        assert journal.readdress(told).result(PATIENCE)[0].refused
        balanced(journal)

    def test_a_skip_is_for_one_dead_copy(self, journal: Journal) -> None:
        """What is dead behind it keeps on keeping, and only what is dead is skipped."""
        first = accept(journal)
        send(journal, first, State.DEAD, reason="schema")
        second = accept(journal, edoc(kind="update"))
        assert skip(journal, second).refused
        skip(journal, first)
        send(journal, second, State.DEAD, reason="schema")
        third = accept(journal, edoc(kind="replace"))
        assert due(journal) == []
        (kept_by,) = Browse(journal.store).before_in_lane(10_000, only(journal, third).lane)[:1]
        assert kept_by.copy.id == only(journal, second).id

        skip(journal, second)
        assert due(journal) == [third.message_id]

    def test_one_that_is_tried_again_keeps_what_is_behind_it(self, journal: Journal) -> None:
        """Skipped or not: while it is on its way, what is behind it waits."""
        first = accept(journal)
        send(journal, first, State.DEAD, reason="schema")
        update = accept(journal, edoc(kind="update"))
        skip(journal, first)
        order(journal, "replay", first)

        assert due(journal) == [first.message_id]
        held = taken(journal, first)
        assert lease(journal, update) is None
        settle(journal, held, State.WAITING, until=journal.clock.now() + MINUTE)
        assert lease(journal, update) is None
