"""``check``: what rules for reports say, beside the regimes that say who owes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bus.config import RoutesFile
from bus.config.expectations import Report
from bus.config.problems import closest, suggest
from bus.config.regimes import RegimesInvalid, parse_regimes
from bus.directory import Directory
from schemas.report.library import Library


def odd(routes: RoutesFile, file: Path) -> Iterator[str]:
    """Everything in the rules that no regime answers, and what is wrong with the file of regimes. Nothing where no rule is about reports."""
    rules = [one for one in routes.expectations if isinstance(one, Report)]
    if not rules:
        return
    try:
        library = parse_regimes(file.read_text(encoding="utf-8"), str(file)).library
    except RegimesInvalid as invalid:
        yield from map(str, invalid.problems)
    except (OSError, UnicodeDecodeError) as error:
        yield f"{file} (BUS_REGIMES) cannot be read, so nobody owes a report: {error}"
    else:
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
