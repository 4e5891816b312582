"""A partner that hands nothing out by itself: what it says of indicators and their values, when it is asked, comes as packets.

It is told nothing. An item is called by what is in it, so what is said again is known for what came; other values of a period come
beside the former.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from pydantic import ValidationError

from adapters.http import figures
from adapters.http.asking import Asker
from adapters.http.lists import NOT_THERE
from bus.endpoint import Item, Tools
from bus.errors import FailureClass, Rejected, Unreachable
from bus.message import Inbound, Receipt, RemoteId, ReturnAddress
from schemas.report.catalogue import Indicators
from schemas.report.kpi import KpiData

#: Letters of an item's name that are its digest's.
_DIGEST = 40


class FigureSource:
    """The partner as a place to look at. Where it does not answer one question the others are asked all the same."""

    def __init__(self, name: str, own: tuple[str, ...], asker: Asker, tools: Tools, limit: int) -> None:
        """``own``: whose messages they are here; ``limit``: of a packet, in bytes."""
        self._name = name
        self._own = own
        self._asker = asker
        self._tools = tools
        self._limit = limit

    def poll(self) -> Iterator[Item]:
        """What it says now, office by office. Raises Unreachable."""
        failure: Unreachable | None = None
        for question in self._asker.questions():
            try:
                packet = question()
            except Unreachable as unanswered:
                if unanswered.failure in NOT_THERE:
                    raise
                failure = unanswered
                continue
            except ValidationError as error:
                failure = Unreachable(
                    FailureClass.SERVER_FAULT, f"what it says makes no packet: {error.errors()[0]['msg']}"
                )
                continue
            if packet:
                yield FigureItem(self._name, packet, self._own, self._tools, self._limit)
        if failure:
            raise failure


class FigureItem:
    """One packet made of what the partner says. It is told nothing."""

    def __init__(
        self, endpoint: str, packet: Indicators | KpiData, own: tuple[str, ...], tools: Tools, limit: int
    ) -> None:
        self.type: str = packet.type
        self._endpoint = endpoint
        self._body = figures.body(packet)
        self._own = own
        self._tools = tools
        self._limit = limit
        about = packet.period.code if isinstance(packet, KpiData) else packet.code
        self.remote_id = f"{about} {hashlib.sha256(self._body).hexdigest()[:_DIGEST]}"

    def inbound(self) -> Inbound:
        body = self._tools.fetch(self._limit, "report")
        try:
            body.write(self._body)
            received = body.finish()
        finally:
            body.discard()
        return Inbound(
            came_by=ReturnAddress(self._endpoint),
            content=received.content,
            claim=received.claim,
            recipients=self._own,
            remote=RemoteId(self._endpoint, self.type, self.remote_id),
            from_source=True,
        )

    def settle(self, result: Receipt | Rejected) -> None:
        """It has no list for us from which anything would go."""
