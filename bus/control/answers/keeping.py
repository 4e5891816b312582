"""What is kept, and what was restored of it."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict


class RecoveryTold(TypedDict):
    """A recovery under way: since when, of which backup, and which endpoints were released."""

    backup_at: str | None
    position: int
    restored_at: str | None
    by: str
    released: list[str]


class RecoveryShort(RecoveryTold):
    """A recovery under way, and how many copies are in doubt by it."""

    in_doubt: int


class Restored(TypedDict):
    """One endpoint in a recovery. ``was``: the copies in doubt by their states at the backup."""

    endpoint: str
    kind: str
    contract: str
    asks: bool
    in_doubt: int
    was: dict[str, int]
    oldest_at: str | None
    found_delivered: int
    may_arrive_twice: int
    known_by_id: int
    queued: int
    released: bool


class Recovery(TypedDict):
    """Whether there is a recovery, and what of it where."""

    recovery: RecoveryTold | None
    endpoints: list[Restored]


class AskedOf(TypedDict):
    """So many questions to an endpoint."""

    endpoint: str
    count: int


class Asked(TypedDict):
    """Questions that will be put."""

    asked: list[AskedOf]


class Released(TypedDict):
    """What was released, or would be; ``over``: nothing is kept back any more."""

    dry_run: bool
    over: bool
    endpoints: list[Restored]


class BackedUp(TypedDict):
    """A backup that was made."""

    folder: str
    position: int
    bytes: int
    with_secrets: bool
    by: str


class BackupUnderWay(TypedDict):
    """A backup that the bus makes, or the last it made: ``done`` of ``total`` of a step. ``error``: why it was not made."""

    name: str
    by: str
    step: str
    done: int
    total: int
    ended: bool
    error: str


class BackupKept(TypedDict):
    """A backup in the bus's folder. ``missing``: bodies that were not to be had."""

    name: str
    at: str
    release: str
    position: int
    bodies: int
    bytes: int
    missing: int
    with_secrets: bool


class Backups(TypedDict):
    """What there is of backups; ``broken_off``: folders without a manifest, which are none."""

    folder: str
    last: BackupUnderWay | None
    backups: list[BackupKept]
    broken_off: list[str]


class Going(TypedDict):
    """What would go by its age, of one rule and state."""

    rule: str
    state: str
    bodies: int
    bytes: int
    events: int


class Retention(TypedDict):
    """A portion of what retention would take. ``next``: where the following one begins."""

    messages: int
    held: int
    going: list[Going]
    next: int | None


class LegalHoldTold(TypedDict):
    """A legal hold, and how many messages it keeps now."""

    hold: int
    which: dict[str, Any]
    reason: str
    by: str
    at: str | None
    messages: int
    ended_at: str | None
    ended_by: str
    ended_reason: str


class LegalHolds(TypedDict):
    """All legal holds, newest first."""

    holds: list[LegalHoldTold]


class HeldLegally(TypedDict):
    """What a legal hold keeps; where it was only looked at, it has no number."""

    hold: int | None
    copies: int
    messages: int | None


class LiftedLegally(TypedDict):
    """A legal hold that ended, and how many messages it kept."""

    hold: int
    messages: int
