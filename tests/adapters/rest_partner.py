"""The REST sandbox as the far side of the sink contract, and sinks that look at it."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from adapters import load
from adapters.rest.sandbox import RestSandbox
from adapters.rest.sandbox_partner import Mode, Order
from bus.claimcheck import ClaimCheck
from bus.clock import Clock, HandClock
from bus.endpoint import Sink, Tools
from bus.fetching import Fetching
from bus.papers import no_papers
from bus.secret import Secrets
from bus.transport import Transport
from tests.contracts.sink import Kept

AGENCY = "so-tc"


class SandboxPartner:
    """One agency of the sandbox."""

    def __init__(self, sandbox: RestSandbox) -> None:
        self._sandbox = sandbox
        self.url = sandbox.url(AGENCY)

    def misbehave(self, how: str) -> None:
        self._sandbox.order(AGENCY, Order(mode=Mode(how), seconds=7))

    def kept(self) -> Sequence[Kept]:
        return [Kept(document["sha256"], document["times"]) for document in self.documents().values()]

    def documents(self) -> Mapping[str, Any]:
        found: dict[str, Any] = dict(self._sandbox.account(AGENCY))["documents"]  # type: ignore[assignment]
        return found


def sink_to(url: str, transport: Transport, home: Path, clock: Clock | None = None, **settings: object) -> Sink:
    """A sink as the daemon would build it."""
    time = clock or HandClock()
    adapter = load("rest")
    assert adapter.settings is not None
    assert adapter.sink is not None
    tools = Tools(
        time,
        Secrets(home, time.monotonic),
        fast=transport,
        plain=transport,
        folder=home,
        fetch=partial(Fetching, ClaimCheck(home, home)),
        claims=lambda _endpoint, _remote_id: (),
        papers=no_papers,
        compose=no_papers,
        paced=lambda _endpoint: transport,
    )
    written = {"kind": "rest", "url": url, "idle_timeout": "1s", **settings}
    return adapter.sink("so-tc", adapter.settings.model_validate(written), tools)


def nowhere() -> str:
    """A URL at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        return f"http://127.0.0.1:{gone.getsockname()[1]}/edoc"
