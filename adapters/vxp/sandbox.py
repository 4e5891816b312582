"""A sandbox of the national axis as its callers see it, which misbehaves when it is told to.

All thirteen calls stand below any path and are signed; ``POST /_control`` takes an order or habits as JSON (see
:mod:`adapters.vxp.sandbox_orders`), and ``GET /_control`` tells what the axis has. Everything is in memory and
gone at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from adapters.http.playground import Playground
from adapters.http.rehearsal.orders import Order
from adapters.vxp.sandbox_axis import Axis, System, Unit
from adapters.vxp.sandbox_orders import Control, Habits
from adapters.vxp.sandbox_server import AxisHouse
from bus.clock import Clock, SystemClock


class AxisSandbox:
    """Runs the sandbox in a thread of its own; ``start`` returns when it listens."""

    def __init__(
        self, systems: Mapping[str, System], host: str = "127.0.0.1", port: int = 0, clock: Clock | None = None
    ) -> None:
        self._house = AxisHouse(Axis(systems, (clock or SystemClock()).now))
        self._playground = Playground(self._house, host, port)

    def start(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        self._playground.start()

    def stop(self) -> None:
        """Hang up on everybody; may be called twice."""
        self._playground.stop()

    @property
    def url(self) -> str:
        """Where the axis's adapter is."""
        return f"http://{self._playground.host}:{self._playground.port}/XrdAdapter/adapter"

    def order(self, order: Order) -> None:
        """Tell the axis how to meet calls; in effect when this returns."""
        self._playground.call(lambda: self._house.obey(order))

    def form(self, habits: Habits) -> None:
        """Give the axis habits; in effect when this returns."""
        self._playground.call(lambda: self._house.control(Control(habits=habits)))

    def list(self, units: Iterable[Unit]) -> None:
        """Give the axis these agencies and no others; in its lists when this returns."""
        listed = {unit.code: unit for unit in units}
        self._playground.call(lambda: setattr(self._house.axis, "units", listed))

    def account(self) -> Mapping[str, object]:
        """What the axis has."""
        return self._playground.call(self._house.account)
