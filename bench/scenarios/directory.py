"""What a national list of agencies costs: to fetch, to write, to have in memory, to find in, to compare again."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.vxp.directory import AxisDirectory, build_directory
from adapters.vxp.endpoint_settings import VxpSettings
from adapters.vxp.sandbox import AxisSandbox
from adapters.vxp.sandbox_axis import System, Unit
from bench.options import Options
from bus import log
from bus.bench import proc
from bus.bench.child import answer
from bus.bench.row import Row
from bus.clock import SystemClock
from bus.codebook import Codebook
from bus.endpoint import Tools
from bus.fetching import Fetching
from bus.journal import Journal
from bus.journal.migrate import upgrade
from bus.journal.store import Store
from bus.papers import no_papers
from bus.refresh import AgencyList, Refresh
from bus.secret import Secrets
from bus.transport.fast import FastTransport

_COUNT = 111_000
_SYSTEM, _SECRET = "00.19.H62", b"bench"

Figures = tuple[str, float, float, float]


def measure(options: Options) -> Iterator[Row]:
    """Step by step in one process, the axis in another."""
    count = options.count(_COUNT)
    axis = AxisSandbox({_SYSTEM: System(_SECRET, ())})
    axis.start()
    axis.list(_country(count))
    try:
        figures = answer(_run, axis.url)
    finally:
        axis.stop()
    for case, seconds, cpu, peak in figures:
        figures = {"seconds": seconds, "cpu": 1000 * cpu / count, "peak": peak}
        yield Row("directory", case, figures, f"{count} agencies")


def _country(count: int) -> Iterator[Unit]:
    for number in range(count):
        groups = f"{number // 8100 + 100}", f"{number // 90 % 90 + 10}", f"{number % 90 + 10}", f"H{number % 62 + 10}"
        name = f"Ủy ban nhân dân xã Thử Nghiệm số {number}"
        yield Unit(".".join(reversed(groups)), name, "", f"ubnd{number}@example.vn", ".".join(groups), version=1)


def _run(url: str) -> list[Figures]:
    """Figures of each step: seconds, seconds of processor time, megabytes of peak."""
    log.configure(level="error")
    with tempfile.TemporaryDirectory(prefix="bus-bench-") as name, _journal(Path(name)) as journal:
        source = _source(url, Path(name))
        asked = AgencyList("axis", source, None)
        refresh = Refresh(journal, journal.clock, "bench")
        steps: tuple[tuple[str, Callable[[], object]], ...] = (
            ("is there a new version", source.version),
            ("fetch and merge the three lists", lambda: sum(1 for _ in source.agencies())),
            ("first refresh: fetch, compare, write", lambda: refresh.look(asked)),
            ("refresh, version known", lambda: refresh.look(asked)),
            ("refresh, all compared, nothing differs", lambda: refresh.look(asked, anew=True)),
            ("load the codes", lambda: Codebook.of(["axis"], journal.agencies.codes(["axis"]))),
            ("find by three words", lambda: journal.agencies.find(["axis"], ["uy", "thu nghiem", "777"], 50)),
            ("read it whole, page by page", lambda: sum(map(len, journal.agencies.pages(["axis"])))),
        )
        return [_timed(case, step) for case, step in steps]


def _timed(case: str, step: Callable[[], object]) -> Figures:
    resident = proc.reset_peak()
    began, cpu = time.perf_counter(), time.process_time()
    step()
    return case, time.perf_counter() - began, time.process_time() - cpu, proc.peak() - resident


@contextmanager
def _journal(folder: Path) -> Iterator[Journal]:
    store = Store(f"sqlite:///{folder}/journal.db")
    upgrade(store)
    journal = Journal(store, SystemClock())
    journal.start()
    try:
        yield journal
    finally:
        journal.close()


def _source(url: str, home: Path) -> AxisDirectory:
    (home / "secrets").mkdir()
    secret = home / "secrets" / "axis"
    secret.write_bytes(_SECRET)
    secret.chmod(0o600)
    transport = FastTransport()
    tools = Tools(
        SystemClock(), Secrets(home), fast=transport, plain=transport, fetch=_no_body, claims=lambda _name, _id: (),
        papers=no_papers,
        compose=no_papers,
        paced=lambda _name: transport,
    )  # fmt: skip
    settings = VxpSettings.model_validate({"url": url, "system_id": _SYSTEM, "secret": "file:axis"})
    return build_directory("axis", settings, tools)


def _no_body(_limit: int) -> Fetching:
    raise NotImplementedError("no document is fetched here")
