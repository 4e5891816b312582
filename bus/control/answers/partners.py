"""What is told of partners: what a file of them would make or made, secrets in turn, and whether they can sign in."""

from __future__ import annotations

from typing_extensions import TypedDict

from bus.control.answers.bus import CertificateTold


class RowProblem(TypedDict):
    """What is wrong in a row of a file of partners, in which column of it, and what to write instead."""

    row: int
    column: str
    code: str
    what: str
    write: str


class PartnerPlanned(TypedDict):
    """A partner as a file of them has it: its doors that are new, of one that is itself new or was there."""

    partner: str
    name: str
    agencies: list[str]
    new: bool
    doors: list[str]


class Imported(TypedDict):
    """What a file of partners would make, or made. With problems nothing was made."""

    dry_run: bool
    ok: bool
    rows: int
    #: Partners with something new, and rows with something wrong.
    done: int
    refused: int
    problems: list[RowProblem]
    partners: list[PartnerPlanned]
    #: Secrets that are new, and the sheets that were written, by name and path.
    secrets: list[str]
    sheets: list[str]
    #: What changes in the routes file, as a diff.
    diff: str


class Rotated(TypedDict):
    """A partner's secrets at a door, the new one first."""

    partner: str
    door: str
    secrets: list[str]
    sheet: str


class Rotation(TypedDict):
    """The doors at which a partner has a new secret beside the old one."""

    rotated: list[Rotated]


class Retired(TypedDict):
    """Secrets that open a door no more."""

    partner: str
    door: str
    kept: str
    retired: list[str]
    #: Files that were removed; those of a secret that is used elsewhere stay.
    removed: list[str]


class Retirement(TypedDict):
    """The doors at which a partner has one secret again."""

    retired: list[Retired]


class SecretUse(TypedDict):
    """A secret by its name: whether it can be read, and when it last opened the door."""

    name: str
    readable: bool
    why: str
    used_at: str | None


class DoorShown(TypedDict):
    """A partner's entry at a door."""

    door: str
    id: str
    certificate: list[str]
    secrets: list[SecretUse]


class PartnerShown(TypedDict):
    """A partner with all that is known of it."""

    partner: str
    name: str
    agencies: list[str]
    #: Endpoints by which documents for its agencies leave.
    endpoints: list[str]
    doors: list[DoorShown]
    certificates: list[CertificateTold]


class DoorTried(TypedDict):
    """What a door of the running bus said to a partner's own secret."""

    door: str
    #: None: it could not be tried.
    ok: bool | None
    code: str
    words: str


class PartnerTried(TypedDict):
    """A partner whose doors were tried."""

    partner: str
    doors: list[DoorTried]
