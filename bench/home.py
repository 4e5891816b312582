"""A home for a daemon in a folder that goes away: two partners, their secrets, and routes of the scenario."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.documents import RECIPIENT, SENDER

KEY = "bench-api"
SECRET = "bench-vxp"  # noqa: S105 - of a partner that lives as long as the run
SYSTEM = "00.05.H62"

_PARTNERS = f"""
partners:
  sender:
    agencies: ["{SENDER}"]
    doors: {{vxp: {{system_id: "{SYSTEM}", secret: "file:{SECRET}"}}, api: {{key: "file:{KEY}"}}}}
  recipient: {{agencies: ["{RECIPIENT}"]}}
"""
_TO = "routes:\n  - {name: inside, when: {recipient: {partner: any}}, to: there}\n"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a daemon lives and listens."""

    folder: Path
    port: int


def to_mailbox() -> str:
    """Routes by which documents wait to be fetched."""
    return f"endpoints:\n  there: {{kind: mailbox}}\n{_PARTNERS}{_TO}"


def to_sink(port: int) -> str:
    """Routes by which documents are pushed to a sink on this machine."""
    url = f"http://127.0.0.1:{port}/edoc"
    return f'endpoints:\n  there: {{kind: rest, url: "{url}", idempotency: id}}\n{_PARTNERS}{_TO}'


@contextmanager
def place(routes: str) -> Iterator[Place]:
    """A fresh home with these routes; it is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="bus-bench-") as name:
        folder = Path(name)
        (folder / "secrets").mkdir(mode=0o700)
        for secret in (KEY, SECRET):
            path = folder / "secrets" / secret
            path.write_text(secret, encoding="ascii")
            path.chmod(0o600)
        (folder / "routes.yaml").write_text(routes, encoding="utf-8")
        yield Place(folder, free_port())


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
