"""Units' reports into the province's: complete, or released with the missing ones named; anew when a late or corrected one comes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import adapters
from bus.assembly import build
from bus.clock import HandClock
from bus.control.client import FarClient
from bus.control.parts import Parts
from bus.errors import NotFound, Rejected
from bus.journal.aggregate_reads import AggregateReads
from bus.journal.purge import Old
from bus.journal.restored import Restore
from tests.adding import (
    FINANCE,
    HEALTH,
    MINISTRY,
    NEW,
    OLD,
    PROVINCE,
    ROUTES,
    WHOLE,
    adding,
    aggregating,
    come,
    data,
    made,
    regimes,
    settings_of,
    word,
)
from tests.buses import PATIENCE, ask
from tests.buses import until as eventually
from tests.clis import bus
from tests.owing import at, until

F, H, OF_OLD = {"I": "10", "II": "9"}, {"I": "30", "II": "6"}, {"I": "60", "II": "60"}


def work(parts: Parts) -> None:
    """A look at everything."""
    aggregating(parts).work()


def figures(said: dict[str, Any]) -> dict[str, Any]:
    """The figures of a packet by their rows."""
    return {one["indicator"]: one["value"] for one in said["observations"]}


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> dict[str, str]:
    """Settings of either database."""
    return {"database_url": request.getfixturevalue("postgres_url")} if request.param == "postgres" else {}


def test_it_goes_when_all_are_there_and_anew_when_one_is_corrected(tmp_path: Path, database: dict[str, str]) -> None:
    """Not before the last unit has reported, and then once; a correction makes a version that takes its place."""
    with adding(tmp_path, **database) as (parts, _):
        come(parts, data(FINANCE, F))
        come(parts, data(HEALTH, H))
        work(parts)
        before = made(parts)
        come(parts, data(OLD, OF_OLD))
        for _ in range(3):
            work(parts)
        (first,) = made(parts)
        come(parts, data(HEALTH, {"I": "30", "II": "26"}, 2))
        work(parts)
        _, second = made(parts)
        row = ask(parts, "reports_aggregates")["rows"][0]

    assert before == []
    assert figures(first) == {"I": "100", "II": "75", "III": "75"}
    assert (first["version"], first.get("missingUnits", []), first["reportingUnit"]) == (1, [], PROVINCE)
    assert {one["status"] for one in first["observations"]} == {"normal"}
    assert (second["version"], second["supersedes"], figures(second)["II"]) == (2, 1, "95")
    assert (row["state"], row["version"], row["missing"]) == ("made", 2, [])


def test_an_operator_lets_it_go_without_some(tmp_path: Path, database: dict[str, str]) -> None:
    """The units without which it goes are named in the packet; a dry run changes nothing; the late one makes it anew, and whole."""
    with adding(tmp_path, **database) as (parts, _):
        come(parts, data(FINANCE, F))
        work(parts)
        dry = ask(parts, "reports_release", aggregate=WHOLE, dry_run=True)
        work(parts)
        unmoved = made(parts)
        told = ask(parts, "reports_release", aggregate=WHOLE, reason="hạn gửi đã đến")
        work(parts)
        (first,) = made(parts)
        come(parts, data(HEALTH, H))
        work(parts)
        _, second = made(parts)
        come(parts, data(OLD, OF_OLD))
        work(parts)
        _, _, third = made(parts)
        deeds = [one["what"] for one in ask(parts, "audit")["deeds"]]

    assert (dry["done"], dry["missing"], unmoved) == (0, [HEALTH, OLD], [])
    assert (told["done"], told["missing"]) == (1, [HEALTH, OLD])
    assert first["missingUnits"] == [HEALTH, OLD]
    assert {one["status"] for one in first["observations"]} == {"provisional"}
    assert (second["version"], second["missingUnits"]) == (2, [OLD])
    assert (third["version"], third["missingUnits"], figures(third)["I"]) == (3, [], "100")
    assert "reports_release" in deeds


def test_what_was_returned_is_not_counted(tmp_path: Path) -> None:
    """A unit whose report the province returned is missing until its correction comes; who else says so is not heard."""
    with adding(tmp_path) as (parts, _):
        for unit, said in ((FINANCE, F), (HEALTH, H)):
            come(parts, data(unit, said))
        come(parts, word(FINANCE, 1, by=HEALTH), FINANCE)
        come(parts, word(HEALTH, 1), HEALTH)
        come(parts, data(OLD, OF_OLD))
        work(parts)
        waiting = ask(parts, "reports_aggregates")["rows"][0]
        come(parts, data(HEALTH, {"I": "1", "II": "1"}, 2))
        work(parts)
        (only,) = made(parts)

    assert (waiting["state"], waiting["missing"]) == ("waiting", [HEALTH])
    assert figures(only)["I"] == "71"


def test_what_came_twice_or_is_older_changes_nothing(tmp_path: Path) -> None:
    """A version behind the latest, or one that one more recipient gets, makes no further version."""
    with adding(tmp_path) as (parts, _):
        for unit in (FINANCE, HEALTH, OLD):
            come(parts, data(unit, F, 2))
        work(parts)
        come(parts, data(FINANCE, H, 1))
        come(parts, data(FINANCE, F, 2), PROVINCE, HEALTH)
        work(parts)

        assert [one["version"] for one in made(parts)] == [1]


def test_who_takes_a_place_reports_for_it(tmp_path: Path) -> None:
    """The report of a successor counts for the code that was closed, and once."""
    with adding(tmp_path) as (parts, clock):
        for unit in (FINANCE, HEALTH):
            come(parts, data(unit, F))
        until(clock, "2026-03-02 08:00")
        come(parts, data(NEW, OF_OLD))
        work(parts)
        (only,) = made(parts)

    assert figures(only)["I"] == "80"


def test_what_a_successor_sent_before_is_its_own_alone(tmp_path: Path) -> None:
    """Nobody's figures are lost unseen: for the closed code counts what comes once it is closed."""
    units = [{"unit": unit, "level": "department"} for unit in (FINANCE, NEW, OLD)]
    text = regimes(units=[*units, {"unit": PROVINCE, "level": "province"}])
    settings_of(tmp_path).regimes.write_text(text, encoding="utf-8")
    with adding(tmp_path) as (parts, clock):
        for unit in (FINANCE, NEW):
            come(parts, data(unit, F))
        until(clock, "2026-03-02 08:00")
        work(parts)
        before = made(parts)
        come(parts, data(NEW, OF_OLD, version=2))
        work(parts)

        assert before == []
        assert len(made(parts)) == 1


def test_who_took_the_place_of_who_took_a_place_loses_nothing(tmp_path: Path) -> None:
    """What a successor sent for a closed code counts on when its own is closed."""
    later = f'  "{NEW}": {{name: Sở mới, closed: 2026-04-01, successor: "{FINANCE}"}}\noperators:'
    with adding(tmp_path, routes=ROUTES.replace("operators:", later)) as (parts, clock):
        come(parts, data(FINANCE, F))
        until(clock, "2026-03-02 08:00")
        come(parts, data(NEW, OF_OLD))
        until(clock, "2026-04-02 08:00")
        come(parts, data(HEALTH, F))
        work(parts)
        (only,) = made(parts)

    assert figures(only)["I"] == "80"


def test_a_stranger_s_report_is_no_part(tmp_path: Path) -> None:
    """Who does not owe it, and who does but sends it elsewhere."""
    with adding(tmp_path) as (parts, _):
        come(parts, data(NEW, OF_OLD))
        come(parts, data(FINANCE, F), MINISTRY)
        work(parts)

        assert ask(parts, "reports_aggregates")["rows"] == []


def test_a_version_the_province_wrote_itself_is_followed_by_the_next(tmp_path: Path) -> None:
    """What it sent of its own accord stands, and what is made takes its place."""
    with adding(tmp_path) as (parts, _):
        come(parts, data(PROVINCE, F, recipients=[MINISTRY]))
        for unit in (FINANCE, HEALTH, OLD):
            come(parts, data(unit, F))
        work(parts)

        assert [(one["version"], one.get("supersedes")) for one in made(parts)] == [(1, None), (2, 1)]


def test_each_figure_is_traced_to_its_units(tmp_path: Path) -> None:
    """Unit, message, cell and value of everything a figure is made of; of one cell, or of all."""
    with adding(tmp_path) as (parts, _):
        messages = {unit: come(parts, data(unit, said)) for unit, said in ((FINANCE, F), (HEALTH, H), (OLD, OF_OLD))}
        work(parts)
        told = ask(parts, "reports_trace", aggregate=WHOLE, cell="III/all")
        every = ask(parts, "reports_trace", aggregate=WHOLE)
        with pytest.raises(NotFound):
            ask(parts, "reports_trace", aggregate=WHOLE, cell="IV/all")

    (cell,) = told["cells"]
    assert (cell["cell"], cell["by"], cell["value"]) == ("III/all", "ratio", "75")
    assert [(one["unit"], one["message"], one["cell"], one["value"]) for one in cell["figures"]] == [
        (unit, messages[unit], f"{row}/all", said[row])
        for row in ("II", "I")
        for unit, said in ((FINANCE, F), (HEALTH, H), (OLD, OF_OLD))
    ]
    assert [one["cell"] for one in every["cells"]] == ["I/all", "II/all", "III/all"]


def test_what_nothing_leads_to_waits_and_says_so(tmp_path: Path) -> None:
    """Where no route takes it, it is not sent and its row says why; a route makes it go, as one version."""
    routes = ROUTES.replace("recipient: {partner: any}", f'recipient: ["{PROVINCE}"]')
    with adding(tmp_path, routes=routes) as (parts, _):
        for unit in (FINANCE, HEALTH, OLD):
            come(parts, data(unit, F))
        for _ in range(2):
            work(parts)
        stuck = ask(parts, "reports_aggregates")["rows"][0]
        (tmp_path / "routes.yaml").write_text(ROUTES, encoding="utf-8")
    with adding(tmp_path) as (parts, _):
        after = ask(parts, "reports_aggregates")["rows"][0]

        assert "route.none" in stuck["problem"]
        assert (stuck["state"], stuck["version"]) == ("troubled", 0)
        assert (after["state"], after["version"], after["problem"]) == ("made", 1, "")
        assert [one["version"] for one in made(parts)] == [1]


def test_only_what_is_known_is_let_go(tmp_path: Path) -> None:
    """There is nothing to release of what no unit has sent, nor of what is whole; and what changed since it was looked at is said no."""
    with adding(tmp_path) as (parts, _):
        with pytest.raises(NotFound):
            ask(parts, "reports_release", aggregate=WHOLE, reason="x")
        for unit in (FINANCE, HEALTH):
            come(parts, data(unit, F))
        work(parts)
        with pytest.raises(Rejected):
            ask(parts, "reports_release", aggregate=WHOLE, reason=" ")
        come(parts, data(OLD, F))
        work(parts)
        with pytest.raises(Rejected):
            ask(parts, "reports_release", aggregate=WHOLE, reason="x")


def test_what_is_old_is_forgotten(tmp_path: Path) -> None:
    """Retention takes what has not changed for long, whole."""
    with adding(tmp_path) as (parts, _):
        come(parts, data(FINANCE, F))
        work(parts)
        kept = parts.journal.purge("expectations", Old(at("2026-02-01 08:00"))).result(PATIENCE)
        gone = parts.journal.purge("expectations", Old(at("2026-12-01 08:00"))).result(PATIENCE)

        assert (kept, gone) == (0, 1)
        assert ask(parts, "reports_aggregates")["rows"] == []


def test_what_is_not_asked_to_be_made_is_not(tmp_path: Path) -> None:
    """Of a form the province owes nobody nothing is made."""
    with adding(tmp_path) as (parts, _):
        units = [{"unit": unit, "level": "department"} for unit in (FINANCE, HEALTH, OLD)]
        parts.settings.regimes.write_text(regimes(units=units), encoding="utf-8")
        for unit in (FINANCE, HEALTH, OLD):
            come(parts, data(unit, F))
        work(parts)

        assert made(parts) == []


def test_after_a_restore_nothing_is_made_until_it_is_looked_after(tmp_path: Path) -> None:
    """What a version had in it before the restore may have gone: none is made while the recovery stands, and then one."""
    with adding(tmp_path) as (parts, _):
        for unit in (FINANCE, HEALTH, OLD):
            come(parts, data(unit, F))
        parts.journal.restoring.begin(Restore(parts.clock.now(), parts.browse.last_event(), "an")).result(PATIENCE)
        work(parts)
        meanwhile = made(parts)
        parts.journal.restoring.end("an").result(PATIENCE)
        work(parts)

        assert (meanwhile, len(made(parts))) == ([], 1)


def test_an_office_sees_and_releases_what_it_follows(tmp_path: Path) -> None:
    """An operator of another office is told of nothing, and lets nothing go."""
    with adding(tmp_path) as (parts, _):
        come(parts, data(FINANCE, F))
        work(parts)
        theirs, ours = replace(parts, office=HEALTH), replace(parts, office=PROVINCE)
        told = [ask(one, "reports_aggregates")["rows"] for one in (theirs, ours)]
        with pytest.raises(NotFound):
            ask(theirs, "reports_release", aggregate=WHOLE, reason="x")

        assert [len(rows) for rows in told] == [0, 1]


def test_the_commands_show_release_and_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For people and as JSON; what is not there is said with exit 1."""
    with adding(tmp_path) as (parts, _):
        message = come(parts, data(FINANCE, F))
        work(parts)
        for name in ("home", "routes", "regimes", "agency_code"):
            monkeypatch.setenv(f"BUS_{name.upper()}", str(getattr(parts.settings, name)))
    dry = bus("reports", "release", WHOLE, "--dry-run")
    listed = bus("reports", "aggregate", "BC-MC", "--json").json()["rows"]
    done = bus("reports", "release", WHOLE, "--reason", "hạn", "--json").json()
    with adding(tmp_path) as (parts, _):
        work(parts)
    traced = bus("reports", "trace", WHOLE, "--cell", "I/all")

    assert HEALTH in dry.out
    assert (listed[0]["state"], listed[0]["missing"], done["done"]) == ("waiting", [HEALTH, OLD], 1)
    assert f"I/all = {F['I']} (sum)" in traced.out
    assert message in traced.out
    assert bus("reports", "trace", "X|Y|Z|U").code == 1


def test_the_running_bus_makes_them_and_tells_operators_afar(tmp_path: Path) -> None:
    """By a thread of its own; whoever may ask from afar is told, and what it releases goes and is audited."""
    settings = settings_of(tmp_path, ROUTES.replace('office: "000.00.05.H62"', f'office: "{PROVINCE}"'))
    settings.secrets.mkdir(mode=0o700, exist_ok=True)
    (settings.secrets / "an").touch(0o600)
    (settings.secrets / "an").write_text("token-of-an")
    daemon = build(settings, adapters.all_adapters(), HandClock(at("2026-02-17 08:00")))
    try:
        daemon.start()
        parts, reads = daemon.parts(), AggregateReads(daemon.home.journal.store)
        eventually(lambda: reads.position() is not None)
        come(parts, data(FINANCE, F))
        eventually(lambda: bool(reads.listed("", 1)))
        assert daemon.server is not None
        far = FarClient(f"http://127.0.0.1:{daemon.server.port}", str(settings.secrets / "an"))
        dry = far.call("reports_release", aggregate=WHOLE, dry_run=True)
        far.call("reports_release", aggregate=WHOLE, reason="hạn")
        eventually(lambda: bool(made(parts)))
        traced = far.call("reports_trace", aggregate=WHOLE, cell="I/all")
        deeds = [(one["who"], one["what"]) for one in ask(parts, "audit")["deeds"]]
    finally:
        daemon.stop()

    assert dry["missing"] == [HEALTH, OLD]
    assert (traced["missing"], traced["cells"][0]["value"]) == ([HEALTH, OLD], F["I"])
    assert ("an", "reports_release") in deeds
