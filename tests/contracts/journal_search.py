"""What people find copies by, and how lists go on (semantics 8 and 12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from random import Random

import pytest
from sqlalchemy import select, update

from bus.indexer import Indexer
from bus.journal import Journal, pages, schema
from bus.journal.browse import Browse
from bus.journal.index import NEW, Behind
from bus.journal.pick import Filter, Listed, from_row, listed
from bus.journal.purge import Old
from bus.journal.states import State
from bus.journal.tx import Tx
from bus.message import Receipt
from bus.words import words as words_of
from tests.journals import DAY, MINUTE, PATIENCE, accept, hand, offered, order, send, to
from tests.messages import RECIPIENT, SENDER, edoc, status

OTHER = "000.00.09.H62"
SUBJECT = "V/v Đặng Thùy báo cáo tiến độ, kế hoạch năm 2026"


def grown(journal: Journal) -> None:
    """The index with everything in it."""
    while Browse(journal.store).behind():
        journal.grow_index().result(PATIENCE)


def found(journal: Journal, text: str = "", **more: object) -> list[str]:
    """Messages of the copies that are found, newest first."""
    which = Filter(text=text, limit=1000, **more)  # type: ignore[arg-type]
    return [row.event.id for row in Browse(journal.store).copies(which)]


def words(journal: Journal) -> set[str]:
    """Every word that somebody could find something by."""
    with journal.store.reading() as connection:
        return set(connection.execute(select(schema.search_vocabulary.c.word)).scalars())


class SearchRules:
    """Found by words whatever accents they are written with; nothing twice and nothing left out."""

    @pytest.mark.parametrize("read", [False, True], ids=["unread", "read"])
    @pytest.mark.parametrize(
        ("text", "fits"),
        [
            ("bao cao", True),
            ("BÁO CÁO", True),
            ("tien do", True),
            ("dang thuy", True),
            ("Đặng", True),
            ("bao ke 2026", True),
            ("bao ca", True),
            ("ca bao", False),
            ("202", False),
            ("bao cao thang", False),
            ("15/QĐ-UBND", True),
            ("15 qd", True),
            ("16/QĐ-UBND", False),
            ("nguyen van", True),
        ],
    )
    def test_words_are_found_without_accents(self, journal: Journal, text: str, fits: bool, read: bool) -> None:
        """All of them, by number, subject and names; the last one by its beginning; a number only whole. The same before
        the index has read of it.
        """
        receipt = accept(journal, edoc(subject=SUBJECT))
        accept(journal, edoc(document_id="other", subject="x"))
        if read:
            grown(journal)

        assert (receipt.message_id in found(journal, text)) is fits

    def test_a_text_in_pieces_is_the_same_text(self, journal: Journal) -> None:
        """Whichever normal form was sent and is asked for."""
        receipt = accept(journal, edoc(subject="ba\u0301o ca\u0301o"))
        grown(journal)

        assert found(journal, "báo") == found(journal, "ba\u0301o") == [receipt.message_id]

    def test_what_is_held_or_went_nowhere_is_found(self, journal: Journal) -> None:
        """A conflict that is held, what is dead, and a copy that is sent again."""
        first = accept(journal, edoc(document_id="a", subject="một"))
        held = accept(journal, edoc(document_id="a", subject="mốt khác"), from_source=True)
        send(journal, first)
        order(journal, "resend", first)
        grown(journal)

        assert found(journal, "mot") == [first.message_id, held.message_id, first.message_id]
        assert found(journal, "mot", states=("held",)) == [held.message_id]
        assert found(journal, "mot", states=("queued", "delivered")) == [first.message_id] * 2

    def test_every_filter_holds_with_every_other(self, journal: Journal) -> None:
        """Exactly what fits all of them, by whichever way it is looked up, read by the index or not."""
        receipts = [
            accept(journal, edoc(sender, (who,), f"{sender}{who}{number}", subject=f"số {number}"), place(who))
            for number in range(2)
            for sender in (SENDER, OTHER)
            for who, place in ((RECIPIENT, to), (OTHER, offered))
        ]
        for read in (False, True):
            for senders in ((), (SENDER,), (SENDER, OTHER)):
                for recipients in ((), (RECIPIENT,)):
                    for states in ((), ("queued",), ("offered", "delivered")):
                        for text in ("", "so 1"):
                            asked = Filter(senders=senders, recipients=recipients, states=states, text=text)
                            _as_told_by_the_rows(journal, asked)
            if not read:
                send(journal, receipts[0])
                grown(journal)

    @pytest.mark.parametrize("few", [0, 1000], ids=["many", "few"])
    def test_what_went_aside_is_found_with_every_other(
        self, journal: Journal, few: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """By state, by reason, and what waits for one; however many there are, and wherever else they go meanwhile."""
        for bound in ("_FEW", "_FEWER"):
            monkeypatch.setattr(pages, bound, few)
        went = [(State.DEAD, "connect"), (State.DEAD, "schema"), (State.WAITING, "connect"), (State.DELIVERED, "")]
        receipts = [
            _gone(journal, number, sender, *went[number % 4]) for number in range(8) for sender in (SENDER, OTHER)
        ]
        for read in (False, True):
            for senders in ((), (SENDER,)):
                for reason in ("", "connect", "operator"):
                    for states in ((), ("dead",), ("dead", "cancelled"), ("dead", "waiting"), ("waiting",)):
                        for text in ("", "so 1"):
                            asked = Filter(senders=senders, reason=reason, states=states, text=text)
                            _as_told_by_the_rows(journal, asked)
            if not read:
                grown(journal)
                order(journal, "cancel", receipts[0])
                order(journal, "replay", receipts[2])

    def test_a_time_is_a_time(self, journal: Journal) -> None:
        """From an instant on and before another; also where the clock was set back meanwhile."""
        at = []
        for name, hours in (("a", 5), ("b", 5), ("c", -8), ("d", 2)):
            hand(journal).move(hours * 3600)
            at.append(journal.clock.now())
            accept(journal, edoc(document_id=name))
        for read in (False, True):
            for since in (None, *at):
                for until in (None, *at):
                    _as_told_by_the_rows(journal, Filter(since=since, until=until))
            if not read:
                grown(journal)

    def test_retention_makes_the_index_forget(self, journal: Journal) -> None:
        """Subject, number and names are not found any more, nor any word of them; sender and recipient are."""
        old = accept(journal, edoc(document_id="old", subject="khẩn thiết"))
        send(journal, old)
        hand(journal).move(2 * DAY / 1_000_000)
        new = accept(journal, edoc(document_id="new", subject="bình thường"))
        grown(journal)
        before = words(journal)

        assert journal.purge("messages", Old(journal.clock.now() - DAY)).result(PATIENCE) == 1

        assert found(journal, "khan") == found(journal, "khan thiet") == []
        assert found(journal, "15/QĐ-UBND") == [new.message_id]
        assert before - words(journal) == {"khan", "thiet"}
        assert found(journal, senders=(SENDER,), recipients=(RECIPIENT,)) == [new.message_id, old.message_id]

    def test_what_was_forgotten_is_not_read_again(self, journal: Journal) -> None:
        """Where retention came before the index, which then finds nothing to read."""
        old = accept(journal, edoc(document_id="old", subject="khẩn"))
        send(journal, old)
        hand(journal).move(2 * DAY / 1_000_000)
        assert journal.purge("messages", Old(journal.clock.now() - DAY)).result(PATIENCE) == 1
        grown(journal)

        assert "khan" not in words(journal)
        assert found(journal, senders=(SENDER,)) == [old.message_id]

    def test_what_was_there_before_the_index_is_read(self, journal: Journal) -> None:
        """Newest first, and what comes meanwhile at once."""
        old = [accept(journal, edoc(document_id=str(number), subject="cũ")) for number in range(3)]
        grown(journal)
        assert found(journal, "cu") == [receipt.message_id for receipt in old[::-1]]

    def test_a_portion_may_be_worked_off_again(self, journal: Journal) -> None:
        """As after a crash on a database whose cursor stood still: the same words, counted once."""
        for number in range(3):
            accept(journal, edoc(document_id=str(number), subject="mới"))
        grown(journal)
        accept(journal, edoc(document_id="more", subject="mới"))
        grown(journal)
        before = _index(journal)
        _set_back(journal)
        assert Browse(journal.store).behind().events
        grown(journal)

        assert _index(journal) == before

    def test_how_far_behind_is_told(self, journal: Journal) -> None:
        """Events that were not looked at, and copies from before there was an index."""
        accept(journal, edoc(document_id="a"))
        assert Browse(journal.store).behind() == Behind(events=1, older=1)
        grown(journal)
        assert not Browse(journal.store).behind()
        accept(journal, edoc(document_id="b"))
        assert Browse(journal.store).behind() == Behind(events=1, older=0)

    def test_a_number_names_its_newest_document(self, journal: Journal) -> None:
        """However it is written, and not the statuses about it."""
        first, second = (accept(journal, edoc(document_id=name)) for name in "ab")
        accept(journal, status(document_id="b"))
        for read in (False, True):
            named = Browse(journal.store).named("15/qđ-ubnd", 10)
            assert [event.id for event in named] == [second.message_id, first.message_id]
            assert Browse(journal.store).named("5/QĐ-UBND", 10) == []
            if not read:
                grown(journal)

    @pytest.mark.parametrize("seed", [1, 2])
    @pytest.mark.parametrize(
        "which",
        [Filter(), Filter(text="khóa"), Filter(senders=(SENDER,)), Filter(states=("queued", "delivered"))],
        ids=["all", "text", "sender", "states"],
    )
    def test_pages_show_each_once(self, journal: Journal, which: Filter, seed: int) -> None:
        """Whatever comes, is sent or is read by the index between two pages: what was there when the list began is shown
        once, newest first.
        """
        chance = Random(seed)
        for number in range(9):
            accept(journal, edoc(document_id=str(number), subject="khóa"))
            if chance.random() < 1 / 3:
                journal.grow_index().result(PATIENCE)
        there, seen = _page(journal, which, [], 1000), list[int]()
        while page := _page(journal, which, seen, chance.choice((1, 2, 3))):
            seen += page
            late = accept(journal, edoc(document_id=f"late {len(seen)}", subject="khóa"))
            for act in (lambda late=late: send(journal, late), lambda: journal.grow_index().result(PATIENCE)):
                if chance.random() < 1 / 2:
                    act()

        assert seen == there

    def test_older_copies_come_in_beside_new_ones(self, journal: Journal) -> None:
        """A bus that is never still makes the index of what was there before all the same."""
        for number in range(3):
            accept(journal, edoc(document_id=str(number)))
        journal.grow_index().result(PATIENCE)
        accept(journal, edoc(document_id="new"))

        told = journal.grow_index().result(PATIENCE)

        assert (told.events > 0, told.older) == (True, 3)

    def test_what_comes_meanwhile_waits_for_the_next_look(self, journal: Journal) -> None:
        """Where something new comes all the time, it is not taken one by one."""
        numbers = count()

        def unfinished() -> bool:
            accept(journal, edoc(document_id=str(next(numbers))))
            return True

        journal.grow_index().result(PATIENCE)
        Indexer(journal, unfinished).work()

        assert next(numbers) == 1


def _gone(journal: Journal, number: int, sender: str, where: State, reason: str) -> Receipt:
    """One of two subjects, gone there."""
    receipt = accept(journal, edoc(sender, (RECIPIENT,), f"{sender}{number}", subject=f"số {number % 2}"))
    send(journal, receipt, where, reason=reason, until=journal.clock.now() + MINUTE if where == State.WAITING else None)
    return receipt


def _page(journal: Journal, which: Filter, seen: Sequence[int], limit: int) -> list[int]:
    """The next page of a list."""
    asked = replace(which, after=seen[-1] if seen else None, limit=limit)
    return [row.seq for row in Browse(journal.store).copies(asked)]


def _as_told_by_the_rows(journal: Journal, which: Filter) -> None:
    """A list is what going through every row would give."""
    with journal.store.reading() as connection:
        everything = [from_row(row) for row in connection.execute(listed().order_by(schema.copies.c.seq.desc()))]
    fits = [row.seq for row in everything if _fits(row, which)]
    assert _page(journal, which, [], 1000) == fits, which


def _fits(row: Listed, which: Filter) -> bool:
    at = row.copy.accepted_at
    exact = ((row.event.sender, which.senders), (row.copy.recipient, which.recipients), (row.copy.state, which.states))
    return (
        (not which.reason or row.copy.reason == which.reason)
        and all(value in values for value, values in exact if values)
        and (which.since is None or at >= which.since)
        and (which.until is None or at < which.until)
        and set(words_of(which.text)) <= set(words_of(row.event.subject))
    )


def _index(journal: Journal) -> tuple[set[tuple[object, ...]], ...]:
    with journal.store.reading() as connection:
        tables = (schema.search, schema.search_vocabulary, schema.search_times)
        return tuple({tuple(row) for row in connection.execute(select(table))} for table in tables)


def _set_back(journal: Journal) -> None:
    """The cursor of the events stands where it stood before the last one."""

    def moved(tx: Tx, requests: Sequence[None]) -> list[None]:
        table = schema.cursors
        tx.connection.execute(update(table).where(table.c.name == NEW).values(position=table.c.position - 1))
        return [None] * len(requests)

    journal.committer.submit(moved, None, 0).result(PATIENCE)
