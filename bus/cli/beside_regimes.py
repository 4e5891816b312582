"""``check``: what is wrong with the regimes, and what rules for reports say beside them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bus.config import RoutesFile
from bus.config.expectations import Report
from bus.config.problems import closest, suggest
from bus.config.regimes import RegimesInvalid, parse_regimes
from bus.control import routing
from bus.directory import Directory
from bus.errors import NotFound
from schemas.report.library import Library


def told_of(path: Path, told: dict[str, Any]) -> Library | None:
    """The regimes of a file, with their version and problems added to what is told; None where there is no file, or a wrong one.
    Raises NotFound where it cannot be read.
    """
    told["regimes_version"] = None
    if not path.exists():
        return None
    try:
        found = parse_regimes(path.read_text(encoding="utf-8"), path.name)
    except RegimesInvalid as invalid:
        told["ok"] = False
        told["problems"] += routing.problems(invalid.problems)
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(f"{path} cannot be read: {error}") from error
    told["regimes_version"] = found.version
    told["problems"] += routing.problems(found.warnings)
    return found.library


def odd(routes: RoutesFile, library: Library | None, path: Path) -> Iterator[str]:
    """Everything in the rules for reports that no regime answers."""
    rules = [one for one in routes.expectations if isinstance(one, Report)]
    if rules and not path.exists():
        yield f"there is no {path} (BUS_REGIMES): nobody owes a report"
    if library is None:
        return
    for rule in rules:
        yield from _regimes(rule, library)
        yield from _units(rule, library, Directory.build(routes))


def _regimes(rule: Report, library: Library) -> Iterator[str]:
    for code in rule.regimes:
        if code not in library.regimes:
            yield f"expectation {rule.name}: there is no regime {code}; write {suggest(code, library.regimes)}"


def _units(rule: Report, library: Library, directory: Directory) -> Iterator[str]:
    known = {directory.canonical(one.unit) for regime in library for one in regime.units}
    for code in rule.aggregate:
        if directory.canonical(code) not in known:
            write = closest(code, known) or "the code of a unit that owes one"
            yield f"expectation {rule.name}: {code} owes no report that could be made of others; write {write}"
