"""Calls to a partner: by the two transports from threads, and side by side on one thread."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from bench.options import Options
from bus.bench.documents import SMALL, document
from bus.bench.row import Row
from bus.bench.sink import sink
from bus.message import Claim
from bus.transport import Ended, Request, Transport
from bus.transport.fast import FastTransport
from bus.transport.plain import PlainTransport
from bus.transport.side_by_side import SideBySide

_CALLS = 2000


def measure(options: Options) -> Iterator[Row]:
    """Each number of threads with each transport."""
    body = document(SMALL)
    claim = Claim(hashlib.sha256(body).hexdigest(), len(body), body)
    with sink() as there:
        request = Request("POST", f"http://127.0.0.1:{there.port}/edoc", {"Content-Type": "application/xml"}, claim)
        for threads in (1, 8, 16):
            calls = options.count(_CALLS)
            plain = _one("plain", PlainTransport(), request, threads, calls)
            yield plain
            yield _one("fast", FastTransport(), request, threads, calls, plain.figures["rate"])
            yield _side_by_side(request, threads, calls, plain.figures["rate"])


def _one(name: str, transport: Transport, request: Request, threads: int, calls: int, beside: float = 0.0) -> Row:
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda _: transport.call(request), range(threads * 4)))
        began, cpu = time.monotonic(), time.process_time()
        list(pool.map(lambda _: transport.call(request), range(calls)))
        seconds, cpu = time.monotonic() - began, time.process_time() - cpu
    transport.close()
    rate = calls / seconds
    figures = {"rate": rate, "cpu": cpu / calls * 1000, "ratio": rate / (beside or rate)}
    return Row("transports", f"{name}, {threads} threads", figures)


def _side_by_side(request: Request, at_once: int, calls: int, beside: float) -> Row:
    exchange = SideBySide()
    _carry(exchange, request, at_once, at_once * 4)
    began, cpu = time.monotonic(), time.process_time()
    _carry(exchange, request, at_once, calls)
    seconds, cpu = time.monotonic() - began, time.process_time() - cpu
    exchange.close()
    figures = {"rate": calls / seconds, "cpu": cpu / calls * 1000, "ratio": calls / seconds / beside}
    return Row("transports", f"side by side, {at_once} at once", figures)


def _carry(exchange: SideBySide, request: Request, at_once: int, calls: int) -> None:
    ended: list[Ended] = []
    for number in range(calls):
        while number - len(ended) >= at_once:
            exchange.step(1.0)
        exchange.begin(request, ended.append)
    while len(ended) < calls:
        exchange.step(1.0)
