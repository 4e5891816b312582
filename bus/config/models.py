"""What may stand in ``routes.yaml`` (semantics 2), section by section. Frozen; unknown keys are refused."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, SerializeAsAny, StrictBool, StringConstraints, model_validator

from bus.config.conditions import When
from bus.config.values import Code, Name, Positive, Section, Share, StatusCode
from bus.endpoint_settings import DoorSettings, EndpointSettings
from bus.secret import SecretNames

MAILBOX = "mailbox"


class MailboxSettings(EndpointSettings):
    """The mailbox as a destination: copies wait there for partners who fetch."""

    kind: Literal["mailbox"]


class AgencyEntry(Section):
    """One entry of ``agencies:``, for names, former codes and closing."""

    name: str = ""
    old_code: Code | None = None
    parent: Code | None = None
    mail: str = ""
    #: From this day on (Vietnam time) nothing is sent to the code.
    closed: date | None = None
    successor: Code | None = None

    @model_validator(mode="after")
    def _successor_of_a_closed_code(self) -> Self:
        if self.successor and not self.closed:
            raise ValueError("expected 'closed: YYYY-MM-DD' beside 'successor'")
        return self


class Partner(Section):
    """A system that calls the bus, and the agencies it acts for."""

    name: str = ""
    agencies: Annotated[tuple[Code, ...], Field(min_length=1)]
    #: Other spellings under which an agency of this partner is written.
    aliases: Mapping[Code, tuple[Code, ...]] = {}
    doors: Mapping[str, SerializeAsAny[DoorSettings]] = {}
    #: How status codes of its agencies are read where they mean another one by them; nothing that is sent changes.
    statuses: Mapping[StatusCode, str] = {}
    #: Tell the sender by a status 01 in the agency's name when a document was delivered to it.
    tell_arrival: Literal["status_01"] | None = None


class Operator(Section):
    """Somebody who asks and orders from afar, by a token of his own."""

    name: str = ""
    token: Annotated[SecretNames, Field(min_length=1)]
    #: ``look``: questions only; ``operate``: orders too.
    may: Literal["look", "operate"] = "look"
    #: The agency whose office it works in: of reports it sees and chases those that this one follows, and no others.
    office: Code | None = None


class Rule(Section):
    """One line of ``routes:``."""

    name: Name
    when: When
    to: str
    #: Tell the sender of a failed delivery by a status 02 from the bus's own code.
    tell_sender: Literal["status_02"] | None = None
    #: Send again after an unknown outcome, though the partner may then have it twice.
    duplicates: Literal["allowed"] | None = None
    #: ``return: true``: may go back to where it came from.
    may_return: StrictBool = Field(default=False, alias="return")


class Tap(Section):
    """One line of ``taps:``: a copy to the side, outside the account."""

    name: Name
    when: When
    to: str


class RetryPolicy(Section):
    """How long to wait between attempts, and when to stop: by time, never by count."""

    first: Positive = timedelta(seconds=30)
    factor: Annotated[float, Field(ge=1, le=10)] = 2.0
    cap: Positive = timedelta(minutes=15)
    #: The largest share of a wait that is left out at random.
    jitter: Share = 0.2
    horizon: Positive = timedelta(days=7)
    #: The horizon where it would fall into Tết, in whole or in part.
    horizon_over_tet: Positive = timedelta(days=14)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.first <= self.cap <= self.horizon:
            raise ValueError("expected first <= cap <= horizon")
        if "horizon_over_tet" in self.model_fields_set and self.horizon_over_tet < self.horizon:
            raise ValueError("expected horizon <= horizon_over_tet")
        return self


class Keep(Section):
    """How long something is kept, counted from acceptance; what is not said is as one level up."""

    bodies: Positive | None = None
    #: Events, attempts, subjects and summaries.
    events: Positive | None = None


class Retention(Keep):
    """How long settled copies of one rule, or of all, are kept, and in which state otherwise. Dead ones never go by age."""

    delivered: Keep | None = None
    cancelled: Keep | None = None
    expired: Keep | None = None


class SecrecyMarker(Section):
    """A header element that marks a secret: by being there, by its value, or by a word in it."""

    element: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    value: str | None = None
    contains: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.value is not None and self.contains is not None:
            raise ValueError("expected 'value' or 'contains', not both")
        return self

    def marks(self, element: str, text: str) -> bool:
        """Whether this header element says secret. Case and Unicode form do not count."""
        if element != self.element:
            return False
        if self.contains is not None:
            return _fold(self.contains) in _fold(text)
        return self.value is None or _fold(self.value) == _fold(text)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().casefold()
