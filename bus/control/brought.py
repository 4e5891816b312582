"""A file that came along with an order from afar: its bytes are taken in as at a door before the order is looked at."""

from __future__ import annotations

from bus.desk import Received
from bus.reception import Reception


class Brought:
    """What was received and by whom; it goes again unless the order takes it."""

    def __init__(self, received: Received, reception: Reception) -> None:
        self.received = received
        self._reception = reception
        self._taken = False

    def take(self) -> Reception:
        """The order answers for it from now on, to what received it."""
        self._taken = True
        return self._reception

    def end(self) -> None:
        """The order is over: nothing stays of what it did not take."""
        if not self._taken:
            self._reception.discard(self.received)
