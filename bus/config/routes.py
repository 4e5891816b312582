"""``routes.yaml``: the one file an operator edits, as one immutable value.

:func:`parse` gives a file that is right in every respect or raises with all that is wrong with it.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from bus.config import alert_checks, checks, expectation_checks, identities
from bus.config.alerts import Alert
from bus.config.channels import Channel, Statement
from bus.config.drafting import Draft, Drafter
from bus.config.expectations import Expectation
from bus.config.models import AgencyEntry, Operator, Partner, Retention, RetryPolicy, Rule, SecrecyMarker, Tap
from bus.config.problems import Finding, Problem, RoutesInvalid, Severity
from bus.config.reading import read
from bus.endpoint_settings import DoorSettings, EndpointSettings

CHECKS: tuple[checks.Check, ...] = (
    checks.endpoints_exist,
    checks.partners_exist,
    checks.policies_exist,
    checks.retention_is_of_rules,
    checks.names_differ,
    checks.rules_take_something,
    checks.codes_known,
    checks.mailbox_is_fetched,
    checks.taps_are_sent,
    checks.duplicates_needed,
    identities.agencies_belong_once,
    identities.aliases_are_of_listed,
    identities.statuses_known,
    identities.callers_differ,
    identities.operators_differ,
    identities.successors_end,
    identities.secrets_stay_outside,
    alert_checks.channels_exist,
    alert_checks.alerts_speak_of_something,
    alert_checks.statements_are_of_known,
    alert_checks.mail_goes_in_private,
    expectation_checks.expectations_speak_of_documents,
    expectation_checks.expected_codes_known,
)


@dataclass(frozen=True, slots=True)
class RoutesFile:
    """One version of the routes."""

    endpoints: Mapping[str, EndpointSettings]
    partners: Mapping[str, Partner]
    agencies: Mapping[str, AgencyEntry]
    routes: tuple[Rule, ...]
    taps: tuple[Tap, ...]
    retry: Mapping[str, RetryPolicy]
    retention: Mapping[str, Retention]
    secrecy_markers: tuple[SecrecyMarker, ...]
    operators: Mapping[str, Operator]
    #: Twelve hex digits of the SHA-256 of ``text``.
    version: str
    #: The normalised text; holds names of secrets and no secret.
    text: str = field(repr=False)
    warnings: tuple[Problem, ...] = ()
    alerts: tuple[Alert, ...] = ()
    channels: Mapping[str, Channel] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()
    expectations: tuple[Expectation, ...] = ()


def parse(
    text: str,
    file_name: str,
    endpoint_models: Mapping[str, type[EndpointSettings]],
    door_models: Mapping[str, type[DoorSettings]],
    agency_code: str = "",
) -> RoutesFile:
    """The routes of a text. Raises :class:`RoutesInvalid` with every problem if there is an error.

    ``agency_code`` is the bus's own; '' for none.
    """
    text = normalise(text)
    document = read(text, file_name)
    drafter = Drafter(document, endpoint_models, door_models)
    draft = drafter.draft()
    between = (found for check in CHECKS for found in check(draft))
    of_ours = (
        checks.hops_are_named,
        alert_checks.the_bus_has_a_code,
        expectation_checks.reminders_have_a_sender,
    )
    ours = (found for check in of_ours for found in check(draft, agency_code))
    findings: list[Finding] = [*drafter.findings, *between, *ours]
    located = {*document.problems, *map(document.locate, findings)}
    problems = sorted(located, key=lambda problem: (problem.place, problem.code, problem.what))
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise RoutesInvalid(problems)
    return _file(draft, text, tuple(problems))


def normalise(text: str) -> str:
    """The text without what editors change unasked: byte order mark, line ends, spaces at ends, Unicode form."""
    plain = unicodedata.normalize("NFC", text.removeprefix("\ufeff")).replace("\r\n", "\n")
    return "\n".join(line.rstrip(" \t") for line in plain.split("\n")).rstrip("\n") + "\n"


def _file(draft: Draft, text: str, warnings: tuple[Problem, ...]) -> RoutesFile:
    return RoutesFile(
        endpoints=draft.endpoints,
        partners=draft.partners,
        agencies=draft.agencies,
        routes=tuple(draft.routes.values()),
        taps=tuple(draft.taps.values()),
        retry={"default": RetryPolicy(), **draft.retry},
        retention=draft.retention,
        secrecy_markers=tuple(draft.secrecy_markers.values()),
        operators=draft.operators,
        version=hashlib.sha256(text.encode()).hexdigest()[:12],
        text=text,
        warnings=warnings,
        alerts=tuple(draft.alerts.values()),
        channels=draft.channels,
        statements=tuple(draft.statements.values()),
        expectations=tuple(draft.expectations.values()),
    )
