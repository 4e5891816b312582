"""Whole files: good ones parse, of bad ones every problem is told with its line and code."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

import adapters
from bus.config import Problem, RoutesInvalid, Severity
from bus.planning import Planner
from tests.unit.routes_models import DATA, routes_of

BAD = sorted((DATA / "bad").glob("*.yaml"))
GOOD = sorted((DATA / "good").glob("*.yaml"))


def expected(path: Path) -> list[str]:
    head = path.read_text("utf-8").partition("\n")[0]
    return sorted(head.partition("# expected: ")[2].split("; ")) if "# expected: " in head else []


def told(problems: tuple[Problem, ...]) -> list[str]:
    return sorted(f"{problem.place.line} {problem.code}" for problem in problems)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_file(path: Path) -> None:
    """Exactly the problems its first line names are told, and one of them at least is an error."""
    with pytest.raises(RoutesInvalid) as caught:
        routes_of(path.read_text("utf-8"))

    assert told(caught.value.problems) == expected(path)
    assert any(problem.severity is Severity.ERROR for problem in caught.value.problems)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_problems_read_well(path: Path) -> None:
    """A problem is one line: file, line, column, severity, code, what is wrong and what to write."""
    with pytest.raises(RoutesInvalid) as caught:
        routes_of(path.read_text("utf-8"))

    for problem in caught.value.problems:
        assert re.fullmatch(r"routes\.yaml:\d+:\d+: (error|warning) routes\.[a-z_]+: .+; write .+", str(problem))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_no_secret_in_a_problem(path: Path) -> None:
    """What stands where a secret belongs is never repeated."""
    with pytest.raises(RoutesInvalid) as caught:
        routes_of(path.read_text("utf-8"))

    assert "hunter2" not in str(caught.value)
    assert "5318008" not in str(caught.value)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_file(path: Path) -> None:
    """A good file parses, with the warnings its first line names and no others."""
    assert told(routes_of(path.read_text("utf-8")).warnings) == expected(path)


def test_the_sample_at_the_root_is_good() -> None:
    """The file that ``make run`` uses has no problem at all, as the adapters there are read it."""
    planner = Planner(adapters.all_adapters(), timedelta())

    assert planner.read(DATA.parents[2] / "routes.yaml").warnings == ()
