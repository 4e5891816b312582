"""Partners that speak JSON, played: each is a class of answers, and all misbehave by the same orders.

``POST /_control`` takes an :class:`~adapters.http.rehearsal.orders.Order` as JSON, and ``GET /_control`` tells what
the partner has; all else is the partner's own. Everything is in memory and gone at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from adapters.http.playground import Playground
from adapters.http.rehearsal.house import PartnerHouse
from adapters.http.rehearsal.orders import Order
from adapters.http.rehearsal.partner import Partner
from adapters.http.stage import House

Played = TypeVar("Played", bound=Partner)
T = TypeVar("T")


class Rehearsal(Generic[Played]):
    """Runs one played partner in a thread of its own; ``start`` returns when it listens."""

    def __init__(
        self,
        partner: Played,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        before: Callable[[House], House] = lambda house: house,
        house: Callable[[Partner], PartnerHouse] = PartnerHouse,
    ) -> None:
        """``before`` gives what stands before the partner: a security server, a gateway. ``house``: how it misbehaves."""
        self._partner = partner
        self._house = house(partner)
        self._playground = Playground(before(self._house), host, port)

    def start(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        self._playground.start()

    def stop(self) -> None:
        """Hang up on everybody; may be called twice."""
        self._playground.stop()

    @property
    def url(self) -> str:
        """Where it listens, without a path."""
        return f"http://{self._playground.host}:{self._playground.port}"

    def order(self, order: Order) -> None:
        """Tell the partner how to meet calls; in effect when this returns."""
        self._playground.call(lambda: self._house.obey(order))

    def tell(self, action: Callable[[Played], T]) -> T:
        """Do something to the partner, or ask it; done when this returns."""
        return self._playground.call(lambda: action(self._partner))

    def account(self) -> Mapping[str, object]:
        """What the partner has, and how often it was called."""
        return self._playground.call(self._house.account)
