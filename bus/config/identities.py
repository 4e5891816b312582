"""Checks of who is who: one agency belongs to one partner, one spelling means one code, one key one caller."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bus.config.codes import canonical_codes, spellings
from bus.config.drafting import Draft
from bus.config.problems import Finding, Path, Severity, suggest
from schemas.edxml.statuses import KINDS

_CREDENTIALS = re.compile(r"://[^/\s]*:[^/\s]*@")


def agencies_belong_once(draft: Draft) -> Iterator[Finding]:
    """No code and no spelling of one stands with two partners or means two agencies."""
    owners: dict[str, str] = {}
    meanings: dict[str, str] = {}
    for spelling in spellings(draft.partners, draft.agencies):
        section, owner = str(spelling.path[0]), str(spelling.path[1])
        first = meanings.setdefault(spelling.text, spelling.canonical)
        other = owners.setdefault(spelling.text, owner) if section == "partners" else owner
        if first != spelling.canonical:
            what = f"'{spelling.text}' is already a spelling of '{first}'"
            yield Finding("routes.double_agency", spelling.path, what, f"'{first}', or leave it out")
        elif other != owner:
            what = f"the agency '{spelling.text}' already belongs to partner '{other}'"
            yield Finding("routes.double_agency", spelling.path, what, "it with one partner only")


def aliases_are_of_listed(draft: Draft) -> Iterator[Finding]:
    for name, partner in draft.partners.items():
        for code in partner.aliases:
            if code not in partner.agencies:
                what = f"'{code}' has aliases but is no agency of '{name}'"
                path = ("partners", name, "aliases", code)
                yield Finding("routes.unlisted_alias", path, what, f"'{code}' under agencies too", at_key=True)


def statuses_known(draft: Draft) -> Iterator[Finding]:
    """What a partner means by a code of its own is a status of the standard."""
    for name, partner in draft.partners.items():
        for code, meant in partner.statuses.items():
            if meant not in KINDS:
                what = f"'{code}' is read as '{meant}', which is no status of the standard"
                yield Finding(
                    "routes.unknown_status", ("partners", name, "statuses", code), what, suggest(meant, KINDS)
                )


def callers_differ(draft: Draft) -> Iterator[Finding]:
    """A door must be able to tell its callers apart: by system id, by secret, or by certificate where there is no secret."""
    seen: dict[tuple[str, str], str] = {}
    for partner, door, field, value in _idents(draft):
        first = seen.setdefault((door, value), partner)
        if first != partner:
            what = f"partner '{first}' has the same {field} at the door {door}"
            code = "routes.double_system_id" if field == "system_id" else "routes.double_key"
            yield Finding(code, ("partners", partner, "doors", door, field), what, f"a {field} of its own")


def _idents(draft: Draft) -> Iterator[tuple[str, str, str, str]]:
    for name, partner in draft.partners.items():
        for door, settings in partner.doors.items():
            values = settings.model_dump()
            fields = [field for field in ("system_id", "client_id") if values.get(field)] or ["key"]
            if not values.get("secret") and not values.get("key"):
                fields.append("certificate")  # which is then all that says who it is
            for field in fields:
                value = values.get(field) or ()
                for item in [value] if isinstance(value, str) else value:
                    yield name, door, field, item


def operators_differ(draft: Draft) -> Iterator[Finding]:
    """A token says who it is, so no two operators have the same."""
    seen: dict[str, str] = {}
    for name, operator in draft.operators.items():
        for token in operator.token:
            first = seen.setdefault(token, name)
            if first != name:
                what = f"operator '{first}' has the same token"
                yield Finding("routes.double_key", ("operators", name, "token"), what, "a token of its own")


def successors_end(draft: Draft) -> Iterator[Finding]:
    """The chain of successors of a closed code ends, and at a code that is known."""
    canonical = canonical_codes(draft.partners, draft.agencies)
    after = {
        code: canonical.get(entry.successor, entry.successor)
        for code, entry in draft.agencies.items()
        if entry.successor
    }
    for code, successor in after.items():
        path: Path = ("agencies", code, "successor")
        if _comes_back(code, after):
            what = f"the successors of '{code}' go round in a circle"
            yield Finding("routes.successor_cycle", path, what, "a successor that is open")
        elif successor not in canonical:
            what = f"the successor '{successor}' is no known agency"
            yield Finding("routes.unknown_agency", path, what, "a known code", Severity.WARNING)


def _comes_back(code: str, after: Mapping[str, str]) -> bool:
    seen, step = {code}, after.get(code)
    while step is not None and step not in seen:
        seen.add(step)
        step = after.get(step)
    return step == code


def secrets_stay_outside(draft: Draft) -> Iterator[Finding]:
    """An address must not carry a user and password."""
    for name, endpoint in draft.endpoints.items():
        for key, value in endpoint.model_dump(mode="json", by_alias=True).items():
            if isinstance(value, str) and _CREDENTIALS.search(value):
                what = f"'{key}' carries a user and password"
                path = ("endpoints", name, key)
                yield Finding("routes.inline_secret", path, what, "the address alone, and the secret as file:NAME")
