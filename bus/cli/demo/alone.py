"""``bus sandbox``: sandboxes without a bus, and how to use them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from adapters.http.rehearsal import Rehearsal
from adapters.lgsp.sandbox import Client, Platform
from adapters.rest.sandbox import RestSandbox
from adapters.vxp.sandbox import AxisSandbox
from bus.cli import show
from bus.cli.demo import manual
from bus.cli.demo.axis import TO_TRY
from bus.cli.demo.dialects import DIALECTS, Dialect, Gate, played
from bus.cli.demo.reporting import REPORTING
from bus.cli.demo.sandbox import Address, Sandboxes, running
from bus.cli.demo.soap import SOAP
from bus.clock import SystemClock

#: Who may call a platform that nobody's routes speak of; the secret guards nothing but a sandbox.
LGSP_TO_TRY = Client("00.19.H62", "try-lgsp")


#: Who is played when asked for, by name.
PLAYED: Mapping[str, Dialect] = MappingProxyType({**DIALECTS, **REPORTING, **SOAP})


@dataclass(frozen=True, slots=True)
class Places:
    """Where everybody listens."""

    partners: Address
    axis: Address
    lgsp: Address
    #: Those of :data:`PLAYED` that are asked for.
    others: Mapping[str, Address] = field(default_factory=dict)
    #: What stands before these, but before partners that speak SOAP.
    gate: Gate = "none"


def serve(places: Places, asked: threading.Event) -> None:
    """Run until asked to stop. Raises BusError where an address is taken."""
    pushed, above = RestSandbox(*places.partners), AxisSandbox(TO_TRY, *places.axis)
    now = SystemClock().now
    platform = Rehearsal(Platform(LGSP_TO_TRY, now), *places.lgsp)
    gates: Mapping[str, Gate] = {name: "none" if name in SOAP else places.gate for name in places.others}
    tried = [
        (PLAYED[name], gates[name], at, played(PLAYED[name], gates[name], at, now))
        for name, at in places.others.items()
    ]
    with (
        Sandboxes({places.partners: pushed}, {places.axis: above}).running(),
        running([(places.lgsp, platform)]),
        running([(at, sandbox) for _, _, at, sandbox in tried]),
    ):
        _print(
            manual.partners(pushed.url("so-y-te")),
            manual.axis(above.url, TO_TRY),
            manual.platform(platform.url, LGSP_TO_TRY),
            *(manual.dialect(dialect, gate, sandbox.url) for dialect, gate, _, sandbox in tried),
        )
        show.say("Ctrl-C ends it")
        asked.wait()


def _print(*pages: Iterator[str]) -> None:
    for page in pages:
        for text in (*page, ""):
            show.say(text)
