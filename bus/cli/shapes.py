"""What each command writes with ``--json``, as types: of most it is what the bus answers, of some the command's own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import Any, NotRequired

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from bus.control.answers.bus import Days, DifferenceTold
from bus.control.answers.keeping import BackupKept, Going
from bus.control.answers.partners import DoorTried
from bus.control.answers.routes import ProblemTold
from bus.control.described import answered
from bus.control.operations import ORDERS, QUESTIONS

_ACTS = {**QUESTIONS, **ORDERS}


class FindingTold(TypedDict):
    """What was found at an endpoint, and what to write about it."""

    code: str
    words: str
    error: bool
    write: str


class Reached(TypedDict):
    """An endpoint that was looked at."""

    endpoint: str
    address: str
    error: str
    findings: list[FindingTold]


class FileChecked(TypedDict):
    """``bus check``."""

    ok: bool
    routes_version: str | None
    #: None where there is no such file, or it is wrong.
    regimes_version: str | None
    problems: list[ProblemTold]
    endpoints: list[Reached]
    warnings: list[str]


class Account(TypedDict):
    """``bus verify``; with ``--bodies`` also how many were read."""

    balanced: bool
    messages: int
    accepted: int
    states: dict[str, int]
    differences: list[DifferenceTold]
    bodies: NotRequired[int]
    bytes: NotRequired[int]


class AtEndpoint(TypedDict):
    """``bus verify --at``."""

    endpoint: str
    copies: int
    unsure: int
    differences: list[DifferenceTold]


class SecretTold(TypedDict):
    """A secret by its name, and why it cannot be read."""

    name: str
    readable: bool
    why: str


class DoorTold(TypedDict):
    """A partner's entry at a door."""

    door: str
    system_id: str
    secrets: list[SecretTold]


class PartnerTold(TypedDict):
    """A partner, and whether its secrets can be read."""

    partner: str
    name: str
    agencies: list[str]
    doors: list[DoorTold]
    ok: bool


class PartnerTested(PartnerTold):
    """``bus partner test``: also what its doors said, where the bus runs, and its endpoints."""

    tried: list[DoorTried]
    endpoints: list[Reached]


class Partners(TypedDict):
    """``bus partner list``."""

    partners: list[PartnerTold]


class SecretMade(TypedDict):
    """``bus partner secret make``; the secret itself only with ``--show``."""

    name: str
    path: str
    secret: NotRequired[str]


class BodyTold(TypedDict):
    """``bus body``: in base64, or where it was written to."""

    sha256: str
    size: int
    data: NotRequired[str]
    out: NotRequired[str]


class Due(TypedDict):
    """``bus retention --dry-run``."""

    messages: int
    held: int
    going: list[Going]


class JournalTold(TypedDict):
    """The journal in a backup."""

    database: str
    schema: str
    position: int
    routes_version: str
    routes: str
    tables: dict[str, list[str]]
    sequences: dict[str, int]


class MissingTold(TypedDict):
    """A body that was not there when the backup was made; ``needed``: by a copy that was not settled."""

    sha256: str
    needed: bool


class Manifest(TypedDict):
    """What a backup says of itself."""

    format: int
    release: str
    made_at: int
    at: str
    journal: JournalTold
    files: list[str]
    bodies: int
    bodies_bytes: int
    missing: list[MissingTold]
    with_secrets: bool
    bytes: int


class Backup(Manifest):
    """``bus backup``; with ``--verify`` also what is wrong with it, and why its journal could not be loaded to try it."""

    folder: str
    problems: NotRequired[list[str]]
    not_tried: NotRequired[str]


class Restore(TypedDict):
    """``bus restore``."""

    home: str
    in_doubt: int
    lost: list[str]
    routes: str
    backup: Manifest


class Measured(TypedDict):
    """``bus bench``: the machine, and a row for each case."""

    machine: dict[str, Any]
    rows: list[dict[str, Any]]


#: Commands that write what the bus answers to these questions and orders.
_ANSWERED = {
    "alerts": ("alerts",),
    "alerts snooze": ("snooze_alert",),
    "alerts test": ("try_channel",),
    "approve": ("approve",),
    "audit": ("audit", "audit_head"),
    "backups": ("backups",),
    "cancel": ("cancel",),
    "dead": ("dead",),
    "directory find": ("agencies",),
    "directory refresh": ("refresh",),
    "directory show": ("agency",),
    "doubts": ("doubts",),
    "edit": ("edit",),
    "edits": ("edits", "edited"),
    "endpoints": ("endpoints",),
    "envelope": ("readdress",),
    "expectations": ("expectations",),
    "group": ("group",),
    "groups": ("groups",),
    "hold": ("hold",),
    "holds": ("holds", "stand", "lift"),
    "legal-hold add": ("hold_legally",),
    "legal-hold list": ("legal_holds",),
    "legal-hold remove": ("lift_legally",),
    "letter": ("letter",),
    "messages": ("messages", "count"),
    "partner import": ("import_partners",),
    "partner secret retire": ("retire_secret",),
    "partner secret rotate": ("rotate_secret",),
    "partner show": ("partner",),
    "pause": ("pause",),
    "quarantine": ("quarantine", "decide"),
    "recovery": ("recovery",),
    "recovery ask": ("ask_restored",),
    "recovery release": ("release_restored",),
    "redirect": ("redirect",),
    "release": ("release",),
    "reload": ("reload",),
    "replay": ("replay",),
    "replays": ("replays",),
    "replays pause": ("replay_pause",),
    "replays resume": ("replay_resume",),
    "replays show": ("replay_show",),
    "replays stop": ("replay_stop",),
    "reports aggregate": ("reports_aggregates",),
    "reports calendar": ("reports_calendar", "reports_feed"),
    "reports close": ("reports_close",),
    "reports due": ("reports_due",),
    "reports export": ("reports_export",),
    "reports import": ("reports_import",),
    "reports overdue": ("reports_overdue",),
    "reports reinstate": ("reports_reinstate",),
    "reports release": ("reports_release",),
    "reports remind": ("reports_remind",),
    "reports reopen": ("reports_reopen",),
    "reports reopened": ("reports_reopened",),
    "reports show": ("reports_show",),
    "reports structure": ("reports_structure",),
    "reports trace": ("reports_trace",),
    "reports waive": ("reports_waive",),
    "reports waived": ("reports_waived",),
    "resend": ("resend",),
    "resume": ("resume",),
    "return": ("return",),
    "route": ("route",),
    "send": ("send",),
    "settle": ("settle",),
    "skip": ("skip",),
    "statement": ("statement",),
    "status": ("status",),
    "trace": ("trace",),
}
_OWN: Mapping[str, tuple[Any, ...]] = MappingProxyType(
    {
        "backup": (Backup, BackupKept),
        "bench": (Measured,),
        "body": (BodyTold,),
        "check": (FileChecked,),
        "partner list": (Partners,),
        "partner secret make": (SecretMade,),
        "partner test": (PartnerTested,),
        "restore": (Restore,),
        "retention": (Due,),
        "verify": (Account, AtEndpoint, Days),
    }
)
#: All commands that have ``--json``.
COMMANDS = (*_ANSWERED, *_OWN)


def shape(command: str) -> TypeAdapter[Any]:
    """What a command of :data:`COMMANDS` writes."""
    own = _OWN.get(command) or [answered(_ACTS[name]) for name in _ANSWERED[command]]
    return TypeAdapter(reduce(or_, own))
