"""Sends copies as an endpoint's settings say: one call for one copy."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.http.client import HttpClient
from adapters.http.settings import HttpSettings
from bus.endpoint import Answer, Delivered, EndpointSettings, Outcome, Sink, Tools
from bus.message import CopyOut, Delivery
from bus.transport import Request, Response


class HttpSink:
    """One partner endpoint, whose calls block; for what needs a token, a login, a file of the message, or a second call."""

    def __init__(self, name: str, settings: HttpSettings, client: HttpClient, tools: Tools) -> None:
        self._name = name
        self._settings = settings
        self._client = client
        self._tools = tools

    def send(self, delivery: Delivery) -> Mapping[str, Outcome]:
        raise NotImplementedError

    def ask(self, delivery: Delivery, copy: CopyOut) -> Answer | Delivered:
        raise NotImplementedError

    def close(self) -> None:
        """Nothing of its own to let go of."""


class HttpPusher(HttpSink):
    """The same where each call is one request that is made of the envelope alone: the bus makes it side by side with others.

    No token is ever fetched on its thread, and no body is read there.
    """

    def push(self, delivery: Delivery) -> Request:
        raise NotImplementedError

    def pushed(self, response: Response) -> Delivered:
        raise NotImplementedError

    def question(self, copy: CopyOut) -> Request:
        raise NotImplementedError

    def told(self, response: Response) -> Answer | Delivered:
        raise NotImplementedError


def build_sink(name: str, settings: EndpointSettings, tools: Tools) -> Sink:
    """The sink of one endpoint: a Pusher where its settings allow it. ``settings``: HttpSettings."""
    assert isinstance(settings, HttpSettings)
    return HttpSink(name, settings, HttpClient(name, settings, tools), tools)
