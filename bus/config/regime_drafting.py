"""From the document of ``regimes.yaml`` to forms and regimes, one by one: a bad entry is reported and left out, the rest goes on.

What people write once is put where the contracts want it: an entry's key is its code, a form names indicators of the file, a regime names
forms and outlines by their key and units by their group. Of two versions one thing has two entries, which say its ``code``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bus.calendar import Offices
from bus.config.complaints import complaints
from bus.config.problems import Finding, Path, suggest
from bus.config.regime_checks import deadlines_follow_data, forms_are_owed, versions_differ
from bus.config.values import Section
from schemas.report.base import Code
from schemas.report.catalogue import IndicatorItem, Indicators
from schemas.report.form import Form, Indicator, OutlineForm
from schemas.report.library import Library, library
from schemas.report.regime import Level, Regime

SECTIONS = ("calendar", "issuer", "groups", "indicators", "forms", "outlines", "regimes")
M = TypeVar("M", bound=BaseModel)


class Calendar(Section):
    """Days decided besides those the library of holidays knows: swapped for others, or of the province's own."""

    off: tuple[date, ...] = ()
    working: tuple[date, ...] = ()


class Group(Section):
    """Units of one level that owe the same; from and to which day they are there (both included)."""

    level: Level
    units: tuple[Code, ...]
    valid_from: date | None = None
    valid_to: date | None = None


class Drafter:
    """The file's sections as typed values, and what was found wrong with them."""

    def __init__(self, root: object) -> None:
        self.findings: list[Finding] = []
        self._named: set[tuple[str, str]] = set()
        self._sections = self._mapping(root, ())
        self._check_sections()
        calendar = self._made(Calendar, self._sections.get("calendar") or {}, ("calendar",)) or Calendar()
        self.offices = Offices(frozenset(calendar.off), frozenset(calendar.working))
        self._groups = self._entries("groups", Group)
        self._indicators = self._entries("indicators", Indicator)
        self._forms = self._entries("forms", Form)
        self._outlines = self._entries("outlines", OutlineForm)
        self._regimes = self._entries("regimes", Regime)
        self.findings += versions_differ("forms", self._forms)
        self.findings += versions_differ("outlines", self._outlines)
        self.findings += versions_differ("regimes", self._regimes)
        self.findings += forms_are_owed(self._forms, self._named)
        for code, regime in self._regimes.items():
            self.findings += deadlines_follow_data(code, regime, self.offices.is_working)

    def library(self) -> Library:
        """All forms, outlines and regimes that are right in themselves."""
        return library(self._regimes.values(), self._forms.values(), self._outlines.values())

    def catalogue(self) -> Indicators | None:
        """The indicators of the file; None where it has none."""
        given = self._indicators.values()
        items = tuple(IndicatorItem(code=one.code, name=one.name, name_en=one.name_en, unit=one.unit) for one in given)
        issuer = str(self._sections.get("issuer", "-"))
        return Indicators(code="indicators", version="1", issued_by=issuer, items=items) if items else None

    def _check_sections(self) -> None:
        if not self._sections:
            self._find("regimes.empty", (), "there is nothing in the file", "regimes, and the forms they are owed on")
        for name in self._sections:
            if name not in SECTIONS:
                write = suggest(name, SECTIONS)
                self._find("regimes.unknown_key", (name,), f"unknown key '{name}'", write, at_key=True)

    def _entries(self, section: str, model: type[M]) -> dict[str, M]:
        made: dict[str, M] = {}
        for key, value in self._written(section).items():
            path = (section, key)
            entry = self._filled(section, self._mapping(value, path), path)
            named = {"code": key, **entry} if "code" in model.model_fields else entry
            one = self._made(model, named, path)
            if one is not None:
                made[key] = one
        return made

    def _written(self, section: str) -> Mapping[str, Any]:
        return self._mapping(self._sections.get(section), (section,))

    def _filled(self, section: str, entry: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
        """The entry with what it says by names put in their place."""
        filled = dict(entry)
        if section in {"forms", "outlines", "regimes"} and "issuer" in self._sections:
            filled.setdefault("issued_by", self._sections["issuer"])
        if section == "forms" and isinstance(entry.get("indicators"), list):
            rows = enumerate(entry["indicators"])
            filled["indicators"] = [self._row(row, (*path, "indicators", at)) for at, row in rows]
        if section == "regimes":
            filled |= self._owed(entry, path)
        return filled

    def _row(self, row: Any, path: Path) -> Any:
        """An indicator of a form; a word is one of the file's list."""
        if not isinstance(row, str):
            return row
        self._check_named("indicators", row, path)
        return self._indicators.get(row, {"code": row, "name": row, "unit": "-"})

    def _owed(self, entry: Mapping[str, Any], path: Path) -> Iterator[tuple[str, Any]]:
        """What of a regime is said by names: its forms, its outline, its units."""
        forms, outline, units = entry.get("forms"), entry.get("outline"), entry.get("units")
        if isinstance(forms, list):
            yield "forms", [self._form(one, (*path, "forms", at)) for at, one in enumerate(forms)]
        if isinstance(outline, str):
            self._check_named("outlines", outline, (*path, "outline"))
            yield "outline", _reference(outline, self._outlines.get(outline))
        if isinstance(units, list):
            yield "units", [unit for at, one in enumerate(units) for unit in self._units(one, (*path, "units", at))]

    def _form(self, said: Any, path: Path) -> Any:
        """A form by its code, or by ``{code: …, only: […]}``, in the version of this file."""
        more = dict(said) if isinstance(said, dict) else {"code": said}
        if not isinstance(more.get("code"), str):
            return more
        self._check_named("forms", more["code"], path)
        named = _reference(more["code"], self._forms.get(more["code"]))
        if more.get("version", named["version"]) != named["version"]:
            what = f"form '{more['code']}' is of version '{named['version']}' in this file"
            self._find("regimes.value", (*path, "version"), what, "that version, or none")
        return more | named

    def _units(self, said: Any, path: Path) -> Iterator[Any]:
        """The units of a group, or one as the contract has it."""
        if not isinstance(said, str):
            yield said
            return
        self._check_named("groups", said, path)
        for group in (self._groups[name] for name in self._groups if name == said):
            held = {"level": group.level, "valid_from": group.valid_from, "valid_to": group.valid_to}
            yield from ({"unit": unit, **held} for unit in group.units)

    def _check_named(self, section: str, name: str, path: Path) -> None:
        """An entry that is there and wrong is reported where it stands, and not again where it is named."""
        self._named.add((section, name))
        if name not in self._written(section):
            write = suggest(name, self._written(section))
            self._find("regimes.unknown_name", path, f"there is no '{name}' in {section}", write)

    def _made(self, model: type[M], value: Any, path: Path) -> M | None:
        try:
            return model.model_validate(value, by_alias=False, by_name=True)
        except ValidationError as error:
            self.findings += complaints(error, model, value, path)
            return None

    def _mapping(self, value: object, path: Path) -> Mapping[str, Any]:
        if value is None or isinstance(value, dict):
            return value or {}
        finding = Finding("regimes.type", path, "a value of a wrong kind stands here", "keys with values")
        if finding not in self.findings:
            self.findings.append(finding)
        return {}

    def _find(self, code: str, path: Path, what: str, write: str, *, at_key: bool = False) -> None:
        self.findings.append(Finding(code, path, what, write, at_key=at_key))


def _reference(key: str, known: Form | OutlineForm | None) -> dict[str, str]:
    """What a key stands for; one that is wrong or not there is told where it stands."""
    return {"code": known.code, "version": known.version} if known else {"code": key, "version": "-"}
