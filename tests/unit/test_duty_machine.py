"""Whatever is sent, returned, waived and opened again, in any order and across any death: what is owed is what nobody did and nobody waived, and
the report of many waits for just that.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bus.aggregator.standing import standing
from bus.aggregator.taking import Taking, ids_of
from bus.aggregator.tasks import Tasks
from bus.clock import MICROS, HandClock
from bus.config import parse
from bus.config.regimes import parse_regimes
from bus.directory import Directory
from bus.expectation import following
from bus.expectation.at_doors import AtDoors
from bus.expectation.duties import OfRegimes
from bus.expectation.following import Following
from bus.expectation.opening import opening
from bus.expectation.rules import Rules
from bus.journal.aggregating import Part
from bus.journal.browse import Happened
from bus.journal.expectation_reads import ExpectationReads, Told, Which
from bus.journal.expecting import CURSOR, Expectation, Followed, Opened
from bus.journal.granting import Reinstated, Reopened, Waived, named
from bus.plan import Plan
from bus.router import Router
from schemas.report.reading import read
from tests.integration.test_reports_at_doors import report
from tests.journals import PATIENCE, in_file
from tests.owing import (
    FINANCE,
    FORM,
    HEALTH,
    NEW,
    OFFICE,
    OLD,
    OTHER_OFFICE,
    OWN,
    REGIME,
    ROUTES,
    at,
    regime,
    regimes_text,
)
from tests.unit.routes_models import DOORS, ENDPOINTS
from tests.unit.test_expectation_following import PERIOD, START, data, returned

AGGREGATED = ROUTES.replace("since: 2026-01-01, remind", f'since: 2026-01-01, aggregate: ["{OFFICE}"], remind')
FILE = parse(AGGREGATED, "routes.yaml", ENDPOINTS, DOORS, OWN)
DIRECTORY = Directory.build(FILE)
DUTIES = OfRegimes(
    parse_regimes(
        regimes_text(
            regime(
                closes_after=1,
                deadlines={"department": {"working_days": 2}, "province": {"day": 25}},
                units=[
                    *({"unit": unit, "level": "department"} for unit in (FINANCE, HEALTH, OLD)),
                    {"unit": OFFICE, "level": "province"},
                ],
                recipients_by_level={"province": [OTHER_OFFICE]},
            )
        ),
        "regimes.yaml",
    ).library,
    lambda day: day.weekday() < 5,
)
PLAN = Plan(FILE, DIRECTORY, Router(FILE, DIRECTORY), frozenset())
RULES = Rules(PLAN, DUTIES)
#: Who may send what a unit owes: the unit, or who took its place.
SENDERS = {FINANCE: (FINANCE,), HEALTH: (HEALTH,), OLD: (OLD, NEW)}
units, senders = st.sampled_from(list(SENDERS)), st.sampled_from([OLD, NEW, FINANCE])
RULE = ("bao-cao",)
#: What happens between the reading of rows and their writing.
Meanwhile = tuple[bool, str] | None


def key(unit: str) -> str:
    return f"{REGIME}|{FORM}|{PERIOD}|{unit}"


@dataclass
class Ledger:
    """The same, counted on fingers: by sender the latest version and the latest returned, and what is waived."""

    latest: dict[str, int]
    bad: dict[str, int]
    waived: set[str]

    def there(self, unit: str) -> bool:
        return any(self.latest.get(one, 0) > self.bad.get(one, 0) for one in SENDERS[unit])


class DutyMachine(RuleBasedStateMachine):
    """A journal with one period's reports, and the thread that follows it, dying now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.journal = in_file(self.folder / "journal.db", HandClock(START))
        self.reads = ExpectationReads(self.journal.store)
        self.parts: dict[str, Part] = {}
        self.ledger = Ledger({}, {}, set())
        self.seq = 0

    @initialize()
    def begin(self) -> None:
        self.journal.advance(CURSOR, 0).result(PATIENCE)
        self.calendar()

    def teardown(self) -> None:
        self.journal.close()
        shutil.rmtree(self.folder)

    @rule()
    def calendar(self) -> None:
        """It opens what is not there, and leaves what is."""
        still = self.reads.still_open("bao-cao")
        found = opening(RULES, START, still)
        new = {row.id: row for row in found.new}
        known = {row.id for row in self.reads.known(new)}
        assert not found.changed
        assert not found.gone
        opened = Opened(tuple(row for id_, row in new.items() if id_ not in known))
        self.journal.expect("opened", opened).result(PATIENCE)

    @rule(
        back=st.booleans(),
        sender=senders,
        version=st.integers(1, 2),
        dies=st.booleans(),
        meanwhile=st.none() | st.tuples(st.booleans(), units),
    )
    def come(self, back: bool, sender: str, version: int, dies: bool, meanwhile: Meanwhile) -> None:
        """A version comes, or is returned, and be it one that has not come. Its follower dies before it writes, writes twice, or is
        overtaken by an order.
        """
        said, make = (self.ledger.bad, returned) if back else (self.ledger.latest, data)
        said[sender] = max(version, said.get(sender, 0))
        self.seq += 1
        told = make(f"m{self.seq}", sender, version)
        if dies:
            self._changed(told)
        followed = Followed(self.seq - 1, self.seq, self._changed(told))
        if meanwhile is not None:
            self._overtake(*meanwhile)
        assert self.journal.expect("followed", followed).result(PATIENCE)
        assert not self.journal.expect("followed", followed).result(PATIENCE)
        taking = Taking(Tasks(RULES), [self.parts[id_] for id_ in ids_of(Tasks(RULES), told) if id_ in self.parts])
        taking.take(told)
        self.parts |= {part.id: part for part in taking.parts}

    @rule(unit=units)
    def waive(self, unit: str) -> None:
        """Somebody says that it need not come: done for what is owed, and for nothing else."""
        able = not self.ledger.there(unit) and unit not in self.ledger.waived
        assert self.journal.grant("waived", Waived(key(unit), RULE, "an", "x")).result(PATIENCE) == able
        self.ledger.waived |= {unit} if able else set()

    @rule(unit=units)
    def reinstate(self, unit: str) -> None:
        """Somebody takes that back."""
        done = self.journal.grant("reinstated", Reinstated(key(unit), RULE)).result(PATIENCE)
        assert done == (unit in self.ledger.waived)
        self.ledger.waived.discard(unit)

    def _overtake(self, waives: bool, unit: str) -> None:
        """The journal has not heard of what is on its way, so the order is judged by what was."""
        order: Any = Waived(key(unit), RULE, "an", "x") if waives else Reinstated(key(unit), RULE)
        if self.journal.grant("waived" if waives else "reinstated", order).result(PATIENCE):
            self.ledger.waived ^= {unit}

    def _changed(self, told: Told) -> tuple[Expectation, ...]:
        known = {row.id: row for row in self.reads.known(following.ids_of(RULES, told))}
        follower = Following(RULES, known.values(), {told.id: told})
        follower.take(Happened(self.seq, START + self.seq, told.id, None, "message.accepted", "", "test"))
        return follower.changed

    @invariant()
    def what_is_owed_is_what_nobody_did_and_nobody_waived(self) -> None:
        """Each stands in one list, and of those that are waived nobody is reminded."""
        ledger = self.ledger
        there = {unit for unit in SENDERS if ledger.there(unit)}
        if not self.seq and not self._keys():
            return
        assert self._keys(closed=True) == there
        assert self._keys(waived=True) == ledger.waived - there
        assert self._keys() == set(SENDERS) - there - ledger.waived
        asked = {row.key for row in self.reads.to_remind(START * 2, 1000)}
        assert asked.isdisjoint(map(key, ledger.waived))

    @invariant()
    def the_report_of_many_waits_for_what_is_owed(self) -> None:
        """It counts what is there, names what is not, and waits only for what was not waived."""
        (task,) = Tasks(RULES).of(REGIME, FORM, PERIOD)
        stands = standing(RULES, task, self.parts.values(), self.reads.waived(REGIME, FORM, PERIOD), START)
        lacking = {unit for unit in SENDERS if not self.ledger.there(unit)}
        assert set(stands.missing) == lacking - self.ledger.waived
        assert set(stands.waived) == lacking & self.ledger.waived
        assert set(stands.without) == lacking
        counted = {
            one for one in chain(*SENDERS.values()) if self.ledger.latest.get(one, 0) > self.ledger.bad.get(one, 0)
        }
        assert {part.unit for part in stands.parts} == _first(counted)

    def _keys(self, **asked: Any) -> set[str]:
        rows = self.reads.listed(Which(rules=RULE, **asked))
        of = {key(unit): unit for unit in SENDERS}
        return {of[row.key] for row in rows if row.key in of}


def _first(counted: Iterable[str]) -> set[str]:
    """Of a unit and who took its place one counts: the unit itself, where it can."""
    some = set(counted)
    return some - {NEW} if OLD in some else some


class ClosingMachine(RuleBasedStateMachine):
    """A period at the doors, while days go by and operators open and close it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = HandClock(at("2026-02-18 18:00"))
        self.journal = in_file(self.folder / "journal.db", self.clock)
        holder: Any = SimpleNamespace(plan=PLAN)
        regimes: Any = SimpleNamespace(duties=lambda: DUTIES)
        self.doors = AtDoors(regimes, holder, self.journal.store, self.clock)
        self.open: dict[str, int | None] = {}

    def teardown(self) -> None:
        self.journal.close()
        shutil.rmtree(self.folder)

    @rule(hours=st.sampled_from([1, 9, 24]))
    def go_by(self, hours: int) -> None:
        self.clock.move(hours * 3600)

    @rule(unit=st.sampled_from(["", FINANCE, "H62.07", HEALTH]), hours=st.sampled_from([None, 0, 10, 50]))
    def say(self, unit: str, hours: int | None) -> None:
        """For all or for one: open for so long, open for good, or, with no hours at all, closed. The last word holds."""
        id_ = named(REGIME, PERIOD, unit)
        if hours == 0:
            assert self.journal.grant("closed", id_).result(PATIENCE) == (unit in self.open)
            self.open.pop(unit, None)
            return
        until = None if hours is None else self.clock.now() + hours * 3600 * MICROS
        self.journal.grant("reopened", Reopened(id_, REGIME, PERIOD, unit, "an", "x", 0, until)).result(PATIENCE)
        self.open[unit] = until

    @invariant()
    def it_takes_what_comes_in_time_or_was_let_in(self) -> None:
        """The deadline is the 17th, and the last day the 18th."""
        over, now = self.clock.now() >= at("2026-02-19 00:00"), self.clock.now()
        for unit, spelled in ((FINANCE, {"", FINANCE, "H62.07"}), (HEALTH, {"", HEALTH})):
            let_in = any(until is None or now < until for whose, until in self.open.items() if whose in spelled)
            for version in (1, 2):
                assert self.doors.when(read(report(version, unit))).closed == (over and not let_in)


class TestDuties(DutyMachine.TestCase):  # type: ignore[name-defined, misc]
    settings = settings(max_examples=10, stateful_step_count=25, deadline=None)


class TestClosing(ClosingMachine.TestCase):  # type: ignore[name-defined, misc]
    settings = settings(max_examples=8, stateful_step_count=20, deadline=None)


@pytest.mark.long
@pytest.mark.timeout(600)
class TestManyDuties(DutyMachine.TestCase):  # type: ignore[name-defined, misc]
    settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
