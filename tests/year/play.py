"""A year of a province on a real bus: journal on SQLite, a clock that is moved by hand, and two places that are sent to."""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson

import adapters
import schemas
from adapters.rest.sandbox import RestSandbox
from bus.assembly import build
from bus.clock import HandClock
from bus.config import load_settings
from bus.daemon import Daemon
from bus.journal.expectation_reads import ExpectationReads, Which
from bus.journal.pick import Filter
from bus.message import Claim, Inbound, ReturnAddress
from schemas.report.check import check
from schemas.report.data import Data, Status
from schemas.report.rules import Verdict
from schemas.report.states import State
from tests.adding import aggregating
from tests.buses import PATIENCE, ask, until
from tests.example import REGIMES
from tests.owing import VIETNAM, at, expecting
from tests.year.figures import Writing, packet
from tests.year.model import About, Expected, Model, about
from tests.year.place import GOVERNMENT, OWN, PROVINCE, routes_of
from tests.year.plan import AFTER, DAY, Act, Scenario, acts, fate, owing_at_the_end
from tests.year.told import Told

#: Of reports that are right, every such one is checked.
_LOOKED_AT = 25
#: A year is longer than some things are kept.
_KEEP = {"keep_events": "4000d", "keep_bodies": "4000d", "keep_calls": "4000d"}


def play(scenario: Scenario, folder: Path | None = None) -> Told:
    """Play a year, and look at everything at its end."""
    with tempfile.TemporaryDirectory() as made, _Year(scenario, folder or Path(made)).running() as year:
        year.go()
        year.look()
        return year.told


class _Year:
    """One year under way."""

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        self.scenario = scenario
        self._folder = folder
        self._clock = HandClock(at(f"{scenario.begin} 08:00"))
        #: By place, the SHA-256 of every body that was to go there.
        self._to: dict[str, list[str]] = {"province": [], "government": []}

    @contextmanager
    def running(self) -> Iterator[_Year]:
        """The bus and both places, started; what is done in rounds is called by hand."""
        sandbox = RestSandbox()
        sandbox.start()
        try:
            daemon = self._built(sandbox)
            try:
                daemon.start()
                daemon.expecting.stop()
                daemon.aggregating.stop()
                self._begin(daemon, sandbox)
                yield self
            finally:
                daemon.stop()
        finally:
            sandbox.stop()

    def _built(self, sandbox: RestSandbox) -> Daemon:
        home, routes = self._folder / "home", self._folder / "routes.yaml"
        home.mkdir(mode=0o700)
        routes.write_bytes(orjson.dumps(routes_of(self.scenario, sandbox)))
        settings = load_settings(
            home=home, routes=routes, regimes=REGIMES, listen="127.0.0.1:0", agency_code=OWN, **_KEEP
        )
        return build(settings, adapters.all_adapters(), self._clock)

    def _begin(self, daemon: Daemon, sandbox: RestSandbox) -> None:
        self._daemon, self._sandbox = daemon, sandbox
        self._expecting, self._aggregating = expecting(daemon.parts()), aggregating(daemon.parts())
        known = daemon.expecting.regimes.duties()
        self._library = known.library
        duties = self.scenario.duties(known)
        fates = Counter(fate(self.scenario, one) for one in duties if one.unit != PROVINCE)
        self.told = Told(self.scenario, len({one.regime for one in duties}), duties, fates)
        forms = {code: table.form.model_dump(mode="json") for (code, _), table in self._library.forms.items()}
        self.model = Model(self.scenario, duties, PROVINCE, forms)
        self._acts = acts(self.scenario, (one for one in duties if one.unit != PROVINCE))
        self._rounds()

    def go(self) -> None:
        """Every day on which something happens, and some between them."""
        dues = {which: one.due for which, one in self.model.dues.items() if which in self.model.wholes}
        last = max(act.day for act in self._acts)
        stops = {act.day for act in self._acts} | set(dues.values()) | set(_stops(self.scenario.begin, last + AFTER))
        waiting = set(dues)
        by_day = {day: list(some) for day, some in groupby(self._acts, lambda act: act.day)}
        for day in sorted(stops):
            self._move(day)
            touched = self._happen(by_day.get(day, ()))
            self._aggregating.work()
            self.model.settle(touched)
            waiting -= self._release({which for which in waiting if dues[which] <= day})
            self._now_and_then(day)
            self._drain()

    def _happen(self, some: Iterable[Act]) -> set[About]:
        touched, futures = set(), []
        for act in some:
            body, said = self._word(act) if act.returned else self._report(act)
            futures.append(self._daemon.ingress.accept(_inbound(body, act.unit if act.returned else "")))
            self.model.take(act, said)
            if about(act) in self.model.wholes:
                touched.add(about(act))
        for future in futures:
            future.result(PATIENCE)
        return touched

    def _report(self, act: Act) -> tuple[bytes, dict[str, Any]]:
        data = packet(Writing(act.duty, act.unit, act.version, act.wrong), self._library)
        if act.unit == act.duty.unit and (act.wrong or self.told.sent % _LOOKED_AT == 0):
            cells = self._wrong_cells(data)
            self.told.must(bool(cells) == act.wrong, f"{act.key}: {cells or 'nothing found wrong'}")
        said = data.model_dump(mode="json")
        body = orjson.dumps(said)
        self._to["province"].append(hashlib.sha256(body).hexdigest())
        self.told.sent += 1
        return body, said

    def _wrong_cells(self, data: Data) -> tuple[str, ...]:
        problems = check(data, self._library)
        return tuple(dict.fromkeys(one.cell for one in problems if one.verdict is Verdict.REFUSE and one.cell))

    def _word(self, act: Act) -> tuple[bytes, None]:
        """The province looks at a report and gives it back with the cells that are wrong."""
        data = packet(Writing(act.duty, act.unit, act.version, wrong=True), self._library)
        status = Status(
            report_id=data.report_id,
            version=act.version,
            state=State.RETURNED,
            at=datetime(act.day.year, act.day.month, act.day.day, 8, tzinfo=VIETNAM),
            by=PROVINCE,
            message="số liệu sai",
            cells=self._wrong_cells(data),
        )
        self.told.returned += 1
        return orjson.dumps(status.model_dump(mode="json")), None

    def _release(self, due: set[About]) -> set[About]:
        """Let go what is due and lacks somebody; what of it needs no look any more."""
        done = {which for which in due if self.model.wholes[which].sent}
        for which in sorted(due - done):
            if self.model.release(which):
                name = "|".join((*which, PROVINCE))
                told = ask(self._daemon.parts(), "reports_release", aggregate=name, reason="đến hạn")
                whole = self.model.wholes[which]
                self.told.must(told["missing"] == sorted(whole.released), f"{name}: released without others")
                self.told.released += 1
                done.add(which)
        self._aggregating.work()
        self.model.settle(sorted(done))
        return done

    def _now_and_then(self, day: date) -> None:
        if _is_stop(day):
            self._rounds()

    def _rounds(self) -> None:
        self._expecting.work()
        self._aggregating.work()

    def _drain(self) -> None:
        """Until everything is delivered; the clock stands still meanwhile."""
        pushed = {"province", "government"}
        until(lambda: not pushed & {endpoint for endpoint, _, _ in self._daemon.home.browse.waiting()})

    def _move(self, day: date) -> None:
        self._clock.move(timedelta(microseconds=max(0, at(f"{day} 08:30") - self._clock.now())))

    def look(self) -> None:
        """Everything at the end of the year."""
        self._rounds()
        self._look_at_obligations()
        self._look_at_aggregates()
        self._look_at_places()

    def _look_at_obligations(self) -> None:
        """Each is there once; what is open and overdue is what never came."""
        reads = ExpectationReads(self._daemon.home.journal.store)
        asked = [reads.listed(Which(rules=("bao-cao",), closed=closed, limit=1_000_000)) for closed in (False, True)]
        meant = {one.key for one in self.told.duties}
        open_, closed = ([row.key for row in rows if row.key in meant] for rows in asked)
        never = owing_at_the_end(self.scenario, (one for one in self.told.duties if one.unit != PROVINCE))
        never |= {"|".join((*which, PROVINCE)) for which in self.model.dues if not self._went(which)}
        late = [one["key"] for one in ask(self._daemon.parts(), "reports_overdue", limit=10_000)["rows"]]
        self.told.overdue = len(set(late) & meant)
        self.told.must(sorted(open_ + closed) == sorted(meant), "not every obligation is there once")
        self.told.must(set(open_) == never, f"open: {sorted(set(open_) ^ never)[:5]}")
        self.told.must(set(late) & meant == never, f"overdue: {sorted((set(late) & meant) ^ never)[:5]}")

    def _went(self, which: About) -> bool:
        return which in self.model.wholes and bool(self.model.wholes[which].sent)

    def _look_at_aggregates(self) -> None:
        """Every version the province sent is the one that another count gives, and no other was sent."""
        found: dict[About, list[dict[str, Any]]] = {}
        home = self._daemon.home
        for one in sorted(home.browse.copies(Filter(recipients=(GOVERNMENT,), limit=100_000)), key=lambda one: one.seq):
            claim = home.claims.find(home.journal.reads.body(one.copy.body))
            assert claim is not None
            self._to["government"].append(claim.sha256)
            with claim.open() as reader:
                said = orjson.loads(reader.read())
            found.setdefault((said["regime"], said["form"]["code"], said["period"]["code"]), []).append(said)
        self.told.versions = sum(map(len, found.values()))
        for which, whole in self.model.wholes.items():
            told = [_as_expected(one, self._forms[which[1]]) for one in found.pop(which, [])]
            self.told.must(told == whole.sent, f"{which}: {len(told)} versions, expected {len(whole.sent)}")
        self.told.must(not found, f"sent though nobody asked: {sorted(found)[:5]}")

    @property
    def _forms(self) -> dict[str, dict[str, str]]:
        """By form, the columns of its breakdowns."""
        return {
            code: {orjson.dumps(dict(one.breakdown)).decode(): one.code for one in table.form.columns}
            for (code, _), table in self._library.forms.items()
        }

    def _look_at_places(self) -> None:
        """Each place has every body that was sent to it, once, and nothing else."""
        for place, sent in self._to.items():
            documents: Any = self._sandbox.account(place)["documents"]
            has = Counter(one["sha256"] for one in documents.values())
            self.told.received[place] = has.total()
            self.told.must(has == Counter(sent), f"{place} has {has.total()}, {len(sent)} were sent")
            again = [name for name, one in documents.items() if one["times"] != 1]
            self.told.must(not again, f"{place} got {len(again)} more than once")


def _stops(start: date, end: date) -> Iterator[date]:
    day = start
    while day <= end:
        if _is_stop(day):
            yield day
        day += DAY


def _is_stop(day: date) -> bool:
    """Whether what is owed is looked at on a day: more often than it is opened ahead."""
    return day.toordinal() % 14 == 0


def _as_expected(said: dict[str, Any], columns: dict[str, str]) -> Expected:
    figures = {
        f"{one['indicator']}/{columns[orjson.dumps(one['breakdown']).decode()]}": (one["value"], one["status"])
        for one in said["observations"]
    }
    return Expected(said["version"], tuple(said["missingUnits"]), figures, tuple(said["rows"]))


def _inbound(body: bytes, to: str) -> Inbound:
    reader = schemas.reader("report")
    reader.feed(body)
    content = reader.close()
    claim = Claim(hashlib.sha256(body).hexdigest(), len(body), body)
    return Inbound(ReturnAddress("api", ""), content, claim, (to,) if to else content.recipients)
