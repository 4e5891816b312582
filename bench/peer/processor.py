"""Processes and their processor time, as the kernel knows them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_BROKER = b"\0-s\0rabbit\0boot\0"


def seconds(pid: int) -> float:
    """The processor time a process and those it started have had."""
    return sum(_ticks(one) for one in _family(pid)) / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int:
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(b")")[2].split()
    return int(fields[11]) + int(fields[12]) if fields else 0


def _family(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _read(children).split():
            yield from _family(int(child))


def rabbitmq() -> int:
    """RabbitMQ's process. Raises RuntimeError where it is not on this machine, or not the only one."""
    found = [path.parent.name for path in Path("/proc").glob("[0-9]*/cmdline") if _BROKER in _read(path)]
    if len(found) != 1:
        raise RuntimeError(f"there are {len(found)} of RabbitMQ on this machine; to count its processor time takes one")
    return int(found[0])


def _read(path: Path) -> bytes:
    """Nothing of a process that is gone."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
