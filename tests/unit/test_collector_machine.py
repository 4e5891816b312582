"""The race of semantics 12: whatever comes between the steps of the collector, no accepted copy points to a body that is gone.

A real store and a real journal. While the collector asks whether anybody claims a file, anything may happen: the same body
comes in, is accepted, or the process dies; and between rounds copies are settled and bodies given up.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bus.claimcheck import ClaimCheck, remove_unclaimed
from bus.clock import MICROS, HandClock
from bus.journal.operate import Order
from bus.journal.purge import Old
from bus.journal.states import OPEN
from bus.journal.store import Store
from bus.message import Claim
from tests.journals import DAY, PATIENCE, empty_journal, intake, started
from tests.messages import edoc

#: Documents of their own that share a few bodies.
BODIES = [edoc(document_id=name, attachments=[("a.pdf", name.encode() * 500)]) for name in ("a", "b")]
which = st.sampled_from(range(len(BODIES)))


class Died(Exception):
    """The process ended here."""


class Collector(RuleBasedStateMachine):
    """One home over the lives of its processes; what is not on disk is gone with each."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.clock = HandClock()
        self.number = 0
        path = Path(self.folder.name) / "journal.db"
        path.write_bytes(empty_journal())
        self.url = f"sqlite:///{path}"
        self.live()

    def live(self) -> None:
        """A process begins."""
        home = Path(self.folder.name)
        self.store = ClaimCheck(home / "bodies", home / "spool", inline=100)
        self.journal = started(Store(self.url), self.clock)
        self.store.clear_spool()
        self.store.empty_trash(self.journal.reads.has_body)
        #: Bodies that were received and are neither accepted nor refused.
        self.taken: list[tuple[int, Claim]] = []
        #: Accepted, and the store not told yet.
        self.committed: list[Claim] = []

    def teardown(self) -> None:
        if hasattr(self, "journal"):
            self.journal.close()
            self.folder.cleanup()

    @rule(one=which)
    def receive(self, one: int) -> None:
        """A body comes in: its file is there and nobody claims it yet."""
        spool = self.store.take(1 << 20)
        spool.write(BODIES[one])
        self.taken.append((one, spool.finish()))

    @rule()
    def accept(self) -> None:
        """A body that was received is accepted, as a message of its own."""
        if self.taken:
            self.store.keep(self._commit())

    def _commit(self) -> Claim:
        one, claim = self.taken.pop(0)
        self.number += 1
        made = intake(edoc(document_id=f"{one}-{self.number}"))
        self.journal.accept(replace(made, inbound=replace(made.inbound, claim=claim))).result(PATIENCE)
        return claim

    @rule()
    def refuse(self) -> None:
        """Another is refused."""
        if self.taken:
            _, claim = self.taken.pop()
            self.store.drop(claim, self.journal.reads.has_body)

    @rule()
    def settle(self) -> None:
        """Nothing that is open needs its body any more."""
        with self.journal.store.reading() as connection:
            ids = [row[0] for row in connection.exec_driver_sql("SELECT id FROM copies WHERE state = 'queued'")]
        self.journal.operate("cancel", Order(tuple(ids), "an")).result(PATIENCE)

    @rule(days=st.integers(1, 3))
    def wait(self, days: int) -> None:
        """Time passes: files grow older by as much as the clock is moved."""
        self.clock.move(days * DAY / MICROS)
        for path in self.store.bodies.rglob("*"):
            at = path.stat().st_mtime - days * DAY / MICROS
            os.utime(path, (at, at))

    @rule()
    def give_up(self) -> None:
        """The journal gives up what no copy needs and what is old."""
        self.journal.purge_bodies(Old(self.clock.now() - DAY)).result(PATIENCE)

    @rule(between=st.lists(st.sampled_from(["receive", "accept", "refuse", "settle", "give_up", "die"]), max_size=4))
    def collect(self, between: list[str]) -> None:
        """Files go, with something happening at each of the collector's questions."""
        events = iter(between)
        try:
            remove_unclaimed(
                self.store, older_than=time.time() - DAY / MICROS, claimed=lambda name: self._asked(name, events)
            )
        except Died:
            self.journal.close()
            self.live()

        for claim in self.committed:
            self.store.keep(claim)
        self.committed.clear()

    def _asked(self, name: str, events: Iterator[str]) -> bool:
        """Whether somebody claims a file. While one is in the trash the store is locked: others only get to the journal."""
        event = next(events, "")
        in_trash = (self.store.trash / name).exists()
        if event == "die":
            raise Died
        if event == "accept" and in_trash and self.taken:
            self.committed.append(self._commit())
        elif event in ("settle", "give_up") or (event and not in_trash):
            getattr(self, event)(*([0] if event == "receive" else []))
        return self.journal.reads.has_body(name)

    @invariant()
    def every_open_copy_has_its_body(self) -> None:
        if not hasattr(self, "journal"):
            return
        with self.journal.store.reading() as connection:
            rows = connection.exec_driver_sql("SELECT DISTINCT body, state FROM copies").all()
        for sha256, state in rows:
            if state in OPEN:
                assert self.journal.reads.has_body(sha256)
                data = self.store.path(sha256).read_bytes()
                assert hashlib.sha256(data).hexdigest() == sha256

    @invariant()
    def every_body_in_hand_is_there(self) -> None:
        for _, claim in getattr(self, "taken", []):
            assert self.store.path(claim.sha256).exists()


Collector.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestCollector = Collector.TestCase
