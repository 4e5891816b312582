"""Letters by HTTP, to the address of the configuration and no other: redirects are not followed.

``X-Bus-Signature`` is ``sha256=`` and the HMAC-SHA256 of ``X-Bus-Timestamp``, a point and the body, by the channel's secret.
"""

from __future__ import annotations

import hashlib
import hmac

import orjson

from bus.alerts.post import Undelivered
from bus.alerts.words import one_line
from bus.clock import MICROS, Clock, iso
from bus.config.channels import Webhook
from bus.errors import CallFailed, SecretMissing
from bus.journal.alerting import Letter
from bus.secret import Secrets
from bus.transport import Request, Tls, Transport

#: Seconds: to connect, without a byte, and in all; and bytes of an answer nobody reads.
_CONNECT, _IDLE, _TOTAL, _ANSWER = 10.0, 20.0, 30.0, 64 << 10


class Hook:
    """The carrier of one address."""

    def __init__(self, settings: Webhook, secrets: Secrets, transport: Transport, clock: Clock) -> None:
        self._settings = settings
        self._secrets = secrets
        self._transport = transport
        self._clock = clock

    def carry(self, letter: Letter) -> None:
        """Post it. Raises Undelivered unless the answer is a 2xx."""
        try:
            answer = self._transport.call(self._request(letter))
        except (CallFailed, SecretMissing) as error:
            raise Undelivered(one_line(str(error))) from None
        if answer.status // 100 != 2:
            raise Undelivered(f"answered {answer.status}")

    def _request(self, letter: Letter) -> Request:
        body = _body(letter)
        return Request(
            "POST",
            self._settings.url,
            {"Content-Type": "application/json", "Idempotency-Key": letter.key, **self._signed(body)},
            body,
            connect_timeout=_CONNECT,
            idle_timeout=_IDLE,
            total_timeout=_TOTAL,
            max_answer=_ANSWER,
            tls=Tls(self._settings.ca_file),
        )

    def _signed(self, body: bytes) -> dict[str, str]:
        if self._settings.secret is None:
            return {}
        at = str(self._clock.now() // MICROS)
        secret = self._secrets.value(self._settings.secret)
        signature = hmac.new(secret, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        return {"X-Bus-Timestamp": at, "X-Bus-Signature": f"sha256={signature}"}


def _body(letter: Letter) -> bytes:
    told = {
        "id": letter.key,
        "rule": letter.rule,
        "kind": letter.kind,
        "at": iso(letter.made_at),
        "subject": letter.subject,
        "text": letter.text,
    }
    file = {"name": letter.file_name, "content": letter.file} if letter.file_name else None
    return orjson.dumps({**told, "file": file})
