"""What reading a document costs beside the library alone on the same bytes: as a tree, and as bare events.

The library checks and decodes nothing. The doors' reader decodes and hashes every attachment, and keeps none; read
whole, every element becomes part of a model and every file goes to a sink.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator

from lxml import etree

import schemas
from bench.options import Options
from bus.bench import proc
from bus.bench.child import answer
from bus.bench.documents import SMALL, Long, document
from bus.bench.row import Row
from schemas.edxml.document import Document
from schemas.edxml.load import load
from schemas.edxml.reader import content_of
from schemas.xml import PushParser

_PIECE = 1 << 20
_GIGABYTE = 1_000_000_000
_SIZES = {"20 KB": (SMALL, 600), "1 MB": (1_000_000, 40), "50 MB": (50_000_000, 2)}


def measure(options: Options) -> Iterator[Row]:
    """Each size with each way, the ways in turns."""
    for name, (size, times) in _SIZES.items():
        base = 0.0
        for way in _WAYS:
            rates = [answer(_run, way, size, options.count(times)) for _ in range(options.rounds(3))]
            per_second, peak, length = sorted(rates)[len(rates) // 2]
            base = base or per_second
            figures = {"rate": per_second, "megabytes": per_second * length / 1e6, "cpu": 1000 / per_second}
            yield Row("reader", f"{name}, {way}", {**figures, "peak": peak, "ratio": per_second / base})
    yield _gigabyte(options.count(_GIGABYTE))


def _gigabyte(size: int) -> Row:
    """One document that is never in memory as a whole."""
    seconds, peak = answer(_run_through, size)
    figures = {"megabytes": size / 1e6 / seconds, "seconds": seconds, "peak": peak}
    return Row("reader", f"{size / 1e9:g} GB, ours", figures)


def _run_through(size: int) -> tuple[float, float]:
    """Seconds of processor time spent in the reader, and megabytes of peak above the start."""
    reader, spent = schemas.reader(), 0.0
    resident = proc.reset_peak()
    for piece in Long(size).pieces("one"):
        began = time.process_time()
        reader.feed(piece)
        spent += time.process_time() - began
    reader.close()
    return spent, proc.peak() - resident


def _run(way: str, size: int, times: int) -> tuple[float, float, int]:
    """Documents a second of processor time, megabytes of peak beyond the document itself, and its length."""
    body, read = document(size), _WAYS[way]
    resident = proc.reset_peak()
    read(body)
    peak = proc.peak() - resident
    began = time.process_time()
    for _ in range(times):
        read(body)
    return times / (time.process_time() - began), peak, len(body)


def _reader(body: bytes) -> None:
    reader = schemas.reader()
    for piece in _pieces(body):
        reader.feed(piece)
    reader.close()


def _stream(body: bytes) -> None:
    """As large messages are read, whatever the size of this one."""
    document = Document()
    parser = PushParser(document)
    for piece in _pieces(body):
        parser.feed(piece)
    parser.close()
    content_of(document)


def _whole(body: bytes) -> None:
    load(io.BytesIO(body), lambda _place: _Nowhere())


class _Nowhere:
    """A sink that keeps nothing."""

    def write(self, _data: bytes, /) -> None: ...


def _tree(body: bytes) -> None:
    etree.fromstring(body, etree.XMLParser(huge_tree=True, resolve_entities=False))


def _events(body: bytes) -> None:
    parser = etree.XMLParser(target=_Deaf(), huge_tree=True, resolve_entities=False)  # type: ignore[arg-type]
    for piece in _pieces(body):
        parser.feed(piece)
    parser.close()


def _pieces(body: bytes) -> Iterator[bytes]:
    return (body[place : place + _PIECE] for place in range(0, len(body), _PIECE))


class _Deaf:
    """Is told everything and does nothing."""

    def start(self, *_: object) -> None: ...

    def end(self, *_: object) -> None: ...

    def data(self, *_: object) -> None: ...

    def close(self) -> None: ...


_WAYS: dict[str, Callable[[bytes], None]] = {
    "ours": _reader,
    "ours, as it comes": _stream,
    "ours, whole": _whole,
    "lxml tree": _tree,
    "lxml bare events": _events,
}
