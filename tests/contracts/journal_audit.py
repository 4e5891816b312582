"""The audit is a chain: written in order, never forked, and whatever is done to it afterwards shows."""

from __future__ import annotations

import hashlib
import json

import pytest
from sqlalchemy import delete, insert, select, update

from bus.journal import Journal, chain, schema
from bus.journal.audit_reads import Asked, Walked
from bus.journal.chain import Deed
from tests.journals import PATIENCE, one_batch

_A = schema.audit.c


def note(journal: Journal, *names: str) -> None:
    """Deeds, each in a batch of its own."""
    for name in names:
        journal.note_deed(Deed("an", name, "{}", "done", "vì sao", "", '{"a":1}')).result(PATIENCE)


def tamper(journal: Journal, *statements: object) -> None:
    """What somebody with the database's password might do, after the journal was closed."""
    journal.committer.close()
    with journal.store.writer.begin() as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]


def walk(journal: Journal) -> Walked:
    """The whole chain in portions."""
    walked = journal.audit.walk()
    while walked.after is not None:
        walked = journal.audit.walk(walked.after, walked.hash)
    return walked


class AuditRules:
    """Who did what, so that nobody can deny or change it unseen."""

    def test_the_hash_is_what_the_page_says(self, journal: Journal) -> None:
        """Anybody can compute it with a JSON writer and SHA-256 (docs/schema.md)."""
        note(journal, "pause", "resume")
        previous = "0" * 64
        for row in reversed(journal.audit.page(Asked())):
            told = {name: row[name] for name in ("after", "at", "before", "detail", "outcome", "reason", "what", "who")}
            text = previous + "\n" + json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            assert row["previous"] == previous
            assert row["hash"] == hashlib.sha256(text.encode()).hexdigest()
            previous = row["hash"]

    def test_deeds_of_one_batch_follow_each_other(self, journal: Journal) -> None:
        """Also where they are written by one statement."""
        with one_batch(journal):
            for number in range(30):
                journal.note_deed(Deed("an", f"d{number}"))
        note(journal, "last")

        assert walk(journal).broken is None
        assert [row["what"] for row in journal.audit.page(Asked(limit=3))] == ["last", "d29", "d28"]

    def test_rows_of_before_the_chain_are_covered_by_its_first(self, journal: Journal) -> None:
        """They bear no hash; to change one shows all the same."""
        old = [{"at": n, "who": "an", "what": f"old{n}", "detail": "", "outcome": "done"} for n in range(3)]
        with journal.store.writer.begin() as connection:
            connection.execute(insert(schema.audit), old)
        note(journal, "new")
        assert walk(journal) == Walked(4, None, walk(journal).hash)

        tamper(journal, update(schema.audit).where(_A.what == "old1").values(who="binh"))
        assert walk(journal).why.startswith("it does not follow")

    @pytest.mark.parametrize("column", ["at", "who", "what", "detail", "outcome", "reason", "before", "after"])
    def test_a_changed_word_is_found(self, journal: Journal, column: str) -> None:
        """Whatever word of a row it is, that row is named."""
        note(journal, "a", "b", "c")
        second = [row["seq"] for row in journal.audit.page(Asked(what="b"))]
        tamper(journal, update(schema.audit).where(_A.seq.in_(second)).values({column: 7 if column == "at" else "lie"}))

        assert [walk(journal).broken] == second

    def test_a_row_taken_out_or_put_in_is_found(self, journal: Journal) -> None:
        """By the row that follows it."""
        note(journal, "a", "b", "c")
        (third,) = [row["seq"] for row in journal.audit.page(Asked(what="c"))]
        tamper(journal, delete(schema.audit).where(_A.what == "b"))

        assert walk(journal).broken == third

    def test_a_row_whose_hash_was_taken_off_is_found(self, journal: Journal) -> None:
        """To bear none is no excuse once another follows."""
        note(journal, "a", "b", "c")
        tamper(journal, update(schema.audit).where(_A.what == "b").values(hash=None, previous=None, who="binh"))

        assert walk(journal).broken is not None

    def test_a_removed_tail_shows_by_the_head_that_was_noted(self, journal: Journal) -> None:
        """And by nothing else: what is left is a chain."""
        note(journal, "a", "b")
        head = journal.audit.head()
        assert head is not None
        assert journal.audit.hash_of(head["seq"]) == head["hash"]
        tamper(journal, delete(schema.audit).where(_A.seq == head["seq"]))

        assert walk(journal).broken is None
        assert journal.audit.hash_of(head["seq"]) is None

    def test_deeds_are_found_by_who_what_and_when(self, journal: Journal) -> None:
        """In pages, newest first."""
        note(journal, "a", "b", "a")
        every = journal.audit.page(Asked())
        assert [row["what"] for row in every] == ["a", "b", "a"]
        assert [row["what"] for row in journal.audit.page(Asked(after=every[0]["seq"]))] == ["b", "a"]
        assert len(journal.audit.page(Asked(what="a", who="an"))) == 2
        assert journal.audit.page(Asked(who="binh")) == []
        assert journal.audit.page(Asked(since=every[0]["at"] + 1)) == []
        assert len(journal.audit.page(Asked(until=every[0]["at"] + 1, limit=2))) == 2

    def test_words_no_database_takes_are_cleaned(self, journal: Journal) -> None:
        """A NUL or half a letter in a reason keeps nobody from being audited."""
        journal.note_deed(Deed("an", "pause", reason="a\x00b\ud800")).result(PATIENCE)

        assert journal.audit.page(Asked())[0]["reason"] == "ab?"
        assert walk(journal).broken is None

    def test_the_chain_is_walked_in_portions(self, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
        """However many rows there are, none is read twice and none is left out."""
        note(journal, *"abcde")
        monkeypatch.setattr("bus.journal.audit_reads.PORTION", 2)
        first = journal.audit.walk()
        assert first.rows == 2
        assert walk(journal).hash == journal.audit.head()["hash"]  # type: ignore[index]
        with journal.store.reading() as connection:
            assert len(connection.execute(select(_A.seq)).all()) == len(list(chain.rows_after(connection, 0)))
