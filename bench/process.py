"""A real daemon (``bus run``) in a process of its own, and what the kernel knows about it."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.home import Place

_START, _STOP = 30.0, 20.0


class Bus:
    """The running daemon."""

    def __init__(self, pid: int, port: int) -> None:
        self.pid = pid
        self.port = port

    def cpu(self) -> float:
        """Seconds of processor time it has had."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def until_idle(self) -> None:
        """Wait until it has all but stopped working."""
        before = -1.0
        while (now := self.cpu()) - before > 0.01:
            before = now
            time.sleep(0.2)

    def commits(self) -> tuple[float, float]:
        """Requests committed so far, and commits."""
        return self._metric("bus_commit_batch_size_sum"), self._metric("bus_commit_batch_size_count")

    def batch(self, since: tuple[float, float]) -> float:
        """Requests in one commit, on average since then."""
        requests, commits = self.commits()
        return (requests - since[0]) / max(1.0, commits - since[1])

    def ready(self) -> bool:
        """Whether it says it is."""
        try:
            return self._get("/ready")[0] == http.client.OK
        except OSError:
            return False

    def _metric(self, name: str) -> float:
        found = re.search(rf"^{name} (\S+)$", self._get("/metrics")[1].decode(), re.MULTILINE)
        return float(found[1]) if found else 0.0

    def _get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@contextmanager
def running(where: Place) -> Iterator[Bus]:
    """A daemon that is ready. Its log goes to a file in its home."""
    command = [sys.executable, "-c", "from bus.cli import main; main()", "run"]
    settings = {
        "BUS_HOME": str(where.folder),
        "BUS_ROUTES": str(where.folder / "routes.yaml"),
        "BUS_LISTEN": f"127.0.0.1:{where.port}",
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("BUS_")}
    with (where.folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env={**inherited, **settings}, stdout=log, stderr=log)  # noqa: S603
        try:
            yield _when_ready(process, where)
        finally:
            _end(process)


def _when_ready(process: subprocess.Popen[bytes], where: Place) -> Bus:
    bus, deadline = Bus(process.pid, where.port), time.monotonic() + _START
    while not bus.ready():
        if process.poll() is not None or time.monotonic() > deadline:
            said = (where.folder / "log").read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"the daemon did not start: {said[-2000:]}")
        time.sleep(0.05)
    return bus


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def reset_peak(pid: int | str = "self") -> float:
    """Forget the peak of resident memory; what is resident now, in megabytes."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")
    return _status(pid, "VmRSS")


def peak(pid: int | str = "self") -> float:
    """The peak of resident memory since :func:`reset_peak`, in megabytes."""
    return _status(pid, "VmHWM")


def _status(pid: int | str, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0
