"""From a document to typed entries, one by one: a bad entry is reported and left out, the rest goes on.

What holds between entries is the business of the checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from bus.config.alerts import ALERTS, Alert
from bus.config.channels import CHANNELS, Channel, Statement
from bus.config.complaints import bare_numbers, complaints
from bus.config.expectations import EXPECTATIONS, Expectation
from bus.config.models import (
    MAILBOX,
    AgencyEntry,
    MailboxSettings,
    Operator,
    Partner,
    Retention,
    RetryPolicy,
    Rule,
    SecrecyMarker,
    Tap,
)
from bus.config.problems import Finding, Path, suggest
from bus.config.reading import Document
from bus.config.values import Name, clean_code
from bus.endpoint_settings import DoorSettings, EndpointSettings

SECTIONS = (
    "endpoints",
    "partners",
    "agencies",
    "routes",
    "taps",
    "retry",
    "retention",
    "secrecy_markers",
    "operators",
    "alerts",
    "channels",
    "statements",
    "expectations",
)

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Draft:
    """The entries that are right in themselves. Lists are kept by their index in the file."""

    endpoints: Mapping[str, EndpointSettings]
    partners: Mapping[str, Partner]
    agencies: Mapping[str, AgencyEntry]
    routes: Mapping[int, Rule]
    taps: Mapping[int, Tap]
    retry: Mapping[str, RetryPolicy]
    retention: Mapping[str, Retention]
    secrecy_markers: Mapping[int, SecrecyMarker]
    operators: Mapping[str, Operator]
    alerts: Mapping[int, Alert]
    channels: Mapping[str, Channel]
    statements: Mapping[int, Statement]
    expectations: Mapping[int, Expectation]
    #: Names in the file, also of entries that were left out, so that one fault is told once.
    names: Mapping[str, frozenset[str]]

    @property
    def knows_all_codes(self) -> bool:
        """Whether no entry that brings agency codes was left out."""
        kept = {"partners": len(self.partners), "agencies": len(self.agencies)}
        return all(count == len(self.names[section]) for section, count in kept.items())


class Drafter:
    """Reads one document section by section and collects what it finds."""

    def __init__(
        self,
        document: Document,
        endpoint_models: Mapping[str, type[EndpointSettings]],
        door_models: Mapping[str, type[DoorSettings]],
    ) -> None:
        self._document = document
        self._kinds: dict[str, type[EndpointSettings]] = {**endpoint_models, MAILBOX: MailboxSettings}
        self._doors = door_models
        self.findings: list[Finding] = []

    def draft(self) -> Draft:
        self._check_sections()
        sections = ("endpoints", "partners", "agencies", "retry", "channels")
        return Draft(
            endpoints=self._named("endpoints", self._endpoint),
            partners=self._named("partners", self._partner),
            agencies=self._agencies(),
            routes=dict(self._listed("routes", Rule)),
            taps=dict(self._listed("taps", Tap)),
            retry=self._named("retry", lambda name, raw: self._entry(RetryPolicy, raw, ("retry", name))),
            retention=self._named("retention", lambda name, raw: self._entry(Retention, raw, ("retention", name))),
            secrecy_markers=dict(self._listed("secrecy_markers", SecrecyMarker)),
            operators=self._named("operators", lambda name, raw: self._entry(Operator, raw, ("operators", name))),
            alerts=dict(self._of_kinds("alerts", Alert, ALERTS)),
            channels=self._named(
                "channels", lambda name, raw: self._of_kind(Channel, CHANNELS, raw, ("channels", name))
            ),
            statements=dict(self._listed("statements", Statement)),
            expectations=dict(self._of_kinds("expectations", Expectation, EXPECTATIONS)),
            names={section: frozenset(self._mapping(section)) for section in sections},
        )

    def _check_sections(self) -> None:
        root = self._document.root
        if not root:
            self._report("routes.empty", (), "the file is empty", "endpoints, partners and routes")
        elif not isinstance(root, dict):
            self._report("routes.type", (), "the file is not a mapping", f"sections: {', '.join(SECTIONS)}")
        else:
            for key in root.keys() - set(SECTIONS):
                what = f"unknown key '{key}'"
                self._report("routes.unknown_key", (key,), what, suggest(key, SECTIONS), at_key=True)

    def _value(self, path: Path) -> object:
        value = self._document.root
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        return value

    def _mapping(self, section: str) -> Mapping[str, object]:
        value = self._value((section,))
        return value if isinstance(value, dict) else {}

    def _named(self, section: str, build: Callable[[str, object], M | None]) -> dict[str, M]:
        """The entries of a section that maps names to entries; each name is checked."""
        self._expect(section, dict, "names with an entry each")
        for name in self._mapping(section):
            self._check_name(section, name)
        built = {name: build(name, raw) for name, raw in self._mapping(section).items()}
        return {name: entry for name, entry in built.items() if entry is not None}

    def _check_name(self, section: str, name: str) -> None:
        try:
            TypeAdapter(Name).validate_python(name)
        except ValidationError:
            write = "letters, digits, '.', '_' or '-', at most 64, and not 'any'"
            self._report("routes.value", (section, name), f"'{name}' cannot be a name", write, at_key=True)

    def _lines(self, section: str) -> Iterator[tuple[int, object]]:
        self._expect(section, list, "a list: lines that begin with '- '")
        value = self._value((section,))
        yield from enumerate(value if isinstance(value, list) else ())

    def _listed(self, section: str, model: type[M]) -> Iterator[tuple[int, M]]:
        for index, raw in self._lines(section):
            entry = self._entry(model, raw, (section, index))
            if entry is not None:
                yield index, entry

    def _expect(self, section: str, shape: type, write: str) -> None:
        if not isinstance(self._value((section,)), shape | None):
            self._report("routes.type", (section,), f"'{section}' has a wrong type", write)

    def _endpoint(self, name: str, raw: object) -> EndpointSettings | None:
        return self._of_kind(EndpointSettings, self._kinds, raw, ("endpoints", name))

    def _of_kinds(self, section: str, base: type[M], models: Mapping[str, type[M]]) -> Iterator[tuple[int, M]]:
        """Lines that say with ``on`` which kind they are of."""
        for index, raw in self._lines(section):
            entry = self._of_kind(base, models, raw, (section, index), key="on")
            if entry is not None:
                yield index, entry

    def _of_kind(
        self, base: type[M], models: Mapping[str, type[M]], raw: object, path: Path, key: str = "kind"
    ) -> M | None:
        """An entry whose ``key`` says which of these it is."""
        if not isinstance(raw, dict):
            return self._entry(base, raw, path)
        kind, noun = str(raw.get(key)), str(path[0]).removesuffix("s")
        if key not in raw:
            self._report("routes.missing_key", path, f"the key '{key}' is missing", suggest("", models), at_key=True)
        elif kind not in models:
            what = f"there is no kind '{kind}' of {noun}"
            self._report("routes.unknown_kind", (*path, key), what, suggest(kind, models))
        else:
            return self._entry(models[kind], raw, path)
        return None

    def _partner(self, name: str, raw: object) -> Partner | None:
        doors = self._value(("partners", name, "doors"))
        if not isinstance(raw, dict) or not isinstance(doors, dict):
            return self._entry(Partner, raw, ("partners", name))
        typed = {door: self._door(name, door, settings) for door, settings in doors.items()}
        known = {door: settings for door, settings in typed.items() if settings is not None}
        return self._entry(Partner, {**raw, "doors": known}, ("partners", name))

    def _door(self, partner: str, door: str, raw: object) -> DoorSettings | None:
        path: Path = ("partners", partner, "doors", door)
        model = self._doors.get(door)
        if model is None:
            what = f"there is no door '{door}'"
            self._report("routes.unknown_door", path, what, suggest(door, self._doors), at_key=True)
            return None
        return self._entry(model, raw, path)

    def _agencies(self) -> dict[str, AgencyEntry]:
        self._expect("agencies", dict, "codes with an entry each")
        raw = self._mapping("agencies")
        built = {clean_code(code): self._entry(AgencyEntry, entry, ("agencies", code)) for code, entry in raw.items()}
        return {code: entry for code, entry in built.items() if entry is not None}

    def _entry(self, model: type[M], raw: object, path: Path) -> M | None:
        units = list(bare_numbers(model, raw, path))
        self.findings += units
        try:
            return model.model_validate(raw)
        except ValidationError as error:
            told = {finding.path for finding in units}
            self.findings += [finding for finding in complaints(error, model, raw, path) if finding.path not in told]
            return None

    def _report(self, code: str, path: Path, what: str, write: str, *, at_key: bool = False) -> None:
        self.findings.append(Finding(code, path, what, write, at_key=at_key))
