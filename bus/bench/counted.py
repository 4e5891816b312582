"""``bus run`` with its statements counted, and its fsyncs where strace may trace: slower, so no time is taken of it."""

from __future__ import annotations

import mmap
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from bus.journal.traced import on_statement

_COUNTED = "import sys; from bus.bench.counted import count_into; count_into(sys.argv.pop(1)); from bus.cli import main; main()"
_FSYNC = re.compile(rb"\bf(?:data)?sync\(")
_STRACE = ("-D", "-f", "--seccomp-bpf", "-qq", "-e", "trace=fsync,fdatasync", "-o")


class Counts:
    """What a counted daemon has done so far; its files stand in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._statements = folder / "statements"
        self._fsyncs = folder / "fsyncs"
        self._statements.write_bytes(bytes(8))
        self._fsyncs.touch()
        self._strace = _strace()

    @property
    def command(self) -> Sequence[str]:
        """Runs the daemon."""
        run = (sys.executable, "-c", _COUNTED, str(self._statements), "run")
        return (self._strace, *_STRACE, str(self._fsyncs), *run) if self._strace else run

    def read(self) -> dict[str, float]:
        """Statements, and fsyncs where they can be counted."""
        told = {"statements": float(int.from_bytes(self._statements.read_bytes(), sys.byteorder))}
        if self._strace:
            told["fsyncs"] = float(len(_FSYNC.findall(self._fsyncs.read_bytes())))
        return told


def _strace() -> str:
    """Where it is; empty where it is not, or may not trace."""
    found = shutil.which("strace")
    if not found:
        return ""
    tried = subprocess.run([found, *_STRACE, "/dev/null", "true"], capture_output=True, check=False)  # noqa: S603
    return found if tried.returncode == 0 else ""


def count_into(path: str) -> None:
    """Keep the number of statements this process's journals run in a file of eight bytes."""
    with Path(path).open("r+b") as file:
        kept = memoryview(mmap.mmap(file.fileno(), 8)).cast("Q")
    numbers = count(1)

    def tell(_statement: str) -> None:
        kept[0] = next(numbers)

    on_statement(tell)
