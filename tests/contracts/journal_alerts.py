"""What people are told: rows and letters together, once each, and the questions rules ask."""

from __future__ import annotations

from typing import Any

from bus.clock import MICROS
from bus.journal import Journal
from bus.journal.alert_reads import AlertReads
from bus.journal.alerting import Carried, Heard, Letter, Row, Snooze, Stated, Told
from bus.journal.operate import Order
from bus.journal.quarantine import FAIL, Detained, Quarantined
from bus.journal.settle import Settlement
from bus.journal.states import State
from bus.journal.watched import Stuck, Watched
from bus.message import RemoteId
from tests.journals import AXIS, DAY, PATIENCE, accept, fetch, hand, offered, only, send, taken, to
from tests.messages import RECIPIENT, SENDER, edoc


def alert(journal: Journal, verb: str, request: Any) -> None:
    journal.alert(verb, request).result(PATIENCE)


def letter(key: str, channel: str = "ops", rule: str = "dead") -> Letter:
    return Letter(key, channel, rule, "alert", "subject", "text")


class AlertRules:
    """What goes on and the letters about it, and who is to hear of nothing."""

    def test_rows_of_a_rule_are_replaced_and_its_letters_added(self, journal: Journal) -> None:
        """The last word on a rule stands, other rules keep theirs, and letters wait for their channel."""
        reads, now = AlertReads(journal.store), journal.clock.now()
        first, other = Row("dead", "axis", 1, now), Row("disk", "BUS_HOME", 2)
        alert(journal, "told", Told("dead", (first,), (letter("a"), letter("b", "hook"))))
        alert(journal, "told", Told("disk", (other,)))
        alert(journal, "told", Told("dead", (Row("dead", "push", 3, None, 4),), (letter("c"),)))

        assert reads.rows() == [Row("dead", "push", 3, None, 4), other]
        assert [one.key for one in reads.due("ops", now, 10)] == ["a", "c"]
        assert reads.waiting_for("dead") == {"ops", "hook"}
        assert reads.waiting() == [("hook", 1, now), ("ops", 2, now)]

    def test_a_letter_is_written_once(self, journal: Journal) -> None:
        """Its key makes it one, also when it was carried."""
        reads = AlertReads(journal.store)
        for _ in range(2):
            alert(journal, "told", Told("dead", (), (letter("a"),)))
            alert(journal, "carried", Carried("a", "sent"))

        assert reads.due("ops", journal.clock.now(), 10) == []
        (told,) = reads.letters(10)
        assert (told["outcome"], told["attempts"]) == ("sent", 1)

    def test_a_letter_that_was_not_taken_waits(self, journal: Journal) -> None:
        """Until it is due again."""
        reads, later = AlertReads(journal.store), journal.clock.now() + MICROS
        alert(journal, "told", Told("dead", (), (letter("a"),)))
        alert(journal, "carried", Carried("a", "", "no", later))

        assert reads.due("ops", later - 1, 10) == []
        (due,) = reads.due("ops", later, 10)
        assert due.attempts == 1

    def test_settled_letters_are_forgotten_after_a_month(self, journal: Journal) -> None:
        """Those that wait are not."""
        alert(journal, "told", Told("dead", (), (letter("a"), letter("b"))))
        alert(journal, "carried", Carried("a", "sent"))
        hand(journal).move(31 * 86_400)
        alert(journal, "told", Told("dead", (), (letter("c"),)))

        due = AlertReads(journal.store).due("ops", journal.clock.now(), 10)
        assert {one["outcome"] for one in AlertReads(journal.store).letters(10)} == {""}
        assert [one.key for one in due] == ["b", "c"]

    def test_a_snooze_ends(self, journal: Journal) -> None:
        """The last word counts, for as long as it says."""
        reads, now = AlertReads(journal.store), journal.clock.now()
        alert(journal, "snooze", Snooze("dead", now + MICROS, "an"))
        alert(journal, "snooze", Snooze("dead", now + 2 * MICROS, "an"))

        assert reads.snoozes(now + MICROS) == {"dead": now + 2 * MICROS}
        assert reads.snoozes(now + 2 * MICROS) == {}

    def test_who_was_heard_is_kept_with_the_position(self, journal: Journal) -> None:
        """Sources that are not named keep their time."""
        reads = AlertReads(journal.store)
        assert reads.listened() is None
        alert(journal, "heard", Heard(7, {"sender:a": 1, "partner:b": 2}))
        alert(journal, "heard", Heard(9, {"partner:b": 3}))

        assert (reads.heard(), reads.listened()) == ({"sender:a": 1, "partner:b": 3}, 9)

    def test_a_statement_is_made_once_a_day(self, journal: Journal) -> None:
        """Noted with its letters; a second note changes nothing."""
        reads = AlertReads(journal.store)
        for outcome in ("sent", "again"):
            alert(journal, "stated", Stated("daily", "2026-11-22", SENDER, outcome, (letter("a"),)))

        assert reads.stated("daily", "2026-11-22") == {SENDER}
        assert reads.stated("daily", "2026-11-23") == set()
        assert len(reads.due("ops", journal.clock.now(), 10)) == 1


class WatchedRules:
    """What rules see of the road."""

    def test_the_dead_of_an_endpoint(self, journal: Journal) -> None:
        """Counted by where they were bound, with the time of the first; those that died before are left out."""
        watched = Watched(journal.store)
        send(journal, accept(journal, edoc(document_id="a")), State.DEAD, reason="schema")
        died = journal.clock.now()
        hand(journal).move(60)
        send(journal, accept(journal, edoc(document_id="b")), State.DEAD, reason="schema")
        accept(journal, edoc(document_id="c"))

        assert (watched.dead(AXIS, 0).count, watched.dead(AXIS, 0).oldest) == (2, died)
        assert watched.dead(AXIS, died + 1).count == 1
        assert watched.dead("push", 0).count == 0

    def test_what_waits_for_an_operator(self, journal: Journal) -> None:
        """Held by the bus and not by an operator; items of a source about which nothing was decided."""
        watched = Watched(journal.store)
        accept(journal, edoc(document_id="a"), to(held="loop"))
        mine = accept(journal, edoc(document_id="b"))
        journal.operate("hold", _order(journal, mine)).result(PATIENCE)
        for number in "12":
            item = Quarantined(AXIS, "edoc", number, "xml.malformed", "")
            journal.detain_item(Detained(item)).result(PATIENCE)
        journal.decide_item(RemoteId(AXIS, "edoc", "1"), FAIL).result(PATIENCE)

        assert (watched.held(AXIS).count, watched.held("push").count) == (1, 0)
        assert watched.quarantined(AXIS) == Stuck(1, journal.clock.now())
        assert watched.quarantined("push") == Stuck(0, None)

    def test_the_oldest_that_waits(self, journal: Journal) -> None:
        """Queued, tried or in doubt; what is settled does not count, nor what is at another endpoint."""
        watched = Watched(journal.store)
        first = accept(journal, edoc(document_id="a"))
        began = journal.clock.now()
        hand(journal).move(60)
        accept(journal, edoc(document_id="b"))
        second = journal.clock.now()
        accept(journal, edoc(document_id="p"), to(endpoint="push"))

        assert watched.oldest_waiting([AXIS, "push", "none"]) == {AXIS: began, "push": second}
        send(journal, first, State.WAITING, until=journal.clock.now() + DAY, reason="connect")
        assert watched.oldest_waiting([AXIS])[AXIS] == began
        hand(journal).move(2 * 86_400)
        journal.operate("cancel", _order(journal, first)).result(PATIENCE)
        assert watched.oldest_waiting([AXIS])[AXIS] == second

    def test_the_oldest_that_nobody_fetched(self, journal: Journal) -> None:
        """What was fetched does not count, though it was not acknowledged."""
        watched = Watched(journal.store)
        first = accept(journal, edoc(document_id="a"), offered())
        hand(journal).move(60)
        accept(journal, edoc(document_id="b"), offered())
        second = journal.clock.now()
        assert watched.unfetched(RECIPIENT) == second - 60 * MICROS
        fetch(journal, only(journal, first))

        assert watched.unfetched(RECIPIENT) == second
        assert watched.unfetched("nobody") is None

    def test_calls_that_failed(self, journal: Journal) -> None:
        """Of those that ended since an instant, by endpoint."""
        watched = Watched(journal.store)
        times = {"began_at": journal.clock.now(), "ended_at": journal.clock.now()}
        for number, state in enumerate((State.DELIVERED, State.DEAD, State.DELIVERED)):
            held = taken(journal, accept(journal, edoc(document_id=str(number))))
            outcome = "delivered" if state == State.DELIVERED else "refused"
            told = _settlement(held.copies[0].id, held.id, state, outcome, **times)
            assert journal.settle(told).result(PATIENCE)

        (calls,) = watched.calls(0).values()
        assert (calls.made, calls.failed, calls.first) == (3, 1, times["ended_at"])
        assert watched.calls(times["ended_at"] + 1) == {}

    def test_what_came(self, journal: Journal) -> None:
        """Each copy once, in order, with who sent it and how it came."""
        watched = Watched(journal.store)
        before = watched.last_copy()
        accept(journal, edoc(document_id="a"))
        accept(journal, edoc(document_id="b"))
        came = watched.came(before, 10)

        assert [(one.sender, one.partner, one.door, one.rule) for one in came] == [
            (SENDER, "so-noi-vu", "api", "outside")
        ] * 2
        assert watched.came(came[0].seq, 10) == came[1:]
        assert watched.last_copy() == came[1].seq


def _order(journal: Journal, receipt: Any) -> Order:
    return Order((only(journal, receipt).id,), "an")


def _settlement(copy: str, lease: str, state: State, outcome: str, **times: int) -> Settlement:
    return Settlement(copy, lease, state, outcome=outcome, **times)
