"""What is to be told to people, by rule: ``alerts:`` in ``routes.yaml``, one model for each thing that may be watched."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from bus.config.values import Code, Name, Positive, Section, Share, as_list
from bus.endpoint_settings import Duration, Size

Names = Annotated[tuple[str, ...], BeforeValidator(as_list), Field(min_length=1)]
Count = Annotated[int, Field(ge=0)]
NotNegative = Annotated[Duration, Field(ge=timedelta(0))]


class Alert(Section):
    """What every line of ``alerts:`` has."""

    name: Name
    on: str
    #: Names of channels.
    to: Names
    #: How long nothing is said again while it goes on.
    repeat: Positive = timedelta(hours=4)


class OfEndpoints(Alert):
    """About endpoints: one of them, or each."""

    endpoint: str | None = None


class Dead(OfEndpoints):
    """Copies that no further attempt is made for."""

    on: Literal["dead"]
    more_than: Count = 0
    #: Only those that died no longer ago.
    within: Positive | None = None


class KeptBack(OfEndpoints):
    """What waits for an operator's word: copies the bus itself holds, and items of sources it could not take."""

    on: Literal["kept_back"]
    more_than: Count = 0


class OldestWaiting(OfEndpoints):
    """The oldest copy that is to be sent and has not arrived."""

    on: Literal["oldest_waiting"]
    longer_than: Positive = timedelta(hours=1)


class Unfetched(Alert):
    """The oldest copy in a mailbox that nobody fetched."""

    on: Literal["unfetched"]
    longer_than: Positive = timedelta(days=1)
    partner: str | None = None


class FailureRate(OfEndpoints):
    """The share of calls that failed."""

    on: Literal["failure_rate"]
    more_than: Share = 0.2
    within: Positive = timedelta(minutes=15)
    #: Fewer calls say nothing.
    at_least: Annotated[int, Field(ge=1)] = 20


class Silence(Alert):
    """Nothing comes from somebody who is usually heard."""

    on: Literal["silence"]
    longer_than: Positive = timedelta(hours=4)
    #: The time that counts.
    during: Literal["always", "working_days", "working_hours"] = "working_hours"
    sender: Code | None = None
    partner: str | None = None
    #: It comes in by this endpoint.
    endpoint: str | None = None
    #: It is taken by this rule.
    route: str | None = None

    @model_validator(mode="after")
    def _of_one(self) -> Self:
        if len(self.source) != 1:
            raise ValueError("expected one of 'sender', 'partner', 'endpoint' and 'route'")
        return self

    @property
    def source(self) -> Mapping[str, str]:
        """Whose silence it is: the key, and what stands there."""
        given = {"sender": self.sender, "partner": self.partner, "endpoint": self.endpoint, "route": self.route}
        return {key: value for key, value in given.items() if value is not None}


class BreakerOpen(OfEndpoints):
    """An endpoint is not called: its breaker is open, or the bus has paused it."""

    on: Literal["breaker"]
    longer_than: NotNegative = timedelta(minutes=5)


class Overdue(Alert):
    """What must arrive by when has not."""

    on: Literal["overdue"]
    more_than: Count = 0
    #: The name of one of ``expectations``; of all, without it.
    expectation: str | None = None


class Certificate(OfEndpoints):
    """A certificate in use ends: of the doors, of an endpoint, of the bus there, of a partner at a door."""

    on: Literal["certificate"]
    #: How long before the end it is told; each of them once.
    within: Annotated[tuple[Positive, ...], BeforeValidator(as_list), Field(min_length=1, max_length=8)] = (
        timedelta(days=30),
        timedelta(days=14),
        timedelta(days=3),
    )


class Disk(Alert):
    """A disk of the bus has little room left."""

    on: Literal["disk"]
    less_than: Annotated[Size, Field(gt=0)] = 5 << 30


class Account(Alert):
    """Receipts, copies and events do not tell one story."""

    on: Literal["account"]


class ClockJump(Alert):
    """Somebody set the clock."""

    on: Literal["clock"]
    more_than: Positive = timedelta(seconds=30)


class Bus(Alert):
    """The bus itself is not in order: its journal, its broker, its disks."""

    on: Literal["bus"]


#: By what stands at ``on``.
ALERTS: Mapping[str, type[Alert]] = MappingProxyType(
    {
        "account": Account,
        "breaker": BreakerOpen,
        "bus": Bus,
        "certificate": Certificate,
        "clock": ClockJump,
        "dead": Dead,
        "disk": Disk,
        "failure_rate": FailureRate,
        "kept_back": KeptBack,
        "oldest_waiting": OldestWaiting,
        "overdue": Overdue,
        "silence": Silence,
        "unfetched": Unfetched,
    }
)
