"""``bus run`` as people start it: a process of its own, stopped by signals."""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.buses import free_port, home

#: Seconds a process may take for one step: it starts from nothing, on a machine that may have much to do.
PATIENCE = 100.0
SAMPLE = Path(__file__).parents[2] / "routes.yaml"


class Process:
    """A running ``bus``; its lines can be waited for."""

    def __init__(self, folder: Path, *words: str, **environment: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from bus.cli import main; main()", *words],
            cwd=folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "error", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        self.seen: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def wait_for(self, pattern: str) -> str:
        """The next line in which the pattern is found."""
        deadline = time.monotonic() + PATIENCE
        while (line := self._lines.get(timeout=max(0.01, deadline - time.monotonic()))) is not None:
            self.seen.append(line)
            if re.search(pattern, line):
                return line
        raise AssertionError(f"it ended without {pattern!r}: {self.seen}")

    def end(self, number: signal.Signals) -> int:
        """Ask it to end; its exit code, once all it wrote is read."""
        self._process.send_signal(number)
        return self.ended()

    def ended(self) -> int:
        code = self._process.wait(PATIENCE)
        while (line := self._lines.get(timeout=PATIENCE)) is not None:
            self.seen.append(line)
        assert self._process.stdout
        self._process.stdout.close()
        return code

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self.ended()


@pytest.fixture
def start(tmp_path):
    started = []

    def begin(*words: str, **environment: str) -> Process:
        started.append(Process(tmp_path, *words, **environment))
        return started[-1]

    yield begin
    for process in started:
        process.kill()


@pytest.fixture
def demo(tmp_path, start):
    """The sample routes on ports of their own."""
    sample = SAMPLE.read_text(encoding="utf-8")
    for port in (8090, 8091):
        sample = sample.replace(f"127.0.0.1:{port}", f"127.0.0.1:{free_port()}")
    (tmp_path / "routes.yaml").write_text(sample, encoding="utf-8")
    return start("run", "--demo", BUS_HOME=str(tmp_path / "home"), BUS_LISTEN="127.0.0.1:0")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_demo_runs_and_ends_in_order(demo, tmp_path, number):
    """Documents are delivered to partners; a signal ends it with exit 0 and a balanced account, nothing in hand."""
    demo.wait_for(r"^ready .*http://127\.0\.0\.1:\d+")
    demo.wait_for(r"accepted .* delivered")

    assert demo.end(number) == 0

    account = demo.seen[-2:]
    assert account[1].startswith("balanced")
    assert re.match(r"[1-9]\d* messages; [1-9]\d* copies accepted = ", account[0])
    assert "sending" not in account[0]
    assert not any("Traceback" in line for line in demo.seen)
    log = (tmp_path / "home" / "log" / "bus.log").read_text(encoding="utf-8")
    assert '"daemon.stopped"' in log
    assert "Traceback" not in log
    assert not (tmp_path / "home" / "control.sock").exists()


def test_without_demo_it_serves_until_told(start, tmp_path):
    """A plain run logs that it started, refuses a second of the same home by its pid, and ends with exit 0."""
    settings = home(tmp_path)
    words = ("run", "--home", str(settings.home), "--routes", str(settings.routes))
    bus = start(*words, BUS_LISTEN="127.0.0.1:0")
    bus.wait_for("daemon.started")

    second = start(*words, BUS_LISTEN="127.0.0.1:0")
    assert "in use by process" in second.wait_for("home.taken|in use")
    assert second.ended() == 1

    assert bus.end(signal.SIGTERM) == 0


def test_wrong_routes_at_the_start_are_all_told(start, tmp_path):
    """With no version that was ever in force a wrong file ends the start: every problem, exit 1."""
    settings = home(tmp_path, "endpoints: {a: {kind: nonsense}}\nroutes: [{name: x, when: {recipient: any}, to: b}]\n")
    bus = start("run", "--home", str(settings.home), "--routes", str(settings.routes), BUS_LISTEN="127.0.0.1:0")

    bus.wait_for(r"routes\.yaml:1:\d+: error routes\.unknown_kind")
    bus.wait_for(r"routes\.yaml:2:\d+: error routes\.unknown_endpoint")
    assert bus.ended() == 1


def test_no_routes_file_is_told(start, tmp_path):
    """Started in a folder without routes.yaml it says what to do; exit 1."""
    bus = start("run", "--demo", BUS_HOME=str(tmp_path / "home"), BUS_LISTEN="127.0.0.1:0")

    bus.wait_for(r"routes\.yaml cannot be read")
    assert bus.ended() == 1
