"""The packets a document-management system has for us: listed by their ids, fetched and acked one by one.

Nothing leaves its list before it is told 03 or 04, so whatever goes wrong here comes again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from adapters.http.client import HttpClient
from adapters.http.spill import Spill
from adapters.http.taking import as_it_came
from adapters.qlvb.composing import message
from adapters.qlvb.files import Fetcher, enclosures
from adapters.qlvb.link import Link
from adapters.qlvb.packet import Packet, packet
from adapters.qlvb.settings import PacketSettings, QlvbSettings
from bus.clock import instant
from bus.desk import Received
from bus.endpoint import Tools
from bus.endpoint_settings import EndpointSettings
from bus.errors import CallFailed, Rejected, Unreachable
from bus.message import Inbound, Receipt, RemoteId, ReturnAddress
from schemas.edxml.models import Status

#: What a packet is listed as: only a look into it tells.
_TYPE = "edoc"


@dataclass(frozen=True, slots=True)
class Work:
    """What it takes to work a queue off."""

    endpoint: str
    settings: QlvbSettings
    packets: PacketSettings
    link: Link
    fetcher: Fetcher
    tools: Tools

    @property
    def live(self) -> bool:
        """Whether the system is told anything."""
        return self.settings.mode == "live"


class QlvbSource:
    """One system as a place to look at. Polled by one process at a time."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def poll(self) -> Iterator[QlvbItem]:
        """In the order of the list, which says no times."""
        for id_ in self._work.link.ids():
            yield QlvbItem(id_, self._work)


class QlvbItem:
    """One packet."""

    def __init__(self, id_: str, work: Work) -> None:
        self.type = _TYPE
        self.remote_id = id_
        self._work = work

    def inbound(self) -> Inbound:
        received = self._received()
        packets = self._work.packets
        return Inbound(
            came_by=ReturnAddress(self._work.endpoint),
            content=received.content,
            claim=received.claim,
            recipients=packets.recipients if received.content.type == _TYPE else received.content.recipients,
            remote=RemoteId(self._work.endpoint, self.type, self.remote_id),
            from_source=True,
        )

    def settle(self, result: Receipt | Rejected) -> None:
        if self._work.live:
            refused = isinstance(result, Rejected)
            self._work.link.tell(self.remote_id, done=not refused, reason=str(result) if refused else "")

    def _received(self) -> Received:
        spills: list[Spill] = []
        try:
            return self._composed(spills)
        except Unreachable:
            self._put_back()
            raise
        finally:
            for spill in spills:
                spill.discard()

    def _composed(self, spills: list[Spill]) -> Received:
        work, most = self._work, self._work.settings.limit
        data = work.link.packet(self.remote_id, most * 2, spills.append)
        found = packet(self.remote_id, data)
        try:
            _check_texts(found, spills[-1])
            said = message(found, work.packets, lambda: instant(work.tools.clock.now()))
            if isinstance(said, Status):
                return work.tools.compose(said, ())
            with enclosures(found, spills[-1], work.fetcher, most) as files:
                return work.tools.compose(said, files)
        except Rejected as refusal:
            kept = as_it_came(spills[-1], work.tools.fetch(most * 2))
            raise Rejected(refusal.code, refusal.detail, claim=kept) from refusal

    def _put_back(self) -> None:
        if self._work.live:
            with suppress(CallFailed):  # a courtesy: what is still listed comes again anyway
                self._work.link.put_back(self.remote_id)


def _check_texts(found: Packet, spill: Spill) -> None:
    """Only files may be so long that they went to disk."""
    if any(map(spill.took, found.texts)):
        raise Rejected("edxml.header_too_large", "a text of the packet is as long as a file")


def build_source(name: str, settings: EndpointSettings, tools: Tools) -> QlvbSource:
    """The source of one endpoint, whose calls keep to its rate. ``settings``: QlvbSettings that are polled."""
    assert isinstance(settings, QlvbSettings)
    assert settings.queue
    assert settings.packets
    paced = replace(tools, fast=tools.paced(name))
    link = Link(settings.queue, HttpClient(name, settings, paced, tools.kept))
    fetcher = Fetcher(settings, settings.packets.links, paced.fast)
    return QlvbSource(Work(name, settings, settings.packets, link, fetcher, tools))
