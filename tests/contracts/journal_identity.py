"""Identity at three levels: call, event, copy (semantics 1)."""

from __future__ import annotations

import json
from concurrent.futures import Future
from dataclasses import replace

import pytest

from bus.clock import iso
from bus.errors import Rejected
from bus.journal import Journal
from bus.journal.operate import Order
from bus.message import Receipt
from tests.journals import PATIENCE, accept, balanced, hand, intake, offered, one_batch, reached, send, state, taken, to
from tests.messages import RECIPIENT, SENDER, edoc, status
from tests.reports import matrix

OTHER = "000.00.12.H62"
THIRD = "000.00.13.H62"


def report(**changes: object) -> bytes:
    """A report's packet."""
    return json.dumps({**matrix(), **changes}).encode()


class IdentityRules:
    """What makes two messages one."""

    def test_a_repeated_call_gets_the_first_receipt(self, journal: Journal) -> None:
        """Same key, same body: the first answer again, and nothing new."""
        first = accept(journal, call_key="k")
        again = accept(journal, call_key="k")

        assert replace(again, repeated=False) == first
        assert again.repeated
        balanced(journal)

    def test_a_call_key_is_not_used_for_another_body(self, journal: Journal) -> None:
        """Same key, other body: refused, naming what it was used for."""
        first = accept(journal, call_key="k")

        with pytest.raises(Rejected) as refusal:
            accept(journal, edoc(document_id="other"), call_key="k")

        assert refusal.value.code == "call.key_reused"
        assert refusal.value.details["message"] == first.message_id
        balanced(journal)

    def test_a_repeated_event_gets_the_first_receipt(self, journal: Journal) -> None:
        """The same document in another call, also after it was delivered and at a later time."""
        first = accept(journal, call_key="one")
        send(journal, first)
        hand(journal).move(3600)

        again = accept(journal, call_key="two")

        assert replace(again, repeated=False) == first
        assert state(journal, first) == "delivered"
        balanced(journal)

    def test_a_call_of_a_repeated_event_is_remembered_too(self, journal: Journal) -> None:
        """The second call's key answers for itself from then on."""
        first = accept(journal, call_key="one")
        accept(journal, call_key="two")

        assert accept(journal, call_key="two").message_id == first.message_id
        with pytest.raises(Rejected, match="key_reused"):
            accept(journal, edoc(document_id="other"), call_key="two")

    def test_a_new_recipient_of_a_known_event_gets_a_copy_and_nobody_else_does(self, journal: Journal) -> None:
        """Software that sends once per recipient, or adds one later."""
        first = accept(journal, None, to(RECIPIENT))
        more = accept(journal, None, to(RECIPIENT), to(OTHER))

        assert more.message_id == first.message_id
        assert more.copies[0] == first.copies[0]
        assert [copy.recipient for copy in more.copies] == [RECIPIENT, OTHER]
        assert not more.repeated
        balanced(journal)

    def test_each_copy_points_at_the_bytes_it_came_with(self, journal: Journal) -> None:
        """One event in two spellings: every recipient gets the spelling that named it."""
        other_hand = edoc().replace(b"\n", b"\r\n") + b"\n"
        first = accept(journal, None, to(RECIPIENT))
        accept(journal, other_hand, to(OTHER))

        mine, theirs = journal.reads.copies(first.message_id)
        assert (journal.reads.body(mine.body), journal.reads.body(theirs.body)) != (None, None)
        assert mine.body != theirs.body
        balanced(journal)

    def test_a_conflict_at_a_door_is_refused_with_the_first_receipts_time(self, journal: Journal) -> None:
        """Other content under a DocumentId."""
        first = accept(journal)
        hand(journal).move(60)

        with pytest.raises(Rejected) as refusal:
            accept(journal, edoc(subject="V/v khác"))

        assert refusal.value.code == "document.conflict"
        assert refusal.value.details["accepted_at"] == iso(first.accepted_at)
        balanced(journal)

    def test_a_conflict_from_a_source_is_accepted_and_held(self, journal: Journal) -> None:
        """An operator decides; released, the copy goes the way it would have gone."""
        first = accept(journal, None, to(RECIPIENT), offered(OTHER))
        held = accept(journal, edoc(subject="V/v khác"), to(RECIPIENT), offered(OTHER), from_source=True)

        assert held.message_id != first.message_id
        assert reached(journal, held) == {RECIPIENT: ("held", "conflict"), OTHER: ("held", "conflict")}
        for copy in journal.reads.copies(held.message_id):
            journal.operate("release", Order((copy.id,), "an")).result(PATIENCE)
        assert reached(journal, held) == {RECIPIENT: ("queued", ""), OTHER: ("offered", "")}
        balanced(journal)

    def test_versions_of_a_report_stand_beside_each_other_and_go_in_order(self, journal: Journal) -> None:
        """Unit, id and version make a report: a correction is another event in the same lane."""
        first = accept(journal, report())
        again = accept(journal, report())
        second = accept(journal, report(version=2, supersedes=1))

        assert again == replace(first, repeated=True)
        assert second.message_id != first.message_id
        lanes = {copy.lane for one in (first, second) for copy in journal.reads.copies(one.message_id)}
        assert len(lanes) == 1
        balanced(journal)

    def test_another_content_under_a_version_is_a_conflict(self, journal: Journal) -> None:
        """Refused at a door, held from a source; the other version is not touched."""
        accept(journal, report())
        second = accept(journal, report(version=2, supersedes=1))

        with pytest.raises(Rejected) as refusal:
            accept(journal, report(version=2, supersedes=1, deadline="2025-03-25"))
        held = accept(journal, report(version=2, supersedes=1, deadline="2025-03-25"), from_source=True)

        assert (refusal.value.code, refusal.value.details["first"]) == ("document.conflict", second.message_id)
        assert reached(journal, held) == {RECIPIENT: ("held", "conflict")}
        balanced(journal)

    def test_a_held_conflict_that_comes_again_is_known(self, journal: Journal) -> None:
        """A source that hands the same conflict out twice makes one."""
        accept(journal)
        held = accept(journal, edoc(subject="V/v khác"), from_source=True)
        again = accept(journal, edoc(subject="V/v khác"), from_source=True)

        assert replace(again, repeated=False) == held

    def test_a_refused_message_takes_no_identity(self, journal: Journal) -> None:
        """Neither its call key nor its content is remembered: corrected, it may come under both."""
        accept(journal)
        with pytest.raises(Rejected):
            accept(journal, edoc(subject="V/v khác"), call_key="k")

        corrected = accept(journal, edoc(document_id="another"), call_key="k")

        assert not corrected.repeated
        balanced(journal)

    def test_an_update_is_a_further_event_never_a_conflict(self, journal: Journal) -> None:
        """Other content under DocumentId and kind: one more event of the document."""
        receipts = [
            accept(journal, edoc()),
            accept(journal, edoc(kind="update", subject="V/v một")),
            accept(journal, edoc(kind="update", subject="V/v hai")),
            accept(journal, edoc(kind="replace")),
        ]

        assert len({receipt.message_id for receipt in receipts}) == 4
        balanced(journal)

    def test_two_statuses_of_one_agency_are_two_events(self, journal: Journal) -> None:
        """Another code or another time is another status; the same is the same."""
        first = accept(journal, status(code="01"), to(SENDER))
        later = accept(journal, status(code="01", timestamp="2025/11/04 08:30:00"), to(SENDER))
        other = accept(journal, status(code="03"), to(SENDER))
        again = accept(journal, status(code="01"), to(SENDER))

        assert len({first.message_id, later.message_id, other.message_id}) == 3
        assert again.message_id == first.message_id
        balanced(journal)

    def test_a_document_offered_once_per_recipient_reaches_each_once(self, journal: Journal) -> None:
        """The axis hands out one copy per recipient: three intakes, one event, three copies."""
        places = (to(RECIPIENT), to(OTHER), to(THIRD))
        receipts = [accept(journal, None, place, from_source=True) for place in places]

        assert len({receipt.message_id for receipt in receipts}) == 1
        assert sorted(reached(journal, receipts[0])) == sorted([RECIPIENT, OTHER, THIRD])
        for number in range(3):
            assert len(taken(journal, receipts[0], of=number).copies) == 1
        balanced(journal)

    def test_a_copy_for_a_late_recipient_of_a_recalled_document_is_not_sent(self, journal: Journal) -> None:
        """The recall was of all of it: who is named after it gets nothing, and needs no recall."""
        first = accept(journal, None, to(RECIPIENT))
        accept(journal, edoc(kind="recall"), to(RECIPIENT))

        late = accept(journal, None, to(OTHER), offered(THIRD))

        assert late.message_id == first.message_id
        assert reached(journal, late)[OTHER] == ("cancelled", "recalled")
        assert reached(journal, late)[THIRD] == ("cancelled", "recalled")
        balanced(journal)

    def test_a_batch_settles_everything_but_the_poisoned_one(self, journal: Journal) -> None:
        """Fifty at once: ten equal pairs, a conflict, and one that no database takes."""
        pairs = [edoc(document_id=f"pair {n}") for n in range(10)]
        single = [edoc(document_id=f"single {n}") for n in range(27)]
        conflict = [edoc(document_id="c"), edoc(document_id="c", subject="V/v khác")]
        poisoned = intake(edoc(document_id="poison"))
        content = replace(poisoned.inbound.content, subject="\ud800")
        poisoned = replace(poisoned, inbound=replace(poisoned.inbound, content=content))

        with one_batch(journal):
            futures = [journal.accept(intake(body)) for body in [*pairs, *single, *pairs, *conflict]]
            bad = journal.accept(poisoned)

        assert len(futures) + 1 == 50
        ids = [_id_of(future) for future in futures]
        assert ids[:10] == ids[37:47]
        assert None not in ids[:48]
        assert ids[48] is None
        assert bad.exception(PATIENCE) is not None
        assert len(set(ids[:48])) == 38
        balanced(journal)

    def test_two_equal_messages_in_one_batch_get_one_receipt(self, journal: Journal) -> None:
        """The second meets the first before either is on disk."""
        with one_batch(journal):
            first, second = (journal.accept(intake(call_key="k")) for _ in range(2))

        assert replace(second.result(PATIENCE), repeated=False) == first.result(PATIENCE)
        balanced(journal)

    def test_a_tap_gets_a_copy_that_the_account_does_not_count(self, journal: Journal) -> None:
        """An archive listens; the sender's receipt does not name it."""
        receipt = accept(journal, taps=[to("", "archive", rule="all")])

        assert [copy.recipient for copy in receipt.copies] == [RECIPIENT]
        assert len(journal.reads.copies(receipt.message_id)) == 2
        balanced(journal)

    def test_a_dead_birth_says_why_and_is_accepted(self, journal: Journal) -> None:
        """From a source, a recipient that no route takes."""
        receipt = accept(journal, None, to(RECIPIENT), to(OTHER, "", dead="route.none"), from_source=True)

        assert reached(journal, receipt)[OTHER] == ("dead", "route.none")
        lost = journal.reads.copies(receipt.message_id)[1]
        assert "route" in journal.operate("replay", Order((lost.id,), "an")).result(PATIENCE)[0].refused
        balanced(journal)


def _id_of(future: Future[Receipt]) -> str | None:
    return None if future.exception(PATIENCE) else future.result().message_id
