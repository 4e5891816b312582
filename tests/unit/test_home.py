"""One process owns a home, and its end, however it comes, is the end of that."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bus.errors import HomeTaken
from bus.home import HomeLock

HOLD = """
import sys
from pathlib import Path
from bus.home import HomeLock
HomeLock(Path(sys.argv[1])).take()
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "lock"


def test_a_second_owner_is_refused_and_told_who_the_first_is(path: Path) -> None:
    """By its process id."""
    first = HomeLock(path)
    first.take()
    with pytest.raises(HomeTaken, match=f"process {os.getpid()}"):
        HomeLock(path).take()

    first.release()
    second = HomeLock(path)
    second.take()
    second.release()


def test_letting_go_twice_is_harmless(path: Path) -> None:
    """And before it was had."""
    lock = HomeLock(path)
    lock.release()
    lock.take()
    lock.release()
    lock.release()


def test_a_killed_process_owns_nothing(path: Path) -> None:
    """No stale lock is left to be cleared by hand."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(HomeTaken, match=f"process {holder.pid}"):
            HomeLock(path).take()
        holder.kill()
        holder.wait()

    lock = HomeLock(path)
    lock.take()
    lock.release()


def test_the_lock_is_for_nobody_elses_eyes(path: Path) -> None:
    """Home and lock belong to their owner alone."""
    lock = HomeLock(path)
    lock.take()

    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    lock.release()
