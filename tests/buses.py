"""A whole bus in a test's hands: a home with routes of its own, opened for one command or run as a daemon."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import adapters
from bus.assembly import build
from bus.cli.line import parts_of
from bus.clock import Clock
from bus.config import Settings, load_settings
from bus.control.operations import call
from bus.control.parts import Parts
from bus.daemon import Daemon
from bus.journal.lease import LeaseRequest
from bus.journal.settle import Settlement
from bus.journal.states import State
from bus.openhome import open_home
from tests.journals import empty_journal
from tests.messages import RECIPIENT, SENDER

#: How long anything may take before the test gives up; nothing waits this long when all is well.
PATIENCE = 30.0
#: An agency behind the endpoint ``push``, which takes documents by REST.
PUSHED = "000.00.08.H62"
WHO = "an"

ROUTES = f"""
endpoints:
  mailbox: {{kind: mailbox}}
  push: {{kind: rest, url: "http://127.0.0.1:%d/push/edoc", idempotency: id}}
partners:
  so-noi-vu: {{name: Sở Nội vụ, agencies: ["{SENDER}"], doors: {{api: {{key: "file:so-noi-vu"}}}}}}
  so-tai-chinh: {{agencies: ["{RECIPIENT}"], doors: {{api: {{key: "file:so-tai-chinh"}}}}}}
  so-y-te: {{agencies: ["{PUSHED}"]}}
routes:
  - {{name: statuses, when: {{type: status}}, to: push}}
  - {{name: health, when: {{recipient: "{PUSHED}"}}, to: push}}
  - {{name: inside, when: {{recipient: {{partner: any}}}}, to: mailbox}}
"""


def home(folder: Path, routes: str = "", port: int = 9) -> Settings:
    """Settings of a home below a folder, with routes whose ``push`` is called at a port of this machine."""
    file = folder / "routes.yaml"
    file.write_text(routes or ROUTES % port, encoding="utf-8")
    (folder / "home").mkdir(mode=0o700)
    (folder / "home" / "journal.db").write_bytes(empty_journal())
    return load_settings(home=folder / "home", routes=file, listen="127.0.0.1:0")


@contextmanager
def alone(settings: Settings, clock: Clock | None = None) -> Iterator[Parts]:
    """The home as a command works on it when no daemon runs."""
    opened = open_home(settings, adapters.all_adapters(), clock)
    try:
        yield parts_of(opened)
    finally:
        opened.close()


@contextmanager
def running(settings: Settings) -> Iterator[Daemon]:
    """The bus, started."""
    daemon = build(settings, adapters.all_adapters())
    try:
        daemon.start()
        yield daemon
    finally:
        daemon.stop()


@contextmanager
def by_hand(settings: Settings, clock: Clock) -> Iterator[Daemon]:
    """A running bus with a clock of the test's, whose rounds of expectations are done by hand; the first one was."""
    made = build(settings, adapters.all_adapters(), clock)
    try:
        made.start()
        made.expecting.stop()
        made.expecting.work()
        yield made
    finally:
        made.stop()


def ask(parts: Parts, name: str, **arguments: Any) -> Any:
    """An operator's question or order."""
    return call(parts, WHO, name, arguments)


def send(parts: Parts, folder: Path, body: bytes, partner: str = "so-noi-vu", to: tuple[str, ...] = ()) -> list[str]:
    """Have a document accepted; its copies."""
    file = folder / "sent.edxml"
    file.write_bytes(body)
    told = ask(parts, "send", file=str(file), partner=partner, to=to)
    return [copy["doc_id"] for copy in told["copies"]]


def settle(parts: Parts, copy: str, to: State, reason: str = "") -> None:
    """Have a call made for a copy end like this."""
    lease = parts.journal.lease(LeaseRequest(copy, 60_000_000)).result(PATIENCE)
    assert lease is not None
    settlement = Settlement(copy, lease.id, to, reason, outcome="told", words="their words")
    assert parts.journal.settle(settlement).result(PATIENCE)


def state(parts: Parts, copy: str) -> str:
    """The state of a copy."""
    (one,) = ask(parts, "messages", which={"ids": [copy]})["copies"]
    return str(one["state"])


def until(condition: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Look again and again until it is so."""
    deadline, pause = time.monotonic() + patience, threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        pause.wait(0.02)


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
