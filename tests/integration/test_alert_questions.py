"""What each kind of rule sees of a running bus, and when it sees it no more."""

from __future__ import annotations

import io
import re
import zipfile
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bus.alerts import silence
from bus.breaker import OPEN
from bus.clock import HandClock, micros
from bus.daemon import Daemon
from bus.journal.notes import Condition
from bus.journal.states import State
from tests.alerted import alerted, move, told
from tests.buses import PUSHED, ask, free_port, send, settle
from tests.journals import PATIENCE
from tests.messages import RECIPIENT, SENDER, edoc, read

HOUR = 3600.0
#: Friday 20/11/2026 at 16:00 in Vietnam.
FRIDAY = micros(datetime(2026, 11, 20, 9, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC))


@contextmanager
def watching(folder: Path, rule: str, clock: HandClock | None = None, **settings: Any) -> Iterator[Daemon]:
    """A bus with one rule, called r, whose channel is away."""
    with alerted(folder, told(free_port(), f"name: r, {rule}"), clock or HandClock(), **settings) as daemon:
        move(daemon, 1)
        yield daemon


def things(daemon: Daemon) -> list[str]:
    """What goes on by the rule, as it was told or will be."""
    (rule,) = ask(daemon.parts(), "alerts")["rules"]
    return [one["thing"] for one in rule["things"] if not one["gone_at"]]


def said(daemon: Daemon) -> str:
    """The text of the newest letter."""
    with daemon.home.journal.store.reading() as connection:
        return str(connection.execute(text("SELECT text FROM alert_letters ORDER BY seq DESC LIMIT 1")).scalar_one())


def document(daemon: Daemon, folder: Path, name: str, *to: str) -> list[str]:
    return send(daemon.parts(), folder, edoc(recipients=to or (RECIPIENT,), document_id=name))


def test_what_waits_too_long(tmp_path: Path) -> None:
    """At its endpoint, from its time on."""
    with watching(tmp_path, "on: oldest_waiting, longer_than: 1h") as daemon:
        ask(daemon.parts(), "pause", endpoint="push")
        document(daemon, tmp_path, "d1", PUSHED)
        move(daemon, HOUR - 1)
        assert things(daemon) == []
        move(daemon, 2)
        assert things(daemon) == ["push"]
        assert "bản cũ nhất đã chờ 1 giờ" in said(daemon)


def test_what_nobody_fetches(tmp_path: Path) -> None:
    """By partner; other partners' mailboxes are theirs."""
    with watching(tmp_path, "on: unfetched, longer_than: 1d") as daemon:
        document(daemon, tmp_path, "d1")
        move(daemon, 24 * HOUR)
        assert things(daemon) == []
        move(daemon, 1)
        assert things(daemon) == ["so-tai-chinh"]


def test_calls_that_fail(tmp_path: Path) -> None:
    """Too large a share of enough calls, in the time that counts."""
    with watching(tmp_path, "on: failure_rate, more_than: 40%, within: 15m, at_least: 4") as daemon:
        ask(daemon.parts(), "pause", endpoint="push")
        for number, state in enumerate((State.DEAD, State.DELIVERED, State.DEAD)):
            call(daemon, tmp_path, f"d{number}", state)
        move(daemon, 60)
        assert things(daemon) == []
        call(daemon, tmp_path, "d3", State.DELIVERED)
        move(daemon, 60)
        assert things(daemon) == ["push"]
        assert "50% cuộc gọi lỗi (2/4)" in said(daemon)
        move(daemon, HOUR)
        assert things(daemon) == []


def call(daemon: Daemon, folder: Path, name: str, state: State) -> None:
    """A call for a new document ends like this now."""
    (copy,) = document(daemon, folder, name, PUSHED)
    settle(daemon.parts(), copy, state)
    now = daemon.home.clock.now()
    outcome = "delivered" if state == State.DELIVERED else "refused"
    write(daemon, f"UPDATE attempts SET ended_at = {now}, outcome = '{outcome}' WHERE copy = '{copy}'")


def write(daemon: Daemon, statement: str) -> None:
    def act(tx: Any, requests: Any) -> list[None]:
        tx.connection.execute(text(statement))
        return [None] * len(requests)

    daemon.home.journal.committer.submit(act, None, 0).result(PATIENCE)


def test_a_breaker_that_stays_open(tmp_path: Path) -> None:
    """After its time, with since when it was seen; known over a restart; a pause of ours is no alert."""
    clock, rule = HandClock(), "on: breaker, longer_than: 5m"
    with watching(tmp_path, rule, clock) as daemon:
        ask(daemon.parts(), "pause", endpoint="push")
        move(daemon, HOUR)
        assert things(daemon) == []
        condition(daemon, Condition("push", breaker=OPEN, failures=5))
        move(daemon, 1)
        move(daemon, 299)
        assert things(daemon) == []
        move(daemon, 1)
        assert things(daemon) == ["push"]
    with watching(tmp_path, rule, clock) as daemon:
        assert things(daemon) == ["push"]
        ask(daemon.parts(), "resume", endpoint="push")
        move(daemon, 1)
        assert things(daemon) == []


def test_an_endpoint_the_bus_paused(tmp_path: Path) -> None:
    """Since it did; with its reason."""
    with watching(tmp_path, "on: breaker, longer_than: 5m") as daemon:
        at = daemon.home.clock.now()
        condition(
            daemon,
            Condition(
                "push",
                paused_by="bus",
                pause_reason="20 bản bị từ chối liên tiếp · 20 copies refused in a row",
                paused_at=at,
            ),
        )
        move(daemon, 300)
        assert things(daemon) == ["push"]
        assert "trục tự tạm dừng: 20 bản bị từ chối liên tiếp, từ" in said(daemon)
        assert "the bus paused it: 20 copies refused in a row, since" in said(daemon)


def condition(daemon: Daemon, one: Condition) -> None:
    daemon.home.journal.note_condition(one).result(PATIENCE)


@pytest.mark.parametrize(
    "source", [f'sender: "{SENDER}"', "partner: so-noi-vu", "route: inside"], ids=lambda one: one[:6]
)
def test_silence(tmp_path: Path, source: str) -> None:
    """Counted in working hours from what was last heard; whoever speaks again ends it."""
    rule = f"on: silence, longer_than: 2h, {source}"
    with watching(tmp_path, rule, HandClock(FRIDAY)) as daemon:
        document(daemon, tmp_path, "d1")
        move(daemon, 64 * HOUR)  # Monday 08:00: an hour on Friday, half an hour on Monday
        assert things(daemon) == []
        move(daemon, HOUR / 2 + 2)
        assert len(things(daemon)) == 1
        assert "silent for 2 h" in said(daemon)
        document(daemon, tmp_path, "d2")
        move(daemon, 1)
        assert things(daemon) == []


def test_silence_goes_on_over_a_restart(tmp_path: Path) -> None:
    """It does not begin to count anew; what came while nobody listened was heard."""
    clock, rule = HandClock(), "on: silence, longer_than: 4h, during: always, partner: so-noi-vu"
    with watching(tmp_path, rule, clock) as daemon:
        move(daemon, 3 * HOUR)
    with watching(tmp_path, rule, clock) as daemon:
        move(daemon, 3 * HOUR)
        assert things(daemon) == ["so-noi-vu"]
        document(daemon, tmp_path, "d1")
    with watching(tmp_path, rule, clock) as daemon:
        assert things(daemon) == []


def test_nobody_is_silent_before_all_was_listened_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Much came while nobody listened: it is worked off a little each round, and only its end counts."""
    clock, rule = HandClock(), "on: silence, longer_than: 4h, during: always, partner: so-noi-vu"
    with watching(tmp_path, rule, clock) as daemon:
        document(daemon, tmp_path, "d1")
        move(daemon, 1)
    with watching(tmp_path, "on: bus", clock) as daemon:
        for number in range(3):
            clock.move(3 * HOUR)
            document(daemon, tmp_path, f"e{number}")
    monkeypatch.setattr(silence, "_PORTION", 1)
    monkeypatch.setattr(silence, "_PORTIONS", 1)
    with watching(tmp_path, rule, clock) as daemon:
        for _ in range(5):
            assert things(daemon) == []
            move(daemon, 1)
        move(daemon, 4 * HOUR)
        assert things(daemon) == ["so-noi-vu"]


def test_a_disk(tmp_path: Path) -> None:
    """With what is left."""
    with watching(tmp_path, "on: disk, less_than: 5GB") as daemon:
        daemon.alerts.machine.free = lambda _folder: 2 << 30
        move(daemon, 1)
        assert len(things(daemon)) == 1
        assert "còn 2.0 GB trống" in said(daemon)


class Set(HandClock):
    """A clock that can be set."""

    behind = 0.0

    def monotonic(self) -> float:
        return super().monotonic() - self.behind

    def set(self, seconds: float) -> None:
        self.move(seconds)
        self.behind += seconds


def test_a_clock_that_was_set(tmp_path: Path) -> None:
    """More than half a minute, either way, for a quarter of an hour."""
    clock = Set()
    with watching(tmp_path, "on: clock", clock) as daemon:
        clock.set(30)
        move(daemon, 1)
        assert things(daemon) == []
        clock.set(-31)
        move(daemon, 1)
        assert things(daemon) == ["clock"]
        assert "the clock jumped -31 s" in said(daemon)
        move(daemon, HOUR)
        assert things(daemon) == []


def test_an_account_that_does_not_balance(tmp_path: Path) -> None:
    """Found by going through, told over a restart too, and over when it is put right."""
    clock = HandClock()
    with watching(tmp_path, "on: account", clock) as daemon:
        document(daemon, tmp_path, "d1")
        move(daemon, 1)
        assert things(daemon) == []
        write(daemon, "UPDATE messages SET copies_accepted = 2")
        move(daemon, 1)
        assert things(daemon) == ["account.births", "account.copies"]
    with watching(tmp_path, "on: account", clock) as daemon:
        write(daemon, "UPDATE messages SET copies_accepted = 1")
        move(daemon, 1)
        move(daemon, 1)
        assert things(daemon) == []


def test_a_letter_through_the_bus(tmp_path: Path) -> None:
    """A document of the bus to the agency, with the text as its file."""
    rules = f'channels: {{van-phong: {{kind: message, to: "{RECIPIENT}"}}}}\nalerts: [{{name: r, on: disk, less_than: 5GB, to: van-phong}}]\n'
    routes = told(free_port()).partition("channels:")[0] + rules
    with alerted(tmp_path, routes, HandClock(), agency_code="000.00.00.H62") as daemon:
        daemon.alerts.machine.free = lambda _folder: 0
        daemon.alerts.round()
        daemon.alerts.postmen["van-phong"].round()
        (copy,) = ask(daemon.parts(), "messages", which={"recipient": RECIPIENT})["copies"]
        body = daemon.home.journal.reads.body(_body(daemon))

    assert body is not None
    content = read(bytes(body.data or b""))
    assert (copy["sender"], copy["endpoint"], copy["state"]) == ("000.00.00.H62", "mailbox", "offered")
    assert content.attachments[0].name == "thong-bao.txt"
    (packed,) = re.findall(rb">([A-Za-z0-9+/=\s]{200,})<", bytes(body.data or b""))
    with zipfile.ZipFile(io.BytesIO(b64decode(packed))) as unpacked:
        letter = unpacked.read(unpacked.namelist()[0]).decode()
    assert "đĩa của trục sắp đầy" in letter
    assert "a disk of the bus is nearly full" in letter


def _body(daemon: Daemon) -> str:
    with daemon.home.journal.store.reading() as connection:
        return str(connection.execute(text("SELECT body FROM messages")).scalar_one())
