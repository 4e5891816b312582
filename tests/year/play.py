"""A year of a province on a real bus: journal on SQLite, a clock that is moved by hand, real doors, and two systems that are sent to."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

import orjson

import adapters
from bus.assembly import build
from bus.clock import HandClock
from bus.config import load_settings
from bus.daemon import Daemon
from tests.adding import aggregating
from tests.buses import ask, free_port, until
from tests.example import REGIMES
from tests.journals import empty_journal
from tests.owing import at, expecting
from tests.year.deeds import Done, do
from tests.year.doors import Caller
from tests.year.look import Played, look
from tests.year.model import About, Model, about
from tests.year.place import OWN, PROVINCE, SYSTEMS, Systems, routes_of, write_secrets
from tests.year.plan import AFTER, DAY, Act, Deed, Scenario, acts, fate
from tests.year.told import Told

#: A year is longer than some things are kept.
_KEEP = {"ask_after": "0s", "keep_events": "4000d", "keep_bodies": "4000d", "keep_calls": "4000d"}
#: Seconds until everything of a day has arrived, on a machine that may have much to do.
_PATIENCE = 120.0
#: Connections over which reports come in.
_CALLERS = 8


def play(scenario: Scenario, folder: Path | None = None) -> Told:
    """Play a year, and look at everything at its end."""
    clock = HandClock(at(f"{scenario.begin} 08:00"))
    with ExitStack() as stack:
        home = folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        systems = stack.enter_context(Systems(clock.now).running())
        daemon = stack.enter_context(_running(scenario, home, systems, clock))
        year = _Year(scenario, daemon, systems, clock, stack.enter_context(ThreadPoolExecutor(_CALLERS)))
        year.go()
        look(year.played(), systems)
        return year.told


@contextmanager
def _running(scenario: Scenario, folder: Path, systems: Systems, clock: HandClock) -> Iterator[Daemon]:
    """The bus, started; what it does in rounds is called by hand."""
    home, routes = folder / "home", folder / "routes.yaml"
    home.mkdir(mode=0o700)
    write_secrets(home / "secrets")
    (home / "journal.db").write_bytes(empty_journal())
    routes.write_bytes(orjson.dumps(routes_of(scenario, systems)))
    settings = load_settings(
        home=home, routes=routes, regimes=REGIMES, listen=f"127.0.0.1:{free_port()}", agency_code=OWN, **_KEEP
    )
    daemon = build(settings, adapters.all_adapters(), clock)
    try:
        daemon.start()
        daemon.expecting.stop()
        daemon.aggregating.stop()
        yield daemon
    finally:
        daemon.stop()


class _Year:
    """One year under way."""

    def __init__(
        self, scenario: Scenario, daemon: Daemon, systems: Systems, clock: HandClock, threads: ThreadPoolExecutor
    ) -> None:
        self._scenario, self._daemon, self._systems = scenario, daemon, systems
        self._clock, self._threads = clock, threads
        self._expecting, self._aggregating = expecting(daemon.parts()), aggregating(daemon.parts())
        self._callers = [Caller(daemon.home.settings.address) for _ in range(_CALLERS)]
        known = daemon.expecting.regimes.duties()
        self._library = known.library
        duties = scenario.duties(known)
        below = [one for one in duties if one.unit != PROVINCE]
        self.told = Told(
            scenario, len({one.regime for one in duties}), duties, Counter(fate(scenario, one) for one in below)
        )
        forms = {code: table.form.model_dump(mode="json") for (code, _), table in self._library.forms.items()}
        self._model = Model(scenario, duties, PROVINCE, forms)
        self._acts = acts(scenario, below)
        #: Reports that were taken.
        self._taken: list[Done] = []
        self._rounds()

    def played(self) -> Played:
        """What there is to look at."""
        self._rounds()
        self._drain()
        return Played(self._scenario, self._daemon, self._library, self._model, self._taken, self.told)

    def go(self) -> None:
        """Every day on which something happens, and some between them."""
        dues = {which: one.due for which, one in self._model.dues.items() if which in self._model.wholes}
        last = max(act.day for act in self._acts)
        stops = {act.day for act in self._acts} | set(dues.values()) | set(_stops(self._scenario.begin, last + AFTER))
        waiting = set(dues)
        by_day = {day: list(some) for day, some in groupby(self._acts, lambda act: act.day)}
        for day in sorted(stops):
            self._move(day)
            touched = self._happen(by_day.get(day, []))
            self._aggregating.work()
            self._model.settle(touched)
            waiting -= self._release({which for which in waiting if dues[which] <= day})
            self._drain()
            if _is_stop(day):
                self._rounds()
                self._systems.lose()

    def _happen(self, some: Sequence[Act]) -> set[About]:
        """Everything of a day, over several connections; what reports it touched."""
        shares = [some[start::_CALLERS] for start in range(_CALLERS)]
        done = [one for share in self._threads.map(self._share, self._callers, shares) for one in share]
        for one in done:
            self._note(one)
        return {about(one.act) for one in done if about(one.act) in self._model.wholes}

    def _share(self, caller: Caller, some: Iterable[Act]) -> list[Done]:
        try:
            return [do(act, caller, self._library) for act in some]
        finally:
            caller.close()

    def _note(self, done: Done) -> None:
        self.told.wrong += done.wrong
        if done.act.deed is Deed.REFUSED:
            self.told.refused += 1
            return
        self._model.take(done.act, done.said)
        if done.act.deed is Deed.RETURNED:
            self.told.returned += 1
        else:
            self.told.ways[done.way] += 1
            self._taken.append(done)

    def _release(self, due: set[About]) -> set[About]:
        """Let go what is due and lacks somebody; what of it needs no look any more."""
        done = {which for which in due if self._model.wholes[which].sent}
        for which in sorted(due - done):
            if self._model.release(which):
                name = "|".join((*which, PROVINCE))
                told = ask(self._daemon.parts(), "reports_release", aggregate=name, reason="đến hạn")
                whole = self._model.wholes[which]
                self.told.must(told["missing"] == sorted(whole.released), f"{name}: released without others")
                self.told.released += 1
                done.add(which)
        self._aggregating.work()
        self._model.settle(sorted(done))
        return done

    def _rounds(self) -> None:
        self._expecting.work()
        self._aggregating.work()

    def _drain(self) -> None:
        """Until everything is delivered; the clock stands still meanwhile."""
        waiting = self._daemon.home.browse.waiting
        until(lambda: not SYSTEMS.keys() & {endpoint for endpoint, _, _ in waiting()}, _PATIENCE)

    def _move(self, day: date) -> None:
        self._clock.move(timedelta(microseconds=max(0, at(f"{day} 08:30") - self._clock.now())))


def _stops(start: date, end: date) -> Iterator[date]:
    day = start
    while day <= end:
        if _is_stop(day):
            yield day
        day += DAY


def _is_stop(day: date) -> bool:
    """Whether what is owed is looked at on a day: more often than it is opened ahead."""
    return day.toordinal() % 14 == 0
