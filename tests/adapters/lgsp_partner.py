"""The played platform as the far side of the contracts, and what the daemon would build to look at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.orders import Mode, Order
from adapters.lgsp import ADAPTER
from adapters.lgsp.sandbox import Client, Platform
from adapters.lgsp.settings import LgspSettings
from bus.clock import Clock
from bus.endpoint import Sink, Source, Tools
from bus.transport import Transport
from tests.adapters import axis_partner
from tests.contracts.sink import Kept

CLIENT = Client("00.19.H62", "secret of the province")
#: At which a platform listens in tests.
HERE = "127.0.0.1"


def platform(clock: Clock, **given: Any) -> Rehearsal[Platform]:
    return Rehearsal(Platform(CLIENT, clock.now, **given))


def settings(url: str, **given: Any) -> LgspSettings:
    """Settings as routes.yaml would hold them."""
    written = {"url": url, "system_id": CLIENT.system_id, "secret": "file:lgsp", "allow": [HERE], "idle_timeout": "1s"}
    return LgspSettings.model_validate({"kind": "lgsp", **written, **given})


def tools(transport: Transport, home: Path, clock: Clock) -> Tools:
    """What the daemon hands an adapter, with the secret on disk."""
    made = axis_partner.tools(transport, home, clock)
    path = home / "secrets" / "lgsp"
    path.write_text(CLIENT.secret)
    path.chmod(0o600)
    return made


def sink_to(url: str, tools: Tools, **given: Any) -> Sink:
    assert ADAPTER.sink is not None
    return ADAPTER.sink("lgsp", settings(url, **given), tools)


def source_to(url: str, tools: Tools, **given: Any) -> Source:
    assert ADAPTER.source is not None
    return ADAPTER.source("lgsp", settings(url, **given), tools)


_ORDERS = {
    "ok": Order(),
    "busy": Order(mode=Mode.BUSY, seconds=7),
    "refuse": Order(mode=Mode.REFUSE, status=422, code="22"),
    "error_in_body": Order(mode=Mode.REFUSE, code="18"),
    "drop_after_reading": Order(mode=Mode.LOST),
    "drop_before_reading": Order(mode=Mode.DOWN),
    "lie_loses": Order(mode=Mode.FAULT),
    "hang": Order(mode=Mode.HANG),
}


class PlatformPartner:
    """The platform in the words of the sink contract."""

    def __init__(self, rehearsal: Rehearsal[Platform]) -> None:
        self._rehearsal = rehearsal

    def misbehave(self, how: str) -> None:
        self._rehearsal.order(_ORDERS.get(how, Order()))

    def kept(self) -> Sequence[Kept]:
        return [Kept(one["sha256"], one["times"]) for one in self.taken()]

    def taken(self) -> Sequence[Mapping[str, Any]]:
        found: Any = self._rehearsal.account()["taken"]
        return list(found)
