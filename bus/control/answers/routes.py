"""Routes, and the agencies they lead to."""

from __future__ import annotations

from typing_extensions import TypedDict

#: An agency as one source knows it. ``from``: the routes, or the endpoint whose list has it.
AgencyTold = TypedDict(
    "AgencyTold",
    {
        "code": str,
        "name": str,
        "old_code": str,
        "parent": str,
        "mail": str,
        "closed": bool,
        "successor": str,
        "from": str,
    },
)


class ProblemTold(TypedDict):
    """Something wrong in a routes file, and what to write instead."""

    file: str
    line: int
    column: int
    severity: str
    code: str
    what: str
    write: str


class Checked(TypedDict):
    """A routes text; ``routes_version`` is None where it cannot be put in force."""

    ok: bool
    routes_version: str | None
    problems: list[ProblemTold]


class Tried(TypedDict):
    """A rule, and why it took a recipient or did not."""

    rule: str
    matched: bool
    reason: str


class Taken(TypedDict):
    """Where something goes; ``refused`` says why it goes nowhere."""

    rule: str
    endpoint: str
    refused: str


class Led(Taken):
    """One recipient of a document, as it was written and as it is known."""

    written: str
    recipient: str
    successor: str
    tried: list[Tried]


class Explained(TypedDict):
    """Where a document would go."""

    type: str
    kind: str
    sender: str
    document_id: str
    routes_version: str
    recipients: list[Led]
    taps: list[str]


class Found(TypedDict):
    """Agencies, and whether there are more."""

    agencies: list[AgencyTold]
    more: bool


class Suggestion(TypedDict):
    """What another spelling would be by computing, and what to write if that is right."""

    computed: str
    write: str


class AgencyKnown(Taken):
    """All that is known of a code."""

    code: str
    spellings: list[str]
    name: str
    parent: str
    closed: bool
    successor: str
    known_from: list[AgencyTold]
    partner: str | None
    suggestion: Suggestion | None
