"""Retention by rule and state over a whole home: looked at first, written into the archive first, and held by law."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bus import standstill
from bus.clock import HandClock
from bus.config import Settings, load_settings
from bus.control.parts import Parts
from bus.journal.operate import Order
from bus.journal.states import State
from bus.journal.verify import Verifier, total
from bus.retention import Retention
from tests.buses import PUSHED, ROUTES, alone, ask, home, send, settle
from tests.clis import bus
from tests.journals import empty_journal
from tests.messages import RECIPIENT, SENDER, edoc

RULES = "retention: {default: {bodies: 30d, events: 60d}, inside: {bodies: 90d}}\n"
LARGE = hashlib.shake_128(b"large").digest(300_000)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = home(tmp_path, ROUTES % 9 + RULES)
    (made.home / "journal.db").write_bytes(empty_journal())
    return load_settings(home=made.home, routes=made.routes, archive=tmp_path / "archive")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def parts(settings: Settings, clock: HandClock) -> Iterator[Parts]:
    with alone(settings, clock) as opened:
        yield opened


def settled(parts: Parts, folder: Path, name: str, to: State = State.DELIVERED) -> tuple[str, bytes]:
    """A large document that was pushed: its copy and its bytes."""
    body = edoc(SENDER, (PUSHED,), name, attachments=[("a.pdf", name.encode() + LARGE)])
    (copy,) = send(parts, folder, body)
    settle(parts, copy, to)
    return copy, body


def round_of(parts: Parts) -> None:
    routes = parts.holder.plan.routes
    Retention(parts.journal, parts.claims, parts.clock, parts.settings, lambda: routes).round()


def kept(parts: Parts, copy: str) -> tuple[bool, bool]:
    """Whether a copy's body is kept, and what is told of its message."""
    listed = parts.browse.copy(copy)
    assert listed
    return parts.journal.reads.has_body(listed.copy.body), bool(listed.event.view)


def looked_at(parts: Parts) -> dict[tuple[str, str], tuple[int, int]]:
    """By rule and state how many bodies would go, and of how many messages the rest."""
    told = ask(parts, "retention")
    return {(row["rule"], row["state"]): (row["bodies"], row["events"]) for row in told["going"]}


def test_what_is_shown_is_what_goes(parts: Parts, clock: HandClock, tmp_path: Path) -> None:
    """Bodies first, the rest later, each by its rule; dead copies never."""
    (boxed,) = send(parts, tmp_path, edoc(SENDER, (RECIPIENT,), "boxed"))
    parts.journal.operate("cancel", Order((boxed,), "an")).result(10)
    pushed, _ = settled(parts, tmp_path, "pushed")
    dead, _ = settled(parts, tmp_path, "dead", State.DEAD)
    assert looked_at(parts) == {}

    clock.move(31 * 86_400)
    assert looked_at(parts) == {("health", "delivered"): (1, 0)}
    round_of(parts)
    assert [kept(parts, copy) for copy in (boxed, pushed, dead)] == [(True, True), (False, True), (True, True)]
    clock.move(30 * 86_400)
    assert looked_at(parts) == {("health", "delivered"): (0, 1), ("inside", "cancelled"): (0, 1)}
    round_of(parts)
    assert [kept(parts, copy) for copy in (boxed, pushed, dead)] == [(True, False), (False, False), (True, True)]
    assert looked_at(parts) == {}
    clock.move(3_000 * 86_400)
    round_of(parts)
    assert [kept(parts, copy) for copy in (boxed, dead)] == [(False, False), (True, True)]
    assert total(Verifier(parts.journal.store, parts.claims).portions()).differences == ()


def test_what_goes_is_in_the_archive_first(parts: Parts, clock: HandClock, tmp_path: Path) -> None:
    """Every row of it and its bytes, under a manifest of hashes."""
    copy, body = settled(parts, tmp_path, "pushed")
    clock.move(61 * 86_400)
    round_of(parts)

    (listed,) = (tmp_path / "archive").glob("*/*.manifest.json")
    manifest = json.loads(listed.read_text())
    lines = (listed.parent / manifest["file"]).read_bytes()
    assert hashlib.sha256(lines).hexdigest() == manifest["sha256"]
    row = json.loads(lines)
    assert (row["message"]["key"], row["copies"][0]["id"], row["going"]["events"]) == ("pushed", copy, True)
    assert (row["copies"][0]["calls"][0]["words"], bool(row["events"])) == ("their words", True)
    (sha256,) = manifest["bodies"]
    assert (listed.parent / "bodies" / sha256[:2] / sha256).read_bytes() == body
    assert kept(parts, copy) == (False, False)


def test_nothing_goes_that_cannot_be_archived(parts: Parts, clock: HandClock, tmp_path: Path) -> None:
    """A full or missing disk: the round fails, and all is there."""
    copy, _ = settled(parts, tmp_path, "pushed")
    clock.move(61 * 86_400)
    (tmp_path / "archive").write_text("no folder")
    with pytest.raises(OSError):
        round_of(parts)

    assert kept(parts, copy) == (True, True)


def test_what_is_held_by_law_stays(parts: Parts, clock: HandClock, tmp_path: Path) -> None:
    """Until the hold is lifted, whatever found it."""
    copy, _ = settled(parts, tmp_path, "pushed")
    assert ask(parts, "hold_legally", which={"document_id": "pushed"}, reason="r", dry_run=True)["copies"] == 1
    made = ask(parts, "hold_legally", which={"document_id": "pushed"}, reason="inspection")
    assert made == {"hold": made["hold"], "copies": 1, "messages": 1}
    clock.move(3_000 * 86_400)
    assert (ask(parts, "retention")["held"], looked_at(parts)) == (1, {})
    round_of(parts)
    assert kept(parts, copy) == (True, True)
    (told,) = ask(parts, "legal_holds")["holds"]
    assert (told["which"], told["reason"], told["messages"]) == ({"document_id": "pushed"}, "inspection", 1)

    ask(parts, "lift_legally", hold=made["hold"], reason="closed")
    round_of(parts)
    assert kept(parts, copy) == (False, False)


def test_files_stand_still_while_a_backup_copies_them(parts: Parts, clock: HandClock, tmp_path: Path) -> None:
    """What was given up goes in the round after."""
    settled(parts, tmp_path, "pushed")
    clock.move(61 * 86_400)
    for path in parts.settings.bodies.glob("??/*"):
        os.utime(path, (0, 0))
    with standstill.held(parts.settings.bodies):
        round_of(parts)
        assert len(list(parts.settings.bodies.glob("??/*"))) == 1
    round_of(parts)
    assert list(parts.settings.bodies.glob("??/*")) == []


def test_the_commands(settings: Settings, tmp_path: Path) -> None:
    """As an operator types them."""
    with alone(settings) as parts:
        settled(parts, tmp_path, "pushed")
    here = ("--home", settings.home)
    assert bus("retention", *here).code == 2
    assert bus("retention", "--dry-run", "--json", *here).json() == {"messages": 0, "held": 0, "going": []}
    assert bus("legal-hold", "add", "--document", "pushed", *here).code == 2
    told = bus("legal-hold", "add", "--document", "pushed", "--reason", "inspection", "--json", *here).json()
    assert "inspection" in bus("legal-hold", "list", *here).out
    assert bus("legal-hold", "remove", told["hold"], "--reason", "closed", *here).code == 0
    assert bus("legal-hold", "remove", told["hold"], "--reason", "closed", *here).code == 1
