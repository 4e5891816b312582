"""``bus sandbox``: sandboxes without a bus, and how to use them."""

from __future__ import annotations

import threading

from adapters.http.rehearsal import Rehearsal
from adapters.lgsp.sandbox import Client, Platform
from adapters.rest.sandbox import RestSandbox
from adapters.vxp.sandbox import AxisSandbox
from bus.cli import show
from bus.cli.demo import manual
from bus.cli.demo.axis import TO_TRY
from bus.cli.demo.sandbox import Address, Sandboxes, running
from bus.clock import SystemClock

#: Who may call a platform that nobody's routes speak of; the secret guards nothing but a sandbox.
LGSP_TO_TRY = Client("00.19.H62", "try-lgsp")


def serve(partners: Address, axis: Address, lgsp: Address, asked: threading.Event) -> None:
    """Run until asked to stop. Raises BusError where an address is taken."""
    pushed, above = RestSandbox(*partners), AxisSandbox(TO_TRY, *axis)
    platform = Rehearsal(Platform(LGSP_TO_TRY, SystemClock().now), *lgsp)
    with Sandboxes({partners: pushed}, {axis: above}).running(), running({lgsp: platform}):
        pages = (
            manual.partners(pushed.url("so-y-te")),
            manual.axis(above.url, TO_TRY),
            manual.platform(platform.url, LGSP_TO_TRY),
        )
        for page in pages:
            for text in (*page, ""):
                show.say(text)
        show.say("Ctrl-C ends it")
        asked.wait()
