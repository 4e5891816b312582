"""While the list of a replay is made: whoever ordered it sees how far that is, and may give it up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest
import typer

from bus.cli import freezing
from bus.cli.line import Line, alone
from bus.config import Settings
from bus.control import replay
from bus.control.operations import call
from bus.errors import IllegalMove, NotFound, Rejected
from bus.journal.replaying import Replaying
from bus.journal.replays import Portion
from bus.message import new_id
from tests import buses
from tests.replays import dead

ALL = {"which": {"endpoint": "push"}, "rate": "100/s"}


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Copies go into the list one by one; after the first the others wait until this is set."""
    gate, freeze, first = threading.Event(), Replaying.freeze, threading.Lock()

    def waiting(replaying: Replaying, portion: Portion) -> Future[frozenset[str]]:
        if not first.acquire(blocking=False):
            assert gate.wait(buses.PATIENCE)
        return freeze(replaying, portion)

    monkeypatch.setattr(Replaying, "freeze", waiting)
    monkeypatch.setattr(replay, "_FROZEN", 1)
    monkeypatch.setattr(freezing, "_EVERY", 0.01)
    return gate


@pytest.fixture
def line(tmp_path) -> Iterator[Line]:
    """A bus with three dead copies."""
    settings: Settings = buses.home(tmp_path)
    with buses.alone(settings) as parts:
        dead(parts.journal, 3)
    with alone(settings) as opened:
        yield opened


class Watched:
    """The line; ``on`` has what happens once a call has had this answer."""

    def __init__(self, line: Line, on: Callable[[str, Any], None]) -> None:
        self._line = line
        self._on = on

    def call(self, name: str, **given: Any) -> Any:
        told = self._line.call(name, **given)
        self._on(name, told)
        return told


def test_how_far_the_list_is_is_told(line: Line, gate: threading.Event, capsys: pytest.CaptureFixture[str]) -> None:
    """While the order is under way, from wherever; the answer is the same as ever."""

    def on(name: str, told: Any) -> None:
        if name == "replay_show" and told["count"] == 1:
            gate.set()

    told = freezing.begun(Watched(line, on), "replay", ALL)

    assert "1 in the list so far" in capsys.readouterr().err
    assert (told["done"], told["refused"], told["replay"]["count"]) == (3, 0, 3)


def test_ctrl_c_gives_it_up_and_nothing_goes(
    line: Line, gate: threading.Event, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was in the list is free for other replays."""

    def on(name: str, told: Any) -> None:
        if name == "replay_stop":
            gate.set()
        elif name == "replay_show" and told["state"] == "freezing" and told["count"]:
            raise KeyboardInterrupt

    with pytest.raises(typer.Exit):
        freezing.begun(Watched(line, on), "replay", ALL)

    assert "given up: 0 of 1 had gone" in capsys.readouterr().err
    (plan,) = line.call("replays")["replays"]
    assert (plan["state"], plan["why"], plan["outcomes"]) == ("stopped", freezing._GIVEN_UP, {"left": 1})
    assert line.call("replay", **ALL)["done"] == 3


def test_ctrl_c_before_anything_is_there(line: Line, capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    """It is stopped as soon as it can be; where there was nothing to replay, that is said."""
    monkeypatch.setattr(freezing, "_EVERY", 0.0)
    asked, ended = threading.Event(), threading.Event()

    class Slow:
        """An order that begins when the plan was looked for."""

        def call(self, name: str, **given: Any) -> Any:
            if name == "replay_show":
                asked.set()
                raise KeyboardInterrupt
            if name == "replay_stop":
                ended.set()
                raise NotFound("no such replay")
            assert asked.wait(buses.PATIENCE)
            assert ended.wait(buses.PATIENCE)
            return {"done": 0}

    with pytest.raises(typer.Exit):
        freezing.begun(Slow(), "replay", ALL)  # type: ignore[arg-type]

    assert "nothing was begun" in capsys.readouterr().err


def test_an_id_is_given_once(tmp_path) -> None:
    """And is one of ours: what is told to the journal as a name stands in lists and addresses."""
    with buses.alone(buses.home(tmp_path)) as parts:
        dead(parts.journal, 2)
        mine = new_id()
        told = call(parts, "an", "replay", {**ALL, "id": mine, "canary": 1})
        assert told["replay"]["replay"] == mine
        call(parts, "an", "replay_stop", {"id": mine})
        with pytest.raises(IllegalMove, match="there is a replay"):
            call(parts, "an", "replay", {**ALL, "id": mine})
        with pytest.raises(Rejected):
            call(parts, "an", "replay", {**ALL, "id": "../x"})
