"""``bus directory``, alone and through a daemon."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.vxp.sandbox import AxisSandbox
from bus.config import Settings, load_settings
from tests.agency_lists import CLOSED, HERE, ROUTES, THERE, UNITS, listing_axis, shut, trust
from tests.buses import running as again
from tests.clis import bus
from tests.daemons import make_home


@pytest.fixture
def axis() -> Iterator[AxisSandbox]:
    with listing_axis() as sandbox:
        yield sandbox


@pytest.fixture
def home(axis: AxisSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home no daemon runs, for commands."""
    chosen = load_settings(
        home=make_home(tmp_path, ROUTES % (axis.url, "never")), routes=tmp_path / "routes.yaml", listen="127.0.0.1:0"
    )
    trust(tmp_path)
    monkeypatch.setenv("BUS_HOME", str(chosen.home))
    monkeypatch.setenv("BUS_ROUTES", str(chosen.routes))
    return chosen


def test_alone(home: Settings) -> None:
    """Fetched, found and shown without a daemon."""
    told = bus("directory", "refresh", "axis", "--json").json()["lists"]
    assert [(one["endpoint"], one["agencies"], one["added"]) for one in told] == [("axis", 4, 4)]
    found = bus("directory", "find", "VAN", "phong", "--json").json()
    assert [(one["code"], one["from"]) for one in found["agencies"]] == [("G22", "axis")]
    assert bus("directory", "show", THERE, "--json").json()["spellings"] == ["G22", THERE]


def test_through_a_daemon(home: Settings, axis: AxisSandbox) -> None:
    """The same words; nothing on standard error."""
    with again(home):
        told = bus("directory", "refresh")
        assert (told.code, told.err) == (0, "")
        assert "axis: 4 agencies; 4 added, 0 changed (0 closed now), 0 gone" in told.out
        shut(axis)
        assert "1 changed (1 closed now)" in bus("directory", "refresh").out
        page = bus("directory", "show", CLOSED).out
    assert "spellings: H62, 000.00.00.H62" in page
    assert "closed; no successor is named" in page
    assert "known from: axis (H62, closed)" in page
    assert "REFUSED recipient.closed" in page


def test_an_agency_of_ours_is_found_by_the_lists_name(home: Settings) -> None:
    """The routes give it no name; its code, partner and rule are theirs all the same."""
    bus("directory", "refresh")
    found = bus("directory", "find", "so noi vu", "--json").json()["agencies"]

    assert [(one["code"], one["name"]) for one in found] == [(HERE, "Sở Nội vụ")]
    told = bus("directory", "show", HERE, "--json").json()
    assert (told["partner"], told["rule"], told["spellings"]) == ("so-noi-vu", "inside", [HERE, "H62.05"])
    assert [one["from"] for one in told["known_from"]] == ["routes.yaml", "axis"]


def test_a_computed_code_is_a_suggestion(home: Settings) -> None:
    """It says what it is and what to write, and routes nothing: the other spelling stays unknown."""
    told = bus("directory", "show", "000.00.12.H62", "--json").json()
    assert told["suggestion"] == {
        "computed": "H62.12", "write": 'agencies: {"H62.12": {old_code: "000.00.12.H62"}}'
    }  # fmt: skip
    assert (told["spellings"], told["refused"]) == (["000.00.12.H62"], "recipient.unknown")
    page = bus("directory", "show", HERE).out
    assert "Computed, and never used by the bus: H62.05" in page
    assert 'partners: {so-noi-vu: {aliases: {"000.00.05.H62": ["H62.05"]}}}' in page


def test_nothing_is_suggested_where_it_is_known(home: Settings) -> None:
    """A pair from a list needs no computing, and a code another agency has is no suggestion."""
    bus("directory", "refresh")

    assert bus("directory", "show", HERE, "--json").json()["suggestion"] is None
    assert bus("directory", "show", "G22", "--json").json()["suggestion"] is None


def test_more_is_said(home: Settings) -> None:
    """A list that was cut says so."""
    bus("directory", "refresh")

    assert bus("directory", "find", "h62", "--limit", "1", "--json").json()["more"]
    assert "there are more" in bus("directory", "find", "h62", "--limit", "1").out


def test_an_axis_in_trouble_is_a_failure(home: Settings, axis: AxisSandbox) -> None:
    """Exit 1 with a code for scripts."""
    bus("directory", "refresh")
    axis.list(UNITS[:1])

    told = bus("directory", "refresh", "--json")
    assert (told.code, told.json()["error"]["code"]) == (1, "directory.lost")
    assert bus("directory", "refresh", "--smaller").code == 0
