"""Pushes documents to a partner that speaks the push protocol (semantics 14): one copy a call."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from urllib.parse import quote, urlsplit, urlunsplit

from adapters.rest.settings import RestSettings
from adapters.rest.success import judge, judge_ask
from bus.clock import Clock
from bus.endpoint import Answer, Delivered, Outcome, Tools
from bus.endpoint_settings import EndpointSettings
from bus.errors import FailureClass, SecretMissing, Unreachable
from bus.message import Claim, CopyOut, Delivery
from bus.secret import Secrets
from bus.transport import Request, Response, Transport

#: Seconds a call may take in all, and bytes a second below which a large body is not waited for: both stay
#: below the term of a lease, so that a call ends before its lease does.
_TOTAL, _SLOWEST = 240.0, 64 << 10


class RestSink:
    """One partner endpoint. The transport is the daemon's and is closed by it."""

    def __init__(self, settings: RestSettings, transport: Transport, secrets: Secrets, clock: Clock) -> None:
        self._settings = settings
        self._tls = settings.tls
        self._connect, self._idle = settings.connect_timeout.total_seconds(), settings.idle_timeout.total_seconds()
        self._transport = transport
        self._secrets = secrets
        self._clock = clock

    def send(self, delivery: Delivery) -> Mapping[str, Outcome]:
        (copy,) = delivery.copies
        return {copy.doc_id: self.pushed(self._transport.call(self.push(delivery)))}

    def ask(self, delivery: Delivery, copy: CopyOut) -> Answer:  # noqa: ARG002 - the docId says it all here
        return self.told(self._transport.call(self.question(copy)))

    def push(self, delivery: Delivery) -> Request:
        (copy,) = delivery.copies
        headers = {**_headers(delivery, copy), **self._credentials()}
        return self._request("POST", self._settings.url, headers, delivery.body)

    def pushed(self, response: Response) -> Delivered:
        return judge(response, self._clock.now())

    def question(self, copy: CopyOut) -> Request:
        return self._request("GET", below(self._settings.url, copy.doc_id), self._credentials())

    def told(self, response: Response) -> Answer:
        return judge_ask(response, self._clock.now())

    def close(self) -> None:
        """Nothing of its own to let go of."""

    def _request(self, method: str, url: str, headers: Mapping[str, str], body: Claim | None = None) -> Request:
        return Request(
            method,
            url,
            headers,
            body,
            connect_timeout=self._connect,
            idle_timeout=self._idle,
            total_timeout=_TOTAL + (body.size / _SLOWEST if body else 0),
            tls=self._tls,
        )

    def _credentials(self) -> Mapping[str, str]:
        """The key as it is now. One that cannot be read is our trouble: the document waits until it can."""
        if not self._settings.key:
            return {}
        try:
            return {"X-Bus-Key": self._secrets.values(self._settings.key)[0].decode("ascii")}
        except SecretMissing as error:
            raise Unreachable(FailureClass.AUTH, str(error)) from error
        except UnicodeDecodeError as error:
            raise Unreachable(FailureClass.AUTH, "the key of this endpoint is not ASCII") from error


def below(url: str, doc_id: str) -> str:
    """The URL of one document: a further path segment, before any query."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{quote(doc_id, safe='')}"))


def build(_name: str, settings: EndpointSettings, tools: Tools) -> RestSink:
    """The sink of one endpoint."""
    assert isinstance(settings, RestSettings)
    return RestSink(settings, tools.fast, tools.secrets, tools.clock)


def _headers(delivery: Delivery, copy: CopyOut) -> Mapping[str, str]:
    digest = base64.b64encode(bytes.fromhex(delivery.body.sha256)).decode()
    return {
        "Content-Type": "application/xml",
        "Idempotency-Key": copy.doc_id,
        "X-Bus-Message-Id": delivery.message.id,
        "X-Bus-Attempt": str(copy.attempt),
        # A code is the sender's text: quoted, it cannot break the header, and real codes stay as they are.
        "X-Bus-Recipient": quote(copy.recipient),
        "Content-Digest": f"sha-256=:{digest}:",
    }
