"""Makes the calls of one endpoint of SOAP: HTTP, tokens and rules are the engine's; the envelope inside is made and read here."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from adapters.http.auth_settings import BasicAuth
from adapters.http.call_settings import CallSettings
from adapters.http.client import MAX_ANSWER, HttpClient, Taking
from adapters.http.hidden import Hidden
from adapters.http.judge import Judge
from adapters.http.keys import Keys
from adapters.http.paths import JsonPath
from adapters.http.receive_settings import Fields
from adapters.http.sending import Sending
from adapters.http.through import Wire
from adapters.http.wiring import wire_of
from adapters.soap.client.call import SoapCall
from adapters.soap.client.description import Description, Drawn
from adapters.soap.client.envelope_out import enveloped
from adapters.soap.client.faults import with_faults
from adapters.soap.client.header import add_addressing, add_texts, add_xroad
from adapters.soap.client.marks import Marks
from adapters.soap.client.parameters import parameters
from adapters.soap.client.reading import Answered
from adapters.soap.client.security import Security
from adapters.soap.client.security_settings import UsernameToken
from adapters.soap.client.settings import SoapReceive, SoapSettings
from adapters.soap.client.tree import ANY, Place
from adapters.soap.client.verifying import Verifier
from bus.bodies import Body
from bus.endpoint import Kept, Means
from bus.errors import FailureClass, Refused
from bus.message import new_id
from bus.transport import Request, Response, Tls

_SMALL = 1 << 20
_DOCUMENT_SECONDS = 20.0


class SoapClient(HttpClient):
    """Calls of one endpoint. Safe to use from many threads."""

    def __init__(
        self,
        name: str,
        settings: SoapSettings,
        means: Means,
        kept: Kept | None = None,
        *,
        described: Callable[[], Description],
    ) -> None:
        """``described`` gives the WSDL when it is first needed; it raises Unreachable where it cannot be had."""
        super().__init__(name, settings, means, kept)
        self._soap = settings
        self._fast = means.fast
        self._described = described
        self._security = Security(settings.security, Keys(means.secrets), means.clock)
        self._verifier = Verifier(settings.verify, means.clock) if settings.verify else None
        tokens = [one for one in settings.security if isinstance(one, UsernameToken)]
        in_envelope = [BasicAuth(kind="basic", user=one.user, password=one.password) for one in tokens]
        self._shown = Hidden(in_envelope, Keys(means.secrets), tuple)
        self._rows = dict(_rows(settings.receive)) if settings.receive else {}
        self.judge = Judge(with_faults(settings.answers), means.clock.now, settings.through, self._without_secrets)

    def call(
        self,
        call: CallSettings,
        sending: Sending,
        *,
        key: str = "",
        taking: Callable[[], Taking] | None = None,
        max_answer: int = MAX_ANSWER,
    ) -> Response:
        # A call that is about no copy has an id of its own, which its answer may have to repeat.
        return super().call(call, sending, key=key or new_id(), taking=taking, max_answer=max_answer)

    def drawn(self, call: CallSettings, sending: Sending, key: str) -> tuple[Wire, Body | bytes | None]:
        if not isinstance(call, SoapCall):
            return super().drawn(call, sending, key)
        marks = Marks(call.attachments)
        drawn = self._described().draw(call.operation, parameters(call.parameters, sending, marks))
        try:
            self._add_header(drawn, call, sending, key)
        except ValueError as error:  # the library's, of a text that no XML can hold
            raise Refused(
                FailureClass.CLIENT_FAULT, f"a value cannot stand in the header of {call.operation}"
            ) from error
        self._security.add(drawn, marks)
        body, headers = enveloped(drawn, marks)
        wire = wire_of(self._soap.url, call, sending.names)
        return replace(wire, headers={**headers, **wire.headers}), body

    def exchanged(self, call: CallSettings, request: Request, key: str, taker: Taking | None) -> Response:
        if not isinstance(call, SoapCall):
            return super().exchanged(call, request, key, taker)
        described = self._described()
        lists, one_way = self._lists(described, call), not described.answers(call.operation)
        with tempfile.SpooledTemporaryFile(_SMALL) as file:
            answer = self._fast.call(replace(request, into=lambda piece: _write(file, piece)))
            answered = Answered(answer.status, answer.headers, file, file.tell())
            response = (
                answered.taken() if one_way and not answered.size else answered.read(taker, lists, self._verifier)
            )
        if self._soap.through:
            self._soap.through.check_repeated(response, call.operation, key)
        return response

    def _add_header(self, drawn: Drawn, call: SoapCall, sending: Sending, key: str) -> None:
        add_texts(drawn.envelope, {name: text.render(sending.names) for name, text in call.soap_headers.items()})
        if self._soap.through:
            add_xroad(drawn.envelope, self._soap.through.header(call.operation, key))
        if self._soap.addressing != "none":
            add_addressing(drawn, self._soap.url, key)

    def _without_secrets(self, text: str) -> str:
        """A text of the partner's, which may repeat what it was shown, of HTTP's families or in the envelope."""
        return self._shown(self._hidden(text))

    def _lists(self, described: Description, call: SoapCall) -> frozenset[Place]:
        """Where elements may repeat: by the WSDL, and where this call's rows or files are looked for."""
        return described.lists(call.operation) | self._rows.get(id(call), frozenset())

    def document(self, url: str, most: int) -> Response:
        """A document of the WSDL, with what says who we are only where calls go too. Raises Unreachable."""
        wire = Wire("GET", url, "", (), {})
        if urlsplit(url)[:2] == urlsplit(self._soap.url)[:2]:
            request = self._signed(wire, None, self.facts(), {}, len(self._soap.auth))
        else:
            request = replace(self._request("GET", url, {}, None), tls=Tls(self._soap.ca_file))
        return self._fast.call(replace(request, max_answer=most, total_timeout=_DOCUMENT_SECONDS))


def _rows(receive: SoapReceive) -> Iterator[tuple[int, frozenset[Place]]]:
    """Which calls of a source look for lists, by their identity, and where."""
    for one in receive.lists:
        yield id(one.call), frozenset({_anywhere(one.rows)})
    content = receive.get.content
    if isinstance(content, Fields) and content.files:
        yield id(receive.get.call), frozenset({_anywhere(content.files)})


def _anywhere(path: JsonPath) -> Place:
    """A path in an answer, whatever its element is called."""
    return ("Envelope", "Body", ANY, *map(str, path.steps))


def _write(file: tempfile.SpooledTemporaryFile[bytes], piece: bytes) -> None:
    file.write(piece)
