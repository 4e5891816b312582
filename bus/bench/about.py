"""What a measurement ran on, and what else the machine was doing: figures of two machines cannot be compared."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from bus.bench import loops

_FSYNCS, _PAGE = 50, b"\0" * 4096


def about() -> dict[str, object]:
    """Python, cores, load of the last minute, loop of load and sink, commit, and what one fsync takes where homes are."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "loop": loops.name(),
        "commit": _commit(),
        "disk": _file_system(Path(tempfile.gettempdir())),
        "fsync_ms": round(fsync(Path(tempfile.gettempdir())) * 1000, 2),
    }


def line(told: dict[str, object]) -> str:
    """The same in one line."""
    return "   ".join(f"{name} {value}" for name, value in told.items())


def fsync(folder: Path) -> float:
    """Seconds that one append of 4 KB takes to be on disk; the median of fifty."""
    took = []
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        for _ in range(_FSYNCS):
            began = time.perf_counter()
            file.write(_PAGE)
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    return sorted(took)[_FSYNCS // 2]


def _commit() -> str:
    """Of the source this runs from; the release where it runs from no checkout."""
    git = shutil.which("git")
    here = Path(__file__).parents[2]
    if git and (here / ".git").exists():
        asked = subprocess.run(  # noqa: S603
            [git, "-C", str(here), "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
        )
        if asked.returncode == 0:
            return asked.stdout.strip()
    return version("lienthong-bus")


def _file_system(folder: Path) -> str:
    """The type of the file system a folder is on."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()]
    above = [(len(mount[1]), mount[2]) for mount in mounts if folder.is_relative_to(mount[1])]
    return max(above, default=(0, "unknown"))[1]
