"""The question about silence: who has not been heard for longer than usual, in the time that counts.

Listens to what is accepted, in order and each copy once, and keeps in the journal when each was last heard: after a
restart it goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from bus.alerts.found import Asked, Found
from bus.alerts.words import lasted
from bus.calendar import working_days, working_hours
from bus.clock import micros
from bus.config.alerts import Silence
from bus.journal import Journal
from bus.journal.alert_reads import AlertReads
from bus.journal.alerting import Heard
from bus.journal.watched import Came, Watched
from bus.plan import Plan

_PORTION = 5000
#: Portions a round goes through at the most; the rest is for the next.
_PORTIONS = 20

#: How much of a stretch of time counts (microseconds).
TIMES: Mapping[str, Callable[[int, int], int]] = MappingProxyType(
    {"always": lambda start, end: end - start, "working_days": working_days, "working_hours": working_hours}
)

_WORDS = MappingProxyType(
    {
        "always": ("", ""),
        "working_days": (" của ngày làm việc", " of working days"),
        "working_hours": (" làm việc", " of working hours"),
    }
)


class Listening:
    """Listens for the sources of all rules about silence."""

    def __init__(self, journal: Journal, reads: AlertReads, watched: Watched) -> None:
        self._journal = journal
        self._reads = reads
        self._watched = watched

    def silence(self, asked: Asked) -> list[Found]:
        """The source of the rule, if it has been silent too long. Who was never heard is silent from now on."""
        rule: Silence = asked.rule
        source = source_of(rule, asked.plan)
        heard, thing = self._listen(asked), source.partition(":")[2]
        if heard is None:  # there is more to listen to: nobody can tell yet
            return [Found(thing, asked.known[thing], "", "")] if thing in asked.known else []
        since = heard[source]
        silent = TIMES[rule.during](since, asked.now)
        if silent <= micros(rule.longer_than):
            return []
        (vi, en), (of_vi, of_en) = lasted(silent), _WORDS[rule.during]
        return [Found(thing, since, f"im lặng {vi}{of_vi}", f"silent for {en}{of_en}")]

    def _listen(self, asked: Asked) -> dict[str, int] | None:
        """When each source was last heard; None where this round could not listen to everything until now."""
        rules = [rule for rule in asked.plan.routes.alerts if isinstance(rule, Silence)]
        heard, before = self._reads.heard(), self._reads.listened()
        position = self._watched.last_copy() if before is None else before
        wanted = _sources(rules, asked.plan)
        news: dict[str, int] = {}
        portion: list[Came] = []
        for _ in range(_PORTIONS):
            portion = self._watched.came(position, _PORTION)
            for one in portion:
                position = one.seq
                news |= dict.fromkeys(wanted.intersection(_heard(one, asked.plan)), one.at)
            if len(portion) < _PORTION:
                news |= {source: asked.now for source in wanted if source not in {*heard, *news}}
                break
        if news or position != before:
            self._journal.alert("heard", Heard(position, news)).result()
        return {**heard, **news} if len(portion) < _PORTION else None


def source_of(rule: Silence, plan: Plan) -> str:
    """Whom a rule listens for, as :func:`_heard` names them."""
    ((key, value),) = rule.source.items()
    return _source(key, value, plan)


def _sources(rules: Iterable[Silence], plan: Plan) -> set[str]:
    """Whom these rules listen for, as :func:`_heard` names them."""
    return {source_of(rule, plan) for rule in rules}


def _source(key: str, value: str, plan: Plan) -> str:
    return f"{key}:{plan.directory.canonical(value) if key == 'sender' else value}"


def _heard(one: Came, plan: Plan) -> set[str]:
    """Everybody who is heard by a copy."""
    return {
        _source("sender", one.sender, plan),
        _source("partner", one.partner, plan),
        _source("endpoint", one.door, plan),
        _source("route", one.rule, plan),
    }
