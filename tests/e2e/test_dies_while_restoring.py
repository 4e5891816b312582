"""SIGKILL while a home is made of a backup: nobody works in a part of one, and the same command again makes it whole."""

from __future__ import annotations

import hashlib
import signal
from collections.abc import Mapping
from pathlib import Path

import pytest

from bus.config import Settings
from tests.buses import PUSHED, alone, home, send
from tests.clis import bus
from tests.e2e import lives
from tests.messages import RECIPIENT, SENDER, edoc

LARGE = hashlib.shake_128(b"large").digest(300_000)
#: Where it dies, one after the other: before the first file, among the bodies, before the journal has its name, and behind that.
POINTS = {
    "sqlite": ("restore_begun", "restore_copied", "restore_loaded", "restore_given"),
    "postgresql": ("restore_begun", "restore_copied", "restore_filled", "restore_given"),
}


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home with two documents, and a backup of it."""
    if request.param == "postgres":
        monkeypatch.setenv("BUS_DATABASE_URL", request.getfixturevalue("postgres_url"))
    settings = home(tmp_path)
    with alone(settings) as parts:
        send(parts, tmp_path, edoc(SENDER, (RECIPIENT, PUSHED), "small"))
        send(parts, tmp_path, edoc(SENDER, (PUSHED,), "large", attachments=[("a.pdf", LARGE)]))
    assert bus("backup", tmp_path / "backup", "--home", settings.home).code == 0
    return settings


@pytest.fixture
def elsewhere(place: Settings, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """What a process is told that makes a home of it: where, with PostgreSQL, an empty database is."""
    if place.database_url.startswith("sqlite"):
        return {}
    url = request.getfixturevalue("other_postgres_url")
    monkeypatch.setenv("BUS_DATABASE_URL", url)
    return {"BUS_DATABASE_URL": url}


def refused(new: Path) -> bool:
    """Whether nobody works in a home, and says why."""
    told = [bus(*words, "--home", new, "--json") for words in (["status"], ["backup", new.parent / "other"])]
    return [one.json()["error"]["code"] for one in told] == ["home.unfinished"] * 2


def test_a_restore_begins_again(place: Settings, elsewhere: Mapping[str, str], tmp_path: Path) -> None:
    """As often as it dies, and wherever. Until then no bus starts on what is there; in the end all is there, in doubt."""
    new, log = tmp_path / "new", tmp_path / "bus.log"
    restore = ("restore", tmp_path / "backup", "--home", new)
    for point in POINTS[place.database_url.partition("+")[0].partition(":")[0]]:
        assert lives.command(log, *restore, die_at=point, environment=elsewhere) == -signal.SIGKILL, point
        assert refused(new)
    began = lives.command(log, "run", "--home", new, "--routes", place.routes, environment=elsewhere)
    assert (began, "home.unfinished" in log.read_text()) == (1, True)

    assert bus(*restore, "--json").json()["in_doubt"] == 3
    assert not {"restoring", "journal.db.restoring"} & {path.name for path in new.iterdir()}
    assert bus("status", "--home", new, "--json").json()["states"] == {"in_doubt": 3}
    assert bus("verify", "--bodies", "--home", new).code == 0
    assert bus(*restore).code == 1


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_only_the_end_was_missing(place: Settings, elsewhere: Mapping[str, str], tmp_path: Path) -> None:
    """Killed when the home is whole: the bus that starts on it doubts what was open, and nothing is refused."""
    new = tmp_path / "new"
    restore = ("restore", tmp_path / "backup", "--home", new)
    assert (
        lives.command(tmp_path / "bus.log", *restore, die_at="restore_whole", environment=elsewhere) == -signal.SIGKILL
    )

    assert bus("status", "--home", new, "--json").json()["states"] == {"in_doubt": 3}


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_store_of_its_own_keeps_no_piece_of_a_body(
    place: Settings, elsewhere: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a killed restore, or another bus before it, has left there under the name of a body is looked at, not believed."""
    store = tmp_path / "store"
    (body,) = (tmp_path / "backup").glob("bodies/??/*")
    piece = store / body.parent.name / body.name
    piece.parent.mkdir(parents=True)
    piece.write_bytes(body.read_bytes()[:-1])
    monkeypatch.setenv("BUS_STORE_URL", store.as_uri())

    assert bus("restore", tmp_path / "backup", "--home", tmp_path / "new").code == 0
    assert piece.read_bytes() == body.read_bytes()
