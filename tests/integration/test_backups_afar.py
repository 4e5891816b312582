"""Backups that are ordered of the running bus by whoever is not on its machine: where, how far, what of it is left."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest
from sqlalchemy import select

from bus import standstill
from bus.backup.files import BackupFailed
from bus.backup.make import Wanted, make
from bus.clock import SystemClock
from bus.config import load_settings
from bus.journal import schema
from tests.buses import ROUTES, alone, ask, home, running, send, until
from tests.clis import bus
from tests.messages import edoc

OPERATORS = """
operators:
  tran.an: {token: "file:tran.an", may: operate}
"""
LARGE = bytes(range(256)) * 2000


@pytest.fixture
def settings(tmp_path, monkeypatch):
    (tmp_path / "backups").mkdir()
    monkeypatch.setenv("BUS_BACKUPS", str(tmp_path / "backups"))
    made = home(tmp_path, ROUTES % 9 + OPERATORS)
    made.secrets.mkdir(mode=0o700, exist_ok=True)
    token = made.secrets / "tran.an"
    token.touch(0o600)
    token.write_text("token-of-an")
    with alone(made) as parts:
        send(parts, tmp_path, edoc(attachments=[("a.pdf", LARGE)]))
    return made


@pytest.fixture
def daemon(settings):
    with running(settings) as started:
        yield started


@pytest.fixture
def afar(daemon, settings, monkeypatch):
    """The command line of an operator who is elsewhere."""
    monkeypatch.setenv("BUS_URL", f"http://127.0.0.1:{daemon.server.port}")
    monkeypatch.setenv("BUS_TOKEN_FILE", str(settings.secrets / "tran.an"))
    return bus


def test_a_backup_is_ordered_from_afar(afar, settings, daemon, monkeypatch):
    """It lies on the bus's machine, whole, with the earlier one's bodies; who ordered it stands in the audit."""
    first = afar("backup", "first", "--json").json()
    assert afar("backup", "second", "--previous", "first").code == 0

    told = afar("backups", "--json").json()
    assert {one["name"]: one["bodies"] for one in told["backups"]} == {"first": 1, "second": 1}
    assert first == told["backups"][-1]
    assert (told["last"]["ended"], told["last"]["error"], told["broken_off"]) == (True, "", [])
    assert "second, by tran.an: made" in afar("backups").out
    one, other = settings.backups.glob("*/bodies/??/*")
    assert one.stat().st_ino == other.stat().st_ino
    table = schema.audit.c
    with daemon.home.journal.store.reading() as connection:
        deeds = connection.execute(select(table.what, table.outcome).where(table.who == "tran.an")).all()
    assert sorted(deeds) == [(what, "done") for what in ("backed_up", "backed_up", "backup", "backup")]
    monkeypatch.delenv("BUS_URL")
    assert bus("backup", settings.backups / "second", "--verify").code == 0


def test_no_path_is_taken_from_afar(afar, settings):
    """Neither for the backup nor for the earlier one; nothing is made anywhere."""
    for name in ("../else", "/tmp/else", "a/b", "..", ".hidden", "a\n"):
        assert "a name and no path" in afar("backup", name).err
        assert "a name and no path" in afar("backup", "good", "--previous", name).err
    assert list(settings.backups.iterdir()) == []


def test_one_at_a_time_and_it_says_how_far_it_is(daemon, settings):
    """Whoever comes second is told of the first; a name is given once."""
    parts = daemon.parts()
    with standstill.collecting(settings.bodies):
        ask(parts, "backup", backup="one")
        told = ask(parts, "backups")
        assert (told["last"]["name"], told["last"]["ended"], told["broken_off"]) == ("one", False, [])
        with pytest.raises(BackupFailed, match="one is being made"):
            ask(parts, "backup", backup="two")
    until(lambda: ask(parts, "backups")["last"]["ended"])
    with pytest.raises(BackupFailed, match="there is a one already"):
        ask(parts, "backup", backup="one")


def test_a_bus_that_stops_leaves_nothing_of_it(daemon, settings):
    """And it is not waited for: what was copied goes, and the audit says why there is none."""
    parts = daemon.parts()
    with standstill.collecting(settings.bodies):
        ask(parts, "backup", backup="one")
        ending = threading.Thread(target=daemon.backups.stop)
        ending.start()
        until(lambda: refused(parts) == "the bus is stopping")
    ending.join()

    assert list(settings.backups.iterdir()) == []
    assert "stopped" in ask(parts, "backups")["last"]["error"]


def refused(parts):
    with suppress(BackupFailed):
        ask(parts, "backup", backup="two")
        return ""
    try:
        ask(parts, "backup", backup="two")
    except BackupFailed as error:
        return str(error)


def test_what_fails_is_told(afar, settings):
    """A store that is away, a folder that is none; what a kill left is told as broken off."""
    (settings.backups / "killed").mkdir()
    assert afar("backups", "--json").json()["broken_off"] == ["killed"]
    assert "killed was broken off" in afar("backups").out
    settings.bodies.rename(settings.home / "elsewhere")
    told = afar("backup", "one")
    assert (told.code, "no store of bodies" in told.err) == (1, True)
    settings.backups.rename(settings.home / "away")
    assert "is no folder" in afar("backup", "two").err


def test_without_a_folder_none_is_ordered(settings, tmp_path, monkeypatch):
    """Nor secrets, nor where no daemon runs; a list is empty then."""
    monkeypatch.delenv("BUS_BACKUPS")
    with alone(load_settings(home=settings.home, routes=settings.routes)) as parts:
        assert ask(parts, "backups") == {"folder": "", "last": None, "backups": [], "broken_off": []}
    bare = load_settings(home=settings.home, routes=settings.routes, listen="127.0.0.1:0")
    with running(bare) as daemon, pytest.raises(BackupFailed, match="BUS_BACKUPS"):
        ask(daemon.parts(), "backup", backup="one")
    monkeypatch.setenv("BUS_URL", "http://127.0.0.1:9")
    assert bus("backup", "one", "--with-secrets").code == 2


def test_backups_of_the_command_are_listed_too(settings):
    """Whoever made it: the manifest tells, with or without a daemon."""
    make(settings, Wanted(settings.backups / "by-hand", with_secrets=True), SystemClock(), lambda *_: None)

    (one,) = bus("backups", "--home", settings.home, "--json").json()["backups"]
    assert (one["name"], one["with_secrets"]) == ("by-hand", True)
