"""A real daemon in the test's own process: real home, real SQLite, real sockets."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bus.config import load_settings
from bus.daemon import Daemon
from tests.buses import free_port
from tests.buses import running as started
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.journals import empty_journal

PARTNERS = """
partners:
  so-noi-vu:
    agencies: ["000.00.05.H62"]
    doors: {vxp: {system_id: "00.05.H62", secret: "file:noi-vu"}, api: {key: "file:noi-vu-api"}}
  so-tai-chinh:
    agencies: ["000.00.07.H62"]
    doors: {vxp: {system_id: "00.07.H62", secret: "file:tai-chinh"}, api: {key: "file:tai-chinh-api"}}
"""
MAILBOXES = """
endpoints:
  mailbox: {kind: mailbox}
routes:
  - {name: inside, when: {recipient: {partner: any}}, to: mailbox}
"""


def with_doors(routes: str, door: str) -> str:
    """The two partners with a door more, of those that take a system id and a secret."""
    for number, name in (("05", "noi-vu"), ("07", "tai-chinh")):
        entry = f'{door}: {{system_id: "00.{number}.H62", secret: "file:{name}"}}, '
        routes = routes.replace(f'vxp: {{system_id: "00.{number}', f'{entry}vxp: {{system_id: "00.{number}')
    return routes


def with_lgsp_doors(routes: str) -> str:
    """The two partners at the platform's door, too."""
    return with_doors(routes, "lgsp")


WITH_LGSP = MAILBOXES + with_lgsp_doors(PARTNERS)
WITH_SOAP = MAILBOXES + with_doors(PARTNERS, "soap")
_SECRETS = {
    "noi-vu": NOI_VU.secret,
    "noi-vu-api": NOI_VU.key,
    "tai-chinh": TAI_CHINH.secret,
    "tai-chinh-api": TAI_CHINH.key,
}


def make_home(folder: Path, routes: str = PARTNERS + MAILBOXES) -> Path:
    """A home with the secrets of the two partners and an empty journal, and the routes beside it."""
    secrets = folder / "home" / "secrets"
    secrets.mkdir(parents=True)
    for name, value in _SECRETS.items():
        path = secrets / name
        path.write_bytes(value)
        path.chmod(0o600)
    (folder / "routes.yaml").write_text(routes, encoding="utf-8")
    (folder / "home" / "journal.db").write_bytes(empty_journal())
    return folder / "home"


@contextmanager
def running(
    folder: Path, routes: str = PARTNERS + MAILBOXES, prepare: Callable[[], None] = lambda: None, **settings: Any
) -> Iterator[Daemon]:
    """A daemon that listens on a free port. ``prepare`` is called when its home is there."""
    make_home(folder, routes)
    prepare()
    with started_at(folder, **settings) as daemon:
        yield daemon


@contextmanager
def started_at(folder: Path, **settings: Any) -> Iterator[Daemon]:
    """A daemon in the home that :func:`make_home` made there; it may have lived before."""
    chosen = {"listen": f"127.0.0.1:{free_port()}", **settings}
    with started(load_settings(home=folder / "home", routes=folder / "routes.yaml", **chosen)) as daemon:
        yield daemon


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def call(
    daemon: Daemon, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """One HTTP request over a socket of its own."""
    host, port = daemon.home.settings.address
    connection = http.client.HTTPConnection(host, port, timeout=30)
    try:
        connection.request(method, path, body, dict(headers or {}))
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()
