"""What every journal promises after it was restored from a backup: nothing is sent until somebody says so."""

from __future__ import annotations

import pytest

from bus.clock import MICROS
from bus.journal import Journal
from bus.journal.restored import Ask, Release, Restore
from bus.journal.states import State
from bus.message import Receipt
from tests.journals import (
    AXIS,
    DAY,
    MAILBOX,
    MINUTE,
    PATIENCE,
    accept,
    ack,
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
    sweep,
    taken,
    tidy,
    to,
)
from tests.messages import RECIPIENT, edoc

OTHER = "other"


def restored(journal: Journal) -> None:
    """The journal as it is when its backup was restored and opened."""
    journal.restoring.begin(Restore(journal.clock.now(), 1, "an")).result(PATIENCE)
    journal.restoring.doubt()


def asked(journal: Journal, endpoint: str = AXIS) -> None:
    assert journal.restoring.ask(Ask(endpoint)).result(PATIENCE) is None


def released(journal: Journal, endpoint: str = AXIS) -> None:
    """All portions of a release."""
    word = Release(endpoint, "an", "they have it not", journal.clock.now())
    assert journal.restoring.release(word).result(PATIENCE) is None
    while journal.restoring.open_up(word).result(PATIENCE):
        pass


def accepted(journal: Journal, name: str, endpoint: str = AXIS) -> Receipt:
    return accept(journal, edoc(document_id=name), to(RECIPIENT, endpoint))


class RecoveryRules:
    def test_what_was_open_is_in_doubt_and_nothing_is_sent(self, journal: Journal) -> None:
        """Whatever its state was at the backup; what was settled stays as it was."""
        queued, waiting, held, sending, delivered, dead = (accepted(journal, name) for name in "abcdef")
        mailed = accept(journal, edoc(document_id="g"), offered())
        send(journal, waiting, State.WAITING, until=journal.clock.now() + MINUTE)
        order(journal, "hold", held)
        taken(journal, sending)
        send(journal, delivered)
        send(journal, dead, State.DEAD)
        restored(journal)

        was_open = (queued, waiting, held, sending, mailed)
        assert [state(journal, one) for one in was_open] == ["in_doubt"] * 5
        assert [state(journal, one) for one in (delivered, dead)] == ["delivered", "dead"]
        hand(journal).move(2 * DAY / MICROS)
        for verb in ("ripen", "end_leases", "resolve", "give_up", "end_orphaned"):
            tidy(journal, verb, sweep(horizon={AXIS: DAY}))
        assert due(journal) == []
        assert [state(journal, one) for one in was_open] == ["in_doubt"] * 5
        balanced(journal)

    def test_what_comes_in_meanwhile_waits(self, journal: Journal) -> None:
        """It is accepted, and no ticket and no sweep gets it a lease."""
        restored(journal)
        receipt = accepted(journal, "new")

        assert due(journal) == []
        assert lease(journal, receipt) is None
        assert state(journal, receipt) == "queued"

    def test_what_is_released_goes_on_from_where_it_was(self, journal: Journal) -> None:
        """Queued, in the mailbox, held; what was on the wire is in doubt as after any crash."""
        queued, held, sending = (accepted(journal, name) for name in "abc")
        mailed = accept(journal, edoc(document_id="d"), offered())
        order(journal, "hold", held)
        taken(journal, sending)
        restored(journal)
        released(journal)
        released(journal, MAILBOX)

        found = [state(journal, one) for one in (queued, held, sending, mailed)]
        assert found == ["queued", "held", "in_doubt", "offered"]
        assert (only(journal, held).reason, only(journal, held).held_from) == ("operator", "queued")
        assert only(journal, sending).until == journal.clock.now()
        send(journal, queued)
        balanced(journal)

    def test_an_endpoint_is_released_by_itself(self, journal: Journal) -> None:
        """The others wait on, also with what is new."""
        mine, theirs = accepted(journal, "a"), accepted(journal, "b", OTHER)
        restored(journal)
        released(journal)

        assert lease(journal, mine)
        assert state(journal, theirs) == "in_doubt"
        assert lease(journal, accepted(journal, "c", OTHER)) is None
        assert lease(journal, accepted(journal, "d"))

    def test_waiting_for_a_release_is_no_time_of_trying(self, journal: Journal) -> None:
        """Nothing is given up for it, neither what was restored nor what came in since."""
        before = accepted(journal, "a")
        restored(journal)
        since = accepted(journal, "b")
        hand(journal).move(2 * DAY / MICROS)
        released(journal)
        tidy(journal, "give_up", sweep(horizon={AXIS: DAY}, deadline=lambda copy: copy.since + DAY))

        assert [state(journal, one) for one in (before, since)] == ["queued", "queued"]

    def test_a_partner_is_asked_and_nothing_is_sent_by_that(self, journal: Journal) -> None:
        """What it has is settled; what it has not is queued, and waits for the release all the same."""
        there, missing, unsure = (accepted(journal, name) for name in "abc")
        restored(journal)
        assert due(journal) == []
        asked(journal)
        assert len(due(journal)) == 3
        for receipt, answer in ((there, State.DELIVERED), (missing, State.QUEUED), (unsure, State.IN_DOUBT)):
            question = taken(journal, receipt)
            assert question.asking
            settle(journal, question, answer, asked=True)

        assert [state(journal, one) for one in (there, missing, unsure)] == ["delivered", "queued", "in_doubt"]
        assert due(journal) == []
        released(journal)
        assert [state(journal, one) for one in (there, missing, unsure)] == ["delivered", "queued", "queued"]
        assert len(due(journal)) == 2
        balanced(journal)

    def test_a_partner_that_is_asked_is_told_from_when(self, journal: Journal) -> None:
        """A copy no call was known for may have gone at any time since it was accepted."""
        receipt = accepted(journal, "a")
        hand(journal).move(60)
        restored(journal)

        assert only(journal, receipt).sent_at == only(journal, receipt).accepted_at

    def test_an_ack_of_what_was_fetched_before_counts(self, journal: Journal) -> None:
        """The mailbox does not list it, but its recipient's word is the best there is."""
        done, failed = (accept(journal, edoc(document_id=name), offered()) for name in "ab")
        for receipt in (done, failed):
            fetch(journal, only(journal, receipt))
        restored(journal)
        ack(journal, only(journal, done))
        ack(journal, only(journal, failed), done=False, reason="không đọc được")

        assert [state(journal, one) for one in (done, failed)] == ["delivered", "dead"]
        balanced(journal)

    @pytest.mark.parametrize(("verdict", "left"), [("delivered", "delivered"), ("queued", "offered")])
    def test_an_operator_s_word_settles_one_by_one(self, journal: Journal, verdict: str, left: str) -> None:
        """As for any doubt; "send again" of a mailbox copy puts it back into the mailbox."""
        receipt = accept(journal, edoc(document_id="a"), offered())
        restored(journal)
        order(journal, "decide", receipt, verdict)

        assert state(journal, receipt) == left

    def test_what_is_recalled_meanwhile_is_not_sent_by_a_release(self, journal: Journal) -> None:
        """Its recall does not wait for an operator either."""
        receipt = accepted(journal, "a")
        restored(journal)
        accept(journal, recall("a"), to())
        released(journal)
        tidy(journal, "resolve")

        assert (state(journal, receipt), only(journal, receipt).reason) == ("cancelled", "recalled_unknown")
        balanced(journal)

    def test_a_doubt_after_the_release_is_a_doubt_like_others(self, journal: Journal) -> None:
        """A second release does not send it again."""
        receipt = accepted(journal, "a")
        restored(journal)
        released(journal)
        in_doubt(journal, receipt)
        released(journal)

        assert state(journal, receipt) == "in_doubt"

    def test_a_restore_of_a_backup_made_in_recovery_knows_what_was(self, journal: Journal) -> None:
        """The copy goes on from where it was before the first, and endpoints released then are closed again."""
        receipt, other = accepted(journal, "a"), accepted(journal, "b", OTHER)
        order(journal, "hold", receipt)
        restored(journal)
        released(journal, OTHER)
        restored(journal)

        assert lease(journal, other) is None
        released(journal)
        assert state(journal, receipt) == "held"

    def test_it_is_known_until_it_is_over(self, journal: Journal) -> None:
        """What was restored when, and where sending goes on; then all is as ever."""
        receipt = accepted(journal, "a")
        assert journal.recoveries.standing() is None
        assert not journal.recoveries.keeps(AXIS)
        restored(journal)
        standing = journal.recoveries.standing()
        assert standing
        assert (standing.doubted, standing.by, standing.position) == (True, "an", 1)
        assert journal.recoveries.keeps(AXIS)
        groups = journal.recoveries.groups()
        assert [(one.endpoint, one.was, one.state, one.count) for one in groups] == [(AXIS, "queued", "in_doubt", 1)]
        released(journal)
        assert (journal.recoveries.keeps(AXIS), journal.recoveries.keeps(OTHER)) == (False, True)

        journal.restoring.end("an").result(PATIENCE)
        assert journal.recoveries.standing() is None
        assert not journal.recoveries.keeps(OTHER)
        assert lease(journal, accepted(journal, "b", OTHER))
        assert lease(journal, receipt)
