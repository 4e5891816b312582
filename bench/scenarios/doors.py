"""How many documents a second come in at each door: on disk before they are answered, waiting to be fetched."""

from __future__ import annotations

import base64
import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import adapters
from adapters.soap.door.contract import NAMESPACE
from adapters.soap.wire.names import SOAP_11
from adapters.soap.wire.writing import closing, opening
from adapters.vxp.signing import hash_file, sign
from bench.options import Options
from bus.bench import home, proc, process
from bus.bench.documents import RECIPIENT, SENDER, SMALL, document
from bus.bench.load import Job, send
from bus.bench.pace import Pace
from bus.bench.process import Daemon
from bus.bench.requests import Address, Requests, Template, template
from bus.bench.row import Row, spread

_DOCUMENTS, _WARM = 4000, 200
_SYSTEM, _SECRET, _BOUNDARY = "00.05.H62", "bench-vxp", "bench"
_VIETNAM = timezone(timedelta(hours=7))
_SIGNED = {"system_id": _SYSTEM, "secret": f"file:{_SECRET}"}
_ENTRIES = {"api": {"key": f"file:{home.KEY}"}, "vxp": _SIGNED, "lgsp": _SIGNED, "soap": _SIGNED}
_ROUTES = f"""
endpoints:
  there: {{kind: mailbox}}
partners:
  sender:
    agencies: ["{SENDER}"]
    doors: {json.dumps({door: entry for door, entry in _ENTRIES.items() if door in adapters.KINDS})}
  recipient: {{agencies: ["{RECIPIENT}"]}}
routes:
  - {{name: inside, when: {{recipient: {{partner: any}}}}, to: there}}
"""


@dataclass(frozen=True, slots=True)
class Signed:
    """Calls as the axis's SDK signs them; the body is part of what is signed."""

    document: Template

    def of(self, id_: str) -> bytes:
        body = self.document.of(id_)
        logical = {
            "systemid": _SYSTEM,
            "from": SENDER,
            "to": RECIPIENT,
            "messagetype": "edoc",
            "servicetype": "eDoc",
            "timestamp": datetime.now(_VIETNAM).strftime("%Y/%m/%d %H:%M:%S"),
            "hash-file": hash_file(hashlib.sha256(body).hexdigest()),
        }
        headers = {**sign(logical, _SECRET.encode()), "Content-Length": str(len(body))}
        lines = ["POST /vxp/sendEdoc HTTP/1.1", "Host: bus", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode() + body


def measure(options: Options) -> Iterator[Row]:
    """All doors on one daemon, in turns."""
    with tempfile.TemporaryDirectory(prefix="bus-bench-") as name:
        where = home.furnished(Path(name), _ROUTES, (home.KEY, _SECRET))
        with process.running(where) as bus:
            jobs = _jobs(Address("127.0.0.1", where.port, key=home.KEY))
            for job in jobs.values():
                send(_many(job, _WARM))
            for _ in range(options.rounds(2)):
                for door, job in jobs.items():
                    yield _one(bus, door, _many(job, options.count(_DOCUMENTS)))


def _jobs(address: Address) -> dict[str, Job]:
    body = document(SMALL)
    doors: dict[str, Requests] = {
        "api": template(address, body),
        "vxp": Signed(Template(body)),
        "lgsp": _form(body),
        "soap": _package(body),
    }
    there = {door: requests for door, requests in doors.items() if door in adapters.KINDS}
    return {f"/{door}": Job(address, requests, Pace(0.0)) for door, requests in there.items()}


def _form(document: bytes) -> Template:
    """Calls with the document as a file of a form, by id and key."""
    part = 'Content-Disposition: form-data; name="{}"'
    begin = f"--{_BOUNDARY}\r\n{part.format('messageType')}\r\n\r\nedoc\r\n--{_BOUNDARY}\r\n{part.format('edocFile')}"
    body = f'{begin}; filename="a.edxml"\r\n\r\n'.encode() + document + f"\r\n--{_BOUNDARY}--\r\n".encode()
    lines = [
        "POST /lgsp/v1/sendEdoc HTTP/1.1",
        "Host: bus",
        f"X-SystemId: {_SYSTEM}",
        f"X-SecretKey: {_SECRET}",
        f"Content-Type: multipart/form-data; boundary={_BOUNDARY}",
        f"Content-Length: {len(body)}",
    ]
    return Template("\r\n".join([*lines, "", ""]).encode() + body)


def _package(document: bytes) -> Template:
    """SOAP calls with the document as a part of its own, by HTTP Basic."""
    include = '<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:document"/>'
    call = f'<SendDocument xmlns="{NAMESPACE}"><document>{include}</document></SendDocument>'
    root = f"{opening(SOAP_11)}{call}{closing()}"
    types = 'application/xop+xml; type="text/xml"', "application/octet-stream"
    heads = [
        f"--{_BOUNDARY}\r\nContent-ID: <{name}>\r\nContent-Type: {type_}\r\n\r\n"
        for name, type_ in zip(("root", "document"), types, strict=True)
    ]
    body = f"{heads[0]}{root}\r\n{heads[1]}".encode() + document + f"\r\n--{_BOUNDARY}--\r\n".encode()
    related = f'multipart/related; type="application/xop+xml"; start-info="text/xml"; boundary={_BOUNDARY}'
    lines = [
        "POST /soap/documents HTTP/1.1",
        "Host: bus",
        f"Authorization: Basic {base64.b64encode(f'{_SYSTEM}:{_SECRET}'.encode()).decode()}",
        f"Content-Type: {related}",
        f"Content-Length: {len(body)}",
    ]
    return Template("\r\n".join([*lines, "", ""]).encode() + body)


def _many(job: Job, documents: int) -> Job:
    """So many, under ids of their own."""
    return Job(job.address, job.requests, Pace(600.0, documents=documents))


def _one(bus: Daemon, door: str, job: Job) -> Row:
    bus.until_idle()
    before = proc.cpu([bus.pid])
    sent = send(job)
    bus.until_idle()
    spent = (proc.cpu([bus.pid]) - before) / len(sent.waits)
    figures = {"accepted": sent.rate, **spread(sent.waits), "cpu_daemon": spent * 1000}
    return Row("doors", f"{door}, {job.connections} connections", figures)
