"""One large document, in and out: how long beside a plain copy of the same bytes, and how much memory of the daemon.

The plain copy reads, hashes and writes a file, and is over when it is on disk. The bus does that on the way in, and reads
the document besides; on the way out it reads and sends.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bus.bench import proc
from bus.bench.child import answer
from bus.bench.documents import Long
from bus.bench.failed import BenchFailed
from bus.bench.plan import Plan
from bus.bench.requests import Address, head
from bus.bench.row import Row
from bus.bench.sent import id_of
from bus.bench.stage import Stage

_SIZES = (100_000_000, 1_000_000_000)
_PIECE = 1 << 20
#: Seconds one document may take, and how many times its size must be free on the disk.
_PATIENCE, _ROOM = 600.0, 4


def measure(plan: Plan, made: Stage) -> Iterator[Row]:
    """Each size: the plain copy, then the way in, then both ways."""
    for size in map(plan.count, _SIZES):
        name = f"{size / 1e9:g} GB" if size >= 1e9 else f"{size / 1e6:g} MB"
        if shutil.disk_usage(tempfile.gettempdir()).free < size * _ROOM:
            yield Row("large", name, note=f"left out: {size * _ROOM / 1e9:.1f} GB must be free for it")
        else:
            yield from _one(made, name, size)


def _one(made: Stage, name: str, size: int) -> Iterator[Row]:
    plain = answer(_copy, size)
    yield _row(f"{name}, plain copy", size, plain, plain)
    made.one.forget()
    made.idle()
    resident = proc.reset_peak(made.daemon.pid) if made.daemon else 0.0
    before = made.cpu()
    id_ = id_of(os.urandom(4).hex(), 0)
    began, accepted = answer(_send, made.address, size, id_)
    made.one.wait_for(1, _PATIENCE)
    arrived = made.one.arrived().at[id_]
    spent = {role: (now - before[role]) * 1000 for role, now in made.cpu().items()}
    peak = {"peak": proc.peak(made.daemon.pid) - resident} if made.daemon else {}
    yield _row(f"{name}, in", size, accepted - began, plain)
    yield _row(f"{name}, in and out", size, arrived - began, plain, **spent, **peak)


def _row(case: str, size: int, seconds: float, plain: float, **more: float) -> Row:
    figures = {"megabytes": size / 1e6 / seconds, "seconds": seconds, "ratio": plain / seconds, **more}
    return Row("large", case, figures)


def _copy(size: int) -> float:
    """Seconds in which a file of so many bytes is read, hashed, written and on disk."""
    with tempfile.TemporaryDirectory(prefix="bus-bench-") as name:
        original = Path(name) / "original"
        with original.open("wb") as file:
            file.writelines(Long(size).pieces("plain"))
        began = time.perf_counter()
        with original.open("rb") as file, (Path(name) / "copy").open("wb") as copy:
            digest = hashlib.sha256()
            while piece := file.read(_PIECE):
                digest.update(piece)
                copy.write(piece)
            copy.flush()
            os.fsync(copy.fileno())
        return time.perf_counter() - began


def _send(address: Address, size: int, id_: str) -> tuple[float, float]:
    """When the first byte went and when the document was accepted. Raises BenchFailed where it was not."""
    document = Long(size)
    with socket.create_connection((address.host, address.port), _PATIENCE) as connection:
        began = time.monotonic()
        connection.sendall(head(address, len(document), id_.encode()))
        for piece in document.pieces(id_):
            connection.sendall(piece)
        said = connection.recv(1 << 16)
        if said[9:10] != b"2":
            raise BenchFailed(
                f"a document of {size / 1e6:,.0f} MB was not accepted: {said[:300].decode(errors='replace')}"
            )
        return began, time.monotonic()
