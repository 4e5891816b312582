"""A bus that tells people, in a test's hands: its clock stands still, its rounds are asked for, its letters go by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import adapters
from bus.assembly import build
from bus.clock import HandClock
from bus.config import load_settings
from bus.daemon import Daemon
from tests.buses import ROUTES, free_port
from tests.journals import empty_journal

OPS = "truc-ban"


def mail_to(port: int) -> str:
    """A channel of routes.yaml: mail to a port of this machine."""
    return f"{{kind: email, host: 127.0.0.1, port: {port}, tls: none, from: truc@tinh.vn, to: [a@tinh.vn]}}"


def told(port: int, *rules: str, more: str = "") -> str:
    """Routes with these rules, and one channel: mail to a port."""
    lines = "".join(f"  - {{{rule}, to: {OPS}}}\n" for rule in rules)
    return f"{ROUTES % 9}channels:\n  {OPS}: {mail_to(port)}\n{more}alerts:\n{lines}"


@contextmanager
def alerted(folder: Path, routes: str, clock: HandClock, **settings: Any) -> Iterator[Daemon]:
    """The bus, started, with these routes. A second one over the same folder goes on where the first stopped."""
    home = folder / "home"
    home.mkdir(mode=0o700, exist_ok=True)
    if not (home / "journal.db").exists():
        (home / "journal.db").write_bytes(empty_journal())
    (folder / "routes.yaml").write_text(routes, encoding="utf-8")
    chosen: Mapping[str, Any] = {"listen": f"127.0.0.1:{free_port()}", **settings}
    made = load_settings(home=home, routes=folder / "routes.yaml", **chosen)
    daemon = build(made, adapters.all_adapters(), clock)
    try:
        daemon.start()
        yield daemon
    finally:
        daemon.stop()


def move(daemon: Daemon, seconds: float) -> None:
    """Time passes, and everything that is due then is done once."""
    clock = daemon.home.clock
    assert isinstance(clock, HandClock)
    clock.move(seconds)
    daemon.alerts.round()
    for postman in daemon.alerts.postmen.values():
        postman.wake()
