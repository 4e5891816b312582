"""``verify`` beyond the account of messages: the bytes of bodies, and how many copies each day and rule had."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bus.clock import MICROS, HandClock
from bus.control.parts import Parts
from bus.journal.purge import Old
from bus.journal.states import State
from tests.buses import PUSHED, alone, ask, home, send, settle
from tests.clis import bus
from tests.journals import empty_journal
from tests.messages import RECIPIENT, edoc

DAY = 86_400 * MICROS


@pytest.fixture(params=["sqlite", "postgres"])
def parts(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Parts]:
    """A home with a clock of the test's own."""
    if request.param == "postgres":
        monkeypatch.setenv("BUS_DATABASE_URL", request.getfixturevalue("postgres_url"))
    with alone(home(tmp_path), HandClock()) as opened:
        yield opened


def test_a_body_that_was_changed_on_disk_is_found(tmp_path: Path) -> None:
    """The size may be right; the command ends with 1 and names it. A small one in the journal is read too."""
    settings = home(tmp_path)
    (settings.home / "journal.db").write_bytes(empty_journal())
    with alone(settings) as opened:
        send(opened, tmp_path, edoc(document_id="small"))
        send(
            opened,
            tmp_path,
            edoc(document_id="large", attachments=[("a.bin", hashlib.shake_128(b"large").digest(500_000))]),
        )
    here = ("--home", settings.home)
    told = bus("verify", "--bodies", "--json", *here)
    assert (told.code, told.json()["bodies"], told.json()["balanced"]) == (0, 2, True)

    (large,) = settings.bodies.glob("??/*")
    data = bytearray(large.read_bytes())
    data[1000] ^= 1
    large.write_bytes(data)
    assert bus("verify", *here).code == 0
    told = bus("verify", "--bodies", "--json", *here)
    assert (told.code, [one["code"] for one in told.json()["differences"]]) == (1, ["body.damaged"])
    assert large.name in told.json()["differences"][0]["text"]
    assert "body.damaged" in bus("verify", "--bodies", *here).out


def test_copies_are_counted_by_day_and_rule(parts: Parts, tmp_path: Path) -> None:
    """Also those whose events have gone; what was summed up of them stands beside."""
    clock = parts.clock
    assert isinstance(clock, HandClock)
    (pushed,) = send(parts, tmp_path, edoc(recipients=[PUSHED], document_id="a"))
    settle(parts, pushed, State.DELIVERED)
    clock.move(2 * 86_400)
    send(parts, tmp_path, edoc(recipients=[PUSHED, RECIPIENT], document_id="b"))
    assert parts.journal.purge("messages", Old(clock.now() - DAY)).result(10) == 1

    told = ask(parts, "days")
    rows = [(row["rule"], row["state"], row["copies"], row["summed"]) for row in told["days"]]
    assert rows == [("health", "delivered", 1, 1), ("health", "queued", 1, 0), ("inside", "offered", 1, 0)]
    assert len({row["day"] for row in told["days"]}) == 2
    assert told["differences"] == []
    assert len(ask(parts, "days", since=clock.now())["days"]) == 2


def test_the_command_by_day(tmp_path: Path) -> None:
    """As an operator types it."""
    settings = home(tmp_path)
    (settings.home / "journal.db").write_bytes(empty_journal())
    with alone(settings) as opened:
        send(opened, tmp_path, edoc(document_id="a"))

    assert "inside" in bus("verify", "--by-day", "--home", settings.home).out
    assert bus("verify", "--by-day", "--since", "nonsense", "--home", settings.home).code == 2
