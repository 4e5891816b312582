"""``bus sandbox``: sandboxes without a bus, and how to use them."""

from __future__ import annotations

import threading

from adapters.rest.sandbox import RestSandbox
from adapters.vxp.sandbox import AxisSandbox
from bus.cli import show
from bus.cli.demo import manual
from bus.cli.demo.axis import TO_TRY
from bus.cli.demo.sandbox import Address, Sandboxes


def serve(partners: Address, axis: Address, asked: threading.Event) -> None:
    """Run until asked to stop. Raises BusError where an address is taken."""
    pushed, above = RestSandbox(*partners), AxisSandbox(TO_TRY, *axis)
    with Sandboxes({partners: pushed}, {axis: above}).running():
        for text in (*manual.partners(pushed.url("so-y-te")), "", *manual.axis(above.url, TO_TRY), "Ctrl-C ends it"):
            show.say(text)
        asked.wait()
