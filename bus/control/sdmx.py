"""Figures of reports as SDMX: handed out for a reason that is kept, and taken in through the same checks as at the door."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

import schemas
from bus.clock import instant
from bus.control.answers.sdmx import Exported, Imported, ProblemSaid, Structure
from bus.control.expecting import offices
from bus.control.parts import Parts
from bus.control.reports import regimes_of
from bus.control.sending import DOOR
from bus.errors import NotFound, Rejected
from bus.expectation.at_doors import AtDoors
from bus.expectation.kept import Kept
from bus.journal.expectation_reads import DATA
from bus.journal.report_reads import Happening, of_report
from bus.message import Claim, Inbound, Receipt, ReturnAddress
from schemas.content import Invalid
from schemas.report.base import Reference
from schemas.report.check import check
from schemas.report.data import Data
from schemas.report.problem import Problem, refused
from schemas.report.reading import PacketInvalid, read
from schemas.report.sdmx import structure
from schemas.report.sdmx.reading import read_sdmx
from schemas.report.sdmx.records import LARGEST
from schemas.report.sdmx.shape import Unwritable
from schemas.report.sdmx.writing import written
from schemas.report.table import Table

#: Of what is wrong with a file, so many things are told.
_TOLD = 500


def export(
    parts: Parts, report: str, sdmx: Literal["csv", "ml"], reason: str, version: int | None = None, unit: str = ""
) -> Exported:
    """The figures of a report, by its id: of the newest version, where none is named. Raises NotFound, Rejected."""
    if not reason.strip():
        raise Rejected("request.invalid", "say why: a report is looked at for a reason")
    one = _version(parts, report, version, unit)
    body = Kept(parts.journal.store, parts.journal.reads, parts.claims).packet(one.id)
    if body is None:
        raise NotFound(f"version {one.version} of {report} is no longer kept")
    try:
        told = written(read(body), regimes_of(parts).library(), sdmx, instant(parts.clock.now()))
    except (Unwritable, PacketInvalid) as error:
        raise Rejected("report.unsaid", str(error)) from None
    parts.mark.change({}, {"message": one.id})
    return {"report_id": report, "version": one.version, "message": one.id, "text": told.decode()}


def _version(parts: Parts, report: str, version: int | None, unit: str) -> Happening:
    followed = [one for one in of_report(parts.journal.store, report) if one.type == DATA and _follows(parts, one)]
    some = [one for one in followed if version in (None, one.version) and unit in ("", one.view.get("unit"))]
    if not some:
        raise NotFound(f"no report {report} has come, or not in that version")
    if len({one.sender for one in some}) > 1:
        raise Rejected("request.invalid", f"several units have a report {report}: name one of them")
    return max(some, key=lambda one: one.version)


def _follows(parts: Parts, one: Happening) -> bool:
    """Whether it is the operator's business: of an office, what it follows."""
    own = offices(parts, "")
    versions = regimes_of(parts).library().regimes.get(str(one.view.get("regime", "")), ())
    canonical = parts.holder.plan.directory.canonical
    return not own or any(canonical(regime.office) in own for regime in versions)


def structured(parts: Parts, form: str, version: str = "") -> Structure:
    """The structure that figures on a form follow: of its newest version, where none is named. Raises NotFound, Rejected."""
    table = _form(parts, form, version)
    try:
        text = structure.written(table.form, instant(parts.clock.now())).decode()
    except Unwritable as error:
        raise Rejected("report.unsaid", str(error)) from None
    except structure.Unavailable as error:
        raise Rejected("report.not_installed", str(error)) from None
    return {"form": table.form.code, "version": table.form.version, "text": text}


def _form(parts: Parts, form: str, version: str) -> Table:
    library = regimes_of(parts).library()
    found = library.form(Reference(code=form, version=version or library.latest(form) or "-"))
    if found is None:
        raise NotFound(f"there is no form {form} {version}".strip())
    return found


def bring_in(parts: Parts, file: str, partner: str = "", version: int | None = None, dry_run: bool = False) -> Imported:
    """Take the figures in a file in as a report of the unit they are of, sent by the partner that acts for it; or only look
    at them. What is refused at the door is refused here. Raises NotFound, and Rejected where nothing leads to the recipients.
    """
    told = read_sdmx(_bytes(Path(file)), regimes_of(parts).library(), version)
    problems = told.problems
    if told.report:
        problems = (*problems, *told.placed(_checked(parts, told.report)))
    right = told.report is not None and not refused(problems)
    receipt = _accepted(parts, told.report, partner) if told.report and right and not dry_run else None
    return {
        "right": right,
        "dry_run": dry_run,
        "report_id": told.report.report_id if told.report else "",
        "version": told.report.version if told.report else 0,
        "figures": len(told.report.observations) if told.report else 0,
        "message": receipt.message_id if receipt else "",
        "repeated": receipt.repeated if receipt else False,
        "problems": [_said(one) for one in problems[:_TOLD]],
    }


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}") from error


def _checked(parts: Parts, report: Data) -> tuple[Problem, ...]:
    regimes = regimes_of(parts)
    when = AtDoors(regimes, parts.holder, parts.journal.store, parts.clock).when
    return check(report, regimes.library(), when(report))


def _accepted(parts: Parts, report: Data, partner: str) -> Receipt:
    plan = parts.holder.plan
    name = partner or plan.directory.partner_of(report.reporting_unit)
    if name is None or name not in plan.routes.partners:
        raise NotFound(f"no partner acts for {report.reporting_unit}: name one with --as")
    body = report.model_dump_json().encode()
    reader = schemas.reader("report")
    try:
        reader.feed(body)
        content = reader.close()
    except Invalid as error:
        raise Rejected(error.code, error.detail) from error
    claim = Claim(hashlib.sha256(body).hexdigest(), len(body), body)
    receipt = parts.ingress.accept(Inbound(ReturnAddress(DOOR, name), content, claim, content.recipients)).result()
    parts.mark.change({}, {"message": receipt.message_id, "repeated": receipt.repeated})
    return receipt


def _said(one: Problem) -> ProblemSaid:
    return {
        "rule": one.rule,
        "verdict": one.verdict.value,
        "place": one.place,
        "cell": one.cell,
        "text": one.text("en"),
        "text_vi": one.text("vi"),
    }
