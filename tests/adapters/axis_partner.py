"""The axis's sandbox as the far side of the sink contract, and what the daemon would build to look at it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from adapters.http.rehearsal.orders import Mode, Order
from adapters.vxp.client import AxisClient
from adapters.vxp.endpoint_settings import VxpSettings
from adapters.vxp.sandbox import AxisSandbox
from adapters.vxp.sandbox_axis import System
from adapters.vxp.sink import AxisSink, Claims, build_client, build_sink
from adapters.vxp.source import AxisSource, build_source
from bus.claimcheck import ClaimCheck
from bus.clock import Clock, HandClock
from bus.endpoint import Answer, Delivered, Outcome, Tools
from bus.fetching import Fetching
from bus.message import CopyOut, Delivery
from bus.papers import no_papers
from bus.secret import Secrets
from bus.transport import Transport
from bus.transport.paced import Paced
from tests.contracts.sink import Kept

#: Our system with its agencies, and one on the other side of the axis.
PROVINCE = "00.19.H62"
MINISTRY = "00.05.G22"
OURS = ("000.00.05.H62", "000.00.00.H62")
THEIRS = ("000.00.00.G22", "000.00.07.H62", "000.00.08.H62")
SECRETS = {PROVINCE: b"secret of the province", MINISTRY: b"secret of the ministry"}


def axis_sandbox(clock: Clock) -> AxisSandbox:
    """An axis both systems call."""
    agencies = {PROVINCE: OURS, MINISTRY: THEIRS}
    return AxisSandbox({name: System(SECRETS[name], agencies[name]) for name in SECRETS}, clock=clock)


def settings(url: str, system: str = PROVINCE, **given: Any) -> VxpSettings:
    """Settings as routes.yaml would hold them."""
    return VxpSettings.model_validate(
        {"url": url, "system_id": system, "secret": f"file:{system}", "idle_timeout": "1s", **given}
    )


def tools(
    transport: Transport,
    home: Path,
    clock: Clock | None = None,
    claims: Claims | None = None,
    waited: list[str] | None = None,
) -> Tools:
    """What the daemon hands an adapter, with the secrets of both systems on disk. ``waited``: endpoints that kept to a rate."""
    waited = [] if waited is None else waited
    (home / "secrets").mkdir(exist_ok=True)
    for name, secret in SECRETS.items():
        path = home / "secrets" / name
        path.write_bytes(secret)
        path.chmod(0o600)
    store = ClaimCheck(home / "bodies", home / "spool", inline=1 << 10)
    return Tools(
        clock or HandClock(),
        Secrets(home, time.monotonic),
        fast=transport,
        plain=transport,
        folder=home,
        fetch=partial(Fetching, store),
        claims=lambda _endpoint, remote_id: claims(remote_id) if claims else (),
        papers=no_papers,
        compose=no_papers,
        paced=lambda endpoint: Paced(transport, lambda: waited.append(endpoint)),
    )


def client_to(
    url: str, transport: Transport, home: Path, clock: Clock | None = None, system: str = PROVINCE, **given: Any
) -> AxisClient:
    return build_client(settings(url, system, **given), tools(transport, home, clock))


def sink_to(
    url: str, transport: Transport, home: Path, clock: Clock | None = None, claims: Claims | None = None, **given: Any
) -> AxisSink:
    return build_sink("axis", settings(url, **given), tools(transport, home, clock, claims))


def source_to(url: str, transport: Transport, home: Path, clock: Clock | None = None, **given: Any) -> AxisSource:
    return build_source("axis", settings(url, **given), tools(transport, home, clock))


class Journalled:
    """A sink with what the journal adds to its deliveries: when the last call of a copy began."""

    def __init__(self, sink: AxisSink, clock: Clock) -> None:
        self._sink = sink
        self._clock = clock
        self._began: dict[str, int] = {}

    def send(self, delivery: Delivery) -> Mapping[str, Outcome]:
        self._began.update((copy.doc_id, self._clock.now()) for copy in delivery.copies)
        return self._sink.send(delivery)

    def ask(self, delivery: Delivery, copy: CopyOut) -> Answer | Delivered:
        began = self._began.get(copy.doc_id, self._clock.now())
        return self._sink.ask(delivery, replace(copy, sent_at=began))

    def close(self) -> None:
        self._sink.close()


_ORDERS = {
    "ok": Order(),
    "busy": Order(mode=Mode.BUSY, seconds=7),
    "refuse": Order(mode=Mode.REFUSE, status=422, code="22"),
    "error_in_body": Order(mode=Mode.REFUSE),
    "drop_after_reading": Order(mode=Mode.LOST),
    "drop_before_reading": Order(mode=Mode.DOWN),
    "lie_loses": Order(mode=Mode.FAULT),
    "hang": Order(mode=Mode.HANG),
    "ask_unknown": Order(mode=Mode.REFUSE, call="getSentEdocList", code="400"),
}


class AxisPartner:
    """The sandbox in the words of the sink contract."""

    def __init__(self, sandbox: AxisSandbox) -> None:
        self._sandbox = sandbox
        self.url = sandbox.url

    def misbehave(self, how: str) -> None:
        self._sandbox.order(_ORDERS[how])

    def kept(self) -> Sequence[Kept]:
        return [Kept(copy["sha256"], copy["times"]) for copy in self.copies()]

    def copies(self) -> Sequence[Mapping[str, Any]]:
        found: Iterable[Mapping[str, Any]] = self._sandbox.account()["copies"]  # type: ignore[assignment]
        return list(found)
