"""What is kept, and what was restored of it."""

from __future__ import annotations

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
