"""The sandbox's house: a request is a call of the axis, or an order to the sandbox itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from email.utils import format_datetime

from pydantic import ValidationError

from adapters.http.rehearsal.ordered import Ordered, Request
from adapters.http.rehearsal.orders import Mode, Order
from adapters.http.stage import Head, Play, Reply, Visit
from adapters.vxp.sandbox_axis import Axis, account
from adapters.vxp.sandbox_calls import Asked, answer
from adapters.vxp.sandbox_orders import Control
from adapters.vxp.sandbox_play import play
from bus.clock import instant

#: Where the sandbox itself is told what to do.
CONTROL = "/_control"


class AxisHouse(Ordered):
    """One axis, and the orders it is given."""

    def __init__(self, axis: Axis) -> None:
        super().__init__()
        self.axis = axis

    def visit(self, head: Head) -> Visit | None:
        """An order, or a call by the last step of its path."""
        if head.path == CONTROL:
            return _Told(self, head)
        name = head.path.rpartition("/")[2]
        self.calls[name] += 1
        order = self.standing.for_call(name)
        return None if order.mode is Mode.DOWN else _Called(self, head, order)

    def control(self, control: Control) -> None:
        """New habits, or a new order."""
        if control.habits:
            self.axis.habits = control.habits
        if control.order:
            self.obey(control.order)

    def account(self) -> Mapping[str, object]:
        """All it has, and how often it was called."""
        return {
            "order": self.standing.order.model_dump(),
            "habits": self.axis.habits.model_dump(),
            "calls": dict(self.calls),
            "copies": account(self.axis),
        }


class _Told(Request):
    """An order, or the question what there is."""

    def __init__(self, house: AxisHouse, head: Head) -> None:
        super().__init__(house, head)
        self._house = house

    def play(self) -> Play:
        if self._head.method == "POST":
            try:
                self._house.control(Control.model_validate_json(bytes(self._body)))
            except ValidationError as error:
                return Play(Reply(400, error.json(include_url=False, include_input=False).encode()))
        return Play(Reply(200, self._house.account()))


class _Called(Request):
    """One of the thirteen calls, met as the order in force when it began says."""

    def __init__(self, house: AxisHouse, head: Head, order: Order) -> None:
        super().__init__(house, head)
        self._house = house
        self._order = order

    def play(self) -> Play:
        name = self._head.path.rpartition("/")[2]
        asked = Asked(name, self._head.method, self._head.headers, bytes(self._body))
        played = play(self._order, lambda: answer(self._house.axis, asked))
        return replace(played, reply=self._dated(played.reply)) if played.reply else played

    def _dated(self, reply: Reply) -> Reply:
        """With the axis's own time, as servers tell it."""
        date = format_datetime(instant(self._house.axis.now()), usegmt=True)
        return replace(reply, headers={**reply.headers, "Date": date})
