"""One signed call to the axis: headers as the official SDK sends them, a bounded answer, nothing judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from adapters.vxp import times
from adapters.vxp.endpoint_settings import VxpSettings
from adapters.vxp.signing import sign
from bus.clock import Clock
from bus.errors import FailureClass, Refused, SecretMissing, Unreachable
from bus.message import Claim
from bus.secret import Secrets
from bus.transport import Request, Response, Transport

#: Largest answer with a list: the axis has about 111,000 agencies.
MAX_LIST = 96 << 20
#: Seconds a call may take in all, and bytes a second below which a large body is not waited for: both stay
#: below the term of a lease, so that a call ends before its lease does.
_TOTAL, _SLOWEST = 240.0, 64 << 10
_JSON = "application/json"


class Wire:
    """Calls of one system. Safe to use from many threads."""

    def __init__(self, settings: VxpSettings, transport: Transport, secrets: Secrets, clock: Clock) -> None:
        self._settings = settings
        self._transport = transport
        self._secrets = secrets
        self._clock = clock

    def call(
        self,
        name: str,
        logical: Mapping[str, str],
        body: Claim | bytes = b"",
        *,
        content_type: str = _JSON,
        max_answer: int = MAX_LIST,
    ) -> Response:
        """The answer, whatever it says. Raises Unreachable, OutcomeUnknown, or Refused for headers that cannot be."""
        headers = self._headers(logical, content_type)
        return self._transport.call(self._request("POST", name, headers, body, max_answer))

    def listed(self, name: str, logical: Mapping[str, str], feed: Callable[[bytes], None]) -> Response:
        """Hand the answer of a list call to ``feed`` as it comes; the response then has no body."""
        request = self._request("POST", name, self._headers(logical, _JSON), b"", MAX_LIST)
        return self._transport.call(replace(request, into=feed))

    def fetch(self, method: str, name: str, doc_id: str, feed: Callable[[bytes], None]) -> Response:
        """Hand the answer's body to ``feed`` as it comes; the response then has none."""
        body = b"{}" if method == "POST" else b""
        headers = self._headers({"docId": doc_id}, _JSON)
        # The taker ends the call where the document is too large; this only bounds what is no document at all.
        bound = self._settings.limit * 2 + (1 << 20)
        return self._transport.call(replace(self._request(method, name, headers, body, bound), into=feed))

    def _request(
        self, method: str, name: str, headers: Mapping[str, str], body: Claim | bytes, max_answer: int
    ) -> Request:
        size = body.size if isinstance(body, Claim) else 0
        return Request(
            method,
            f"{self._settings.url}/{name}",
            headers,
            body,
            connect_timeout=self._settings.connect_timeout.total_seconds(),
            idle_timeout=self._settings.idle_timeout.total_seconds(),
            total_timeout=_TOTAL + size / _SLOWEST,
            max_answer=max_answer,
            tls=self._settings.tls,
        )

    def _headers(self, logical: Mapping[str, str], content_type: str) -> dict[str, str]:
        for name, value in logical.items():
            if not value.isascii() or not value.isprintable():
                raise Refused(FailureClass.CLIENT_FAULT, f"{name} cannot stand in a header: {value[:60]!a}")
        always = {"timestamp": times.stamp(self._clock.now()), "systemid": self._settings.system_id}
        return sign({**always, "Content-Type": content_type, **logical}, self._secret())

    def _secret(self) -> bytes:
        """The secret as it is now. One that cannot be read is our trouble: what is to be sent waits until it can."""
        try:
            return self._secrets.values(self._settings.secret)[0]
        except SecretMissing as error:
            raise Unreachable(FailureClass.AUTH, str(error)) from error
