"""A copy's next version: linked, compared and swapped, approved where that is asked, and the only one that is sent."""

from __future__ import annotations

import hashlib

import pytest

from bus.errors import IllegalMove, NotFound
from bus.journal import Journal
from bus.journal.browse import Browse
from bus.journal.copy import Copy
from bus.journal.edits import Edit, EditState, Proposal, Word
from bus.journal.operate import Order
from bus.journal.purge import Old
from bus.journal.states import State
from bus.message import Claim, Receipt
from tests.contracts.journal_lanes import bring
from tests.journals import (
    DAY,
    MINUTE,
    PATIENCE,
    accept,
    balanced,
    fetch,
    hand,
    in_doubt,
    offered,
    only,
    order,
    recall,
    send,
    settle,
    taken,
    to,
)
from tests.messages import edoc

OTHER = "000.00.12.H62"


def claim(body: bytes) -> Claim:
    return Claim(hashlib.sha256(body).hexdigest(), len(body), body)


#: The same document with another subject.
BETTER = claim(edoc(subject="V/v đã sửa"))


def dead(journal: Journal, **more: str) -> Receipt:
    """A message whose copy was refused by its partner."""
    receipt = accept(journal, edoc(**more))  # type: ignore[arg-type]
    send(journal, receipt, State.DEAD, reason="schema")
    return receipt


def edit(journal: Journal, receipt: Receipt, after: Claim = BETTER, *, before: str = "", waits: bool = False) -> Edit:
    copy = only(journal, receipt)
    proposal = Proposal(copy.id, "an", "sai trích yếu", before or copy.body, after, waits)
    return journal.propose_edit(proposal).result(PATIENCE)


class EditRules:
    """Exactly one version is ever sent."""

    def test_an_edited_copy_is_sent_as_it_is_now(self, journal: Journal) -> None:
        """The same copy, its next attempt, other bytes; the message keeps its own."""
        receipt = dead(journal)
        before = only(journal, receipt)
        made = edit(journal, receipt)
        order(journal, "replay", receipt)
        held = taken(journal, receipt)

        assert [copy.body for copy in held.copies] == [BETTER.sha256]
        assert held.copies[0].id == before.id
        assert held.event.body == before.body == made.sha_before
        assert held.body_size == BETTER.size
        settle(journal, held, State.DELIVERED)
        assert journal.edits.of_message(receipt.message_id) == [made]
        assert journal.edits.astray() == []
        balanced(journal)

    @pytest.mark.parametrize(
        "where", ["queued", "sending", "waiting", "in_doubt", "delivered", "cancelled", "dead", "held"]
    )
    def test_only_what_is_dead_or_held_is_edited(self, journal: Journal, where: str) -> None:
        """What may be under way or has arrived is not."""
        receipt = accept(journal)
        bring(journal, receipt, where)
        if where in ("dead", "held"):
            assert edit(journal, receipt).state == EditState.APPLIED
        else:
            with pytest.raises(IllegalMove, match="only a dead or held copy"):
                edit(journal, receipt)
            assert only(journal, receipt).body != BETTER.sha256
        balanced(journal)

    def test_a_copy_that_was_edited_meanwhile_refuses(self, journal: Journal) -> None:
        """Whoever names the digest of what is there no more looks at it again."""
        receipt = dead(journal)
        first = only(journal, receipt).body
        edit(journal, receipt)

        with pytest.raises(IllegalMove, match="look at it again"):
            edit(journal, receipt, claim(edoc(subject="V/v khác")), before=first)
        assert only(journal, receipt).body == BETTER.sha256

    def test_what_the_partner_may_have_is_not_edited(self, journal: Journal) -> None:
        """It was in doubt and given up; it was fetched; it repeats what was delivered; it was recalled."""
        doubtful = accept(journal, edoc(document_id="a"))
        in_doubt(journal, doubtful)
        order(journal, "decide", doubtful, "dead")
        fetched = accept(journal, edoc(document_id="b"), offered())
        fetch(journal, only(journal, fetched))
        order(journal, "hold", fetched)
        recalled = dead(journal, document_id="c")
        accept(journal, recall("c"))

        for receipt, why in ((doubtful, "may have it"), (fetched, "has fetched it"), (recalled, "recalled")):
            with pytest.raises(IllegalMove, match=why):
                edit(journal, receipt)

    @pytest.mark.parametrize("waits", [False, True])
    def test_what_is_not_there_may_be_edited(self, journal: Journal, waits: bool) -> None:
        """By the editor's word, where a doubt was given up; also when another approves it."""
        receipt = accept(journal)
        in_doubt(journal, receipt)
        order(journal, "decide", receipt, "dead")
        asked = Proposal(only(journal, receipt).id, "an", "phoned", only(journal, receipt).body, BETTER, waits, True)
        made = journal.propose_edit(asked).result(PATIENCE)
        if waits:
            journal.judge_edit(Word(made.id, "binh")).result(PATIENCE)

        copy = only(journal, receipt)
        assert (copy.body, copy.doubted) == (BETTER.sha256, 0)

    def test_a_resend_is_the_same_bytes(self, journal: Journal) -> None:
        """It goes under the id of what was delivered."""
        receipt = accept(journal)
        send(journal, receipt)
        again = order(journal, "resend", receipt).copy
        journal.operate("hold", _order(again)).result(PATIENCE)
        proposal = Proposal(again, "an", "", only_of(journal, again).body, BETTER)

        with pytest.raises(IllegalMove, match="must be the same bytes"):
            journal.propose_edit(proposal).result(PATIENCE)

    def test_a_resend_of_what_was_edited_is_what_was_sent(self, journal: Journal) -> None:
        """The version that was delivered, not the one that came."""
        receipt = dead(journal)
        edit(journal, receipt)
        order(journal, "replay", receipt)
        send(journal, receipt)
        again = order(journal, "resend", receipt).copy

        assert only_of(journal, again).body == BETTER.sha256

    def test_a_proposal_changes_nothing_until_another_approves(self, journal: Journal) -> None:
        """Not the one who made it; then its bytes are the copy's."""
        receipt = dead(journal)
        before = only(journal, receipt).body
        asked = edit(journal, receipt, waits=True)
        assert asked.state == EditState.PROPOSED
        with pytest.raises(IllegalMove, match="somebody else"):
            journal.judge_edit(Word(asked.id, "an")).result(PATIENCE)
        assert only(journal, receipt).body == before

        done = journal.judge_edit(Word(asked.id, "binh")).result(PATIENCE)
        assert (done.state, done.approved_by) == (EditState.APPLIED, "binh")
        assert only(journal, receipt).body == BETTER.sha256
        assert journal.edits.one(asked.id) == done
        with pytest.raises(IllegalMove, match="already"):
            journal.judge_edit(Word(asked.id, "chi")).result(PATIENCE)
        balanced(journal)

    def test_a_proposal_for_a_copy_that_moved_is_not_approved(self, journal: Journal) -> None:
        """It was sent as it was meanwhile: the other version must not follow."""
        receipt = dead(journal)
        asked = edit(journal, receipt, waits=True)
        order(journal, "replay", receipt)
        send(journal, receipt)

        with pytest.raises(IllegalMove, match="delivered"):
            journal.judge_edit(Word(asked.id, "binh")).result(PATIENCE)
        assert only(journal, receipt).body != BETTER.sha256

    def test_of_two_proposals_one_is_approved(self, journal: Journal) -> None:
        """The other was made of what is there no more."""
        receipt = dead(journal)
        both = [edit(journal, receipt, waits=True), edit(journal, receipt, claim(edoc(subject="V/v khác")), waits=True)]
        journal.judge_edit(Word(both[1].id, "binh")).result(PATIENCE)

        with pytest.raises(IllegalMove, match="look at it again"):
            journal.judge_edit(Word(both[0].id, "binh")).result(PATIENCE)

    def test_a_proposal_may_be_refused(self, journal: Journal) -> None:
        """By anybody, also by who made it; nothing changed."""
        receipt = dead(journal)
        before = only(journal, receipt).body
        asked = edit(journal, receipt, waits=True)
        done = journal.judge_edit(Word(asked.id, "an", "thôi", approved=False)).result(PATIENCE)

        assert (done.state, done.approved_by) == (EditState.REFUSED, None)
        assert only(journal, receipt).body == before
        assert journal.edits.newest("refused", "", 10) == [done]
        balanced(journal)

    def test_the_same_bytes_are_no_edit(self, journal: Journal) -> None:
        """There would be two versions that are one."""
        receipt = dead(journal)
        with pytest.raises(IllegalMove, match="nothing was edited"):
            edit(journal, receipt, claim(edoc()))
        assert journal.edits.newest("", "", 10) == []

    def test_unknown_names_are_not_found(self, journal: Journal) -> None:
        """No such copy, no such edit."""
        with pytest.raises(NotFound):
            journal.propose_edit(Proposal("nobody", "an", "", "0", BETTER)).result(PATIENCE)
        with pytest.raises(NotFound):
            journal.judge_edit(Word("nobody", "an")).result(PATIENCE)

    def test_both_bodies_stay_as_long_as_the_copy_may_go(self, journal: Journal) -> None:
        """Then both go, when their time has passed; a proposal's too."""
        receipt = dead(journal)
        made = edit(journal, receipt)
        asked = edit(journal, receipt, claim(edoc(subject="V/v khác")), waits=True)
        hand(journal).move(3 * DAY / 1_000_000)
        old = Old(journal.clock.now() - MINUTE)
        assert journal.purge_bodies(old).result(PATIENCE) == []

        order(journal, "replay", receipt)
        send(journal, receipt)
        gone = journal.purge_bodies(Old(journal.clock.now() - MINUTE)).result(PATIENCE)
        assert sorted(gone) == sorted([made.sha_before, made.sha_after, asked.sha_after])

    def test_one_recipients_version_is_not_anothers(self, journal: Journal) -> None:
        """Copies that go in one call part where their bytes do."""
        receipt = accept(journal, None, to(one_call=True), to(OTHER, one_call=True))
        for copy in journal.reads.copies(receipt.message_id):
            journal.operate("hold", _order(copy.id)).result(PATIENCE)
        mine, other = journal.reads.copies(receipt.message_id)
        journal.propose_edit(Proposal(mine.id, "an", "", mine.body, BETTER)).result(PATIENCE)
        journal.operate("release", _order(mine.id, other.id)).result(PATIENCE)
        first = taken(journal, receipt)
        settle(journal, first, State.DELIVERED)
        second = taken(journal, receipt, of=1)

        assert [(copy.id, copy.body) for copy in first.copies] == [(mine.id, BETTER.sha256)]
        assert [(copy.id, copy.body) for copy in second.copies] == [(other.id, other.body)]

    def test_an_edit_is_told(self, journal: Journal) -> None:
        """With both digests, by whom and why; never a word of the body."""
        receipt = dead(journal)
        made = edit(journal, receipt)
        (told,) = [one for one in Browse(journal.store).happened(receipt.message_id) if one.what == "copy.edited"]

        assert told.by == "an"
        assert told.detail == {
            "edit": made.id,
            "before": made.sha_before,
            "after": made.sha_after,
            "reason": "sai trích yếu",
        }


def _order(*ids: str) -> Order:
    return Order(ids, "an")


def only_of(journal: Journal, copy: str) -> Copy:
    """A copy by its id."""
    listed = Browse(journal.store).copy(copy)
    assert listed
    return listed.copy
