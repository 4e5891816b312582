"""``bus replay`` and ``bus replays`` in an operator's hands."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from bus.cli import replaying
from bus.clock import SystemClock
from bus.config import Settings
from bus.control.client import ControlClient
from tests.buses import alone, home, running, until
from tests.clis import bus
from tests.replays import Bench, dead


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    made = home(tmp_path)
    monkeypatch.setenv("BUS_HOME", str(made.home))
    monkeypatch.setenv("BUS_ROUTES", str(made.routes))
    monkeypatch.setenv("BUS_LISTEN", "127.0.0.1:0")
    return made


@pytest.fixture
def copies(settings: Settings) -> list[str]:
    """Three that were refused."""
    with alone(settings) as parts:
        return dead(parts.journal, 3)


def begun(*more: str) -> dict[str, Any]:
    """A plan of them all."""
    ended = bus("replay", "--class", "auth", "--rate", "100/s", "--reason", "khóa mới", "--json", *more)
    assert ended.code == 0
    told: dict[str, Any] = ended.json()["replay"]
    return told


def test_a_preview_says_what_would_be(copies: list[str]) -> None:
    """In words with --yes or --rate named where they matter, or as JSON."""
    ended = bus("replay", "--class", "auth", "--dry-run", "--rate", "1/s")
    assert ended.code == 0
    assert "3 would be replayed in 3 s" in ended.out
    assert all(copy in ended.out for copy in copies)
    assert bus("replay", "--class", "auth", "--dry-run", "--json").json()["count"] == 3
    assert bus("replays", "--json").json() == {"replays": []}


def test_a_plan_waits_where_no_bus_runs(copies: list[str]) -> None:
    """And says so; it is listed, shown, and can be spoken to."""
    ended = bus(
        "replay", "--class", "auth", "--canary", "1", "--ask", "--ramp", "--rate", "10/s", "--reason", "khóa mới"
    )
    assert ended.code == 0
    assert ended.out.startswith("3 in the replay below · đã đưa vào đợt gửi lại, 0 refused\n")
    assert "it waits until the bus runs" in ended.out
    (listed,) = bus("replays", "--json").json()["replays"]
    assert (listed["planned"], listed["reason"], listed["waits_for_daemon"]) == (3, "khóa mới", True)
    assert listed["replay"] in bus("replays").out
    shown = bus("replays", "show", listed["replay"]).out
    assert "running · đang gửi lại" in shown
    assert "canary 1, ask, ramp" in shown


def test_each_word_moves_it(copies: list[str]) -> None:
    """Paused, resumed, stopped; what it cannot do is said, exit 1."""
    replay = begun()["replay"]
    assert "paused · tạm dừng" in bus("replays", "pause", replay, "--reason", "họ chuyển nhà").out
    assert "họ chuyển nhà" in bus("replays", "show", replay).out
    assert bus("replays", "resume", replay, "--json").json()["state"] == "running"
    assert bus("replays", "stop", replay).code == 0
    ended = bus("replays", "resume", replay)
    assert (ended.code, "stopped" in ended.err) == (1, True)
    assert bus("replays", "show", "nothing").code == 1


@pytest.mark.parametrize("wrong", [["--rate", "fast"], ["--stop-at", "much"], ["--canary", "-1"], ["--rate", "-3/s"]])
def test_what_cannot_be_is_wrong_usage(copies: list[str], wrong: list[str]) -> None:
    """Nothing is begun."""
    assert bus("replay", "--class", "auth", *wrong).code == 2
    assert bus("replays", "--json").json()["replays"] == []


def test_what_became_of_each_is_a_table(copies: list[str]) -> None:
    """As CSV with a heading, in the order in which they went."""
    replay = begun()["replay"]
    bus("replays", "stop", replay)
    rows = list(csv.DictReader(io.StringIO(bus("replays", "show", replay, "--csv").out)))

    assert [row["copy"] for row in rows] == copies
    assert {row["outcome"] for row in rows} == {"left"}


def test_it_is_followed_to_its_end(settings: Settings, copies: list[str]) -> None:
    """Where a bus runs the command stays until nothing moves by itself any more."""
    with running(settings) as daemon:
        daemon.gates.change("push", lambda condition: type(condition)(condition.name, paused_by="test"))
        replay = begun()["replay"]
        parts = daemon.parts()
        bench = Bench(parts, SystemClock(), daemon.replayer)  # type: ignore[arg-type]
        until(lambda: len(bench.queued()) == 3)
        bench.answer(copies)
        ended = bus("replays", "show", replay, "--follow")

    assert ended.code == 0
    assert "done · xong" in ended.out
    assert "delivered · đã giao: 3" in ended.out


class Interrupted:
    """Somebody presses Ctrl-C when it looks for the second time."""

    def __init__(self, line: ControlClient) -> None:
        self._line = line
        self._looks = 0

    def call(self, name: str, **given: Any) -> Any:
        self._looks += 1
        if self._looks == 2:
            raise KeyboardInterrupt
        return self._line.call(name, **given)


def test_whoever_stops_looking_stops_nothing(
    settings: Settings, copies: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C ends the showing; the replay goes on, and how to look again is said."""
    with running(settings) as daemon:
        daemon.gates.change("push", lambda condition: type(condition)(condition.name, paused_by="test"))
        line = ControlClient(settings.control_socket)
        replay = line.call("replay", which={"endpoint": "push"}, rate="1/m")["replay"]["replay"]
        replaying.follow(Interrupted(line), replay)

        assert f"the replay goes on: bus replays show {replay}" in capsys.readouterr().err
        assert line.call("replay_show", id=replay)["state"] == "running"
