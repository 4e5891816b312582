"""A home for a daemon of the measurement's own: its partners, a key, and the routes that lead to two sinks.

The routes are also the example for a bus that runs elsewhere.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bus.bench.documents import OTHER, RECIPIENT, SENDER
from bus.bench.sink import free_port

KEY = "bench-api"
#: Where a sink takes documents.
PATH = "/edoc"

_ROUTES = """\
endpoints:
  bench: {{kind: rest, url: "{one}", idempotency: id, max_bytes: 2GB}}
  bench-beside: {{kind: rest, url: "{other}", idempotency: id}}
partners:
  bench-sender:
    agencies: ["{sender}"]
    doors: {{api: {{key: "file:{key}"}}}}
  bench-recipients: {{agencies: ["{recipient}", "{beside}"]}}
routes:
  - {{name: bench, when: {{recipient: "{recipient}"}}, to: bench}}
  - {{name: bench-beside, when: {{recipient: "{beside}"}}, to: bench-beside}}
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a daemon lives and listens."""

    folder: Path
    port: int

    @property
    def routes(self) -> Path:
        """Its routes file."""
        return self.folder / "routes.yaml"


def routes(one: str, other: str) -> str:
    """Routes to sinks at these two URLs."""
    return _ROUTES.format(one=one, other=other, sender=SENDER, recipient=RECIPIENT, beside=OTHER, key=KEY)


@contextmanager
def place(routes: str, keep: Path | None = None) -> Iterator[Place]:
    """A home with these routes: ``keep``, which stays, or a fresh one that goes away afterwards."""
    if keep:
        yield furnished(keep, routes)
        return
    with tempfile.TemporaryDirectory(prefix="bus-bench-") as name:
        yield furnished(Path(name), routes)


def furnished(folder: Path, routes: str, secrets: tuple[str, ...] = (KEY,)) -> Place:
    """A folder made a home: routes, and secrets that are what they are called."""
    (folder / "secrets").mkdir(mode=0o700, parents=True, exist_ok=True)
    for secret in secrets:
        path = folder / "secrets" / secret
        path.write_text(secret, encoding="ascii")
        path.chmod(0o600)
    where = Place(folder, free_port())
    where.routes.write_text(routes, encoding="utf-8")
    return where
