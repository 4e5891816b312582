"""Questions about what people were told, and are still to be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Select, func, select

from bus.journal import schema
from bus.journal.alerting import HEARD, Letter, Row
from bus.journal.store import Store

_A, _L, _S, _H = schema.alerts.c, schema.alert_letters.c, schema.alert_snoozes.c, schema.alert_heard.c
_LETTER = tuple(_L[field.name] for field in fields(Letter))

_SHOWN = ("made_at", "channel", "rule", "kind", "subject", "attempts", "outcome", "words")


class AlertReads:
    """Each question has a connection of its own that is given back at once. All raise JournalDown."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def rows(self) -> list[Row]:
        """Everything that goes on."""
        columns = (_A.rule, _A.thing, _A.since, _A.told_at, _A.gone_at)
        return [Row(*row) for row in self._all(select(*columns).order_by(_A.rule, _A.since, _A.thing))]

    def snoozes(self, now: int) -> dict[str, int]:
        """Rules nobody wants to hear of, and until when."""
        return dict(map(tuple, self._all(select(_S.rule, _S.until).where(_S.until > now))))

    def due(self, channel: str, now: int, limit: int) -> list[Letter]:
        """Letters that a channel is to carry now, oldest first."""
        query = select(*_LETTER).where(_L.until.is_not(None), _L.channel == channel, _L.until <= now)
        return [Letter(*row) for row in self._all(query.order_by(_L.until, _L.seq).limit(limit))]

    def waiting(self) -> list[tuple[str, int, int]]:
        """Per channel: how many letters wait, and since when the oldest of them does."""
        query = select(_L.channel, func.count(), func.min(_L.made_at)).where(_L.until.is_not(None))
        rows = self._all(query.group_by(_L.channel).order_by(_L.channel))
        return [(channel, count, oldest) for channel, count, oldest in rows]

    def waiting_for(self, rule: str) -> set[str]:
        """Channels that have not carried what was said of a rule."""
        return {row[0] for row in self._all(select(_L.channel).where(_L.until.is_not(None), _L.rule == rule))}

    def letters(self, limit: int) -> list[dict[str, Any]]:
        """The newest letters, without their texts."""
        query = select(*(_L[name] for name in _SHOWN)).order_by(_L.seq.desc()).limit(limit)
        return [dict(zip(_SHOWN, row, strict=True)) for row in self._all(query)]

    def heard(self) -> dict[str, int]:
        """Who was heard last when."""
        return dict(map(tuple, self._all(select(_H.source, _H.at))))

    def listened(self) -> int | None:
        """Up to which copy was listened; None: never."""
        table = schema.cursors.c
        rows = self._all(select(table.position).where(table.name == HEARD))
        return int(rows[0][0]) if rows else None

    def stated(self, name: str, day: str) -> set[str]:
        """Agencies whose statement of a day was made."""
        table = schema.statements.c
        return {row[0] for row in self._all(select(table.agency).where(table.name == name, table.day == day))}

    def _all(self, query: Select[Any]) -> Sequence[Any]:
        with self._store.reading() as connection:
            return connection.execute(query).all()
