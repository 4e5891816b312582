"""The pages say what the code says: every code, table, state, setting, key, metric and command, and nothing else."""

from __future__ import annotations

import pkgutil
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer
from prometheus_client.metrics import MetricWrapperBase
from pydantic import BaseModel

import bus
from adapters.api.reports.settings import ReportsDoor
from adapters.api.settings import ApiDoor
from adapters.lgsp.door_settings import LgspDoor
from adapters.rest.settings import RestSettings
from adapters.soap.door.settings import SoapDoor
from adapters.vxp.endpoint_settings import VxpSettings
from adapters.vxp.settings import VxpDoor
from bus.catalogue import CATALOGUE
from bus.classes import CLASSES
from bus.cli.app import application
from bus.cli.words import STATES, STATUSES
from bus.config import Settings, load_settings
from bus.config.conditions import When
from bus.config.drafting import SECTIONS
from bus.config.expectations import EXPECTATIONS, Remind
from bus.config.models import AgencyEntry, Operator, Partner, Retention, RetryPolicy, Rule, SecrecyMarker, Tap
from bus.endpoint_settings import DoorSettings, Idempotency
from bus.errors import FailureClass
from bus.journal.schema import metadata
from bus.journal.states import MOVES, Reason, State
from bus.metrics import Metrics
from schemas.edxml.codes import STATUS_VI

TOP = Path(__file__).parents[2]
PAGES = [*TOP.glob("*.md"), *(TOP / "docs").glob("*.md")]
_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def page(name: str) -> str:
    return (TOP / "docs" / f"{name}.md").read_text("utf-8")


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one."""
    found = re.search(rf"^#+ {re.escape(heading)}$(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"no heading {heading}"
    return found[1]


def rows(text: str) -> Iterator[list[str]]:
    """The cells of all tables of a text, without their headings."""
    lines = text.split("\n")
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("|") and not line.startswith("|---") and not following.startswith("|---"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def words(cell: str) -> list[str]:
    """What stands in backquotes in a cell."""
    return re.findall(r"`([^`]+)`", cell)


def firsts(text: str) -> list[str]:
    """What stands in backquotes in the first cells of the tables of a text."""
    return [word for row in rows(text) for word in words(row[0])]


def keys(*models: type[BaseModel]) -> set[str]:
    return {field.alias or name for model in models for name, field in model.model_fields.items()}


def commands() -> Mapping[str, Any]:
    found: Mapping[str, Any] = vars(typer.main.get_command(application()))["commands"]
    return found


def test_every_refusal_is_told() -> None:
    """errors.md has each code of the catalogue with its status, side and texts, in the same order."""
    told = [[*words(row[0]), *row[1:]] for row in rows(section(page("errors"), "Refusals at the doors"))]

    assert told == [[one.code, str(one.http), one.side, one.what, one.todo] for one in CATALOGUE.values()]


def test_every_refusal_is_told_in_vietnamese() -> None:
    """The second table has the same codes in the language of the callers."""
    told = [[*words(row[0]), *row[1:]] for row in rows(section(page("errors"), "Bằng tiếng Việt"))]

    assert told == [[one.code, one.what_vi, one.todo_vi] for one in CATALOGUE.values()]


def test_every_failure_class_is_told() -> None:
    """errors.md says of each class what the bus does about it."""
    assert firsts(section(page("errors"), "Failures of calls to partners")) == list(FailureClass)


def test_every_class_is_told_with_its_words() -> None:
    """errors.md has each class and reason with side, policy, hint and request, in both languages and the same order."""
    told = [[*words(row[0])[:1], *row[1:]] for row in rows(section(page("errors"), "Why a copy stands where it does"))]
    vietnamese = [
        [*words(row[0])[:1], *row[1:]] for row in rows(section(page("errors"), "Vì sao một bản gửi dừng lại"))
    ]

    assert told == [[one.name, one.side, one.policy, one.what, one.todo, one.ask] for one in CLASSES.values()]
    assert vietnamese == [[one.name, one.what_vi, one.todo_vi, one.ask_vi] for one in CLASSES.values()]


def test_every_problem_of_routes_is_told() -> None:
    """errors.md has each code that the reading of routes.yaml can give."""
    sources = [path.read_text("utf-8") for path in (TOP / "bus" / "config").glob("*.py")]
    codes = {code for source in sources for code in re.findall(r'"(routes\.[a-z_]+)"', source)}

    assert sorted(firsts(section(page("errors"), "Problems of routes.yaml"))) == sorted(codes)


def test_every_table_is_told() -> None:
    """schema.md has a section for each table."""
    assert set(re.findall(r"^## `(\w+)`$", page("schema"), re.MULTILINE)) == set(metadata.tables)


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_every_column_and_index_is_told(name: str) -> None:
    """Each column, index and named constraint of a table stands in its section, and no other does."""
    table = metadata.tables[name]
    named = [str(one.name) for one in (*table.indexes, *table.constraints) if one.name]  # type: ignore[attr-defined]

    assert sorted(firsts(section(page("schema"), f"`{name}`"))) == sorted([*table.columns.keys(), *named])


def test_every_move_is_drawn() -> None:
    """The diagram of lifecycle.md has exactly the moves that the journal makes."""
    drawn = set(re.findall(r"^ +(\w+) --> (\w+)$", page("lifecycle"), re.MULTILINE))

    assert drawn == {(before, after) for before, afters in MOVES.items() for after in afters}


def test_every_state_is_told() -> None:
    """lifecycle.md and the glossary call each state what operators see."""
    lifecycle = {words(row[0])[0]: row[1] for row in rows(section(page("lifecycle"), "States"))}
    glossary = {row[0]: row[1] for row in rows(section(page("glossary"), "States"))}

    assert lifecycle == glossary == dict(STATES)
    assert set(lifecycle) == set(State)


def test_every_status_is_told() -> None:
    """The glossary calls each status what operators see."""
    told = {row[0]: row[1] for row in rows(section(page("glossary"), "Statuses")) if row[0].isdigit()}

    assert told == dict(STATUS_VI)
    assert set(told) == set(STATUSES)


def test_every_reason_is_told() -> None:
    """lifecycle.md explains each reason the bus itself gives."""
    assert sorted(firsts(section(page("lifecycle"), "Reasons"))) == sorted(Reason)


def test_every_contract_is_told() -> None:
    """lifecycle.md says of each contract what becomes of an unknown outcome."""
    assert sorted(firsts(section(page("lifecycle"), "Unknown outcomes"))) == sorted(Idempotency)


def test_every_setting_is_told_with_its_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """operating.md has each BUS_* variable, and to set the default it names changes nothing."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"BUS_{name.upper()}", raising=False)
    usual = load_settings()
    told = {words(row[0])[0]: "".join(words(row[1])) for row in rows(section(page("operating"), "Settings"))}

    assert set(told) == {f"BUS_{name.upper()}" for name in Settings.model_fields}
    given = {name.removeprefix("BUS_").lower(): text for name, text in told.items()}
    home = str(usual.home)
    assert load_settings(**{name: text.replace("BUS_HOME", home) for name, text in given.items()}) == usual


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("`endpoints`: where messages go", keys(RestSettings)),
        ("`kind: vxp`: the national axis", keys(VxpSettings) - {"kind", "rate", "retry", "trace_header"}),
        ("`agencies`: names and codes", keys(AgencyEntry)),
        ("`routes`: who gets what", keys(Rule) | keys(When)),
        ("`retry`: how long to try", keys(RetryPolicy)),
        ("`retention`: how long to keep", keys(Retention)),
        ("`secrecy_markers`: what must never pass", keys(SecrecyMarker)),
        ("`operators`: from afar", keys(Operator)),
    ],
)
def test_every_key_of_routes_is_told(heading: str, expected: set[str]) -> None:
    """operating.md has each key of a section of routes.yaml."""
    assert sorted(firsts(section(page("operating"), heading))) == sorted(expected)


def test_every_key_of_expectations_is_told() -> None:
    """expectations.md has each key of the section, whatever is expected."""
    told = firsts(section(page("expectations"), "`expectations`: the rules"))

    assert sorted(told) == sorted(keys(*EXPECTATIONS.values(), Remind))


def test_every_key_of_partners_and_taps_is_told() -> None:
    """Partners with what each door needs; taps share their keys with routes."""
    told = list(rows(section(page("operating"), "`partners`: who calls the bus")))
    doors = {(words(row[0])[0], words(row[1])[0]) for row in told if len(row) == 4}

    assert {words(row[0])[0] for row in told if len(row) == 3} == keys(Partner)
    common = keys(DoorSettings)
    models = {"vxp": VxpDoor, "api": ApiDoor, "lgsp": LgspDoor, "soap": SoapDoor, "reports": ReportsDoor}
    assert doors - {("any", key) for key in common} == {
        (door, key) for door, model in models.items() for key in keys(model) - common
    }
    assert keys(Tap) == set(words(section(page("operating"), "`taps`: a copy to the side")))
    assert set(words(_BLOCK.sub("", section(page("operating"), "routes.yaml")))) >= set(SECTIONS)


def test_every_metric_is_told() -> None:
    """operating.md has each metric with its labels."""
    told = {words(row[0])[0]: words(row[1]) for row in rows(section(page("operating"), "Health, metrics, logs"))}
    made = [one for one in vars(Metrics()).values() if isinstance(one, MetricWrapperBase)]

    assert told == {_exposed(one): list(one._labelnames) for one in made}


def _exposed(metric: MetricWrapperBase) -> str:
    (family,) = metric.collect()
    return f"{family.name}_total" if family.type == "counter" else family.name


def test_every_command_is_told() -> None:
    """operating.md has each command of ``bus``."""
    told = [word.removeprefix("bus ") for word in firsts(section(page("operating"), "Day to day"))]

    assert sorted(told) == sorted(commands())


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_command_is_made_up(path: Path) -> None:
    """What a page tells to type exists."""
    text = path.read_text("utf-8")
    typed = {word for block in _BLOCK.findall(text) for word in re.findall(r"^bus ([a-z-]+)", block, re.MULTILINE)}
    named = set(re.findall(r"`bus ([a-z-]+)", _BLOCK.sub("", text)))

    assert typed | named <= set(commands())


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    """Each link of a page leads to a file of ours, and to a heading of it."""
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", path.read_text("utf-8")):
        name, _, anchor = target.partition("#")
        linked = path.parent / name if name else path
        assert linked.exists(), target
        assert not anchor or anchor in _anchors(linked.read_text("utf-8")), target


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_letters_are_composed(path: Path) -> None:
    """Vietnamese is written in NFC, so that it can be searched for."""
    text = path.read_text("utf-8")

    assert unicodedata.is_normalized("NFC", text)


def test_the_map_of_the_package_is_whole() -> None:
    """``bus/__init__.py`` names each module of the package, and none that is not there."""
    named = re.findall(r"``(\w+)``", bus.__doc__ or "")

    assert sorted(named) == sorted({module.name for module in pkgutil.iter_modules(bus.__path__)})
