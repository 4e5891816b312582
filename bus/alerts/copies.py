"""Questions about copies and calls: what is dead, what waits too long, what is not fetched, how many calls fail."""

from __future__ import annotations

from bus.alerts.found import Asked, Found
from bus.alerts.words import NOWHERE, lasted
from bus.clock import micros
from bus.config.alerts import Dead, FailureRate, KeptBack, OldestWaiting, Unfetched
from bus.config.models import MAILBOX
from bus.journal.watched import MOST, Stuck, Watched


class OfCopies:
    """Asks the journal."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched

    def dead(self, asked: Asked) -> list[Found]:
        """Endpoints with too many dead copies, and those that went nowhere."""
        rule: Dead = asked.rule
        since = asked.now - micros(rule.within) if rule.within else 0
        names = [rule.endpoint] if rule.endpoint else ["", *asked.endpoints()]
        return _too_many({name or NOWHERE: self._watched.dead(name, since) for name in names}, rule.more_than)

    def kept_back(self, asked: Asked) -> list[Found]:
        """Endpoints with too much that waits for an operator's word."""
        rule: KeptBack = asked.rule
        names = asked.endpoints()
        held = _too_many({name: self._watched.held(name) for name in names}, rule.more_than)
        items = {f"{name} (chưa đọc được · quarantine)": self._watched.quarantined(name) for name in names}
        return [*held, *_too_many(items, rule.more_than)]

    def oldest_waiting(self, asked: Asked) -> list[Found]:
        """Endpoints for which something waits too long."""
        rule: OldestWaiting = asked.rule
        names = asked.endpoints()
        oldest = self._watched.oldest_waiting(names)
        return _too_old({name: oldest[name] for name in names if name in oldest}, asked.now, micros(rule.longer_than))

    def unfetched(self, asked: Asked) -> list[Found]:
        """Partners that leave something in their mailbox too long."""
        rule: Unfetched = asked.rule
        if not any(settings.kind == MAILBOX for settings in asked.plan.routes.endpoints.values()):
            return []
        partners = asked.plan.routes.partners
        oldest: dict[str, int] = {}
        for name in [rule.partner] if rule.partner else sorted(partners):
            times = [at for code in partners[name].agencies if (at := self._watched.unfetched(code)) is not None]
            if times:
                oldest[name] = min(times)
        return _too_old(oldest, asked.now, micros(rule.longer_than))

    def failure_rate(self, asked: Asked) -> list[Found]:
        """Endpoints at which too large a share of calls failed."""
        rule: FailureRate = asked.rule
        names = asked.endpoints()
        found = []
        for name, calls in sorted(self._watched.calls(asked.now - micros(rule.within)).items()):
            if name not in names or calls.made < rule.at_least or calls.failed <= rule.more_than * calls.made:
                continue
            share = f"{calls.failed / calls.made:.0%}"
            vi = f"{share} cuộc gọi lỗi ({calls.failed}/{calls.made})"
            en = f"{share} of calls failed ({calls.failed}/{calls.made})"
            found.append(Found(name, calls.first or asked.now, vi, en))
        return found


def _too_many(stuck: dict[str, Stuck], most: int) -> list[Found]:
    found = []
    for name, one in stuck.items():
        if one.count > most and one.oldest is not None:
            many = f"{one.count}+" if one.count >= MOST else str(one.count)
            found.append(Found(name, one.oldest, f"{many} bản", f"{many} copies"))
    return found


def _too_old(oldest: dict[str, int], now: int, most: int) -> list[Found]:
    found = []
    for name, at in oldest.items():
        if now - at > most:
            vi, en = lasted(now - at)
            found.append(Found(name, at, f"bản cũ nhất đã chờ {vi}", f"the oldest has waited {en}"))
    return found
