"""What retention takes away and what it leaves (semantics 12)."""

from __future__ import annotations

from sqlalchemy import select

from bus.errors import NotFound
from bus.journal import Journal, legal, schema
from bus.journal.browse import Browse
from bus.journal.legal import Found, Hold, Lift
from bus.journal.purge import Old
from bus.journal.states import State
from tests.journals import DAY, PATIENCE, accept, balanced, hand, reached, send, to
from tests.messages import RECIPIENT, edoc


def purged(journal: Journal, verb: str, days: int = 1) -> int:
    """What was older than so many days."""
    return journal.purge(verb, Old(journal.clock.now() - days * DAY)).result(PATIENCE)


def bodies_given_up(journal: Journal, days: int = 1) -> list[str]:
    return journal.purge_bodies(Old(journal.clock.now() - days * DAY)).result(PATIENCE)


class RetentionRules:
    """Identities stay; bodies, calls, attempts, events and names of persons go."""

    def test_a_settled_message_keeps_its_identity_and_loses_the_rest(self, journal: Journal) -> None:
        """Blanked in place: no subject, no view, no events, no attempts; the copy and its state stay."""
        receipt = accept(journal, edoc(document_id="old"))
        send(journal, receipt)
        hand(journal).move(2 * DAY / 1_000_000)

        assert purged(journal, "messages") == 1
        browse = Browse(journal.store)
        event = browse.find_message(receipt.message_id)
        assert event is not None
        assert (event.key, event.subject, event.view) == ("old", "", "")
        assert browse.happened(receipt.message_id) == []
        assert browse.attempts([receipt.copies[0].doc_id]) == []
        assert reached(journal, receipt) == {RECIPIENT: (State.DELIVERED, "")}
        assert purged(journal, "messages") == 0

    def test_what_is_open_or_dead_is_left_whole(self, journal: Journal) -> None:
        """Age alone never takes what may still be sent: not its body, not its events."""
        waiting, dead = accept(journal, edoc(document_id="a")), accept(journal, edoc(document_id="b"))
        send(journal, dead, State.DEAD, reason="schema")
        hand(journal).move(2 * DAY / 1_000_000)

        assert purged(journal, "messages") == 0
        assert bodies_given_up(journal) == []
        assert all(Browse(journal.store).happened(receipt.message_id) for receipt in (waiting, dead))
        balanced(journal)

    def test_what_the_events_told_is_summed_per_day_and_rule(self, journal: Journal) -> None:
        """The account of a day outlives its events, and adds up over several rounds."""
        for name in ("a", "b"):
            send(journal, accept(journal, edoc(document_id=name)))
            hand(journal).move(2 * DAY / 1_000_000)
            purged(journal, "messages")

        with journal.store.reading() as connection:
            rows = connection.execute(select(schema.day_sums)).all()
        assert sorted((row.rule, row.state, row.count) for row in rows) == [("outside", "delivered", 1)] * 2

    def test_a_body_goes_when_no_copy_needs_it(self, journal: Journal) -> None:
        """Its bytes go, its size stays, and whoever asks for it is told that it is gone."""
        receipt = accept(journal, edoc(document_id="old"))
        send(journal, receipt)
        (sha256,) = {copy.body for copy in journal.reads.copies(receipt.message_id)}
        hand(journal).move(2 * DAY / 1_000_000)

        assert bodies_given_up(journal) == [sha256]
        assert not journal.reads.has_body(sha256)
        claim = journal.reads.body(sha256)
        assert claim is not None
        assert claim.data is None

    def test_a_body_that_comes_again_is_young_again(self, journal: Journal) -> None:
        """An intake that brings the same bytes makes them kept, with their bytes, though they were given up before."""
        body = edoc(document_id="old")
        first = accept(journal, body)
        send(journal, first)
        (sha256,) = {copy.body for copy in journal.reads.copies(first.message_id)}
        hand(journal).move(2 * DAY / 1_000_000)
        bodies_given_up(journal)

        accept(journal, body, to(), to("000.00.12.H62"))
        assert journal.reads.has_body(sha256)
        claim = journal.reads.body(sha256)
        assert claim is not None
        assert claim.data == body
        assert bodies_given_up(journal) == []

    def test_what_is_held_legally_is_neither_removed_nor_blanked(self, journal: Journal) -> None:
        """Until the last hold that keeps it is lifted."""
        held, free = (accept(journal, edoc(document_id=name)) for name in ("held", "free"))
        for receipt in (held, free):
            send(journal, receipt)
        holds = [journal.withholding.begin(Hold("{}", "inspection", "an")).result(PATIENCE) for _ in range(2)]
        found = tuple(copy.id for copy in journal.reads.copies(held.message_id))
        assert [journal.withholding.keep(Found(hold, found)).result(PATIENCE) for hold in holds] == [1, 1]
        assert journal.withholding.keep(Found(holds[0], found)).result(PATIENCE) == 0
        hand(journal).move(2 * DAY / 1_000_000)

        assert (len(bodies_given_up(journal)), purged(journal, "messages")) == (1, 1)
        for hold in holds:
            assert (bodies_given_up(journal), purged(journal, "messages")) == ([], 0)
            assert journal.withholding.lift(Lift(hold, "an", "closed")).result(PATIENCE) == 1
            journal.withholding.clear()
        assert (len(bodies_given_up(journal)), purged(journal, "messages")) == (1, 1)
        assert [(one.messages, one.ended_by) for one in legal.holds(journal.store)] == [(0, "an")] * 2
        assert isinstance(journal.withholding.lift(Lift(holds[0], "an", "again")).exception(PATIENCE), NotFound)

    def test_a_hold_that_grows_meanwhile_is_looked_at_again(self, journal: Journal) -> None:
        """Bodies that were looked at before a hold came to keep them stay; a portion behind another lets all of an ended one go."""
        first, second = (accept(journal, edoc(document_id=name)) for name in ("first", "second"))
        for receipt in (first, second):
            send(journal, receipt)
        hand(journal).move(2 * DAY / 1_000_000)
        before = journal.clock.now() - DAY
        shas = tuple(body.sha256 for one in journal.ageing.portion(before, 0) for body in one.bodies)
        assert [*journal.ageing.unneeded(before)] == [sorted(shas)]
        seen = legal.kept(journal.store, shas)
        hold = journal.withholding.begin(Hold("{}", "inspection", "an")).result(PATIENCE)
        (copy,) = journal.reads.copies(first.message_id)
        journal.withholding.keep(Found(hold, (copy.id,))).result(PATIENCE)

        assert (seen.bodies, legal.kept(journal.store, shas).bodies) == (frozenset(), {copy.body})
        gone = journal.purge_bodies(Old(before, shas, seen.grown)).result(PATIENCE)
        assert gone == [sha256 for sha256 in shas if sha256 != copy.body]
        journal.withholding.lift(Lift(hold, "an", "closed")).result(PATIENCE)
        assert purged(journal, "messages") == 1  # what an ended hold has not let go yet is kept
        journal.withholding.clear()
        assert purged(journal, "messages") == 1

    def test_only_what_is_named_goes(self, journal: Journal) -> None:
        """And what is named and may still be sent stays."""
        old, other, dead = (accept(journal, edoc(document_id=name)) for name in ("old", "other", "dead"))
        for receipt, to_state in ((old, State.DELIVERED), (other, State.DELIVERED), (dead, State.DEAD)):
            send(journal, receipt, to_state)
        hand(journal).move(2 * DAY / 1_000_000)
        before = journal.clock.now() - DAY
        aged = {one.id: one for one in journal.ageing.portion(before, 0)}
        named = [body.sha256 for one in (old, dead) for body in aged[one.message_id].bodies]

        assert len(journal.purge_bodies(Old(before, tuple(named))).result(PATIENCE)) == 1
        assert journal.purge("messages", Old(before, (old.message_id, dead.message_id))).result(PATIENCE) == 1
        after = {one.id: one for one in journal.ageing.portion(before, 0)}
        assert [(len(after[one.message_id].bodies), after[one.message_id].whole) for one in (old, other, dead)] == [
            (0, False), (1, True), (1, True)
        ]  # fmt: skip

    def test_answered_calls_are_forgotten(self, journal: Journal) -> None:
        """After their time a call key means nothing; the event is still known by its content."""
        body = edoc(document_id="d")
        first = accept(journal, body, call_key="k")
        hand(journal).move(2 * DAY / 1_000_000)

        assert purged(journal, "calls") == 1
        again = accept(journal, body, call_key="k")
        assert (again.message_id, again.repeated) == (first.message_id, True)
