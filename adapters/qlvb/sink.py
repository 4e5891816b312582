"""Sends through the link: a document as a dossier with its files, a status as the state of a packet.

What the link has no word for is refused: a recall or an update as a dossier would look like a new document.
"""

from __future__ import annotations

from collections.abc import Mapping

from adapters.http.sink import build_sink as engine_sink
from adapters.qlvb.settings import QlvbSettings
from bus.endpoint import Answer, Delivered, Outcome, Sink, Tools
from bus.endpoint_settings import EndpointSettings
from bus.errors import FailureClass, Refused
from bus.message import CopyOut, Delivery, Message

_NEW = "new"


class QlvbSink:
    """One system. ``dossiers`` and ``states`` make the calls."""

    def __init__(self, settings: QlvbSettings, dossiers: Sink, states: Sink) -> None:
        self._settings = settings
        self._dossiers = dossiers
        self._states = states

    def send(self, delivery: Delivery) -> Mapping[str, Outcome]:
        return self._of(delivery.message).send(delivery)

    def ask(self, delivery: Delivery, copy: CopyOut) -> Answer | Delivered:
        return self._of(delivery.message).ask(delivery, copy)

    def close(self) -> None:
        """Let go of both."""
        self._dossiers.close()
        self._states.close()

    def _of(self, message: Message) -> Sink:
        if message.type == "status":
            if message.kind not in self._settings.tells:
                raise Refused(FailureClass.SCHEMA, f"the link has no word for a status {message.kind}")
            return self._states
        if message.kind != _NEW:
            raise Refused(FailureClass.SCHEMA, f"the link has no word for a document of kind {message.kind}")
        return self._dossiers


def build_sink(name: str, settings: EndpointSettings, tools: Tools) -> QlvbSink:
    """The sink of one endpoint. ``settings``: QlvbSettings."""
    assert isinstance(settings, QlvbSettings)
    states = settings.model_copy(update={"send": settings.tell})
    return QlvbSink(settings, engine_sink(name, settings, tools), engine_sink(name, states, tools))
