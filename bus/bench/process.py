"""A real daemon (``bus run``) in a process of its own."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bus.bench import proc
from bus.bench.failed import BenchFailed
from bus.bench.home import Place

#: Seconds a start and a stop may take.
_START, _STOP = 600.0, 30.0
#: The command, in the Python that runs this one.
COMMAND = (sys.executable, "-c", "from bus.cli import main; main()", "run")


class Daemon:
    """The process, through all its lives."""

    def __init__(self, where: Place, settings: Mapping[str, str], command: Sequence[str] = COMMAND) -> None:
        self.where = where
        self._settings = settings
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._spent = 0.0

    @property
    def pid(self) -> int:
        """Of the life it is living."""
        assert self._process
        return self._process.pid

    def start(self) -> float:
        """Start it; the seconds until it was ready. Raises BenchFailed with the end of its log where it does not get so far."""
        began = time.monotonic()
        with (self.where.folder / "log").open("ab") as log:
            # In a group of its own: Ctrl-C is for the measurement, which ends the daemon in order.
            self._process = subprocess.Popen(  # noqa: S603
                self._command, env=self._environment(), stdout=log, stderr=log, process_group=0
            )
        while not self.ready():
            if self._process.poll() is not None or time.monotonic() > began + _START:
                raise BenchFailed(f"the daemon did not start: {self._last_words()}")
            time.sleep(0.02)
        return time.monotonic() - began

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL)."""
        assert self._process
        self._spent = self.cpu()
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Have it end in order; nothing where it has ended."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def cpu(self) -> float:
        """Seconds of processor time it has had, in the lives that were killed too."""
        return self._spent + proc.cpu([self.pid])

    def until_idle(self) -> None:
        """Wait until it has all but stopped working."""
        before = -1.0
        while (now := self.cpu()) - before > 0.01:
            before = now
            time.sleep(0.2)

    def ready(self) -> bool:
        """Whether it says it is."""
        try:
            return _get(self.where.port, "/ready")[0] == http.client.OK
        except (OSError, http.client.HTTPException):
            return False

    def metric(self, name: str) -> float:
        """One of its metrics, without labels; 0.0 where it has none of that name."""
        found = re.search(rf"^{name} (\S+)$", _get(self.where.port, "/metrics")[1].decode(), re.MULTILINE)
        return float(found[1]) if found else 0.0

    def _environment(self) -> Mapping[str, str]:
        """Ours, without what is meant for another bus."""
        ours = {
            "BUS_HOME": str(self.where.folder),
            "BUS_ROUTES": str(self.where.routes),
            "BUS_LISTEN": f"127.0.0.1:{self.where.port}",
            "BUS_MAX_BYTES": "2GB",
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("BUS_")}
        return {**inherited, **ours, **self._settings}

    def _last_words(self) -> str:
        path = Path(self.where.folder / "log")
        return path.read_text(encoding="utf-8", errors="replace")[-2000:]


@contextmanager
def running(
    where: Place, settings: Mapping[str, str] | None = None, command: Sequence[str] = COMMAND
) -> Iterator[Daemon]:
    """A daemon that is ready, with further ``BUS_*`` settings. Its log goes to a file in its home."""
    daemon = Daemon(where, settings or {}, command)
    try:
        daemon.start()
        yield daemon
    finally:
        daemon.stop()


def _get(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
