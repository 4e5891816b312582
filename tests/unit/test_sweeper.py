"""What time does to copies, round by round of the sweeper, with a clock moved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bus.claimcheck import ClaimCheck
from bus.config import load_settings
from bus.config.models import RetryPolicy
from bus.journal import Journal
from bus.journal.states import State
from bus.outlet import Outlet
from bus.retention import Retention
from bus.sweeper import Sweeper
from tests.deliveries import ScriptedSink, outlet
from tests.journals import (
    AXIS,
    DAY,
    MINUTE,
    accept,
    balanced,
    hand,
    in_doubt,
    in_file,
    only,
    outlive,
    recall,
    send,
    state,
    taken,
    to,
)
from tests.messages import RECIPIENT, edoc

JUMP = 30_000_000


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = in_file(tmp_path / "journal.db")
    with capture_logs():
        yield journal
        journal.close()


@pytest.fixture
def woken() -> list[str]:
    return []


@pytest.fixture
def sweeper(journal: Journal, woken: list[str], tmp_path: Path) -> Sweeper:
    claims = ClaimCheck(tmp_path / "bodies", tmp_path / "spool")
    retention = Retention(journal, claims, journal.clock, load_settings(home=tmp_path))
    return Sweeper(journal, journal.clock, woken.extend, JUMP, retention)


def serve(sweeper: Sweeper, *outlets: Outlet) -> None:
    sweeper.serve({one.name: one for one in outlets})


def test_a_retry_goes_when_it_is_due(journal: Journal, sweeper: Sweeper) -> None:
    """And not before."""
    receipt = accept(journal)
    send(journal, receipt, State.WAITING, until=journal.clock.now() + MINUTE)
    sweeper.sweep()
    assert state(journal, receipt) == "waiting"

    hand(journal).move(60)
    sweeper.sweep()
    assert state(journal, receipt) == "queued"


@pytest.mark.parametrize(
    ("idempotency", "after_lease"), [("none", "in_doubt"), ("ask_first", "in_doubt"), ("id", "queued")]
)
def test_an_ended_lease_goes_by_its_endpoints_contract(
    journal: Journal, sweeper: Sweeper, idempotency: str, after_lease: str
) -> None:
    """In one round: in doubt, and where that is harmless queued again."""
    serve(sweeper, outlet(idempotency=idempotency))
    receipt = accept(journal)
    outlive(journal, taken(journal, receipt))
    sweeper.sweep()

    assert state(journal, receipt) == after_lease
    balanced(journal)


def test_a_partner_is_asked_when_it_must_have_finished(journal: Journal, sweeper: Sweeper, woken: list[str]) -> None:
    """Two minutes past the end of the lease the issuer is woken for a question."""
    serve(sweeper, outlet(idempotency="ask_first"))
    receipt = accept(journal)
    outlive(journal, taken(journal, receipt))
    sweeper.sweep()
    hand(journal).move(119)
    sweeper.sweep()
    assert woken == []

    hand(journal).move(1)
    sweeper.sweep()
    assert woken == [AXIS]
    assert taken(journal, receipt).asking


def test_a_copy_of_an_endpoint_that_is_gone_waits_for_an_operator(journal: Journal, sweeper: Sweeper) -> None:
    """Nobody knows its contract any more."""
    serve(sweeper)
    receipt = accept(journal)
    outlive(journal, taken(journal, receipt))
    for _ in range(3):
        sweeper.sweep()
        hand(journal).move(3600)

    assert (state(journal, receipt), only(journal, receipt).until) == ("in_doubt", None)


def test_a_recalled_copy_in_doubt_that_nobody_can_be_asked_about_is_given_up(
    journal: Journal, sweeper: Sweeper
) -> None:
    """And its recall goes."""
    serve(sweeper, outlet())
    receipt = accept(journal)
    in_doubt(journal, receipt)
    back = accept(journal, recall())
    sweeper.sweep()

    assert (state(journal, receipt), only(journal, receipt).reason) == ("cancelled", "recalled_unknown")
    assert not taken(journal, back).asking


def test_expiry_and_horizon_are_looked_at_now_and_then(journal: Journal, sweeper: Sweeper) -> None:
    """The slower sweeps."""
    serve(sweeper, outlet())
    sweeper.sweep()
    late = accept(journal, edoc(document_id="late"), expires_at=journal.clock.now() + MINUTE)
    old = accept(journal, edoc(document_id="old"))
    hand(journal).move(60)
    sweeper.sweep()
    assert (state(journal, late), state(journal, old)) == ("expired", "queued")

    hand(journal).move(7 * 86_400)
    sweeper.sweep()
    assert (state(journal, old), only(journal, old).reason) == ("dead", "horizon")
    balanced(journal)


def test_a_partner_that_asks_for_two_days_gets_them(journal: Journal, sweeper: Sweeper) -> None:
    """A due time inside the horizon is no clock that jumped."""
    serve(sweeper, outlet())
    receipt = accept(journal)
    send(journal, receipt, State.WAITING, until=journal.clock.now() + 2 * DAY)
    sweeper.sweep()
    assert state(journal, receipt) == "waiting"

    far = accept(journal, edoc(document_id="far"), to(RECIPIENT))
    send(journal, far, State.WAITING, until=journal.clock.now() + 8 * DAY)
    hand(journal).move(2 * 86_400)
    sweeper.sweep()
    assert state(journal, receipt) == "queued"


def test_a_due_time_beyond_every_horizon_is_due(journal: Journal, sweeper: Sweeper) -> None:
    """It was written by a clock that jumped."""
    patient = outlet()
    serve(sweeper, Outlet(AXIS, ScriptedSink(), patient.settings, RetryPolicy(horizon=timedelta(days=3))))
    receipt = accept(journal)
    send(journal, receipt, State.WAITING, until=journal.clock.now() + 4 * DAY)
    sweeper.sweep()

    assert state(journal, receipt) == "queued"


def test_leases_of_a_dead_process_end_at_the_start(journal: Journal, sweeper: Sweeper) -> None:
    """Whatever their term."""
    serve(sweeper, outlet())
    receipt = accept(journal)
    taken(journal, receipt)
    sweeper.end_orphaned_leases()

    assert state(journal, receipt) == "in_doubt"


def test_a_clock_that_was_set_is_noticed(journal: Journal, tmp_path: Path, sweeper: Sweeper) -> None:
    """Wall and steady time part; both moving together is just time."""

    class Jumpy:
        ahead = 0

        def now(self) -> int:
            return journal.clock.now() + self.ahead

        def monotonic(self) -> float:
            return journal.clock.monotonic()

    clock = Jumpy()
    retention = Retention(journal, ClaimCheck(tmp_path / "b", tmp_path / "s"), clock, load_settings(home=tmp_path))
    watching = Sweeper(journal, clock, lambda _names: None, JUMP, retention)
    with capture_logs() as logged:
        hand(journal).move(3600)
        watching.sweep()
        assert [line["event"] for line in logged if line["event"] == "clock.jumped"] == []
        clock.ahead = -60_000_000
        watching.sweep()

    assert [line["event"] for line in logged if line["event"] == "clock.jumped"] == ["clock.jumped"]


def test_a_round_that_fails_is_not_the_last(journal: Journal, sweeper: Sweeper) -> None:
    """Stopping ends it, also twice."""
    sweeper.start()
    sweeper.stop()
    sweeper.stop()
