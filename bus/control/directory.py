"""Questions and orders about agencies: who is meant, what is known of a code, and the lists of partners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from bus.agencies import as_agency
from bus.control.answers.orders import Looked, LookedThrough
from bus.control.answers.routes import AgencyKnown, AgencyTold, Found, Suggestion, Taken
from bus.control.parts import Parts
from bus.control.routing import taken
from bus.desk import Agency
from bus.directory import Directory
from bus.endpoint_settings import DirectorySettings
from bus.errors import NotFound, Rejected
from bus.journal.agency_reads import Cached
from bus.plan import Plan
from bus.refresh import Refreshed
from bus.router import Routable
from bus.words import plain
from schemas.edxml.agency_codes import is_new, suggested

_ROUTES = "routes.yaml"


def refresh(parts: Parts, endpoint: str = "", smaller: bool = False) -> LookedThrough:
    """Look at an endpoint's list now, or at all there are. Raises ListLost, Unreachable, Refused."""
    return {"lists": [_looked(parts.look(name, smaller)) for name in _lists(parts, endpoint)]}


def find(parts: Parts, words: str, limit: Annotated[int, Field(ge=1, le=1000)] = 50) -> Found:
    """Agencies whose name or a code holds all the words, accents and case apart: those of the routes first."""
    directory, at = parts.holder.plan.directory, parts.clock.now()
    asked = plain(words).split()
    if not asked:
        raise Rejected("request.invalid", "name a word, or a part of one")
    found = {agency.code: _row(agency, _ROUTES) for agency in directory.find(words, at)}
    cached = parts.journal.agencies.find(directory.codes.endpoints, asked, limit + len(found) + 1)
    for one in cached:
        agency = _known(one, directory, at)
        found.setdefault(agency.code, _row(agency, one.endpoint))
    return {"agencies": [*found.values()][:limit], "more": len(found) > limit}


def show(parts: Parts, code: str) -> AgencyKnown:
    """All that is known of a code, and what would become of a document for it now. Raises Rejected for no code."""
    if not code.strip():
        raise Rejected("request.invalid", "name a code")
    plan, at = parts.holder.plan, parts.clock.now()
    directory = plan.directory
    spellings, closure = directory.spellings(code), directory.closed(code, at)
    own = directory.agency(code, at)
    cached = parts.journal.agencies.under(directory.codes.endpoints, spellings)
    known = [*([_row(own, _ROUTES)] if own else []), *(_row(as_agency(one, directory), one.endpoint) for one in cached)]
    return {
        "code": spellings[0],
        "spellings": list(spellings),
        "name": _first(known, "name"),
        "parent": _first(known, "parent"),
        "closed": closure is not None,
        "successor": closure.successor if closure else "",
        "known_from": known,
        "partner": directory.partner_of(code),
        **_taken(plan, spellings[0], at),
        "suggestion": _suggestion(directory, spellings),
    }


def _lists(parts: Parts, endpoint: str) -> list[str]:
    endpoints = parts.holder.plan.routes.endpoints
    having = sorted(
        name for name, settings in endpoints.items() if isinstance(settings, DirectorySettings) and settings.listed
    )
    if not having or endpoint not in ("", *having):
        raise NotFound(f"no endpoint {endpoint} with a list of agencies; there are {', '.join(having) or 'none'}")
    return [endpoint] if endpoint else having


def _looked(found: Refreshed) -> Looked:
    return {
        "endpoint": found.endpoint,
        "version": found.version,
        "agencies": found.agencies,
        "looked": found.looked,
        "added": found.added,
        "changed": found.changed,
        "closed": found.closed,
        "gone": found.gone,
        "skipped": found.skipped,
    }


def _known(cached: Cached, directory: Directory, at: int) -> Agency:
    """An agency a list has. What the routes say of it goes before, but for a name they do not give."""
    own = directory.agency(cached.code, at)
    return replace(own, name=own.name or cached.name) if own else as_agency(cached, directory)


def _row(agency: Agency, source: str) -> AgencyTold:
    return {
        "code": agency.code,
        "name": agency.name,
        "old_code": agency.old_code,
        "parent": agency.parent,
        "mail": agency.mail,
        "closed": agency.closed,
        "successor": agency.successor,
        "from": source,
    }


def _first(rows: Sequence[AgencyTold], field: Literal["name", "parent"]) -> str:
    """What the first source says that says anything."""
    return next((row[field] for row in rows if row[field]), "")


def _taken(plan: Plan, code: str, at: int) -> Taken:
    """The rule that takes a new document for the agency, from a sender that no rule names."""
    return taken(plan.router.match(Routable("edoc", "new", ""), code, at))


def _suggestion(directory: Directory, spellings: Sequence[str]) -> Suggestion | None:
    """What the other spelling would be by computing; None where one is known, or where it would be a guess."""
    other = suggested(spellings[0]) if len(spellings) == 1 else ""
    if not other or directory.knows(other):
        return None
    return {"computed": other, "write": _line(directory, spellings[0], other)}


def _line(directory: Directory, code: str, other: str) -> str:
    """What to write into the routes, should the suggestion be right."""
    if partner := directory.partner_of(code):
        return f'partners: {{{partner}: {{aliases: {{"{code}": ["{other}"]}}}}}}'
    new, old = (other, code) if is_new(other) and not directory.named(code) else (code, other)
    return f'agencies: {{"{new}": {{old_code: "{old}"}}}}'
