"""What the axis has for us: documents first, then statuses, each oldest first.

Nothing leaves the axis's list before it is told ``done``, so whatever goes wrong here comes again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from adapters.vxp.client import AxisClient
from adapters.vxp.endpoint_settings import VxpSettings
from adapters.vxp.rows import ReceivedRow
from adapters.vxp.sink import paced_client
from bus import log
from bus.clock import micros
from bus.desk import Received
from bus.endpoint import BodyIn, Tools
from bus.endpoint_settings import EndpointSettings
from bus.errors import CallFailed, Refused, Rejected, Unreachable
from bus.message import Inbound, Receipt, RemoteId, ReturnAddress
from schemas.content import Content

_log = log.get()
TYPES = ("edoc", "status")
_SETTLED = frozenset({"done", "fail"})


class AxisSource:
    """The axis as a place to look at. Polled by one process at a time."""

    def __init__(self, name: str, settings: VxpSettings, client: AxisClient, intakes: Callable[[int], BodyIn]) -> None:
        self._name = name
        self._settings = settings
        self._client = client
        self._intakes = intakes
        self._since = micros(settings.live_from.timestamp()) if settings.live_from else None

    def poll(self) -> Iterator[AxisItem]:
        """Statuses are listed only after the documents were worked off: one may be about one of them."""
        for type_ in TYPES:
            for row in self._waiting(type_):
                yield AxisItem(self._name, type_, row, self._settings, self._client, self._intakes)

    def _waiting(self, type_: str) -> list[ReceivedRow]:
        try:
            listed = self._client.received(type_).rows
        except Refused as refusal:
            raise _again(refusal) from refusal
        rows = [row for row in listed if row.state not in _SETTLED]
        ours = [row for row in rows if self._is_ours(row)]
        if len(ours) < len(rows):
            _log.info("axis.items_left_alone", endpoint=self._name, type=type_, items=len(rows) - len(ours))
        return sorted(ours, key=lambda row: row.created_at or 0)

    def _is_ours(self, row: ReceivedRow) -> bool:
        """Whether it came since this endpoint is live. What has no clear time may be another system's to ack."""
        return self._since is None or (row.created_at is not None and row.created_at >= self._since)


class AxisItem:
    """One item of a list."""

    def __init__(
        self,
        endpoint: str,
        type_: str,
        row: ReceivedRow,
        settings: VxpSettings,
        client: AxisClient,
        intakes: Callable[[int], BodyIn],
    ) -> None:
        self.type = type_
        self.remote_id = row.doc_id
        self._endpoint = endpoint
        self._row = row
        self._settings = settings
        self._client = client
        self._intakes = intakes

    def inbound(self) -> Inbound:
        self._begin()
        try:
            received = self._fetch()
        except Refused as refusal:
            raise _again(refusal) from refusal
        if received.content.type != self.type:
            _log.warning("axis.type_differs", remote_id=self.remote_id, listed=self.type, found=received.content.type)
        return Inbound(
            came_by=ReturnAddress(self._endpoint),
            content=received.content,
            claim=received.claim,
            recipients=self._recipients(received.content),
            remote=RemoteId(self._endpoint, self.type, self.remote_id),
            from_source=True,
        )

    def settle(self, result: Receipt | Rejected) -> None:
        if self._settings.mode == "observe":
            return
        try:
            if isinstance(result, Rejected):
                self._client.update(self.remote_id, "fail", str(result))
            else:
                self._client.update(self.remote_id, "done")
        except Refused as refusal:
            raise _again(refusal) from refusal

    def _begin(self) -> None:
        if self._settings.processing and self._settings.mode == "live":
            with suppress(CallFailed):  # a courtesy: the document is fetched whether it was heard or not
                self._client.update(self.remote_id, "processing")

    def _fetch(self) -> Received:
        intake = self._intakes(self._settings.limit)
        try:
            self._client.get(self.remote_id, intake.write)
        except BaseException:
            intake.discard()
            raise
        return intake.finish()

    def _recipients(self, content: Content) -> tuple[str, ...]:
        """Whom this copy is for: the list says it, else those of the document's recipients we act for."""
        own = tuple(code for code in content.recipients if code in self._settings.own)
        return self._row.recipients or own or content.recipients


def build_source(name: str, settings: EndpointSettings, tools: Tools) -> AxisSource:
    """The source of one endpoint."""
    assert isinstance(settings, VxpSettings)
    return AxisSource(name, settings, paced_client(name, settings, tools), tools.fetch)


def _again(refusal: Refused) -> Unreachable:
    """A no to a fetch or an ack settles nothing: the item is still in the list and comes again."""
    return Unreachable(refusal.failure, refusal.words, code=refusal.code)
