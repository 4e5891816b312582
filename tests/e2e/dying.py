"""The bus with one place in it where it kills itself: ``python -m tests.e2e.dying POINT[:COUNT] -- run ...``.

A point wraps one function of the product; the product itself knows nothing of it. With a count the process
dies when that many calls have come to the point, and the earlier ones stay there until then.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import bus.backup.files
import bus.backup.restore
import bus.cli
import bus.cli.app
import bus.journal.dump.giving
import bus.journal.dump.postgres
import bus.openhome
from bus.channel.publisher import Publisher
from bus.claimcheck import Spool
from bus.daemon import Daemon
from bus.journal.committer import Committer
from bus.transport.side_by_side import SideBySide
from bus.uploads.records import Records
from bus.uploads.tail import Tail
from bus.workers import Workers
from tests.e2e import standing


class Death:
    """Comes for the process when ``count`` calls have arrived."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._arrived = 0
        self._lock = threading.Lock()

    def meet(self) -> None:
        """Arrive, and stay until the end."""
        self.pass_by()
        threading.Event().wait()

    def pass_by(self) -> None:
        """Arrive on a thread that others need."""
        with self._lock:
            self._arrived += 1
            if self._arrived == self.count:
                os.kill(os.getpid(), signal.SIGKILL)


def _wrap(owner: Any, name: str, around: Callable[..., Any]) -> None:
    original = getattr(owner, name)
    setattr(owner, name, lambda *given, **named: around(original, *given, **named))


def before(owner: Any, name: str, which: Callable[..., bool] = lambda *_: True) -> Callable[[Death], None]:
    """Die when a function is called."""

    def around(death: Death, original: Callable[..., Any], *given: Any) -> Any:
        if which(*given):
            death.meet()
        return original(*given)

    return lambda death: _wrap(owner, name, lambda *given: around(death, *given))


def after(owner: Any, name: str, which: Callable[..., bool] = lambda *_: True) -> Callable[[Death], None]:
    """Die when a function has done its work."""

    def around(death: Death, original: Callable[..., Any], *given: Any) -> Any:
        result = original(*given)
        if which(*given):
            death.meet()
        return result

    return lambda death: _wrap(owner, name, lambda *given: around(death, *given))


def instead(owner: Any, name: str, which: Callable[..., bool]) -> Callable[[Death], None]:
    """Die when a function is called that one thread calls for all; what the calls before asked for is never done."""

    def around(death: Death, original: Callable[..., Any], *given: Any) -> Any:
        return death.pass_by() if which(*given) else original(*given)

    return lambda death: _wrap(owner, name, lambda *given: around(death, *given))


def commit_of(verb: str, *, committed: bool) -> Callable[[Death], None]:
    """Die with a batch that holds ``count`` requests of a verb written: just before or just after its commit."""

    def kill(death: Death) -> None:
        _collect(verb, death.count)
        death.count = 1

        def write(original: Callable[..., Any], self: Committer, connection: Any, batch: Any, how: Any) -> Any:
            def written(tx: Any, works: Any) -> Any:
                results = how(tx, works)
                tx.write_events()
                if meant and not committed:
                    death.meet()
                return results

            meant = any(work.verb.__name__ == verb for work in batch)
            result = original(self, connection, batch, written)
            if meant:
                death.meet()
            return result

        _wrap(Committer, "_write", write)

    return kill


def _collect(verb: str, count: int) -> None:
    """Have so many requests of a verb share one batch; others go ahead meanwhile."""
    kept: list[Any] = []

    def gather(original: Callable[..., Any], self: Committer) -> Any:
        while (batch := original(self)) is not None:
            kept.extend(work for work in batch if work.verb.__name__ == verb)
            others = [work for work in batch if work.verb.__name__ != verb]
            if len(kept) >= count:
                return others + kept
            if others:
                return others
        return None

    _wrap(Committer, "_gather", gather)


def _in_force_before(daemon: Daemon, *_: object) -> bool:
    return daemon._state == "ready"


POINTS: Mapping[str, Callable[[Death], None]] = {
    "spooling": after(Spool, "write", lambda spool, _data: spool._file is not None),
    "renamed": after(Spool, "finish", lambda spool: spool._file is not None),
    "accept_written": commit_of("accept", committed=False),
    "accept_committed": commit_of("accept", committed=True),
    "ticket_published": after(Publisher, "publish"),
    "leased": instead(SideBySide, "begin", lambda _self, request, _then: request.method == "POST"),
    "answered": instead(Workers, "_end", lambda _self, job, _told: not job.lease.asking),
    "settle_written": commit_of("settle", committed=False),
    "settle_committed": commit_of("settle", committed=True),
    "asking": instead(SideBySide, "begin", lambda _self, request, _then: request.method == "GET"),
    "asked": instead(Workers, "_end", lambda _self, job, _told: job.lease.asking),
    "fetch_written": commit_of("fetch", committed=False),
    "fetch_committed": commit_of("fetch", committed=True),
    "ack_written": commit_of("ack", committed=False),
    "ack_committed": commit_of("ack", committed=True),
    "release_written": commit_of("release", committed=False),
    "release_committed": commit_of("release", committed=True),
    "piece_written": after(Tail, "write", lambda tail: tail.offset > 0),
    "piece_recorded": after(Records, "write", lambda _self, upload: upload.offset > 0),
    "upload_closing": before(Records, "close"),
    "upload_closed": after(Records, "close"),
    "routes_noted": before(Daemon, "_serve", _in_force_before),
    "draining": before(Workers, "stop"),
    "closing": before(Committer, "close"),
    "restore_begun": before(bus.backup.restore, "_files"),
    "restore_copied": after(bus.backup.files, "copy", lambda source, _target: "bodies" in source.parts),
    "restore_loaded": before(bus.journal.dump.giving, "_mark"),
    "restore_filled": after(bus.journal.dump.postgres, "load"),
    "restore_given": after(bus.backup.restore, "give"),
    "restore_whole": before(bus.backup.restore, "_doubted"),
}


def main(arguments: list[str]) -> None:
    """Be the command, with the point in it (none where it is not named)."""
    faulthandler.enable()  # a life that hangs is aborted, and tells where it was
    point, _, *command = arguments
    name, _, count = point.partition(":")
    if name:
        POINTS[name](Death(int(count or 1)))
    if clock := os.environ.get(standing.VARIABLE):
        bus.openhome.SystemClock = lambda: standing.StandingClock(Path(clock))  # type: ignore[misc, assignment]
    sys.argv = ["bus", *command]
    bus.cli.main()


if __name__ == "__main__":
    main(sys.argv[1:])
