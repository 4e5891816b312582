"""Sends copies as an endpoint's settings say: one call for one copy, and a second one only where it says so."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from adapters.http import facts
from adapters.http.call_settings import CallSettings
from adapters.http.client import HttpClient
from adapters.http.decode import read
from adapters.http.judge import Judge
from adapters.http.names import names_in
from adapters.http.reported import of_report
from adapters.http.rules import compared
from adapters.http.sending import Sending
from adapters.http.settings import AskSettings, HttpSettings, SendSettings
from adapters.http.simple import is_simple
from bus.endpoint import Answer, Delivered, Outcome, Sink, Tools
from bus.endpoint_settings import EndpointSettings
from bus.errors import FailureClass, OutcomeUnknown, Unreachable
from bus.message import CopyOut, Delivery
from bus.transport import Request, Response


class HttpSink:
    """One partner endpoint, whose calls block; for what needs a token, a login, a file of the message, or a second call."""

    def __init__(self, settings: HttpSettings, client: HttpClient, tools: Tools) -> None:
        self._settings = settings
        self._client = client
        self._tools = tools

    def send(self, delivery: Delivery) -> Mapping[str, Outcome]:
        (copy,) = delivery.copies
        settings, sending = self._to_send(), self._sending(delivery, copy)
        if self._settings.report and self._settings.report.checked:
            _ = sending.names["report.id"]  # a report is looked at with the first name, and no call need have one
        response = self._client.call(settings.call, sending, key=copy.doc_id)
        if settings.update and self._judge.is_duplicate(read(response)):
            return {copy.doc_id: self._repeated(settings.update, sending, copy, response)}
        return {copy.doc_id: self._judge.sent(read(response))}

    def ask(self, delivery: Delivery, copy: CopyOut) -> Answer | Delivered:
        asking, sending = self._to_ask(), self._sending(delivery, copy)
        if _lacks_id(asking, copy):
            return Answer.UNKNOWN
        return self._judge.told(read(self._client.call(asking.call, sending, key=copy.doc_id)), asking.answers)

    def close(self) -> None:
        """Nothing of its own to let go of."""

    @property
    def _judge(self) -> Judge:
        return self._client.judge

    def _to_send(self) -> SendSettings:
        if self._settings.mode == "observe":
            raise Unreachable(FailureClass.CLIENT_FAULT, "this endpoint only observes (mode: observe)")
        if self._settings.send is None:
            raise Unreachable(FailureClass.CLIENT_FAULT, "nothing can be sent to this endpoint: it has no 'send'")
        return self._settings.send

    def _to_ask(self) -> AskSettings:
        if self._settings.ask is None:
            raise Unreachable(FailureClass.CLIENT_FAULT, "this endpoint cannot be asked: it has no 'ask'")
        return self._settings.ask

    def _sending(self, delivery: Delivery, copy: CopyOut) -> Sending:
        names = facts.of_delivery(self._client.facts(), delivery, copy)
        papers = facts.once(partial(self._tools.papers, delivery))
        known = facts.of_papers(names, papers)
        if self._settings.report:
            known = known.also(of_report(self._settings.report, delivery.body))
        return Sending(known, delivery.body, papers)

    def _repeated(self, update: CallSettings, sending: Sending, copy: CopyOut, response: Response) -> Delivered:
        """The partner has a document of that name. Where it can be asked, the same one is delivered; else it is updated."""
        ask = self._settings.ask
        if ask and ask.answers.same and not _lacks_id(ask, copy) and self._is_same(ask, sending, copy):
            return self._judge.sent(read(response))
        return self._judge.sent(read(self._client.call(update, sending, key=copy.doc_id)))

    def _is_same(self, asking: AskSettings, sending: Sending, copy: CopyOut) -> bool:
        try:
            answer = read(self._client.call(asking.call, sending, key=copy.doc_id))
        except OutcomeUnknown as lost:  # of a question nothing is unknown but its answer
            raise Unreachable(FailureClass.SERVER_FAULT, lost.words) from lost
        if self._judge.told(answer, asking.answers) not in {Answer.NOT_THERE, Answer.UNKNOWN}:
            return all(
                compared(answer.at(one.path)) == compared(one.value.value(sending.names)) for one in asking.answers.same
            )
        return False


class HttpPusher(HttpSink):
    """The same where each call is one request that is made of the envelope alone: the bus makes it side by side with others.

    No token is ever fetched on its thread, and no body is read there.
    """

    def push(self, delivery: Delivery) -> Request:
        (copy,) = delivery.copies
        names = facts.of_delivery(self._client.facts(), delivery, copy)
        return self._client.request(self._to_send().call, Sending(names, delivery.body), key=copy.doc_id)

    def pushed(self, response: Response) -> Delivered:
        return self._judge.sent(read(response))

    def question(self, copy: CopyOut) -> Request:
        names = facts.of_copy(self._client.facts(), copy)
        return self._client.request(self._to_ask().call, Sending(names), key=copy.doc_id)

    def told(self, response: Response) -> Answer | Delivered:
        return self._judge.told(read(response), self._to_ask().answers)


def build_sink(name: str, settings: EndpointSettings, tools: Tools) -> Sink:
    """The sink of one endpoint: a Pusher where its settings allow it. ``settings``: HttpSettings."""
    assert isinstance(settings, HttpSettings)
    client = HttpClient(name, settings, tools, tools.kept)
    return (HttpPusher if is_simple(settings) else HttpSink)(settings, client, tools)


def _lacks_id(asking: AskSettings, copy: CopyOut) -> bool:
    """Whether the question is after an id that the partner never gave us, or that was lost."""
    return not copy.remote_id and "remoteId" in names_in(asking.call)
