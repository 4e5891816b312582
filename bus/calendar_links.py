"""Links to calendars of reports: whoever has one may read that calendar without a key, and can make no other.

A token says whose it is and what it was made for, under an HMAC with a key of the bus and the partner's own: nothing is stored for it, and
it holds as long as the partner's key is one of those that open the door. Who takes the key back takes the links with it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable

from bus.callers import Callers
from bus.errors import Rejected
from bus.reports import Linked
from bus.secret import Secrets

#: Nothing else signed with the bus's key can be taken for a link to a calendar.
_PURPOSE = b"bus-calendar-1"
_MAC = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{48,2048}", re.ASCII)


class SignedCalendars:
    """:class:`bus.reports.CalendarLinks` over those who may come in at the door for reports; ``name`` is that of the bus's key."""

    def __init__(self, secrets: Secrets, name: str, callers: Callable[[], Callers]) -> None:
        self._secrets = secrets
        self._name = name
        self._callers = callers

    def make(self, partner: str, key: bytes, said: str) -> str:
        """The end of an address. Raises SecretMissing without the bus's key."""
        told = f"{partner}\n{said}".encode()
        return base64.urlsafe_b64encode(self._mac(told, key) + told).rstrip(b"=").decode()

    def read(self, token: str) -> Linked:
        """What it says. Raises ``Rejected('not_found')``, and SecretMissing without the bus's key."""
        whole = _decoded(token)
        mac, told = whole[:_MAC], whole[_MAC:]
        partner, _, said = told.decode("utf-8", "replace").partition("\n")
        caller = self._callers().partner(partner)
        for key in caller.secrets if caller else ():
            if caller and hmac.compare_digest(mac, self._mac(told, key)):
                caller.opened(key)
                return Linked(partner, caller.agencies, said)
        raise Rejected("not_found", "no link ends so")

    def _mac(self, told: bytes, key: bytes) -> bytes:
        whose = hashlib.sha256(key).digest()
        return hmac.digest(self._secrets.value(self._name), _PURPOSE + whose + told, "sha256")


def _decoded(token: str) -> bytes:
    if not _TOKEN.fullmatch(token):
        raise Rejected("not_found", "no link ends so")
    try:
        return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        raise Rejected("not_found", "no link ends so") from None
