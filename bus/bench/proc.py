"""What the kernel knows of processes (Linux)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

_PROC = Path("/proc")


def cpu(pids: Iterable[int]) -> float:
    """Seconds of processor time these have had; those that are gone count nothing."""
    return sum(_ticks(pid) for pid in pids) / os.sysconf("SC_CLK_TCK")


def called(name: str) -> list[int]:
    """The processes whose command is called so."""
    found = []
    for path in _PROC.glob("[0-9]*/comm"):
        try:
            said = path.read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            continue
        if said == name:
            found.append(int(path.parent.name))
    return found


def _ticks(pid: int) -> int:
    try:
        fields = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def reset_peak(pid: int | str = "self") -> float:
    """Forget the peak of resident memory; what is resident now, in megabytes."""
    (_PROC / str(pid) / "clear_refs").write_text("5", encoding="ascii")
    return _status(pid, "VmRSS")


def peak(pid: int | str = "self") -> float:
    """The peak of resident memory since :func:`reset_peak`, in megabytes."""
    return _status(pid, "VmHWM")


def _status(pid: int | str, name: str) -> float:
    for line in (_PROC / str(pid) / "status").read_text(encoding="ascii").splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0
