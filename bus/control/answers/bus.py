"""The bus itself: how it is, its account, and what is kept back."""

from __future__ import annotations

from typing_extensions import TypedDict

from bus.control.answers.copies import ConditionTold
from bus.control.answers.holds import HoldTold
from bus.control.answers.keeping import RecoveryShort


class Credential(TypedDict):
    """When a secret of a partner last opened a door."""

    partner: str
    door: str
    secret: str
    used_at: str | None


class CertificateTold(TypedDict):
    """A certificate in use, and when it ends; None where that is not known now."""

    certificate: str
    ends_at: str | None
    days_left: int | None


class EndpointTold(ConditionTold):
    """One endpoint: whether it is called, what waits there, and its copies by state."""

    endpoint: str
    kind: str
    in_routes: bool
    waiting: int
    oldest_at: str | None
    states: dict[str, int]
    certificates: list[CertificateTold]


class Status(TypedDict):
    """Everything at a glance."""

    ready: bool
    problems: list[str]
    routes_version: str | None
    recovery: RecoveryShort | None
    states: dict[str, int]
    accepted: int
    holds: list[HoldTold]
    credentials: list[Credential]
    certificates: list[CertificateTold]
    endpoints: list[EndpointTold]


class Endpoints(TypedDict):
    """Every endpoint."""

    endpoints: list[EndpointTold]


class DifferenceTold(TypedDict):
    """Something that does not fit."""

    code: str
    message: str
    copy: str
    text: str


class Verified(TypedDict):
    """A portion of the account. ``next``: where the following one begins."""

    messages: int
    states: dict[str, int]
    differences: list[DifferenceTold]
    next: int | None


class VerifiedBodies(TypedDict):
    """A portion of the bodies. ``next``: where the following one begins."""

    bodies: int
    bytes: int
    differences: list[DifferenceTold]
    next: str | None


class VerifiedThere(TypedDict):
    """What a partner said of a portion of what it got. ``unsure``: of so many it could not say."""

    copies: int
    unsure: int
    differences: list[DifferenceTold]
    next: str | None


class DayTold(TypedDict):
    """Primary copies of one day (UTC), rule and state; ``summed``: of these, by retention."""

    day: str
    rule: str
    state: str
    copies: int
    summed: int


class Days(TypedDict):
    """The account by day."""

    days: list[DayTold]
    differences: list[DayTold]


class KeptBack(TypedDict):
    """An item of a source that could not become a message. ``kept``: its bytes are here."""

    endpoint: str
    type: str
    remote_id: str
    at: str | None
    code: str
    detail: str
    sender: str
    digest: str
    word: str
    kept: bool


class Quarantine(TypedDict):
    """What is kept back, newest first."""

    items: list[KeptBack]
