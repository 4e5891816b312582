"""Letters on their way: kept in the journal until they are carried, tried again for days, a thread a channel.

A channel that is dead or hangs delays its own letters and nobody else. What could not be written, because the journal is
down, is carried from memory: it is lost only if the bus ends before the channel took it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Protocol

from bus import log
from bus.clock import MICROS, Clock
from bus.errors import BusError, Busy, JournalDown
from bus.journal import Journal
from bus.journal.alert_reads import AlertReads
from bus.journal.alerting import Carried, Letter

_log = log.get()
#: Microseconds before a letter is tried again at first and at the most, and after which nobody tries any more.
FIRST, CAP, HORIZON = 30 * MICROS, 30 * 60 * MICROS, 3 * 86_400 * MICROS
#: Letters of a channel that are taken in hand at a time, and seconds between looks where nobody rang.
_AT_ONCE, _TICK = 20, 5.0
_WORDS = 200


class Undelivered(BusError):
    """A letter could not be carried; the text says why and holds no secret."""


class Carrier(Protocol):
    """One way to people."""

    def carry(self, letter: Letter) -> None:
        """Hand a letter over. May be called again for a letter that was taken. Raises Undelivered."""
        ...


class Outbox:
    """The letters that wait: those of the journal, and those it could not take."""

    def __init__(self, journal: Journal, reads: AlertReads) -> None:
        self._journal = journal
        self._reads = reads
        self._lock = threading.Lock()
        #: Letters that are in no journal, and when each is due.
        self._unwritten: dict[str, tuple[Letter, int]] = {}
        #: What came of letters and is not written yet.
        self._unnoted: dict[str, Carried] = {}

    def keep(self, letters: Iterable[Letter], now: int) -> None:
        """Keep what the journal could not take."""
        with self._lock:
            self._unwritten |= {letter.key: (letter, now) for letter in letters}

    def due(self, channel: str, now: int, *, stored: bool) -> list[Letter]:
        """What a channel is to carry now; of the journal's only where they are ``stored`` for this process."""
        self._note()
        with self._lock:
            mine = [one for one, until in self._unwritten.values() if one.channel == channel and until <= now]
        if not stored:
            return mine
        try:
            theirs = self._reads.due(channel, now, _AT_ONCE)
        except JournalDown:
            return mine
        return [*mine, *(letter for letter in theirs if letter.key not in {*self._unwritten, *self._unnoted})]

    def settle(self, letter: Letter, told: Carried) -> None:
        """Keep what came of a letter."""
        with self._lock:
            if letter.key in self._unwritten and told.until is not None:
                self._unwritten[letter.key] = (letter, told.until)
                return
            # Also of one that the journal did not take: a database that went away may have taken it all the same.
            self._unwritten.pop(letter.key, None)
            self._unnoted[told.key] = told
        self._note()

    def _note(self) -> None:
        with self._lock:
            unnoted = list(self._unnoted.values())
        for told in unnoted:
            try:
                _done(self._journal.alert("carried", told))
            except Busy:  # the journal is down or closed: it was carried all the same, and is noted later
                return
            with self._lock:
                self._unnoted.pop(told.key, None)


def _done(future: Future[None]) -> None:
    future.result()


class Postman:
    """Carries the letters of one channel, on a thread of its own. ``ours``: whether this process carries the journal's."""

    def __init__(self, channel: str, carrier: Carrier, outbox: Outbox, clock: Clock, ours: Callable[[], bool]) -> None:
        self._channel = channel
        self._carrier = carrier
        self._outbox = outbox
        self._clock = clock
        self._ours = ours
        self._bell = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"post-{channel}", daemon=True)

    def start(self) -> None:
        """Begin to carry."""
        self._thread.start()

    def wake(self) -> None:
        """There may be a letter."""
        self._bell.set()

    def stop(self, within: float) -> None:
        """Carry no more; a letter under way is waited for that many seconds. Idempotent."""
        self._stopped.set()
        self._bell.set()
        if self._thread.is_alive():
            self._thread.join(within)

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._bell.wait(_TICK)
            self._bell.clear()
            try:
                self.round()
            except BusError as error:
                _log.warning("post.delayed", channel=self._channel, error=str(error))
            except Exception:
                _log.exception("post.failed", channel=self._channel)

    def round(self) -> None:
        """Carry what is due."""
        for letter in self._outbox.due(self._channel, self._clock.now(), stored=self._ours()):
            if self._stopped.is_set():
                return
            self._outbox.settle(letter, self._carried(letter))

    def _carried(self, letter: Letter) -> Carried:
        try:
            self._carrier.carry(letter)
        except Undelivered as error:
            return self._failed(letter, str(error)[:_WORDS])
        except Exception as error:
            _log.exception("letter.failed", channel=self._channel)
            return self._failed(letter, type(error).__name__)
        return Carried(letter.key, "sent")

    def _failed(self, letter: Letter, words: str) -> Carried:
        now = self._clock.now()
        if now - letter.made_at > HORIZON:
            _log.error("letter.given_up", channel=self._channel, rule=letter.rule, error=words)
            return Carried(letter.key, "given_up", words)
        _log.warning("letter.delayed", channel=self._channel, rule=letter.rule, error=words)
        return Carried(letter.key, "", words, now + min(FIRST << min(letter.attempts, 10), CAP))
