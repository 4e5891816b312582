"""Alerts from end to end: what goes on in a running bus, letters at a real server, and everything that may go wrong between."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from structlog.testing import capture_logs

from bus.alerts.making import questions
from bus.alerts.post import Outbox
from bus.alerts.watcher import Watcher
from bus.clock import MICROS, HandClock
from bus.daemon import Daemon
from bus.journal.alert_reads import AlertReads
from bus.journal.states import State
from bus.journal.turns import Turn
from bus.turn import HeldTurn
from tests.alerted import OPS, alerted, mail_to, move, told
from tests.buses import PUSHED, ask, free_port, send, settle, until
from tests.journals import hand
from tests.messages import RECIPIENT, edoc
from tests.post_offices import PostOffice, Process

HOUR = 3600.0
DEAD = "name: hong, on: dead"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice().opened() as office:
        yield office


def subjects(office: PostOffice) -> list[str]:
    """What was said, without the words that are always there."""
    return [str(mail["Subject"]).removeprefix("[Trục liên thông] ") for mail in office.taken]


def arrived(office: PostOffice, number: int) -> list[str]:
    """Wait for so many letters."""
    until(lambda: len(office.taken) >= number)
    return subjects(office)


def waiting(daemon: Daemon) -> dict[str, int]:
    """How many letters wait, by channel."""
    return {one["channel"]: one["letters"] for one in ask(daemon.parts(), "alerts")["waiting"]}


def kill_one(daemon: Daemon, folder: Path, name: str = "d1") -> str:
    """A document whose copy is dead; its copy."""
    parts = daemon.parts()
    ask(parts, "pause", endpoint="push")
    (copy,) = send(parts, folder, edoc(recipients=(PUSHED,), document_id=name))
    settle(parts, copy, State.DEAD, "schema")
    return copy


ALERT, OVER = "CẢNH BÁO · ALERT · hong (dead): push", "ĐÃ HẾT · OVER · hong (dead): push"


def test_told_once_repeated_sparingly_and_told_to_be_over(office: PostOffice, tmp_path: Path) -> None:
    """One letter for many copies; silence; the same again after four hours; and its end."""
    with alerted(tmp_path, told(office.port, DEAD), HandClock()) as daemon:
        copies = [kill_one(daemon, tmp_path, f"d{number}") for number in range(3)]
        move(daemon, 60)
        assert arrived(office, 1) == [ALERT]
        assert "push: 3 bản" in office.taken[0].get_content()
        for _ in range(5):
            move(daemon, HOUR / 2)
        move(daemon, 2 * HOUR)
        assert arrived(office, 2) == [ALERT, ALERT]
        ask(daemon.parts(), "cancel", which={"ids": copies})
        move(daemon, 60)
        move(daemon, HOUR)
        assert arrived(office, 3) == [ALERT, ALERT, OVER]
        move(daemon, 12 * HOUR)
        assert len(subjects(office)) == 3


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_a_restart_repeats_nothing_and_loses_no_end(
    office: PostOffice, tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    """What was told stands in the journal; what ended while the bus was away is told. The turn is there at once."""
    clock, routes = HandClock(), told(office.port, DEAD)
    more = {"database_url": request.getfixturevalue("postgres_url")} if database == "postgres" else {}
    with alerted(tmp_path, routes, clock, **more) as daemon:
        copy = kill_one(daemon, tmp_path)
        move(daemon, 60)
        assert arrived(office, 1) == [ALERT]
    with alerted(tmp_path, routes, clock, **more) as daemon:
        move(daemon, 60)
        ask(daemon.parts(), "cancel", which={"ids": [copy]})
        move(daemon, 60)
    with alerted(tmp_path, routes, clock, **more) as daemon:
        move(daemon, HOUR)
        assert arrived(office, 2) == [ALERT, OVER]


def test_a_mail_server_that_is_away_loses_nothing(tmp_path: Path) -> None:
    """A process of its own: killed, its letters wait over a restart of the bus, and arrive once when it is back."""
    server, clock = Process(tmp_path / "mail"), HandClock()
    routes = told(server.port, DEAD, "name: im, on: unfetched, longer_than: 1h")
    with server.running(), alerted(tmp_path, routes, clock) as daemon:
        kill_one(daemon, tmp_path)
        move(daemon, 60)
        until(lambda: len(server.subjects()) == 1)
    with alerted(tmp_path, routes, clock) as daemon, capture_logs() as logs:
        send(daemon.parts(), tmp_path, edoc(recipients=(RECIPIENT,), document_id="d2"))
        move(daemon, 2 * HOUR)
        until(lambda: any(line["event"] == "letter.delayed" for line in logs))
    with server.running(), alerted(tmp_path, routes, clock) as daemon:
        move(daemon, HOUR)
        until(lambda: {one["outcome"] for one in ask(daemon.parts(), "alerts")["letters"]} == {"sent"})
        move(daemon, 60)

    assert len(server.subjects()) == 2


def test_a_server_that_hangs_is_in_nobodys_way(office: PostOffice, tmp_path: Path) -> None:
    """Each channel has a thread of its own: the other one's letters arrive, and the rounds go on."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hung = f"  cham: {mail_to(silent.getsockname()[1])}\n"
        routes = told(office.port, DEAD, more=hung).replace(f"to: {OPS}", f"to: [cham, {OPS}]")
        with alerted(tmp_path, routes, HandClock()) as daemon:
            kill_one(daemon, tmp_path)
            move(daemon, 60)

            assert arrived(office, 1) == [ALERT]
            until(lambda: waiting(daemon) == {"cham": 1})
            silent.close()


def test_a_snoozed_rule_is_told_afterwards(office: PostOffice, tmp_path: Path) -> None:
    """Nothing while it lasts, all that goes on when it ends."""
    with alerted(tmp_path, told(office.port, DEAD), HandClock()) as daemon:
        told_until = ask(daemon.parts(), "snooze_alert", rule="hong", seconds=2 * HOUR)["snoozed_until"]
        kill_one(daemon, tmp_path)
        move(daemon, HOUR)
        (rule,) = ask(daemon.parts(), "alerts")["rules"]
        assert (rule["snoozed_until"], rule["things"][0]["told_at"]) == (told_until, None)
        assert office.taken == []

        move(daemon, HOUR)
        assert arrived(office, 1) == [ALERT]


def test_an_alert_of_the_bus_needs_no_journal(
    office: PostOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing can be written: the letter goes from memory, once, and when it is over that is told and written."""
    rule = "name: truc, on: bus"
    with alerted(tmp_path, told(office.port, rule), HandClock()) as daemon, capture_logs() as logs:
        move(daemon, 1)
        journal = daemon.home.journal
        with monkeypatch.context() as broken:
            broken.setattr(journal.committer, "_write", _full)
            journal.probe().exception(30)
            move(daemon, 60)
            (said,) = arrived(office, 1)
            move(daemon, 60)
        until(lambda: any(line["event"] == "journal.up" for line in logs))
        move(daemon, 60)
        move(daemon, HOUR)

        assert said.startswith("CẢNH BÁO · ALERT · truc (bus): journal")
        assert "không ghi được vào sổ của trục: đĩa của nó đã đầy" in office.taken[0].get_content()
        assert "the journal cannot be written: its disk is full" in office.taken[0].get_content()
        assert [one.partition(" ")[0] for one in arrived(office, 2)] == ["CẢNH", "ĐÃ"]
        assert ask(daemon.parts(), "alerts")["rules"][0]["things"] == []
        assert len(office.taken) == 2


def _full(*_anything: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_letter_that_was_taken_while_nothing_could_be_noted_goes_once(
    office: PostOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is remembered, and noted when the journal is back."""
    office.say = "451 later"
    with alerted(tmp_path, told(office.port, DEAD), HandClock()) as daemon, capture_logs():
        kill_one(daemon, tmp_path)
        move(daemon, 60)
        until(lambda: tries(daemon) == [(1, "")])
        office.say = ""
        with monkeypatch.context() as broken:
            broken.setattr(daemon.home.journal.committer, "_write", _full)
            move(daemon, 60)
            arrived(office, 1)
            postman = daemon.alerts.postmen[OPS]
            postman.round()
        until(lambda: not daemon.home.journal.store.health.trouble)
        postman.wake()
        until(lambda: tries(daemon) == [(2, "sent")])

        assert subjects(office) == [ALERT]


def test_a_rule_that_is_taken_out_is_forgotten(office: PostOffice, tmp_path: Path) -> None:
    """What it knew goes; its channel is the same."""
    clock = HandClock()
    with alerted(tmp_path, told(office.port, DEAD), clock) as daemon:
        kill_one(daemon, tmp_path)
        move(daemon, 60)
        arrived(office, 1)
    with alerted(tmp_path, told(office.port, "name: khac, on: disk, less_than: 1B"), clock) as daemon:
        move(daemon, HOUR)
        assert [rule["things"] for rule in ask(daemon.parts(), "alerts")["rules"]] == [[]]
        assert len(office.taken) == 1


def test_one_rule_that_cannot_be_looked_at_stops_no_other(office: PostOffice, tmp_path: Path) -> None:
    """A fault of ours in one question is in the log; the other rule is told."""
    with alerted(tmp_path, told(office.port, "name: dia, on: disk", DEAD), HandClock()) as daemon:
        kill_one(daemon, tmp_path)
        daemon.alerts.machine.free = _full
        with capture_logs() as logs:
            move(daemon, 60)
            assert arrived(office, 1) == [ALERT]
        assert [line["rule"] for line in logs if line["event"] == "alert.failed"] == ["dia"]


def test_a_letter_to_try(office: PostOffice, tmp_path: Path) -> None:
    """Taken, or told why not; at once, whatever else waits."""
    routes = told(office.port, DEAD, more=f"  hong: {mail_to(free_port())}\n")
    with alerted(tmp_path, routes, HandClock()) as daemon:
        good = ask(daemon.parts(), "try_channel", channel=OPS)
        bad = ask(daemon.parts(), "try_channel", channel="hong")

    assert (good["taken"], good["error"]) == (True, "")
    assert bad["taken"] is False
    assert "refused" in bad["error"]
    assert subjects(office) == [f"THỬ · TEST · {OPS}"]


def test_of_several_processes_one_tells(office: PostOffice, tmp_path: Path) -> None:
    """Whoever has the turn; the other knows what was told when it takes over."""
    with alerted(tmp_path, told(office.port, DEAD), HandClock()) as daemon:
        other = another(daemon)
        kill_one(daemon, tmp_path)
        move(daemon, 60)
        assert not other.round()
        assert arrived(office, 1) == [ALERT]
        daemon.alerts.stop()
        hand(daemon.home.journal).move(600)
        assert other.round()

        assert waiting(daemon) == {}


def another(daemon: Daemon) -> Watcher:
    """A watcher of another process on the same journal."""
    journal, reads = daemon.home.journal, AlertReads(daemon.home.journal.store)
    turn = HeldTurn(journal, Turn("alerts", "another", 120 * MICROS), daemon.home.clock)
    found = questions(journal, daemon.home.claims, daemon.alerts.machine, daemon.validity)
    return Watcher(journal, reads, daemon.keeper, found, Outbox(journal, reads), turn)


def test_channels_are_those_of_the_routes_in_force(office: PostOffice, tmp_path: Path) -> None:
    """A channel that moved is told at its new address, what waited for it too."""
    with alerted(tmp_path, told(free_port(), DEAD), HandClock()) as daemon:
        kill_one(daemon, tmp_path)
        move(daemon, 60)
        until(lambda: waiting(daemon) == {OPS: 1})
        (tmp_path / "routes.yaml").write_text(told(office.port, DEAD), encoding="utf-8")
        ask(daemon.parts(), "reload")
        move(daemon, 60)
        assert arrived(office, 1) == [ALERT]


def test_a_letter_is_given_up_after_days(tmp_path: Path) -> None:
    """It is tried ever more slowly, and in the end said to be lost."""
    with alerted(tmp_path, told(free_port(), DEAD), HandClock()) as daemon, capture_logs() as logs:
        kill_one(daemon, tmp_path)
        move(daemon, 60)
        until(lambda: tries(daemon) == [(1, "")])
        move(daemon, 29)
        move(daemon, 1)
        until(lambda: tries(daemon) == [(2, "")])
        ask(daemon.parts(), "snooze_alert", rule="hong", seconds=30 * 24 * HOUR)
        move(daemon, 73 * HOUR)
        until(lambda: tries(daemon) == [(3, "given_up")])
        assert "letter.given_up" in [line["event"] for line in logs]


def tries(daemon: Daemon) -> list[tuple[int, str]]:
    """Of each letter: how often it was tried, and what came of it."""
    shown = orjson.loads(orjson.dumps(ask(daemon.parts(), "alerts")))  # as it goes over the control socket
    return [(one["attempts"], one["outcome"]) for one in shown["letters"]]
