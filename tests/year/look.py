"""Everything at the end of a year: obligations, what units are told of them, the province's reports, and what both systems hold."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from bus.daemon import Daemon
from bus.journal.expectation_reads import ExpectationReads, Which
from bus.journal.pick import Filter
from schemas.report.library import Library
from tests.buses import ask
from tests.year.deeds import Done
from tests.year.doors import Caller
from tests.year.model import About, Expected, Model
from tests.year.place import PROVINCE, SYSTEMS, Systems
from tests.year.plan import Scenario, owing_at_the_end
from tests.year.told import Told


@dataclass(frozen=True, slots=True)
class Played:
    """A year that was played. ``taken``: the reports of units that the bus took."""

    scenario: Scenario
    daemon: Daemon
    library: Library
    model: Model
    taken: Sequence[Done]
    told: Told


@dataclass(frozen=True, slots=True)
class _Copy:
    """A report as the journal has it for a recipient."""

    message: str
    doc_id: str
    body: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


def look(year: Played, systems: Systems) -> None:
    """At all of it; what is not as it should be is told."""
    never = _obligations(year)
    _told_at_the_door(year, never)
    copies = {name: _copies(year.daemon, code) for name, code in SYSTEMS.items()}
    _aggregates(year, copies["government"])
    _units_reports(year, copies["province"])
    for name, there in copies.items():
        _system(year.told, name, {one.doc_id: one.sha256 for one in there}, systems)
    year.told.asked = systems.asked()


def _obligations(year: Played) -> set[str]:
    """Each is there once; what is open and overdue is what never came: their keys."""
    reads, told = ExpectationReads(year.daemon.home.journal.store), year.told
    asked = [reads.listed(Which(rules=("bao-cao",), closed=closed, limit=1_000_000)) for closed in (False, True)]
    meant = {one.key for one in told.duties}
    open_, closed = ([row.key for row in rows if row.key in meant] for rows in asked)
    never = owing_at_the_end(year.scenario, (one for one in told.duties if one.unit != PROVINCE))
    never |= {"|".join((*which, PROVINCE)) for which in year.model.dues if not _went(year.model, which)}
    late = [one["key"] for one in ask(year.daemon.parts(), "reports_overdue", limit=10_000)["rows"]]
    told.overdue = len(set(late) & meant)
    told.must(sorted(open_ + closed) == sorted(meant), "not every obligation is there once")
    told.must(set(open_) == never, f"open: {sorted(set(open_) ^ never)[:5]}")
    told.must(set(late) & meant == never, f"overdue: {sorted((set(late) & meant) ^ never)[:5]}")
    return never


def _went(model: Model, which: About) -> bool:
    return which in model.wholes and bool(model.wholes[which].sent)


def _told_at_the_door(year: Played, never: set[str]) -> None:
    """Whoever still owes something is told so at the door, and nothing else of this year; nobody is told of others."""
    meant = {one.key: (one.regime, one.form, one.period, _heir(year, one.unit)) for one in year.told.duties}
    asked = sorted({unit for *_, unit in meant.values()})
    caller = Caller(year.daemon.home.settings.address)
    answers = [one for unit in asked for one in caller.owed(unit)]
    caller.close()
    told = {(one["regime"], one["form"], one["period"], one["unit"]) for one in answers} & set(meant.values())
    owed = {meant[key] for key in never}
    year.told.must(told == owed, f"told at the door: {sorted(told ^ owed)[:5]}")


def _heir(year: Played, unit: str) -> str:
    return (year.scenario.successors or {}).get(unit, unit)


def _copies(daemon: Daemon, code: str) -> list[_Copy]:
    """All that was accepted for a recipient, in order."""
    found, home = [], daemon.home
    for one in sorted(home.browse.copies(Filter(recipients=(code,), limit=100_000)), key=lambda one: one.seq):
        claim = home.claims.find(home.journal.reads.body(one.copy.body))
        assert claim is not None
        with claim.open() as reader:
            found.append(_Copy(one.event.id, one.copy.id, reader.read()))
    return found


def _aggregates(year: Played, copies: Sequence[_Copy]) -> None:
    """Every version the province sent is the one that another count gives, and no other was sent."""
    found: dict[About, list[dict[str, Any]]] = {}
    for one in copies:
        said = orjson.loads(one.body)
        found.setdefault((said["regime"], said["form"]["code"], said["period"]["code"]), []).append(said)
    year.told.versions = len(copies)
    columns = _columns(year.library)
    for which, whole in year.model.wholes.items():
        told = [_as_expected(one, columns[which[1]]) for one in found.pop(which, [])]
        year.told.must(told == whole.sent, f"{which}: {len(told)} versions, expected {len(whole.sent)}")
    year.told.must(not found, f"sent though nobody asked: {sorted(found)[:5]}")


def _columns(library: Library) -> dict[str, dict[str, str]]:
    """By form, the columns of its breakdowns."""
    return {
        code: {orjson.dumps(dict(one.breakdown)).decode(): one.code for one in table.form.columns}
        for (code, _), table in library.forms.items()
    }


def _as_expected(said: dict[str, Any], columns: dict[str, str]) -> Expected:
    figures = {
        f"{one['indicator']}/{columns[orjson.dumps(one['breakdown']).decode()]}": (one["value"], one["status"])
        for one in said["observations"]
    }
    return Expected(said["version"], tuple(said["missingUnits"]), figures, tuple(said["rows"]))


def _units_reports(year: Played, copies: Sequence[_Copy]) -> None:
    """The bus has for the province what units sent, byte by byte, each once; of a filled form the packet that its unit meant."""
    by_message = {one.message: one for one in copies}
    taken = {one.message for one in year.taken}
    year.told.must(
        len(taken) == len(year.taken) == len(copies), f"{len(year.taken)} were taken, {len(copies)} are there"
    )
    for one in year.taken:
        there = by_message.get(one.message)
        if there is None:
            year.told.must(False, f"{one.act.key}: not there")
        elif one.sha256:
            year.told.must(there.sha256 == one.sha256, f"{one.act.key}: other bytes than were sent")
        else:
            same = _sorted(orjson.loads(there.body)) == _sorted(one.said or {})
            year.told.must(same, f"{one.act.key}: not what was filled in")


def _sorted(said: dict[str, Any]) -> dict[str, Any]:
    """A report whose figures stand in an order that no form gives."""
    return {**said, "observations": sorted(said["observations"], key=orjson.dumps)}


def _system(told: Told, name: str, sent: dict[str, str], systems: Systems) -> None:
    """One of both systems has every packet that was sent to it under its id, once, and nothing else."""
    kept = systems.kept(name)
    told.received[name] = len(kept)
    told.must({key: sha256 for key, (sha256, _) in kept.items()} == sent, f"{name}: {len(kept)}, sent {len(sent)}")
    again = [key for key, (_, times) in kept.items() if times != 1]
    told.must(not again, f"{name} got {len(again)} more than once")
