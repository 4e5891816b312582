"""The command ``bus run`` as a process of its own: begun, asked, killed, begun again.

Importing the command takes longer than most tests here. So one server process a worker imports it once and
forks for each life (``fresh=True`` begins it by its name, as an operator does).
"""

from __future__ import annotations

import http.client
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from bus.control.client import ControlClient
from tests.e2e import dying
from tests.e2e.places import Place

#: Seconds after which a test gives up; nothing takes this long when all is well.
PATIENCE = 60.0
_TICK = 0.03
_QUICK = {"BUS_ASK_AFTER": "400ms", "BUS_LEASE": "30s", "BUS_LOG_LEVEL": "info"}
_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(
    ["__main__", "tests.e2e.dying", "adapters.api", "adapters.lgsp", "adapters.rest", "adapters.vxp", "alembic.command"]
)


class _Process(Protocol):
    """What both kinds of process can do."""

    pid: int

    def ended(self, seconds: float) -> int | None:
        """The exit code, if it ends within so many seconds; negative: the signal that ended it."""
        ...


class Life:
    """One run of the command. ``die_at`` is a point of :mod:`tests.e2e.dying` at which it kills itself."""

    def __init__(self, place: Place, die_at: str = "", *, fresh: bool = False) -> None:
        self.place = place
        self._process: _Process = (_Fresh if fresh else _Forked)(place, die_at)

    @property
    def peak(self) -> int:
        """The most memory (bytes, resident) it has had so far."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) << 10

    @property
    def ready(self) -> bool:
        """Whether all doors are open."""
        connection = http.client.HTTPConnection("127.0.0.1", self.place.port, timeout=PATIENCE)
        try:
            connection.request("GET", "/ready")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def until(self, done: Callable[[], bool], what: str) -> None:
        """Wait until something holds; fail at once when the process ends before."""
        deadline = time.monotonic() + PATIENCE
        while not done():
            code = self._process.ended(_TICK)
            assert code is None, f"the bus ended with {code} before {what}: {self._log()}"
            assert time.monotonic() < deadline, f"waited in vain until {what}: {self._log()}"

    def begun(self) -> Life:
        """This life, once its doors are open."""
        self.until(lambda: self.ready, "it was ready")
        return self

    def ask(self, name: str, **arguments: Any) -> Any:
        """An operator's question or order, over the control socket."""
        return ControlClient(self.place.home / "control.sock").call(name, **arguments)

    def kill(self) -> None:
        """End it as a power cut would."""
        os.kill(self._process.pid, signal.SIGKILL)
        assert self.end() == -signal.SIGKILL

    def terminate(self) -> tuple[int, float]:
        """Ask it to end: the exit code, and how many seconds it took."""
        began = time.monotonic()
        os.kill(self._process.pid, signal.SIGTERM)
        return self.end(), time.monotonic() - began

    def end(self) -> int:
        """The exit code, once it has ended."""
        code = self._process.ended(PATIENCE)
        if code is None:
            os.kill(self._process.pid, signal.SIGABRT)
            self._process.ended(PATIENCE)
        assert code is not None, f"it does not end: {self._log()}"
        return code

    def died(self) -> None:
        """Wait until it has killed itself at its point."""
        assert self.end() == -signal.SIGKILL, self._log()

    def close(self) -> None:
        """Leave nothing behind."""
        if self._process.ended(0) is None:
            self.kill()

    def _log(self) -> str:
        return self.place.log.read_text(errors="replace")[-4000:]


def command(log: Path, *words: object, die_at: str = "", environment: Mapping[str, str]) -> int | None:
    """The exit code of a command that is over soon; negative: the signal that ended it."""
    told = [str(word) for word in words]
    process = _FORKING.Process(target=_live, args=(die_at, told, dict(environment), log), daemon=True)
    process.start()
    process.join(PATIENCE)
    return process.exitcode


class _Forked:
    def __init__(self, place: Place, die_at: str) -> None:
        self._process = _FORKING.Process(
            target=_live, args=(die_at, _arguments(place), _environment(place), place.log), daemon=True
        )
        self._process.start()
        assert self._process.pid
        self.pid = self._process.pid

    def ended(self, seconds: float) -> int | None:
        self._process.join(seconds)
        return self._process.exitcode


class _Fresh:
    def __init__(self, place: Place, die_at: str) -> None:
        command = [str(Path(sys.executable).with_name("bus"))]
        if die_at:
            command = [sys.executable, "-m", "tests.e2e.dying", die_at, "--"]
        with place.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *_arguments(place)], env={**os.environ, **_environment(place)}, stdout=log, stderr=log
            )
        self.pid = self._process.pid

    def ended(self, seconds: float) -> int | None:
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None


def _arguments(place: Place) -> list[str]:
    return ["run", "--home", str(place.home), "--routes", str(place.routes)]


def _environment(place: Place) -> dict[str, str]:
    return {**_QUICK, "BUS_LISTEN": f"127.0.0.1:{place.port}", **place.environment}


def _live(die_at: str, arguments: list[str], environment: dict[str, str], log: Path) -> None:
    """In the forked process: be the command. What it forked from keeps the settings of whichever test came first."""
    for name in [name for name in os.environ if name.startswith("BUS_")]:
        del os.environ[name]
    os.environ.update(environment)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for standard in (1, 2):
        os.dup2(descriptor, standard)
    dying.main([die_at, "--", *arguments])
