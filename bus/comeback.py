"""An endpoint is back, or seems to be: what waits for it goes now and not at its own time."""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace

from bus.errors import Busy
from bus.issuer import Issuer
from bus.journal import Journal
from bus.journal.tidy import Recovery
from bus.planning import Keeper


class Comeback:
    """Makes due what waits for endpoints."""

    def __init__(self, journal: Journal, keeper: Keeper) -> None:
        self._journal = journal
        self._keeper = keeper

    def catch_up(self, endpoint: str) -> None:
        """All of it, in portions, as the journal takes them."""
        self._portion(self._recovery(endpoint))

    def probe(self, endpoint: str, issuer: Issuer) -> None:
        """What one call may be made with: by what is due, or by one of those that wait."""
        issuer.wake([endpoint])
        with suppress(Busy):  # the bus is stopping
            self._journal.recover(replace(self._recovery(endpoint), at_most=1))

    def _portion(self, back: Recovery) -> None:
        def more(done: Future[int]) -> None:
            if done.exception() is None and done.result() >= back.at_most:
                self._portion(back)

        with suppress(Busy):
            self._journal.recover(back).add_done_callback(more)

    def _recovery(self, endpoint: str) -> Recovery:
        outlet = self._keeper.force.outlets.get(endpoint)
        return Recovery(endpoint, outlet.contract if outlet and not outlet.asks else None)
