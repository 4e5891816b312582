"""One home with its routes and secrets: a mailbox, and a partner for each contract about unknown outcomes."""

from __future__ import annotations

import random
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from adapters.rest.sandbox import RestSandbox

SENDER, FETCHER = "000.00.05.H62", "000.00.07.H62"
SYSTEM = "00.05.H62"
#: A recipient for every contract, which is also the name of its endpoint.
CONTRACTS = {
    "by-id": "000.00.11.H62",
    "asked": "000.00.12.H62",
    "once": "000.00.13.H62",
    "twice": "000.00.14.H62",
}
#: Contracts under which nobody has to be asked by hand, and those under which a partner may get a document again.
UNATTENDED = ("by-id", "asked", "twice")
REPEATING = ("by-id", "twice")
SECRETS = {"sender": "k-sender", "fetcher": "k-fetcher", "axis": "k-axis"}
#: Outside the ports that the system hands out by itself, so that no other test is given one of them.
_PORTS = range(20_000, 30_000)

_ROUTES = """
endpoints:
  mailbox: {{kind: mailbox}}
  by-id: {{kind: rest, url: "{by-id}", idempotency: id}}
  asked: {{kind: rest, url: "{asked}", idempotency: ask_first}}
  once: {{kind: rest, url: "{once}"}}
  twice: {{kind: rest, url: "{twice}"}}
partners:
  sender:
    agencies: ["000.00.05.H62"]
    doors:
      api: {{key: "file:sender"}}
      vxp: {{system_id: "00.05.H62", secret: "file:axis"}}
  fetcher: {{agencies: ["000.00.07.H62"], doors: {{api: {{key: "file:fetcher"}}}}}}
routes:
  - {{name: inside, when: {{recipient: "000.00.07.H62"}}, to: mailbox}}
  - {{name: by-id, when: {{recipient: "000.00.11.H62"}}, to: by-id}}
  - {{name: asked, when: {{recipient: "000.00.12.H62"}}, to: asked}}
  - {{name: once, when: {{recipient: "000.00.13.H62"}}, to: once}}
  - {{name: twice, when: {{recipient: "000.00.14.H62"}}, to: twice, duplicates: allowed}}
retry:
  default: {{first: 200ms, factor: 2, cap: 1s, jitter: 20%, horizon: 1h}}
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bus lives, over all of its lives."""

    folder: Path
    sandbox: RestSandbox
    port: int

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def routes(self) -> Path:
        return self.folder / "routes.yaml"

    @property
    def environment(self) -> Mapping[str, str]:
        """What a life here is told besides."""
        return {}

    @property
    def log(self) -> Path:
        return self.folder / "bus.log"

    def write_routes(self, more: str = "") -> None:
        """Put the routes file in place, whole."""
        fresh = self.routes.with_suffix(".new")
        urls = {name: self.sandbox.url(name) for name in CONTRACTS}
        fresh.write_text(_ROUTES.format(**urls) + more, encoding="utf-8")
        fresh.replace(self.routes)


def make(folder: Path, sandbox: RestSandbox) -> Place:
    """A home that has not lived yet."""
    place = Place(folder, sandbox, free_port())
    secrets = place.home / "secrets"
    secrets.mkdir(parents=True, mode=0o700)
    for name, value in SECRETS.items():
        (secrets / name).write_text(value)
        (secrets / name).chmod(0o600)
    place.write_routes()
    return place


def free_port() -> int:
    """A port nobody listens on now, outside the system's own."""
    while True:
        port = random.choice(_PORTS)
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
