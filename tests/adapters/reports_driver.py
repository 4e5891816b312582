"""One partner's software at the door for reports, over a bus with a small regime."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount

from adapters.api.face import ApiFace
from adapters.api.reports.face import ReportsFace
from bus.clock import HandClock
from bus.config import load_settings
from bus.daemon import Daemon
from bus.desk import Desk
from tests.asgi import Client, Reply
from tests.buses import by_hand, free_port
from tests.contracts.face import NOI_VU, TAI_CHINH, Partner
from tests.daemons import MAILBOXES, PARTNERS, make_home, running, with_doors
from tests.owing import at
from tests.reports import LIST, MATRIX, OUTLINE, REGIME, matrix

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RECEIVER = NOI_VU.agency
_GROUPS = {one["level"]: {"level": one["level"], "units": [one["unit"]]} for one in REGIME["units"]}
_OURS: dict[str, Any] = {
    **REGIME,
    "recipients": [RECEIVER],
    "units": list(_GROUPS),
    "forms": [one["code"] for one in REGIME["forms"]],
    "outline": OUTLINE["code"],
}
#: Its period is closed long since.
_CLOSED = {**_OURS, "code": "BC-DONG", "closes_after": 0}
_ROUTES = PARTNERS.replace("api: {key:", "reports: {key: KEY}, api: {key:") + MAILBOXES
ROUTES = _ROUTES.replace("KEY", '"file:noi-vu-api"', 1).replace("KEY", '"file:tai-chinh-api"', 1)
_OWED = "expectations: [{name: bao-cao, on: report, since: 2025-01-01}]\n"


def report(**changes: Any) -> dict[str, Any]:
    """A report of the finance office for the office of home affairs, that is right."""
    return {**matrix(), "recipients": [RECEIVER], **changes}


class ReportsDriver:
    """Calls the door with its key."""

    def __init__(self, client: Client, partner: Partner) -> None:
        self._client = client
        self._key = partner.key.decode()

    def call(self, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.call(method, f"/reports/v1{path}", {"X-Bus-Key": self._key, **given}, body)

    def native(self, method: str, path: str) -> Reply:
        """The same partner at the native API."""
        return self._client.call(method, f"/api/v1{path}", {"X-Bus-Key": self._key})

    def send(self, packet: Any, query: str = "", **headers: str) -> Reply:
        body = json.dumps(packet).encode()
        return self.call("POST", f"/reports{query}", body, Content_Type="application/json", **headers)

    def fill(self, form: bytes, query: str = "", media: str = XLSX) -> Reply:
        return self.call("POST", f"/reports{query}", form, Content_Type=media)


def client_of(desk: Desk) -> Client:
    """A caller of the face over ``desk``."""
    faces = ReportsFace(), ApiFace()
    return Client(Starlette(routes=[Mount(face.path, face.mount(desk)) for face in faces]))


def regimes_file(folder: Path) -> Path:
    """Both regimes, as operators write them."""
    regimes = folder / "regimes.yaml"
    sections = {"forms": [MATRIX, LIST], "outlines": [OUTLINE], "regimes": [_OURS, _CLOSED]}
    named = {name: {one["code"]: one for one in entries} for name, entries in sections.items()}
    regimes.write_text(json.dumps({"groups": _GROUPS, **named}), "utf-8")
    return regimes


@contextmanager
def door(folder: Path) -> Iterator[Client]:
    """A bus with both regimes in force, and a caller of its door."""
    with running(folder, ROUTES, regimes=regimes_file(folder)) as daemon, client_of(daemon.doors) as client:
        yield client


@contextmanager
def all_doors(folder: Path) -> Iterator[Daemon]:
    """A running bus that takes reports by SOAP too, two days before these are due; its rounds are done by hand."""
    home = make_home(folder, with_doors(ROUTES, "soap") + _OWED)
    listen = f"127.0.0.1:{free_port()}"
    settings = load_settings(home=home, routes=folder / "routes.yaml", listen=listen, regimes=regimes_file(folder))
    with by_hand(settings, HandClock(at("2025-03-16 08:00"))) as daemon:
        yield daemon


def finance(client: Client) -> ReportsDriver:
    """Who owes the reports."""
    return ReportsDriver(client, TAI_CHINH)


def receiver(client: Client) -> ReportsDriver:
    """Who gets them."""
    return ReportsDriver(client, NOI_VU)
