"""One look at a partner's list of agencies: compared with what is cached, and only what differs is written.

An answer that holds nothing, or has lost most of what was known, changes nothing: a partner in trouble must not close
the country. Each list is looked at by one process at a time: two would write the same rows.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from bus import log
from bus.clock import MICROS, Clock
from bus.endpoint import DirectorySource, ListedAgency
from bus.errors import BusError
from bus.journal import Journal
from bus.journal.agencies import Head, Portion
from bus.journal.turns import Turn
from bus.listed import Difference, Listed, digest, portions, read, row
from bus.turn import HeldTurn

_log = log.get()
#: Microseconds a look may take: four calls, and to write a national list.
_TERM = 30 * 60 * MICROS


class ListLost(BusError):
    """A partner's list is empty, or lost more than half of its agencies or of its pairs of codes."""


class ListBusy(BusError):
    """Another process is looking at the list."""


@dataclass(frozen=True, slots=True)
class AgencyList:
    """The list of one endpoint. ``every``: microseconds between looks; None: only when an operator says so."""

    endpoint: str
    source: DirectorySource
    every: int | None


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a look found. Without ``looked`` the version was known, and nothing was compared."""

    endpoint: str
    version: str
    agencies: int
    looked: bool = True
    added: int = 0
    changed: int = 0
    #: Of the changed: closed now, and open before.
    closed: int = 0
    gone: int = 0
    #: Rows that were no agency.
    skipped: int = 0


class Refresh:
    """Looks at lists, one at a time, in the turns of ``holder``."""

    def __init__(self, journal: Journal, clock: Clock, holder: str) -> None:
        self._journal = journal
        self._clock = clock
        self._holder = holder
        self._one = threading.Lock()

    def look(self, asked: AgencyList, *, anew: bool = False, smaller: bool = False) -> Refreshed:
        """Bring the cache up to date. ``anew``: whatever the version; ``smaller``: also where most of it is gone.

        Raises ListLost, ListBusy, and what the partner's answer raises: Unreachable, Refused.
        """
        turn = HeldTurn(self._journal, Turn(f"directory:{asked.endpoint}", self._holder, _TERM), self._clock)
        with self._one:
            if not turn.take():
                raise ListBusy(f"another process is looking at the list of {asked.endpoint}")
            try:
                return self._look(asked, anew=anew, smaller=smaller)
            finally:
                turn.end()

    def last(self, endpoint: str) -> int | None:
        """When a list was last looked at; None where there is none, or not the whole of one."""
        head = self._journal.agencies.heads().get(endpoint)
        return head.refreshed_at if head and head.digest else None

    def _look(self, asked: AgencyList, *, anew: bool, smaller: bool) -> Refreshed:
        version = asked.source.version()
        before = self._journal.agencies.heads().get(asked.endpoint)
        if before and before.version == version != "" and not anew:
            self._keep(before, before)
            return Refreshed(asked.endpoint, version, before.count, looked=False)
        return self._compare(asked, version, before, smaller=smaller)

    def _compare(self, asked: AgencyList, version: str, before: Head | None, *, smaller: bool) -> Refreshed:
        listed, skipped = read(asked.source.agencies())
        listed |= self._remembered(asked.endpoint, listed)
        if not listed:
            raise ListLost(f"the list of {asked.endpoint} is empty")
        if before and not smaller:
            self._check(listed, before)
        now = self._clock.now()
        head = Head(asked.endpoint, version, digest(listed), len(listed), now, now)
        told = Refreshed(asked.endpoint, version, len(listed), skipped=skipped)
        if before and before.digest == head.digest:
            self._keep(head, before)
            return told
        found = self._difference(asked.endpoint, listed)
        added = len(found.new) - found.changed
        self._write(asked.endpoint, found)
        self._journal.head_agencies(head).result()
        _log.info("directory.changed", endpoint=asked.endpoint, agencies=len(listed), added=added, gone=found.gone)
        return replace(told, added=added, changed=found.changed, closed=found.closed, gone=found.gone)

    def _remembered(self, endpoint: str, listed: Listed) -> dict[str, ListedAgency]:
        """Closed agencies with the former spelling the list no longer tells: who writes it is to be told that it is closed."""
        bare = [code for code, agency in listed.items() if agency.closed and not agency.old_code]
        before = (one for codes in portions(bare) for one in self._journal.agencies.under([endpoint], codes))
        return {one.code: replace(listed[one.code], old_code=one.old_code) for one in before if one.old_code}

    def _keep(self, head: Head, before: Head) -> None:
        """The rows are the same: only the version may be new, and the time."""
        self._journal.head_agencies(
            replace(head, refreshed_at=self._clock.now(), changed_at=before.changed_at)
        ).result()

    def _check(self, listed: Listed, before: Head) -> None:
        pairs = sum(bool(agency.old_code) for agency in listed.values())
        known = (
            ("agencies", len(listed), before.count),
            ("pairs of codes", pairs, self._journal.agencies.paired(before.endpoint)),
        )
        for what, now, then in known:
            if now * 2 < then:
                raise ListLost(f"the list of {before.endpoint} has {now} {what} where it had {then}")

    def _difference(self, endpoint: str, listed: Listed) -> Difference:
        found = Difference(dict(listed))
        for page in self._journal.agencies.pages([endpoint]):
            for cached in page:
                found.meet(cached)
        return found

    def _write(self, endpoint: str, found: Difference) -> None:
        """Portion by portion, the next one only when the one before is on disk: others write in between."""
        self._journal.begin_agencies(endpoint).result()
        for agencies in portions(found.new.values()):
            rows = tuple(row(endpoint, agency) for agency in agencies)
            self._journal.put_agencies(Portion(endpoint, found.take(agencies), rows)).result()
        for codes in portions(sorted(found.stale)):
            self._journal.put_agencies(Portion(endpoint, tuple(codes))).result()
