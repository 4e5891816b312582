"""Sends documents and statuses to the axis: one call for all recipients a message has there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from adapters.vxp import ask
from adapters.vxp.client import AxisClient
from adapters.vxp.endpoint_settings import VxpSettings
from adapters.vxp.rows import SentRow
from adapters.vxp.wire import Wire
from bus.clock import Clock, micros
from bus.endpoint import Answer, Delivered, Outcome, Tools
from bus.endpoint_settings import EndpointSettings
from bus.errors import FailureClass, Refused, Unreachable
from bus.message import CopyOut, Delivery

#: The copies of ours at this endpoint that keep a remote id.
Claims = Callable[[str], Sequence[CopyOut]]


class AxisSink:
    """The axis as a destination. The transport is the daemon's and is closed by it."""

    def __init__(self, settings: VxpSettings, client: AxisClient, clock: Clock, claims: Claims) -> None:
        self._settings = settings
        self._client = client
        self._clock = clock
        self._claims = claims

    def send(self, delivery: Delivery) -> Mapping[str, Outcome]:
        if self._settings.mode == "observe":
            raise Unreachable(FailureClass.CLIENT_FAULT, "this endpoint only observes (mode: observe)")
        recipients = [copy.recipient for copy in delivery.copies]
        message = delivery.message
        doc_id = self._client.send(message.type, message.sender, recipients, delivery.body)
        return {copy.doc_id: Delivered(doc_id or None) for copy in delivery.copies}

    def ask(self, delivery: Delivery, copy: CopyOut) -> Answer | Delivered:
        try:
            return self._find(delivery, copy)
        except Refused as refusal:
            if refusal.failure is FailureClass.AUTH:
                raise
            return Answer.UNKNOWN

    def close(self) -> None:
        """Nothing of its own to let go of."""

    def _find(self, delivery: Delivery, copy: CopyOut) -> Answer | Delivered:
        type_ = delivery.message.type
        if copy.remote_id:
            return ask.by_id(self._client.sent(type_, copy.remote_id), copy.remote_id, copy.recipient)
        if self._settings.list_sent != "yes" or copy.sent_at is None:
            return Answer.UNKNOWN
        skew = micros(self._settings.skew)
        wanted = ask.sought(delivery, copy, copy.sent_at - skew, self._clock.now() + skew)
        return ask.by_listing(self._client.sent(type_), wanted, partial(self._taken, copy))

    def _taken(self, copy: CopyOut, row: SentRow) -> bool:
        """Whether another copy has claimed this row. One DocId serves all recipients of a call."""
        claims = self._claims(row.sender_doc_id) if row.sender_doc_id else ()
        return any(claim.doc_id != copy.doc_id and claim.recipient == row.recipient for claim in claims)


def build_sink(name: str, settings: EndpointSettings, tools: Tools) -> AxisSink:
    """The sink of one endpoint."""
    assert isinstance(settings, VxpSettings)
    return AxisSink(settings, build_client(settings, tools), tools.clock, partial(tools.claims, name))


def build_client(settings: VxpSettings, tools: Tools) -> AxisClient:
    """A client by the settings of one endpoint."""
    return AxisClient(Wire(settings, tools.fast, tools.secrets, tools.clock))


def paced_client(name: str, settings: VxpSettings, tools: Tools) -> AxisClient:
    """The same for whatever is no delivery: it too keeps to the endpoint's rate."""
    return build_client(settings, replace(tools, fast=tools.paced(name)))
