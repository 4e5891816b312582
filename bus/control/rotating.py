"""A partner's secret changed without a gap: a new one beside the old, both open the door; then the old one goes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from bus.clock import iso, micros
from bus.config.models import Partner
from bus.config.problems import Path as Way
from bus.config.writing import replaced
from bus.control import handover
from bus.control.answers.partners import Retired, Retirement, Rotated, Rotation
from bus.control.partner_rows import id_field, secret_field
from bus.control.parts import Parts
from bus.control.routes_text import RoutesText, read_text, replacing
from bus.endpoint_settings import DoorSettings, Duration
from bus.errors import BusError, NotFound, Rejected
from bus.secret import make_secret

#: Entries of a partner by door, with the names of their secrets, the first of which is the newest.
Entries = dict[str, tuple[DoorSettings, list[str]]]


def rotate(parts: Parts, partner: str, door: str = "", out: str = "", address: str = "") -> Rotation:
    """Make a new secret for a partner at one door, or at all of its doors, beside the one there is, and a sheet to hand over."""
    before = read_text(parts)
    entries = _entries(before, partner, door)
    if two := [name for name, (_, names) in entries.items() if len(names) > 1]:
        raise Rejected("request.invalid", f"{partner} has two secrets at {', '.join(two)}: retire the old one first")
    folder = Path(out) if out else parts.settings.home / "handover"
    fresh = _fresh(parts, before.text, entries)
    values = {_way(partner, name, entry): [f"file:{fresh[name]}", *names] for name, (entry, names) in entries.items()}
    told: list[Rotated] = []
    with replacing(parts, before, replaced(before.text, values)):
        for name, (entry, names) in entries.items():
            sheet = folder / f"{fresh[name]}.txt"
            _make(
                parts,
                before.routes.partners[partner],
                entry,
                name,
                sheet,
                address or handover.usual_address(parts.settings),
            )
            told.append(
                {"partner": partner, "door": name, "secrets": [f"file:{fresh[name]}", *names], "sheet": str(sheet)}
            )
    _mark(parts, entries, {one["door"]: one["secrets"] for one in told})
    return {"rotated": told}


def retire(
    parts: Parts, partner: str, door: str = "", unused: Duration = timedelta(days=1), anyway: bool = False
) -> Retirement:
    """Take a partner's old secrets away, at one door or all, once the newest has been used and none of them within ``unused``.
    ``anyway``: whatever was used when.
    """
    before = read_text(parts)
    entries = {name: one for name, one in _entries(before, partner, door).items() if len(one[1]) > 1}
    if not entries:
        raise NotFound(f"{partner} has no old secret {'at ' + door if door else 'at any door'}")
    if not anyway:
        _check_unused(parts, partner, entries, micros(unused))
    text = replaced(before.text, {_way(partner, name, entry): names[0] for name, (entry, names) in entries.items()})
    with replacing(parts, before, text):
        pass
    told = [_retired(parts, text, partner, name, names) for name, (_, names) in entries.items()]
    _mark(parts, entries, {one["door"]: [one["kept"]] for one in told})
    return {"retired": told}


def _entries(before: RoutesText, partner: str, door: str) -> Entries:
    known = before.routes.partners
    if partner not in known:
        raise NotFound(f"there is no partner {partner}; there are {', '.join(sorted(known))}")
    doors = known[partner].doors
    if not doors or door not in ("", *doors):
        raise NotFound(f"{partner} has no such door; it has {', '.join(sorted(doors)) or 'none'}")
    entries = {
        name: (entry, names)
        for name, entry in doors.items()
        if door in ("", name) and (names := list(getattr(entry, secret_field(type(entry)))))
    }
    if not entries:
        raise NotFound(f"{partner} has no secret there, only a certificate")
    return entries


def _way(partner: str, door: str, entry: DoorSettings) -> Way:
    return "partners", partner, "doors", door, secret_field(type(entry))


def _fresh(parts: Parts, text: str, entries: Entries) -> dict[str, str]:
    """By door the file of its new secret; doors that shared one get one each."""
    made: dict[str, str] = {}
    for door, (_, names) in entries.items():
        made[door] = _free(parts, " ".join([text, *(f"file:{name}" for name in made.values())]), names[0])
    return made


def _free(parts: Parts, text: str, name: str) -> str:
    """A file nobody has: ``so-y-te-api-2`` after ``so-y-te-api``."""
    base = re.sub(r"-\d+$", "", name.partition(":")[2])[:90]
    number = 2
    while (parts.settings.secrets / f"{base}-{number}").exists() or _is_named(text, f"{base}-{number}"):
        number += 1
    return f"{base}-{number}"


def _is_named(text: str, name: str) -> bool:
    return bool(re.search(rf"file:{re.escape(name)}(?![A-Za-z0-9._-])", text))


def _make(parts: Parts, partner: Partner, entry: DoorSettings, door: str, sheet: Path, address: str) -> None:
    try:
        secret = make_secret(parts.settings.secrets / sheet.stem)
        ident = getattr(entry, id_field(type(entry)), "") if id_field(type(entry)) else ""
        handed = handover.Handed(parts.planner.doors[door], ident, secret)
        handover.write(sheet, partner.name or sheet.stem, partner.agencies, address, [handed])
    except OSError as error:
        raise BusError(f"the secret and its sheet cannot be written: {error}") from error


def _check_unused(parts: Parts, partner: str, entries: Entries, unused: int) -> None:
    """Raises Rejected where somebody would be shut out."""
    uses = {
        (one["door"], one["secret"]): one["used_at"] for one in parts.browse.credentials() if one["partner"] == partner
    }
    now = parts.clock.now()
    for door, (_, names) in entries.items():
        if (door, names[0]) not in uses:
            raise Rejected(
                "request.invalid",
                f"the new secret {names[0]} has never been used at {door}: the old one may be all they have",
            )
        for name in names[1:]:
            at = uses.get((door, name))
            if at is not None and now - at < unused:
                raise Rejected(
                    "request.invalid", f"the old secret {name} was last used at {door} at {iso(at)}: it is still in use"
                )


def _retired(parts: Parts, text: str, partner: str, door: str, names: Sequence[str]) -> Retired:
    """What opens the door no more, and the files that went with it. A name that stands elsewhere in the routes is in use."""
    removed = []
    for name in names[1:]:
        file = name.removeprefix("file:")
        if file != name and not _is_named(text, file):
            with suppress(FileNotFoundError):
                (parts.settings.secrets / file).unlink()
                removed.append(name)
    return {"partner": partner, "door": door, "kept": names[0], "retired": list(names[1:]), "removed": removed}


def _mark(parts: Parts, before: Entries, after: dict[str, list[str]]) -> None:
    parts.mark.change({"secrets": {door: names for door, (_, names) in before.items()}}, {"secrets": after})
