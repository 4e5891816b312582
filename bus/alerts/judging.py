"""What is to be told of a rule now: from what was known and what is found. Pure.

New things are told at once, in one letter a round; what goes on is told again after the rule's ``repeat``; what ended is told
when it has stayed away for a while. Between two letters of a rule there is always a pause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from bus.alerts.found import Found
from bus.clock import MICROS
from bus.journal.alerting import Row

#: Microseconds for which something must stay away to be over, and between two letters of one rule.
CALM, PAUSE = 10 * 60 * MICROS, 5 * 60 * MICROS
#: Things of one rule that are kept.
_MOST = 500


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a rule from now on, and, where it is to be told, what is new, goes on and is over."""

    rows: tuple[Row, ...]
    new: tuple[Found, ...] = ()
    still: tuple[Found, ...] = ()
    over: tuple[Row, ...] = ()

    @property
    def tells(self) -> bool:
        """Whether there is something to say."""
        return bool(self.new or self.still or self.over)

    @property
    def repeats(self) -> bool:
        """Whether all that is to be said was said before."""
        return not (self.new or self.over)


def judge(rule: str, known: Sequence[Row], found: Sequence[Found], now: int, repeat: int, *, snoozed: bool) -> Verdict:
    """``repeat`` in microseconds; of a rule that is ``snoozed`` everything is kept and nothing told."""
    before = {row.thing: row for row in known}
    seen = {one.thing: one for one in islice(found, _MOST)}
    rows = [_seen(before.get(one.thing), rule, one) for one in seen.values()]
    gone = [_gone(row, now) for row in known if row.thing not in seen and row.told_at is not None]
    told = [row.told_at for row in known if row.told_at is not None]
    over = tuple(row for row in gone if row.gone_at is not None and abs(now - row.gone_at) >= CALM)
    new = tuple(seen[row.thing] for row in rows if row.told_at is None)
    due = any(_older(row.told_at, now, repeat) for row in rows)
    quiet = snoozed or any(not _older(at, now, PAUSE) for at in told)
    if quiet or not (new or over or due):
        return Verdict((*rows, *gone))
    still = tuple(seen[row.thing] for row in rows if row.told_at is not None)
    kept = (*(replace(row, told_at=now) for row in rows), *(row for row in gone if row not in over))
    return Verdict(kept, new, still, over)


def _seen(row: Row | None, rule: str, found: Found) -> Row:
    return replace(row, gone_at=None) if row else Row(rule, found.thing, found.since)


def _gone(row: Row, now: int) -> Row:
    return row if row.gone_at is not None else replace(row, gone_at=now)


def _older(at: int | None, now: int, age: int) -> bool:
    """Whether an instant is that long ago. One that lies ahead was written before the clock was set back."""
    return at is not None and not 0 <= now - at < age
