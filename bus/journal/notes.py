"""The verbs that only note something: refusals, secrets in use, an endpoint's condition, versions of the routes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import delete, select

from bus.journal import schema
from bus.journal.tx import Tx


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refusal at a door, or ``count`` like it in one minute. Never a body, never a subject."""

    door: str
    code: str
    partner: str = ""
    address: str = ""
    digest: str = ""
    size: int = 0
    count: int = 1


@dataclass(frozen=True, slots=True)
class Condition:
    """What the bus knows of an endpoint across restarts. Times are journal microseconds."""

    name: str
    paused_by: str = ""
    pause_reason: str = ""
    paused_at: int | None = None
    #: ``closed`` or ``open``; open past ``until`` lets one probe go.
    breaker: str = "closed"
    failures: int = 0
    opened_times: int = 0
    until: int | None = None
    dead_in_a_row: int = 0
    #: The failure that opened the breaker: its class, its words, and when.
    opened_for: str | None = None
    opened_words: str | None = None
    opened_at: int | None = None


@dataclass(frozen=True, slots=True)
class RoutesVersion:
    """A routes.yaml that was put in force."""

    version: str
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Use:
    """A partner's secret, by its name, opened a door."""

    partner: str
    door: str
    secret: str


def used(tx: Tx, uses: Sequence[Use]) -> list[Exception | None]:
    """Keep when each secret was last used."""
    rows = [{**asdict(use), "used_at": tx.now} for use in dict.fromkeys(uses)]
    table = schema.credentials.c
    for use in dict.fromkeys(uses):
        mine = (table.partner == use.partner, table.door == use.door, table.secret == use.secret)
        tx.connection.execute(delete(schema.credentials).where(*mine))
    tx.insert(schema.credentials, rows)
    return [None] * len(uses)


def refused(tx: Tx, refusals: Sequence[Refusal]) -> list[Exception | None]:
    """Record refusals."""
    tx.insert(schema.refusals, [{"at": tx.now, **asdict(refusal)} for refusal in refusals])
    return [None] * len(refusals)


def condition(tx: Tx, conditions: Sequence[Condition]) -> list[Exception | None]:
    """Keep the last word on each endpoint."""
    last = {condition.name: condition for condition in conditions}
    tx.connection.execute(delete(schema.endpoints).where(schema.endpoints.c.name.in_(sorted(last))))
    tx.insert(schema.endpoints, [asdict(last[name]) for name in sorted(last)])
    tx.woken |= set(last)
    return [None] * len(conditions)


def routes_applied(tx: Tx, versions: Sequence[RoutesVersion]) -> list[Exception | None]:
    """Keep a version of the routes, unless it is the one in force."""
    table = schema.routes_versions
    for version in versions:
        newest = tx.connection.execute(select(table.c.version).order_by(table.c.seq.desc()).limit(1)).scalar()
        if newest != version.version:
            tx.insert(table, [{**asdict(version), "applied_at": tx.now}])
    return [None] * len(versions)
