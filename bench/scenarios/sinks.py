"""How many documents a second go out by each kind of endpoint, and what a call costs beside one by bare requests.

First through a bus, from its door to a partner that has it, on disk on the way. Then the sink alone, in one thread, calling
the same partner; and requests posting the same bytes to it, which knows nothing of documents, and zeep calling the same operation.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import requests
import zeep

import adapters
from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.quang_nam import QuangNam
from adapters.http.rehearsal.tokens import Tokens
from adapters.lgsp.sandbox import Client, Platform
from adapters.soap.rehearsal import rehearsal
from adapters.soap.rehearsal.documents import Documents
from adapters.vxp.sandbox import AxisSandbox
from adapters.vxp.sandbox_axis import System
from bench.options import Options
from bus.assembly import tools_of
from bus.bench import home, process
from bus.bench.child import answer, child
from bus.bench.documents import RECIPIENT, SENDER, SMALL, document
from bus.bench.load import CLOSED, Job, send
from bus.bench.pace import Pace
from bus.bench.requests import Address, template
from bus.bench.row import Row
from bus.bench.sent import PLACE, id_of
from bus.bench.sink import sink
from bus.breaker import BreakerPolicy
from bus.clock import SystemClock
from bus.config import load_settings
from bus.control.client import ControlClient
from bus.gate import Gates
from bus.message import FROM_THE_BUS, Claim, CopyOut, Delivery, Message, new_id
from bus.openhome import open_home

_DOCUMENTS, _WARM, _CALLS = 2000, 100, 1000
_LOOK, _PATIENCE = 0.2, 120.0
_SECRET, _SYSTEM = "bench-partner", "00.05.H62"
_ROUTES = """
endpoints:
  there: {endpoint}
partners:
  sender: {{agencies: ["{sender}"], doors: {{api: {{key: "file:{key}"}}}}}}
  recipient: {{agencies: ["{recipient}"]}}
routes:
  - {{name: out, when: {{recipient: "{recipient}"}}, to: there}}
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a partner of one kind is written in the routes, but for its address, and who plays it; the latter tells that."""

    said: Mapping[str, Any]
    partner: Callable[[], AbstractContextManager[str]]

    def endpoint(self, url: str) -> str:
        """What stands in the routes."""
        return json.dumps({**self.said, "url": url})


def measure(options: Options) -> Iterator[Row]:
    """Each kind through a bus; then each kind by itself."""
    for name, kind in KINDS.items():
        with kind.partner() as url:
            yield _through_a_bus(name, kind.endpoint(url), options.count(_DOCUMENTS))
    base = 0.0
    bare = {"requests, bare": KINDS["rest"], "zeep, bare": KINDS["soap, inline"]}
    for name, kind in {**bare, **KINDS}.items():
        with kind.partner() as url:
            work = {"requests, bare": _bare, "zeep, bare": _bare_zeep}.get(name, _alone)
            rate, cpu = answer(work, kind.endpoint(url), url, options.count(_CALLS))
        base = base or cpu
        yield Row("sinks", f"{name}, one call after another", {"rate": rate, "cpu": cpu * 1000, "ratio": cpu / base})


def _through_a_bus(name: str, endpoint: str, documents: int) -> Row:
    with tempfile.TemporaryDirectory(prefix="bus-bench-") as folder:
        routes = _ROUTES.format(endpoint=endpoint, sender=SENDER, recipient=RECIPIENT, key=home.KEY)
        where = home.furnished(Path(folder), routes, (home.KEY, _SECRET))
        with process.running(where) as bus:
            address = Address("127.0.0.1", where.port, key=home.KEY)
            client = ControlClient(where.folder / "control.sock")
            _send(client, address, _WARM, _WARM)
            bus.until_idle()
            before, began = bus.cpu(), time.monotonic()
            _send(client, address, documents, _WARM + documents)
            seconds = time.monotonic() - began
            bus.until_idle()
            spent = (bus.cpu() - before) / documents
    figures = {"documents": documents, "delivered": documents / seconds, "cpu_daemon": spent * 1000}
    return Row("sinks", f"{name}, through a bus", figures, f"{CLOSED} calls at a time at the door")


def _send(client: ControlClient, address: Address, documents: int, in_all: int) -> None:
    """So many, and wait until all that were sent by now are with their partner."""
    send(Job(address, template(address, document(SMALL)), Pace(_PATIENCE, documents=documents)))
    deadline = time.monotonic() + _PATIENCE
    while (count := client.call("status")["states"].get("delivered", 0)) < in_all:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{count} of {in_all} documents were delivered, and no more")
        time.sleep(_LOOK)


def _alone(endpoint: str, _url: str, calls: int) -> tuple[float, float]:
    """Calls a second of a sink as the daemon makes it, and seconds of processor time of each."""
    with tempfile.TemporaryDirectory(prefix="bus-bench-") as folder:
        routes = _ROUTES.format(endpoint=endpoint, sender=SENDER, recipient=RECIPIENT, key=home.KEY)
        where = home.furnished(Path(folder), routes, (home.KEY, _SECRET))
        opened = open_home(load_settings(home=where.folder, routes=where.routes), adapters.all_adapters())
        tools = tools_of(opened, Gates(opened.clock, lambda *_: None, BreakerPolicy()))
        settings = opened.planner.read(where.routes).endpoints["there"]
        make = adapters.load(settings.kind).sink
        assert make
        there = make("there", settings, tools)
        body = document(SMALL)
        try:
            return _timed(lambda: there.send(_delivery(body)), calls)
        finally:
            there.close()
            opened.close()


def _bare(_endpoint: str, url: str, calls: int) -> tuple[float, float]:
    body = document(SMALL)
    with requests.Session() as session:

        def post() -> None:
            id_ = new_id()
            headers = {"Content-Type": "application/xml", "Idempotency-Key": id_, "X-Bus-Message-Id": id_}
            session.post(url, _named(body), headers=headers, timeout=_PATIENCE).raise_for_status()

        return _timed(post, calls)


def _bare_zeep(_endpoint: str, url: str, calls: int) -> tuple[float, float]:
    body = document(SMALL)
    client: Any = zeep.Client(f"{url}?wsdl")

    def call() -> None:
        client.service.SendDocument(documentId=new_id(), type="edoc", to=RECIPIENT, document=_named(body))

    return _timed(call, calls)


def _timed(call: Callable[[], Any], calls: int) -> tuple[float, float]:
    for _ in range(_WARM):
        call()
    began, cpu = time.monotonic(), time.process_time()
    for _ in range(calls):
        call()
    return calls / (time.monotonic() - began), (time.process_time() - cpu) / calls


def _delivery(body: bytes) -> Delivery:
    data, now = _named(body), time.time_ns() // 1000
    claim = Claim(hashlib.sha256(data).hexdigest(), len(data), data)
    message = Message(new_id(), "edoc", "new", SENDER, new_id()[:24], "V/v thử nghiệm", 0, FROM_THE_BUS, now)
    return Delivery("there", message, claim, (CopyOut(new_id(), RECIPIENT, 1),))


def _named(body: bytes) -> bytes:
    """The document under an id of its own."""
    return body.replace(PLACE, id_of(new_id()[-8:], 1).encode())


@contextmanager
def _push() -> Iterator[str]:
    with sink() as there:
        yield f"http://127.0.0.1:{there.port}{home.PATH}"


@contextmanager
def _axis() -> Iterator[str]:
    with child(_play_axis) as connection:
        yield connection.recv()


@contextmanager
def _soap() -> Iterator[str]:
    with child(_play_soap) as connection:
        yield connection.recv()


def _play_soap(connection: Connection) -> None:
    played = rehearsal(Documents(SystemClock().now))
    played.start()
    connection.send(played.url)
    connection.poll(None)
    played.stop()


def _play_axis(connection: Connection) -> None:
    axis = AxisSandbox({_SYSTEM: System(_SECRET.encode(), (SENDER, RECIPIENT))})
    axis.start()
    connection.send(axis.url)
    connection.poll(None)
    axis.stop()


@contextmanager
def _platform() -> Iterator[str]:
    with child(_play_platform) as connection:
        yield connection.recv()


def _play_platform(connection: Connection) -> None:
    _rehearse(connection, Rehearsal(Platform(Client(_SYSTEM, _SECRET), SystemClock().now)))


@contextmanager
def _exchange() -> Iterator[str]:
    with child(_play_exchange) as connection:
        yield connection.recv()


def _play_exchange(connection: Connection) -> None:
    now = SystemClock().now
    _rehearse(connection, Rehearsal(QuangNam(Tokens(_SYSTEM, _SECRET, now), _SECRET, now)))


def _rehearse(connection: Connection, played: Rehearsal[Any]) -> None:
    played.start()
    connection.send(played.url)
    connection.poll(None)
    played.stop()


_AXIS = {"kind": "vxp", "system_id": _SYSTEM, "secret": f"file:{_SECRET}", "poll": "1h"}
_PLATFORM = {**_AXIS, "kind": "lgsp", "allow": ["127.0.0.1"]}
_EXCHANGE = {
    "kind": "http",
    "dialect": "quang-nam",
    "poll": "1h",
    "allow": ["127.0.0.1"],
    "auth": [
        {"kind": "oauth2", "client_id": _SYSTEM, "client_secret": f"file:{_SECRET}"},
        {"kind": "header", "value": f"file:{_SECRET}"},
    ],
}
_CALLED = {"kind": "http", "allow": ["127.0.0.1"], "idempotency": "id"}


_PARAMETERS = {"documentId": "{docId}", "type": "{type}", "to": "{recipient}", "document": "{edxml.base64}"}


def _operated(attachments: str) -> Kind:
    call = {"operation": "SendDocument", "attachments": attachments, "parameters": _PARAMETERS}
    return Kind({**_CALLED, "kind": "soap", "send": {"call": call}}, _soap)


def _called(**body: object) -> Kind:
    return Kind({**_CALLED, "send": {"call": {"method": "POST", "path": "", "body": body}}}, _push)


_ALL: Mapping[str, Kind] = {
    "rest": Kind({"kind": "rest", "idempotency": "id"}, _push),
    "vxp": Kind(_AXIS, _axis),
    "http, raw": _called(kind="raw"),
    "http, a form with a file": _called(kind="multipart", parts=[{"name": "edocFile", "file": "edxml"}]),
    "http, base64 in JSON": _called(kind="json", value={"type": "{type}", "edxml": "{edxml.base64}"}),
    "http, dialect quang-nam": Kind(_EXCHANGE, _exchange),
    "lgsp": Kind(_PLATFORM, _platform),
    "soap, inline": _operated("inline"),
    "soap, as a part (MTOM)": _operated("mtom"),
}
KINDS = {name: kind for name, kind in _ALL.items() if kind.said["kind"] in adapters.KINDS}
