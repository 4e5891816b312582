"""SIGKILL while expectations follow the journal and remind: what is owed is counted once, and nobody is reminded twice."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bus.clock import HandClock
from bus.control.parts import Parts
from bus.journal.pick import Filter
from bus.journal.states import State
from tests.buses import PATIENCE, alone, ask, send, settle
from tests.messages import edoc, status
from tests.owing import FINANCE, HEALTH, NEW, OFFICE, OWN, at, expecting, report, settings_of

TOP = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "point",
    [
        "before:reminded",
        pytest.param("after:followed", marks=pytest.mark.long),
        pytest.param("before:followed", marks=pytest.mark.long),
        pytest.param("after:reminded", marks=pytest.mark.long),
    ],
)
def test_each_event_counts_once_and_each_step_reminds_once(tmp_path: Path, point: str) -> None:
    """Killed before and after what events led to is on disk, and between a reminder and its note."""
    settings = settings_of(tmp_path)
    with alone(settings, HandClock(at("2026-04-15 09:00"))) as parts:
        expecting(parts).work()
        parts.journal.accept(report(FINANCE, "2026-M04")).result(PATIENCE)
        for name in ("VB-1", "VB-2"):
            (copy,) = send(parts, tmp_path, edoc(OFFICE, (FINANCE,), name), "office")
            settle(parts, copy, State.DELIVERED)
        send(parts, tmp_path, status(FINANCE, OFFICE, "VB-1"), "finance")
    killed = subprocess.run([sys.executable, "-m", "tests.e2e.reminding", str(tmp_path), point], cwd=TOP, check=False)
    with alone(settings, HandClock(at("2026-04-18 00:11"))) as parts:
        for _ in range(2):
            expecting(parts).work()

        assert killed.returncode == -signal.SIGKILL
        assert owed(parts, "nhan") == ["VB-2"]
        assert owed(parts, "bao-cao", FINANCE).count(f"BC-MOT-CUA|MC-01|2026-M04|{FINANCE}") == 0
        assert sorted(told(parts, "2026-M04")) == [HEALTH, NEW]


def owed(parts: Parts, rule: str, who: str = "") -> Sequence[str]:
    """What is owed by a rule."""
    return [row["key"] for row in ask(parts, "expectations", rule=rule, who=who)["rows"]]


def told(parts: Parts, period: str) -> list[str]:
    """Who was reminded of the report of a period."""
    copies = parts.browse.copies(Filter(senders=(OWN,), limit=1000))
    return [one.copy.recipient for one in copies if period in one.event.subject]
