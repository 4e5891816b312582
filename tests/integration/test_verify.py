"""``verify`` finds every way in which receipts, copies, events and bodies can part."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing

import pytest

from bus.control.account import verify
from bus.journal import verify as verifying
from bus.journal.purge import Old
from bus.journal.states import State
from bus.journal.verify import Verifier, total
from tests.buses import PUSHED, alone, ask, home, send, settle
from tests.messages import RECIPIENT, edoc, status


@pytest.fixture
def settings(tmp_path):
    """A home with a bit of everything."""
    made = home(tmp_path)
    with alone(made) as parts:
        send(parts, tmp_path, edoc(recipients=[RECIPIENT, PUSHED], document_id="a"))
        (delivered,) = send(parts, tmp_path, edoc(recipients=[PUSHED], document_id="b"))
        settle(parts, delivered, State.DELIVERED)
        ask(parts, "resend", which={"ids": [delivered]})
        (waiting,) = send(parts, tmp_path, edoc(recipients=[PUSHED], document_id="c"))
        settle(parts, waiting, State.WAITING, "connect")
        (dead,) = send(parts, tmp_path, edoc(recipients=[PUSHED], document_id="d"))
        settle(parts, dead, State.DEAD, "schema")
        send(parts, tmp_path, status(), "so-tai-chinh")
        big = edoc(document_id="e", attachments=[("a.bin", random.Random(1).randbytes(500_000))])
        ask(parts, "hold", which={"ids": send(parts, tmp_path, big)})
    return made


def differences(settings):
    with alone(settings) as parts:
        return sorted({one["code"] for one in verify(parts)["differences"]})


def tamper(settings, statement):
    with closing(sqlite3.connect(settings.home / "journal.db")) as database, database:
        assert database.execute(statement).rowcount > 0


def test_an_honest_journal_balances(settings):
    """Whatever the verbs did, the three tell one story, and every primary copy is counted once."""
    with alone(settings) as parts:
        told = verify(parts)

    assert told["differences"] == []
    assert told["next"] is None
    assert sum(told["states"].values()) == 7


@pytest.mark.parametrize(
    ("statement", "codes"),
    [
        ("UPDATE messages SET copies_accepted = 9 WHERE key = 'a'", ["account.births", "account.copies"]),
        ("UPDATE copies SET state = 'delivered' WHERE state = 'dead'", ["account.moves"]),
        ("UPDATE copies SET state = 'cancelled' WHERE state = 'waiting'", ["account.moves"]),
        ("UPDATE copies SET state = 'queued' WHERE kind = 'resend' OR state = 'delivered'", ["account.moves"]),
        ("DELETE FROM copies WHERE state = 'dead'", ["account.copies", "account.lost"]),
        ("DELETE FROM copies WHERE state = 'offered'", ["account.copies"]),
        ("DELETE FROM events WHERE what = 'message.accepted'", ["account.births"]),
        ("DELETE FROM events WHERE what = 'copy.delivered'", ["account.moves"]),
        ("DELETE FROM messages WHERE key = 'd'", ["account.orphan"]),
        ("DELETE FROM bodies WHERE data IS NOT NULL", ["body.missing"]),
        ("UPDATE bodies SET size = size + 1", ["body.missing"]),
        ("UPDATE bodies SET kept = 0, data = NULL", ["body.missing"]),
    ],
)
def test_every_tampering_is_found(settings, statement, codes):
    """Each single lie in one table is named by its code, and no other."""
    tamper(settings, statement)

    assert differences(settings) == codes


def test_a_large_body_that_went_missing_is_found(settings):
    """A body in the store must be there with the size the journal has."""
    (file,) = [path for path in settings.bodies.rglob("*") if path.is_file()]
    file.write_bytes(b"cut short")
    assert differences(settings) == ["body.missing"]

    file.unlink()
    assert differences(settings) == ["body.missing"]


def test_portions_add_up(settings, monkeypatch):
    """However small the portions, together they are the same account."""
    with alone(settings) as parts:
        verifier = Verifier(parts.journal.store, parts.claims)
        whole = total(verifier.portions())
        monkeypatch.setattr(verifying, "MESSAGES", 2)
        monkeypatch.setattr(verifying, "COPIES", 1)
        pieces = list(verifier.portions())

    assert len(pieces) > whole.messages / 2
    assert total(pieces) == whole


def test_what_retention_dropped_is_no_difference(settings):
    """Settled messages without their events and bodies still balance: the receipts and the copies remain."""
    with alone(settings) as parts:
        later = Old(parts.clock.now() + 1)
        ask(parts, "cancel", which={"endpoint": "push"})
        assert parts.journal.purge("messages", later).result() > 0
        parts.journal.purge_bodies(later).result()

        assert verify(parts)["differences"] == []
