"""SIGKILL while reports are made of others: each unit's report counts once, and each version of the province's is there once."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bus.clock import HandClock
from tests.adding import FINANCE, HEALTH, OLD, WHOLE, adding, aggregating, come, data, made, settings_of
from tests.buses import alone, ask
from tests.owing import at

TOP = Path(__file__).parents[2]
MORE = [
    pytest.param(f"{when}:{verb}", marks=pytest.mark.long)
    for verb in ("arrived", "begun", "sent")
    for when in ("before", "after")
    if (when, verb) != ("before", "sent")
]


@pytest.mark.parametrize("point", ["before:sent", *MORE])
def test_each_version_is_there_once(tmp_path: Path, point: str) -> None:
    """Killed when the reports were noted, when a version was begun, and between its acceptance and the note of it."""
    _killed(tmp_path, point, {})


@pytest.mark.parametrize("point", ["before:sent", *MORE])
def test_each_version_is_there_once_on_postgres(tmp_path: Path, postgres_url: str, point: str) -> None:
    """The same where the journal is a PostgreSQL database."""
    _killed(tmp_path, point, {"database_url": postgres_url})


def _killed(folder: Path, point: str, database: dict[str, str]) -> None:
    with adding(folder, **database) as (parts, _):
        for unit, count in ((FINANCE, "1"), (HEALTH, "10"), (OLD, "100")):
            come(parts, data(unit, {"I": count, "II": count}))
    command = [sys.executable, "-m", "tests.e2e.adding_up", str(folder), point, *database.values()]
    killed = subprocess.run(command, cwd=TOP, check=False)
    with alone(settings_of(folder, **database), HandClock(at("2026-02-18 09:00"))) as parts:
        aggregating(parts).work()
        come(parts, data(HEALTH, {"I": "20", "II": "20"}, 2))
        for _ in range(2):
            aggregating(parts).work()
        first, second = made(parts)
        (row,) = ask(parts, "reports_aggregates")["rows"]

    assert killed.returncode == -signal.SIGKILL
    assert (first["version"], first["observations"][0]["value"]) == (1, "111")
    assert (second["version"], second["observations"][0]["value"]) == (2, "121")
    assert (row["id"], row["state"], row["version"]) == (WHOLE, "made", 2)
