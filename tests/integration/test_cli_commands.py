"""The commands on a home that no daemon runs, and the same through a running daemon."""

from __future__ import annotations

import pytest

from bus.home import HomeLock
from bus.journal.states import State
from bus.paging import place
from tests.buses import PUSHED, alone, home, running, send, settle
from tests.clis import bus
from tests.messages import RECIPIENT, SENDER, edoc, status

NOTE = "no daemon is running: working on the journal directly"


@pytest.fixture
def settings(tmp_path, monkeypatch):
    made = home(tmp_path)
    monkeypatch.setenv("BUS_HOME", str(made.home))
    monkeypatch.setenv("BUS_ROUTES", str(made.routes))
    return made


@pytest.fixture(params=["alone", "running"])
def any_bus(request, settings):
    """Both ways of being asked."""
    if request.param == "alone":
        with alone(settings):
            pass
        yield settings
        return
    with running(settings):
        yield settings


@pytest.fixture
def document(tmp_path):
    file = tmp_path / "document.edxml"
    file.write_bytes(edoc())
    return file


def sent(document):
    told = bus("send", document, "--as", "so-noi-vu", "--json").json()
    return told["message"], told["copies"][0]["doc_id"]


def test_a_document_goes_its_way_by_commands_alone(any_bus, document):
    """Sent, listed, held, released, cancelled and accounted for, the same with and without a daemon."""
    message, copy = sent(document)

    assert [one["copy"] for one in bus("messages", "--state", "offered", "--json").json()["copies"]] == [copy]
    assert bus("hold", copy, "--reason", "test").code == 0
    assert bus("release", message).code == 0
    assert bus("cancel", "--endpoint", "mailbox").code == 0
    assert bus("verify", "--json").json() == {
        "balanced": True, "messages": 1, "accepted": 1, "states": {"cancelled": 1}, "differences": []
    }  # fmt: skip
    events = [event["what"] for event in bus("trace", copy, "--json").json()["events"]]
    assert events == ["message.accepted", "copy.held", "copy.released", "copy.cancelled"]


def test_who_works_on_the_journal_directly_is_told_so(settings, document):
    """Without a daemon the command says so, on standard error, and JSON stays alone on standard output."""
    told = bus("send", document, "--as", "so-noi-vu", "--json")

    assert NOTE in told.err
    assert told.json()["copies"]


def test_through_a_daemon_nothing_needs_saying(settings, document):
    """With a daemon standard error is empty."""
    with running(settings):
        assert bus("status").err == ""
        assert bus("status", "--json").json()["ready"]


def test_a_home_in_use_by_somebody_else_is_left_alone(settings):
    """Where the lock is held and nobody answers, the command fails and names the process."""
    lock = HomeLock(settings.lock)
    lock.take()
    try:
        told = bus("status", "--json")
    finally:
        lock.release()

    assert told.code == 1
    assert told.json()["error"]["code"] == "home.taken"


def test_a_home_that_is_not_there_is_not_made(settings, tmp_path):
    """A mistyped home is a failure, not a new empty bus."""
    told = bus("status", "--home", tmp_path / "none")

    assert told.code == 1
    assert not (tmp_path / "none").exists()


def test_a_refused_order_is_a_failure(settings, document):
    """Exit 1 where any copy was refused, with the reason; exit 2 where nothing was named."""
    _, copy = sent(document)

    told = bus("replay", copy)
    assert told.code == 1
    assert "only a dead copy is replayed" in told.out
    assert bus("replay").code == 2
    assert bus("hold").code == 2


def test_the_dead_are_shown_previewed_and_replayed(settings, tmp_path):
    """``dead`` groups, ``replay --dry-run`` changes nothing, ``replay`` does."""
    with alone(settings) as parts:
        (copy,) = send(parts, tmp_path, edoc(recipients=[PUSHED]))
        settle(parts, copy, State.DEAD, "schema")

    assert "1 dead" in bus("dead").out
    assert copy in bus("replay", "--class", "schema", "--dry-run").out
    assert bus("dead", "--json").json()["count"] == 1
    assert bus("replay", "--class", "schema", "--json").json()["done"] == 1
    assert bus("dead", "--json").json()["count"] == 0


def test_a_doubt_is_settled_by_the_operators_word(settings, tmp_path):
    """``settle --as`` needs one of three words."""
    with alone(settings) as parts:
        (copy,) = send(parts, tmp_path, edoc(recipients=[PUSHED]))
        settle(parts, copy, State.IN_DOUBT, "timeout_after_send")

    assert bus("settle", copy).code == 2
    assert bus("settle", copy, "--as", "cancelled").code == 2
    assert bus("settle", copy, "--as", "delivered", "--reason", "phoned them").code == 0
    assert "delivered · đã giao" in bus("trace", copy).out


def test_a_pause_is_seen(settings):
    """``pause`` shows in ``status`` with who and why, ``resume`` ends it."""
    assert bus("pause", "push", "--reason", "they move").code == 0
    assert "they move" in bus("status").out
    assert bus("resume", "push").code == 0
    assert "they move" not in bus("status").out


@pytest.mark.parametrize(
    ("option", "fits", "misses"),
    [
        ("--sender", "000.00.05.H62", "000.00.07.H62"),
        ("--recipient", "000.00.07.H62", "000.00.05.H62"),
        ("--type", "edoc", "status"),
        ("--endpoint", "mailbox", "push"),
        ("--state", "offered", "dead"),
        ("--document", "000.00.05.H62,2025/11/03,15/QĐ-UBND", "another"),
        ("--since", "1h", "0s"),
        ("--until", "2100-01-01", "1h"),
        ("--after", place(1000), place(1)),
    ],
)
def test_every_filter_finds_and_leaves_out(settings, document, option, fits, misses):
    """Each option of ``messages`` narrows the list by what it says."""
    sent(document)

    assert len(bus("messages", option, fits, "--json").json()["copies"]) == 1
    assert bus("messages", option, misses, "--json").json()["copies"] == []


def test_a_broken_account_is_exit_1(settings, document):
    """``verify`` fails and names what differs."""
    import sqlite3
    from contextlib import closing

    sent(document)
    with closing(sqlite3.connect(settings.home / "journal.db")) as database, database:
        database.execute("UPDATE copies SET state = 'delivered'")

    told = bus("verify")
    assert told.code == 1
    assert "DIFFERS  account.moves" in told.out


def test_nothing_in_a_document_is_markup(settings, tmp_path):
    """Square brackets in a subject are shown as they are."""
    file = tmp_path / "odd.edxml"
    file.write_bytes(edoc(subject="[red]V/v[/nothing] thử"))
    bus("send", file, "--as", "so-noi-vu")

    assert "[red]V/v[/nothing] thử" in bus("messages").out


def test_a_documents_life_is_told_in_both_languages(settings, tmp_path):
    """Where it stands and each status as a line: in a trace, and in one word in a list."""
    with alone(settings) as parts:
        (copy,) = send(parts, tmp_path, edoc())
        asked = status(SENDER, RECIPIENT, f"{SENDER},2025/11/03,15/QĐ-UBND", "13", description="gửi nhầm")
        send(parts, tmp_path, asked, "so-noi-vu")
        for code in ("15", "03", "08"):
            send(parts, tmp_path, status(code=code, description="đã rõ"), "so-tai-chinh")

    told = bus("trace", copy).out

    assert "  handled 03 Đã tiếp nhận · registered\n" in told
    request = "15 Đồng ý cập nhật/lấy lại · agreed to the change or to give it back"
    assert f"  request {request}, asked for by {SENDER}\n" in told
    assert f"by {SENDER} at 2025/11/03 08:30:00" in told
    assert "08 (defined nowhere)" in told
    assert told.count("đã rõ") == 3
    assert "03 Đã tiếp nhận · registered" in bus("messages", "--type", "edoc").out
