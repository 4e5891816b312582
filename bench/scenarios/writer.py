"""What writing a document costs beside the library alone: the same elements, and the same file as base64.

The library builds a tree and writes it out; the writer checks what it writes, and has no file whole in memory.
"""

from __future__ import annotations

import base64
import io
import os
import time
from collections.abc import Callable, Iterator

from lxml import etree

from bench.options import Options
from bus.bench import proc
from bus.bench.child import answer
from bus.bench.documents import SMALL, document, header
from bus.bench.row import Row
from schemas.edxml.enclose import Enclosure
from schemas.edxml.models import Edoc
from schemas.edxml.writer import write

_SIZES = {"20 KB": (SMALL, 600), "1 MB": (1_000_000, 40), "50 MB": (50_000_000, 2)}


def measure(options: Options) -> Iterator[Row]:
    """Each size with each way, the ways in turns."""
    for name, (size, times) in _SIZES.items():
        base = 0.0
        for way in _WAYS:
            rates = [answer(_run, way, size, options.count(times)) for _ in range(options.rounds(3))]
            per_second, peak = sorted(rates)[len(rates) // 2]
            base = base or per_second
            figures = {"rate": per_second, "megabytes": per_second * size / 1e6, "cpu": 1000 / per_second}
            yield Row("writer", f"{name}, {way}", {**figures, "peak": peak, "ratio": per_second / base})


def _run(way: str, size: int, times: int) -> tuple[float, float]:
    """Documents a second of processor time, and megabytes of peak beyond the file itself."""
    write_one = _WAYS[way](size)
    resident = proc.reset_peak()
    write_one()
    peak = proc.peak() - resident
    began = time.process_time()
    for _ in range(times):
        write_one()
    return times / (time.process_time() - began), peak


def _writer(size: int) -> Callable[[], None]:
    file = io.BytesIO(os.urandom(size * 3 // 4))

    def once() -> None:
        file.seek(0)
        write(Edoc(message_header=header()), _Nowhere(), [Enclosure("bao-cao.pdf", file)])

    return once


def _library(size: int) -> Callable[[], None]:
    file = os.urandom(size * 3 // 4)
    empty = etree.fromstring(document(4))
    (place,) = empty.iter("{*}ContentTransferEncoded")

    def once() -> None:
        place.text = base64.b64encode(file).decode()
        etree.ElementTree(empty).write(_Nowhere(), xml_declaration=True, encoding="UTF-8")

    return once


class _Nowhere(io.RawIOBase):
    """Takes everything and keeps nothing."""

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        return len(data)  # type: ignore[arg-type]


_WAYS: dict[str, Callable[[int], Callable[[], None]]] = {"ours": _writer, "lxml": _library}
