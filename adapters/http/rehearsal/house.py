"""The house of a played partner: a request is a call to it, or an order."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from pydantic import ValidationError

from adapters.http.rehearsal.ordered import Ordered, Request
from adapters.http.rehearsal.orders import Mode, Order
from adapters.http.rehearsal.partner import Asked, Partner
from adapters.http.rehearsal.spoil import play
from adapters.http.stage import Head, Play, Reply, Visit

#: Where the partner is told what to do, and left something for us.
CONTROL, OFFER = "/_control", "/_offer"
_NO_SUCH = Reply(404, {"message": "no such call here"})


class PartnerHouse(Ordered):
    """One partner, and the orders it is given."""

    def __init__(self, partner: Partner) -> None:
        super().__init__()
        self.partner = partner
        self._answered: dict[str, Reply] = {}

    def visit(self, head: Head) -> Visit | None:
        """An order, something to leave, or a call."""
        if head.path == CONTROL:
            return _Told(self, head)
        if head.path == OFFER and head.method == "POST":
            return _Left(self, head)
        call = self.partner.call(head)
        self.calls[call] += 1
        order = self.standing.for_call(call)
        return None if order.mode is Mode.DOWN else _Called(self, head, call, order)

    def meet(self, asked: Asked, order: Order) -> Play:
        """Answer a call as the order says that was in force when it began."""
        if not asked.call:
            return Play(_NO_SUCH)
        return play(order, self.partner, lambda: self._answer(asked, order))

    def _answer(self, asked: Asked, order: Order) -> Reply:
        """Carry a call out, or give the answer that it had before."""
        if order.mode is not Mode.STALE or asked.call not in self._answered:
            self._answered[asked.call] = self.partner.answer(asked)
        return self._answered[asked.call]

    def leave(self, body: bytes, type_: str) -> Reply:
        """Something for us, as whoever plays has it."""
        try:
            return Reply(200, {"id": self.partner.leave(body, type_)})
        except ValueError as error:
            return Reply(400, {"message": str(error)})

    def account(self) -> Mapping[str, object]:
        """All it has, and how often it was called."""
        return {"order": self.standing.order.model_dump(), "calls": dict(self.calls), **self.partner.account()}


def is_about_partner(head: Head) -> bool:
    """Whether it is for who plays the partner, and not for the partner."""
    return head.path in {CONTROL, OFFER}


class _Told(Request):
    """An order, or the question what there is."""

    def __init__(self, house: PartnerHouse, head: Head) -> None:
        super().__init__(house, head)
        self._house = house

    def play(self) -> Play:
        if self._head.method == "POST":
            try:
                self._house.obey(Order.model_validate_json(bytes(self._body)))
            except ValidationError as error:
                return Play(Reply(400, error.json(include_url=False, include_input=False).encode()))
        return Play(Reply(200, self._house.account()))


class _Left(Request):
    """Something the partner has for us from now on; ``?type=status`` where it is one."""

    def __init__(self, house: PartnerHouse, head: Head) -> None:
        super().__init__(house, head)
        self._house = house

    def play(self) -> Play:
        type_ = dict(parse_qsl(self._head.query)).get("type", "edoc")
        return Play(self._house.leave(bytes(self._body), type_))


class _Called(Request):
    """One call of the partner's own."""

    def __init__(self, house: PartnerHouse, head: Head, call: str, order: Order) -> None:
        super().__init__(house, head)
        self._house = house
        self._call = call
        self._order = order

    def play(self) -> Play:
        return self._house.meet(Asked(self._call, self._head, bytes(self._body)), self._order)
