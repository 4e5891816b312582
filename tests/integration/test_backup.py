"""Backups on either database: made while the bus works, checked, and made into a home that sends nothing on its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from bus.backup import manifest
from bus.backup.files import BackupFailed
from bus.backup.make import Wanted, make
from bus.clock import SystemClock
from bus.config import Settings, load_settings
from bus.control.parts import Parts
from bus.journal import schema
from bus.journal.dump.facts import DumpBroken
from bus.journal.dump.taking import taken
from bus.journal.store import Store
from bus.journal.verify import Verifier, total
from tests.buses import PUSHED, alone, ask, home, send
from tests.clis import bus
from tests.journals import empty_journal
from tests.messages import RECIPIENT, SENDER, edoc

LARGE = hashlib.shake_128(b"large").digest(300_000)


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A home on one of the databases."""
    if request.param == "postgres":
        monkeypatch.setenv("BUS_DATABASE_URL", request.getfixturevalue("postgres_url"))
        return home(tmp_path)
    return quick(tmp_path)


def quick(folder: Path) -> Settings:
    """A home on SQLite whose tables are there already."""
    settings = home(folder)
    (settings.home / "journal.db").write_bytes(empty_journal())
    return settings


@pytest.fixture
def new(place: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Settings:
    """Where a backup of that home can be restored: on the same kind of database, an empty one."""
    if not place.database_url.startswith("sqlite"):
        monkeypatch.setenv("BUS_DATABASE_URL", request.getfixturevalue("other_postgres_url"))
    return load_settings(home=tmp_path / "new", routes=place.routes, listen="127.0.0.1:0")


@pytest.fixture
def small(tmp_path: Path) -> Settings:
    """A home with documents, on SQLite."""
    settings = quick(tmp_path)
    with alone(settings) as parts:
        filled(parts, tmp_path)
    return settings


def filled(parts: Parts, folder: Path) -> Mapping[str, bytes]:
    """Some documents of which one is large; each copy's bytes."""
    bodies = [
        edoc(SENDER, (RECIPIENT, PUSHED), "small"),
        edoc(SENDER, (PUSHED,), "large", attachments=[("a.pdf", LARGE)]),
    ]
    return {copy: body for body in bodies for copy in send(parts, folder, body)}


def quiet(_what: str, _done: int, _total: int) -> None:
    """Nobody looks."""


def backed_up(settings: Settings, folder: Path) -> Path:
    make(settings, Wanted(folder), SystemClock(), quiet)
    return folder


def body_of(parts: Parts, copy: str) -> bytes:
    listed = parts.browse.copy(copy)
    assert listed
    claim = parts.claims.find(parts.journal.reads.body(listed.copy.body))
    assert claim
    with claim.open() as file:
        return file.read()


def test_a_home_is_made_of_a_backup(place: Settings, new: Settings, tmp_path: Path) -> None:
    """With every document that was accepted, its bytes, and the account; what was open is in doubt."""
    folder = tmp_path / "backup"
    with alone(place) as parts:
        accepted = filled(parts, tmp_path)
        made = make(place, Wanted(folder), SystemClock(), quiet)
        late = send(parts, tmp_path, edoc(SENDER, (PUSHED,), "late"))
    assert bus("backup", folder, "--verify", "--json").json()["problems"] == []
    told = bus("restore", folder, "--home", new.home, "--json").json()

    assert (told["in_doubt"], told["backup"]["journal"]["position"]) == (3, made.journal.position)
    with alone(new) as parts:
        assert {copy: body_of(parts, copy) for copy in accepted} == accepted
        assert parts.browse.copy(late[0]) is None
        assert ask(parts, "status")["states"] == {"in_doubt": 3}
        assert total(Verifier(parts.journal.store, parts.claims).portions()).differences == ()
        again = send(parts, tmp_path, edoc(SENDER, (PUSHED,), "late"))
        assert ask(parts, "messages", which={"ids": again})["copies"][0]["state"] == "queued"
        rows = {row["endpoint"]: row for row in ask(parts, "recovery")["endpoints"]}
        assert (rows["push"]["in_doubt"], rows["push"]["known_by_id"], rows["push"]["queued"]) == (2, 2, 1)
        assert (rows["mailbox"]["in_doubt"], rows["mailbox"]["may_arrive_twice"]) == (1, 1)


def test_what_a_sequence_handed_out_is_not_handed_out_again(place: Settings, new: Settings, tmp_path: Path) -> None:
    """A cursor that stands behind all events sees the next one."""
    with alone(place) as parts:
        filled(parts, tmp_path)
        backed_up(place, tmp_path / "backup")
    bus("restore", tmp_path / "backup", "--home", new.home)

    with alone(new) as parts:
        before = parts.browse.last_event()
        send(parts, tmp_path, edoc(document_id="next"))
        assert parts.browse.last_event() > before


def test_a_restore_goes_nowhere_near_what_is_there(place: Settings, new: Settings, tmp_path: Path) -> None:
    """A home that is in use or not empty, a journal that is there."""
    with alone(place):
        backed_up(place, tmp_path / "backup")
        taken = bus("restore", tmp_path / "backup", "--home", place.home, "--json")
    used = bus("restore", tmp_path / "backup", "--home", place.home, "--json")
    assert bus("restore", tmp_path / "backup", "--home", new.home).code == 0
    twice = bus("restore", tmp_path / "backup", "--home", tmp_path / "third", "--json")

    assert (taken.code, taken.json()["error"]["code"]) == (1, "home.taken")
    assert (used.code, used.json()["error"]["code"]) == (1, "backup.failed")
    if not place.database_url.startswith("sqlite"):
        assert "the database has tables" in twice.json()["error"]["text"]
        assert [path.name for path in (tmp_path / "third").iterdir()] == ["lock"]


def test_a_backup_of_the_other_database_is_refused(
    small: Settings, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of one are not the other's."""
    backed_up(small, tmp_path / "backup")
    monkeypatch.setenv("BUS_DATABASE_URL", postgres_url)
    done = bus("restore", tmp_path / "backup", "--home", tmp_path / "new", "--json")

    assert (done.code, done.json()["error"]["code"]) == (1, "backup.failed")


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize(
    ("victim", "harm"),
    [
        ("journal.db", damage),
        ("routes.yaml", damage),
        ("bodies.txt", damage),
        ("journal.db", Path.unlink),
        ("routes.yaml", cut),
    ],
)
def test_a_file_that_is_not_what_it_was_is_found(small: Settings, tmp_path: Path, victim: str, harm) -> None:
    """Changed in one bit, gone, cut off; and no home is made of it."""
    folder = backed_up(small, tmp_path / "backup")
    harm(folder / victim)
    told = bus("backup", folder, "--verify", "--json")

    assert told.code == 1
    assert [victim in text for text in told.json()["problems"]] == [True]
    assert bus("restore", folder, "--home", tmp_path / "new", "--incomplete").code == 1
    assert not list(tmp_path.glob("new/*"))


@pytest.mark.parametrize("harm", [damage, Path.unlink])
def test_a_body_that_is_not_what_it_was_is_found(small: Settings, tmp_path: Path, harm) -> None:
    """And a home is made without it only where that is said."""
    folder = backed_up(small, tmp_path / "backup")
    (body,) = (path for path in folder.glob("bodies/??/*"))
    harm(body)
    told = bus("backup", folder, "--verify", "--json")
    assert (told.code, len(told.json()["problems"])) == (1, 1)
    assert bus("restore", folder, "--home", tmp_path / "new").code == 1

    done = bus("restore", folder, "--home", tmp_path / "new", "--incomplete", "--json").json()
    assert body.name in done["lost"][0]
    assert not list((tmp_path / "new").glob(f"bodies/??/{body.name}"))


def test_a_body_that_the_store_lost_is_told(small: Settings, tmp_path: Path) -> None:
    """The backup is made all the same, and says so; a copy that is to be sent has it."""
    (body,) = small.bodies.glob("??/*")
    damage(body)
    made = make(small, Wanted(tmp_path / "backup"), SystemClock(), quiet)

    assert [(one.sha256, one.needed) for one in made.missing] == [(body.name, True)]
    assert bus("backup", tmp_path / "backup", "--verify").code == 1


@pytest.fixture
def dumped(tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backup of a home with documents, on PostgreSQL."""
    monkeypatch.setenv("BUS_DATABASE_URL", postgres_url)
    settings = home(tmp_path)
    with alone(settings) as parts:
        filled(parts, tmp_path)
    return backed_up(settings, tmp_path / "backup")


def rewrite(folder: Path, file: str, data: bytes) -> None:
    """Have a file say something else in a backup that is whole by its hashes."""
    (folder / file).write_bytes(data)
    told = json.loads((folder / manifest.NAME).read_text())
    for one in told["files"]:
        if one["file"] == file:
            one |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    (folder / manifest.NAME).write_text(json.dumps(told))


@contextmanager
def looking(url: str) -> Iterator[Connection]:
    store = Store(url)
    with store.reading() as connection:
        yield connection
    store.close()


def test_rows_that_would_not_go_back_are_found(dumped: Path, postgres_url: str) -> None:
    """Whatever the hashes say: they are loaded, and nothing of that stays in the database, which the bus may be using."""
    assert bus("backup", dumped, "--verify", "--json").json()["not_tried"] == ""
    rows = (dumped / "tables" / "messages").read_bytes()
    events = (dumped / "tables" / "events").read_bytes()
    wrong = {
        "rows of messages do not fit (UniqueViolation)": ("tables/messages", rows * 2),
        "rows of messages do not fit (InvalidText": ("tables/messages", rows + b"private\n"),
        "events go on to 99999": (
            "tables/events",
            events + b"99999" + events[events.index(b"\t") : events.index(b"\n") + 1],
        ),
    }
    for said, (file, data) in wrong.items():
        rewrite(dumped, file, data)
        told = bus("backup", dumped, "--verify", "--json")
        assert (told.code, [said in one for one in told.json()["problems"]]) == (1, [True]), told.json()["problems"]
        assert "private" not in told.out
        rewrite(dumped, file, rows if file.endswith("messages") else events)

    with looking(postgres_url) as connection:
        assert connection.execute(text("SELECT count(*) FROM messages")).scalar_one() == 2
        assert not connection.execute(text("SELECT 1 FROM pg_namespace WHERE nspname LIKE 'bus_trial%'")).all()


def test_where_nothing_can_be_loaded_that_is_told(
    dumped: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No PostgreSQL, none that answers, none in which a schema may be made: the files are whole, and no more is claimed."""
    with looking(postgres_url) as connection:
        connection.execute(text(f"REVOKE CREATE ON DATABASE {connection.engine.url.database} FROM CURRENT_USER"))
    for url in (postgres_url, "postgresql+psycopg://nobody@127.0.0.1:9/none", f"sqlite:///{dumped.parent / 'none.db'}"):
        monkeypatch.setenv("BUS_DATABASE_URL", url)
        told = bus("backup", dumped, "--verify")
        assert (told.code, told.out) == (0, "every file is as it was written · mọi tệp còn nguyên vẹn\n")
        assert "NOT loaded" in told.err
        assert bus("backup", dumped, "--verify", "--json").json()["not_tried"]


def test_tables_of_a_newer_release_are_told(small: Settings, tmp_path: Path) -> None:
    """As such, by whoever meets them."""
    store = Store(small.database_url)
    with store.writer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    folder = backed_up(small, tmp_path / "backup")

    for words in (["status", "--home", small.home], ["restore", folder, "--home", tmp_path / "new"]):
        told = bus(*words)
        assert (told.code, "a newer release" in told.err) == (1, True)


def test_what_is_no_backup_is_told(small: Settings, tmp_path: Path) -> None:
    """No manifest, an unreadable one, one of a later release."""
    for written in (None, "{", json.dumps({"format": 1})):
        folder = tmp_path / f"b{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        if written is not None:
            (folder / manifest.NAME).write_text(written)
        assert bus("backup", folder, "--verify").code == 1
    folder = backed_up(small, tmp_path / "backup")
    newer = json.loads((folder / manifest.NAME).read_text()) | {"format": manifest.FORMAT + 1}
    (folder / manifest.NAME).write_text(json.dumps(newer))
    assert "newer release" in bus("restore", folder, "--home", tmp_path / "new").err


def test_a_journal_that_cannot_be_written_is_told(small: Settings, tmp_path: Path) -> None:
    """As what it is, and not as a journal that is down."""
    (tmp_path / "journal.db").mkdir()
    store = Store(small.database_url)
    with taken(store) as moment, pytest.raises(DumpBroken, match="cannot be written"):
        moment.dump(tmp_path, lambda _done, _total: None)
    assert not store.health.trouble
    store.close()


@pytest.mark.parametrize("step", ["journal", "bodies", "hashes"])
def test_what_was_broken_off_looks_like_nothing(small: Settings, tmp_path: Path, step: str) -> None:
    """Whenever Ctrl-C comes."""

    def interrupt(what: str, _done: int, _total: int) -> None:
        if what == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(small, Wanted(tmp_path / "backup"), SystemClock(), interrupt)
    assert not (tmp_path / "backup").exists()


def test_a_backup_has_a_folder_of_its_own(small: Settings, tmp_path: Path) -> None:
    """Nothing is mixed into what is there."""
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / "mine").write_text("")
    with pytest.raises(BackupFailed, match="not empty"):
        backed_up(small, tmp_path / "backup")
    assert (tmp_path / "backup" / "mine").exists()


def test_secrets_are_in_it_only_where_that_is_said(small: Settings, tmp_path: Path) -> None:
    """And come back with their mode."""
    small.secrets.mkdir(mode=0o700)
    (small.secrets / "axis").write_text("very secret")
    (small.secrets / "axis").chmod(0o600)
    plain = backed_up(small, tmp_path / "plain")
    assert not [path for path in plain.rglob("*") if path.is_file() and b"very secret" in path.read_bytes()]

    assert bus("backup", tmp_path / "full", "--with-secrets", "--home", small.home).code == 0
    assert bus("restore", tmp_path / "full", "--home", tmp_path / "new").code == 0
    restored = tmp_path / "new" / "secrets" / "axis"
    assert (restored.read_text(), restored.stat().st_mode & 0o777) == ("very secret", 0o600)


def test_bodies_of_an_earlier_backup_are_not_copied_again(small: Settings, tmp_path: Path) -> None:
    """They are the same files, and the later backup stands when the earlier is removed."""
    first = backed_up(small, tmp_path / "first")
    second = tmp_path / "second"
    assert bus("backup", second, "--previous", first, "--home", small.home).code == 0

    (one,), (other,) = (list(folder.glob("bodies/??/*")) for folder in (first, second))
    assert one.stat().st_ino == other.stat().st_ino
    one.unlink()
    assert bus("backup", second, "--verify").code == 0


def test_a_backup_leaves_a_mark(small: Settings, tmp_path: Path) -> None:
    """Who made it, where it is, in the audit."""
    told = bus("backup", tmp_path / "backup", "--home", small.home, "--json").json()

    assert told["journal"]["routes"] == ""
    with alone(small) as parts, parts.journal.store.reading() as connection:
        (deed,) = connection.execute(select(schema.audit).where(schema.audit.c.what == "backed_up"))
    assert str(tmp_path / "backup") in deed.detail


def test_the_commands_of_recovery(small: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an operator types them, on a home where no bus runs yet: looking changes nothing, a release wants a reason."""
    monkeypatch.setenv("BUS_ROUTES", str(small.routes))
    backed_up(small, tmp_path / "backup")
    here = ("--home", tmp_path / "new")
    assert bus("restore", tmp_path / "backup", *here).code == 0
    assert "IN RECOVERY" in bus("status", *here).out
    assert "may arrive twice" in bus("recovery", *here).out
    assert [bus("recovery", "release", *words, *here).code for words in ([], ["--all"])] == [2, 2]
    assert bus("recovery", "ask", "--endpoint", "push", *here).code == 1
    assert bus("recovery", "ask", "--json", *here).json() == {"asked": []}

    seen = bus("recovery", "release", "--all", "--dry-run", "--json", *here).json()
    assert {row["endpoint"]: row["in_doubt"] for row in seen["endpoints"]} == {"mailbox": 1, "push": 2}
    assert bus("recovery", "release", "--endpoint", "nowhere", "--reason", "r", *here).code == 1
    told = bus("recovery", "release", "--endpoint", "push", "--reason", "they have none of it", "--json", *here).json()
    assert (told["over"], [row["endpoint"] for row in told["endpoints"]]) == (False, ["push"])
    assert bus("status", "--json", *here).json()["states"] == {"in_doubt": 1, "queued": 2}
    assert bus("recovery", "release", "--endpoint", "push", "--reason", "again", *here).code == 1
    assert bus("recovery", "release", "--all", "--reason", "the rest", *here).code == 0
    assert bus("status", "--json", *here).json()["states"] == {"offered": 1, "queued": 2}
    assert bus("recovery", *here).out == "not in recovery\n"
    assert bus("recovery", "ask", *here).code == 1
