"""Many dead copies go again as a plan: at its tempo, the canary first, no further where too many fail, and each once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bus.clock import HandClock
from bus.errors import IllegalMove
from bus.journal import schema
from bus.journal.operate import Way
from bus.journal.replays import Draft, Item, Portion, Terms, Word
from bus.journal.states import State
from bus.message import new_id
from tests.buses import ROUTES, alone, ask, home
from tests.journals import PATIENCE
from tests.replays import Bench, dead, replayer

#: Two endpoints that are called.
TWO = (ROUTES % 9).replace("endpoints:\n", 'endpoints:\n  other: {kind: rest, url: "http://127.0.0.1:9/other"}\n')


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    clock = HandClock()
    with alone(home(tmp_path, TWO), clock) as parts:
        yield Bench.of(parts, clock)


def test_it_goes_at_its_rate(bench: Bench) -> None:
    """Nothing at once, then so many a second, until all have gone."""
    dead(bench.parts.journal, 60)
    replay = bench.replay(rate="10/s")
    assert (replay["state"], replay["planned"]) == ("running", 60)
    bench.run(0)
    assert bench.queued() == []

    bench.run(3)
    assert len(bench.queued()) == 30
    assert bench.now(replay)["seconds_left"] == 3.0
    bench.run(10)
    assert len(bench.queued()) == 60


def test_it_is_over_when_the_last_has_an_outcome(bench: Bench) -> None:
    """Delivered and dead alike; the copies tell which."""
    copies = dead(bench.parts.journal, 3)
    replay = bench.replay(rate="10/s", stop_at="100%")
    bench.run(1)
    bench.answer(copies[:2])
    bench.run(1)
    assert bench.now(replay)["out"] == 1
    bench.answer(copies[2:], State.DEAD)
    bench.run(1)

    told = bench.now(replay)
    assert (told["state"], told["outcomes"]) == ("done", {"delivered": 2, "dead": 1})
    rows = ask(bench.parts, "replay_copies", id=replay["replay"])["copies"]
    assert [(one["copy"], one["outcome"]) for one in rows] == list(
        zip(copies, ["delivered"] * 2 + ["dead"], strict=True)
    )


def test_a_pause_is_not_made_up_for(bench: Bench) -> None:
    """Neither one that was ordered nor a restart nor a night of standing still lets many go at once."""
    dead(bench.parts.journal, 50)
    replay = bench.replay(rate="4/s")
    bench.run(1)
    bench.say("pause", replay)
    bench.run(3600, step=600)
    assert len(bench.queued()) == 4
    bench.say("resume", replay)
    bench.run(1)
    assert len(bench.queued()) == 8
    bench.restart()
    bench.run(1)
    assert len(bench.queued()) == 12
    bench.clock.move(3600)
    bench.run(0)
    assert len(bench.queued()) in (16, 17)


def test_a_ramp_begins_slowly_and_doubles(bench: Bench) -> None:
    """One a second, two, four; again after a resume."""
    dead(bench.parts.journal, 40)
    replay = bench.replay(rate="50/s", ramp=True)
    gone = []
    for _ in range(2):
        bench.run(10)
        gone.append(len(bench.queued()))
    assert gone == [10, 30]
    bench.say("pause", replay)
    bench.say("resume", replay)
    bench.run(5)
    assert len(bench.queued()) == 35


def test_the_others_go_when_the_canary_has_arrived(bench: Bench) -> None:
    """Not before, however long that takes; the oldest go first."""
    copies = dead(bench.parts.journal, 20)
    replay = bench.replay(rate="10/s", canary=3)
    bench.run(5)
    assert bench.queued() == copies[:3]
    bench.answer(copies[:2])
    bench.run(5)
    assert bench.queued() == copies[2:3]
    bench.answer(copies[2:3])
    bench.run(5)
    assert bench.queued() == copies[3:]
    assert bench.now(replay)["state"] == "running"


def test_the_others_stay_where_the_canary_fails(bench: Bench) -> None:
    """It pauses and says why; resumed, another canary goes first."""
    copies = dead(bench.parts.journal, 20)
    replay = bench.replay(rate="10/s", canary=2)
    bench.run(2)
    bench.answer(copies[:1])
    bench.answer(copies[1:2], State.DEAD)
    bench.run(5)

    told = bench.now(replay)
    assert (told["state"], told["said_by"], told["why"]) == ("paused", "bus", "1 of the first 2 did not arrive")
    assert bench.queued() == []
    bench.clock.move(1)
    bench.say("resume", replay)
    bench.run(5)
    assert bench.queued() == copies[2:4]


def test_a_canary_may_wait_for_a_word(bench: Bench) -> None:
    """With ``ask`` the others go when somebody says so, and he is not asked twice."""
    copies = dead(bench.parts.journal, 10)
    replay = bench.replay(rate="10/s", canary=1, ask=True)
    bench.run(1)
    bench.answer(copies[:1])
    bench.run(5)
    assert (bench.now(replay)["state"], bench.queued()) == ("asking", [])
    bench.say("resume", replay)
    bench.run(5)
    assert bench.queued() == copies[1:]


def test_too_many_failures_pause_it(bench: Bench) -> None:
    """A fifth of the last 50, as soon as so many have failed; resumed, what failed before does not count."""
    copies = dead(bench.parts.journal, 100)
    replay = bench.replay(rate="20/s", stop_at="20%")
    bench.run(1)
    bench.answer(copies[:11])
    bench.answer(copies[11:20], State.DEAD)
    bench.run(1)
    assert bench.now(replay)["state"] == "running"
    bench.answer(copies[20:21], State.DEAD)
    bench.run(2)

    told = bench.now(replay)
    assert (told["state"], told["why"]) == ("paused", "10 of the last 21 failed")
    gone = len(bench.queued())
    bench.run(5)
    assert len(bench.queued()) == gone
    bench.clock.move(1)
    bench.say("resume", replay)
    bench.run(1)
    assert len(bench.queued()) == gone + 20


def test_what_the_bus_does_by_itself_is_audited(bench: Bench) -> None:
    """Beside the orders of people."""
    copies = dead(bench.parts.journal, 2)
    bench.replay(rate="1/s", reason="khóa mới")
    bench.run(1)
    bench.answer(copies[:1], State.DEAD)
    bench.run(1)

    table = schema.audit.c
    with bench.parts.journal.store.reading() as connection:
        deeds = connection.execute(select(table.who, table.what, table.outcome).order_by(table.seq)).all()
    assert deeds == [("an", "replay", "2 done, 0 refused"), ("bus", "replay_halt", "1 of the last 1 failed")]


def test_a_partner_that_is_down_holds_up_only_its_own(bench: Bench) -> None:
    """No more than a hundred pile up before it; the copies of others pass."""
    dead(bench.parts.journal, 150)
    dead(bench.parts.journal, 5, "other", "o")
    bench.replay(which={"reason": "auth"}, rate="10/s")
    bench.run(15)

    assert len(bench.queued()) in range(100, 111)
    assert len(bench.queued("other")) == 5


def test_who_takes_over_goes_on(bench: Bench) -> None:
    """After a crash at any point nothing goes twice and nothing is left."""
    copies = dead(bench.parts.journal, 30)
    replay = bench.replay(rate="10/s")
    for _ in range(10):
        bench.restart()
        bench.run(1)
        bench.answer(bench.queued())
    assert bench.now(replay)["outcomes"] == {"delivered": 30}
    assert {bench.parts.browse.copy(copy).copy.attempts for copy in copies} == {2}  # type: ignore[union-attr]


def test_a_plan_whose_maker_died_is_given_up(bench: Bench) -> None:
    """After a minute; its copies are free again."""
    journal = bench.parts.journal
    copies = dead(journal, 2)
    draft = Draft(new_id(), "replay", "an", "", "{}", Terms(1))
    journal.replaying.begin(draft).result(PATIENCE)
    journal.replaying.freeze(Portion(draft.id, [Item(1, copies[0], "push")])).result(PATIENCE)
    bench.run(50, step=10)
    assert ask(bench.parts, "replay", which={"ids": copies}, dry_run=True)["refused"] == {"planned": 1}
    bench.run(60, step=10)

    assert bench.now({"replay": draft.id})["state"] == "stopped"
    assert ask(bench.parts, "replay", which={"ids": copies})["done"] == 2


def test_a_fault_of_one_keeps_no_other_waiting(bench: Bench) -> None:
    """It is paused, and says where to look; the others go on."""

    def broken(_event: object, _recipient: str) -> Way:
        raise RuntimeError("no such thing")

    journal = bench.parts.journal
    copies = dead(journal, 2)
    draft = Draft(new_id(), "replay", "an", "", "{}", Terms(10))
    journal.replaying.begin(draft).result(PATIENCE)
    journal.replaying.freeze(Portion(draft.id, [Item(1, copies[0], "")])).result(PATIENCE)
    journal.replaying.say(Word(draft.id, "start", "an")).result(PATIENCE)
    bench.replay(which={"ids": copies[1:]}, rate="10/s")
    bench.replayer = replayer(journal, broken)
    with capture_logs() as logs:
        bench.run(1)

    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["replay.failed"]
    told = bench.now({"replay": draft.id})
    assert (told["state"], told["why"]) == ("paused", "a fault of the bus: its log says which")
    assert bench.queued() == copies[1:]


def test_what_was_stopped_is_free(bench: Bench) -> None:
    """What has gone goes on, and is noted; the others can be replayed by somebody else at once."""
    copies = dead(bench.parts.journal, 20)
    replay = bench.replay(rate="10/s")
    bench.run(1)
    assert bench.say("stop", replay)["state"] == "stopped"
    assert ask(bench.parts, "replay", which={"endpoint": "push"})["done"] == 10
    bench.answer(copies)
    bench.run(1)

    assert bench.now(replay)["outcomes"] == {"delivered": 10, "left": 10}
    with pytest.raises(IllegalMove):
        bench.say("resume", replay)
