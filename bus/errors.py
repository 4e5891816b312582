"""The errors of the bus. The class decides what happens next; nobody looks at status codes downstream.

    BusError
    ├── Rejected          the sender's fault or ours to say no at a door; nothing was taken
    ├── Unreachable       a partner could not be asked: try again, limited by time
    │   └── OutcomeUnknown    the request may have been carried out: ask or wait, never just resend
    ├── Refused           the partner said no: never again by itself
    ├── IllegalMove       a state may not change like that
    ├── NotFound          no message, copy, endpoint or partner of that name
    ├── SecretMissing     a named secret cannot be read
    ├── Busy              too much in hand; come again later
    │   └── JournalDown       its disk is full or its database away: nothing was written
    ├── HomeTaken         another process owns this BUS_HOME
    └── HomeUnfinished    a restore into this BUS_HOME was broken off

Codes of :class:`Rejected` are contract and stand in ``bus/catalogue.py``; texts may change.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class FailureClass(StrEnum):
    """Why a call to a partner failed, from protocol facts and never from words in a text."""

    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT_BEFORE_SEND = "timeout_before_send"
    TIMEOUT_AFTER_SEND = "timeout_after_send"
    AUTH = "auth"
    QUOTA = "quota"
    SERVER_FAULT = "server_fault"
    CLIENT_FAULT = "client_fault"
    SCHEMA = "schema"
    BUSINESS_REJECT = "business_reject"
    DUPLICATE = "duplicate"


class BusError(Exception):
    """Something the bus knows how to name."""


class Rejected(BusError):
    """A door says no. ``code`` is a key of the catalogue; ``details`` name what was wrong (never a body)."""

    def __init__(self, code: str, detail: str = "", **details: object) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.details: Mapping[str, object] = details


class CallFailed(BusError):
    """What a failed call to a partner has in common: its class, and the partner's own words and code."""

    def __init__(
        self, failure: FailureClass, words: str = "", *, code: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(f"{failure}: {words}" if words else str(failure))
        self.failure = failure
        self.words = words
        #: What the partner's protocol calls it (a status, an error code); empty where no answer came.
        self.code = code
        #: Seconds the partner asked us to wait (``Retry-After``), if it did.
        self.retry_after = retry_after


class Unreachable(CallFailed):
    """The partner could not be asked or could not answer: nothing was done there, try again."""


class OutcomeUnknown(Unreachable):
    """The request went out and no answer came: it may have been carried out."""

    def __init__(self, words: str = "", *, code: str = "") -> None:
        super().__init__(FailureClass.TIMEOUT_AFTER_SEND, words, code=code)


class Refused(CallFailed):
    """The partner understood and said no."""


class IllegalMove(BusError):
    """A copy may not go from where it is to where it was told to go."""


class NotFound(BusError):
    """Nothing of that name."""


class SecretMissing(BusError):
    """A secret that is named cannot be read."""

    def __init__(self, name: str, why: str = "") -> None:
        super().__init__(f"secret {name} cannot be read" + (f": {why}" if why else ""))


class Busy(BusError):
    """Too much in hand: the caller should come again."""


class JournalDown(Busy):
    """The journal cannot be worked with now: nothing was written, and the same may be asked again."""


class HomeTaken(BusError):
    """Another process owns this home."""


class HomeUnfinished(BusError):
    """This home was to be made of a backup, and what is there is not all of it."""
