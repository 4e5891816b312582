"""The order that begins a replay: what it answers, when it goes at once, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bus.clock import HandClock
from bus.control.replay import RATE
from bus.errors import NotFound, Rejected
from bus.journal.states import State
from tests.buses import alone, ask, home
from tests.replays import Bench, dead


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    clock = HandClock()
    with alone(home(tmp_path), clock) as parts:
        yield Bench.of(parts, clock)


def test_a_copy_is_in_one_replay(bench: Bench) -> None:
    """Seen in the preview, and refused with the other's name."""
    (copy, *_) = dead(bench.parts.journal, 3)
    replay = bench.replay(rate="1/s")

    seen = ask(bench.parts, "replay", which={"ids": [copy]}, dry_run=True)
    assert (seen["count"], seen["refused"]) == (0, {"planned": 1})
    told = ask(bench.parts, "replay", which={"ids": [copy]})
    assert (told["done"], told["refused"], told["replay"]) == (0, 1, None)
    assert replay["replay"] in told["copies"][0]["refused"]


def test_a_few_go_at_once_and_are_a_replay_too(bench: Bench) -> None:
    """Also where no daemon runs; what they became is noted before the next order."""
    copies = dead(bench.parts.journal, 3)
    for _ in range(2):
        told = ask(bench.parts, "replay", which={"ids": copies}, reason="khóa mới")
        assert (told["done"], {one["state"] for one in told["copies"]}) == (3, {"queued"})
        bench.answer(copies, State.DEAD)
    assert len(ask(bench.parts, "replays")["replays"]) == 2


def test_many_wait_for_a_daemon_and_say_so(bench: Bench) -> None:
    """More than 200, or with a tempo: a plan, at the usual rate where none is named."""
    dead(bench.parts.journal, 201)
    told = ask(bench.parts, "replay", which={"reason": "auth"})

    assert (told["done"], told["copies"]) == (201, [])
    assert (told["replay"]["planned"], told["replay"]["rate"]) == (201, RATE)
    assert told["replay"]["waits_for_daemon"]


def test_wrong_terms_are_refused(bench: Bench) -> None:
    """Before anything is frozen."""
    dead(bench.parts.journal, 1)
    for terms in ({"rate": "fast"}, {"rate": "0/s"}, {"stop_at": "120%"}, {"canary": -1}, {"which": {}}):
        with pytest.raises(Rejected):
            bench.replay(**terms)
    with pytest.raises(NotFound):
        ask(bench.parts, "replay_show", id="nothing")
    assert ask(bench.parts, "replays")["replays"] == []
