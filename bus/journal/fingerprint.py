"""What failures are grouped by: endpoint, class, the partner's own code, and the place where it failed.

A fingerprint is a text that people can read and type, such as ``so-y-te/server_fault/503/answer``: each part comes from a fact
of the protocol, none from words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from bus.errors import FailureClass
from bus.journal.states import Reason

#: Letters of a partner's code that count; stands for a part that there is not.
_LONGEST, _NONE = 40, "-"
_ODD = re.compile(r"[^A-Za-z0-9._:-]")


class Place(StrEnum):
    """The step at which a copy failed."""

    INTAKE = "intake"
    CONNECT = "connect"
    TLS = "tls"
    SEND = "send"
    ANSWER = "answer"
    ASK = "ask"
    MAILBOX = "mailbox"
    BUS = "bus"


_AT_INTAKE = (
    Reason.NO_ROUTE,
    Reason.CLOSED,
    Reason.UNKNOWN,
    Reason.TOO_LARGE,
    Reason.NOT_YOURS,
    Reason.CONFLICT,
    Reason.LOOP,
)
_PLACES: Mapping[str, Place] = MappingProxyType(
    {
        **dict.fromkeys(FailureClass, Place.ANSWER),
        FailureClass.CONNECT: Place.CONNECT,
        FailureClass.TLS: Place.TLS,
        FailureClass.TIMEOUT_BEFORE_SEND: Place.SEND,
        **dict.fromkeys(_AT_INTAKE, Place.INTAKE),
        Reason.RECIPIENT_FAILED: Place.MAILBOX,
        Reason.PARTNER_UNSURE: Place.ASK,
    }
)


class Fingerprint(NamedTuple):
    """What the failures of one group have in common. Empty: there is none."""

    endpoint: str
    class_: str
    code: str
    place: str

    @property
    def name(self) -> str:
        """What the group is called."""
        return "/".join(part or _NONE for part in self)


def place_of(class_: str) -> Place:
    """Where something of this class fails."""
    return _PLACES.get(class_, Place.BUS)


def clean_code(code: str) -> str:
    """A partner's code as part of a name: short, and of letters that need no quotes."""
    return _ODD.sub("_", code)[:_LONGEST]


def fingerprint(endpoint: str, class_: str, code: str = "", place: Place | None = None) -> Fingerprint:
    """Of a failure. The class says where it happened, where nothing better is known."""
    return Fingerprint(endpoint, class_, clean_code(code), place or place_of(class_))


def parsed(name: str) -> Fingerprint | None:
    """The fingerprint of this name; None where it is no such name."""
    parts = name.split("/")
    return Fingerprint(*("" if part == _NONE else part for part in parts)) if len(parts) == 4 and all(parts) else None
