"""What a packet says to the bus: whose it is, what it is known by, and what makes another of it (semantics 1).

A report is known by its unit and its id, each of its versions by its number: other content under one version is a conflict. A word on a
report is known by who says it, of which version, what and when. Rules, forms and lists are known by whoever made them, their code and version.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from schemas import content
from schemas.content import Content, Invalid
from schemas.report.base import Issued, Part
from schemas.report.canonical import RULE, canonical
from schemas.report.data import Attachment, Data, Narrative, Status
from schemas.report.kpi import KpiData

#: The first version of a report, and one that takes the place of another.
NEW, CORRECTION = "new", "correction"
#: What is no report and no word on one: a rule, a form, a list, values.
PUBLISHED = "published"


def content_of(packet: Any) -> Content:
    """The packet as the bus sees it. Raises :class:`Invalid` where a file in it is not the one it says."""
    if isinstance(packet, Data | Narrative):
        return _report(packet)
    if isinstance(packet, Status):
        return _word(packet)
    return _values(packet) if isinstance(packet, KpiData) else _published(packet)


def business_key(regime: str, form: str, period: str, unit: str, version: int) -> str:
    """What a version of a report is known by to people."""
    return f"{regime}|{form}|{period}|{unit}|{version}"


def _report(packet: Data | Narrative) -> Content:
    form = packet.form if isinstance(packet, Data) else packet.outline
    said = (packet.regime, form.code, packet.period.code, packet.reporting_unit)
    named = {"regime": said[0], "form": said[1], "period": said[2], "unit": said[3]}
    view = {
        **named,
        "version": packet.version,
        "form_version": form.version,
        "number": business_key(*said, packet.version),
    }
    if packet.supersedes:
        view["supersedes"] = packet.supersedes
    return Content(
        type=packet.type,
        kind=CORRECTION if packet.supersedes else NEW,
        sender=packet.reporting_unit,
        recipients=tuple(dict.fromkeys(packet.recipients)),
        document_id=packet.report_id,
        key=packet.report_id,
        variant=f"v{packet.version}",
        digest=_digest(packet.model_copy(update={"recipients": ()})),
        digest_rule=RULE,
        subject=_subject(*said, packet.version),
        header=tuple(_header(packet)),
        attachments=tuple(map(_attached, packet.attachments)),
        view=view,
    )


def _subject(regime: str, form: str, period: str, unit: str, version: int) -> str:
    again = f" (lần {version})" if version > 1 else ""
    return f"Báo cáo {regime}, biểu {form}, kỳ {period}, {unit}{again}"


def _word(packet: Status) -> Content:
    """Whom it is for is not in it: whoever hands it in says so."""
    view = {"version": packet.version, "state": packet.state.value, "by": packet.by, "at": packet.at.isoformat()}
    told = {"code": packet.code, "reason": packet.message, "cells": list(packet.cells)}
    return Content(
        type=packet.type,
        kind=packet.state.value.lower(),
        sender=packet.by,
        recipients=(),
        document_id=packet.report_id,
        key=packet.report_id,
        variant=f"v{packet.version}:{packet.state}:{packet.at.isoformat()}",
        digest=_digest(packet),
        digest_rule=RULE,
        subject=f"{packet.state} {packet.report_id}, {packet.version}",
        header=tuple(_header(packet)),
        view={**view, **{name: value for name, value in told.items() if value}},
    )


def _values(packet: KpiData) -> Content:
    """Values have no version: others for the same period come beside them."""
    digest = _digest(packet)
    key = f"{packet.set.code}|{packet.period.code}|{packet.reporting_unit}"
    view = {"set": packet.set.code, "period": packet.period.code, "unit": packet.reporting_unit, "number": key}
    return _other(packet, packet.reporting_unit, key, digest, digest, view)


def _published(packet: Issued) -> Content:
    view = {"code": packet.code, "version": packet.version, "number": f"{packet.code}|{packet.version}"}
    return _other(packet, packet.issued_by, packet.code, f"v{packet.version}", _digest(packet), view)


def _other(packet: Any, sender: str, key: str, variant: str, digest: str, view: Mapping[str, object]) -> Content:
    return Content(
        type=packet.type,
        kind=PUBLISHED,
        sender=sender,
        recipients=(),
        document_id=key,
        key=key,
        variant=variant,
        digest=digest,
        digest_rule=RULE,
        subject=getattr(packet, "name", "") or key,
        header=tuple(_header(packet)),
        view=view,
    )


def _digest(packet: Part) -> str:
    return hashlib.sha256(canonical(packet)).hexdigest()


def _header(packet: Part) -> Iterator[tuple[str, str]]:
    """What a packet says at its top, by the names of the wire."""
    for name, field in type(packet).model_fields.items():
        value = getattr(packet, name)
        if isinstance(value, str | int) and value != "":
            yield field.serialization_alias or name, str(value)


def _attached(one: Attachment) -> content.Attachment:
    if one.inline is not None and not _is(one, one.inline):
        raise Invalid("report.shape", f"attachment '{one.id}' is not the file its size and sha256 say")
    return content.Attachment(one.name, one.id, one.media_type, one.size, one.sha256)


def _is(one: Attachment, inline: str) -> bool:
    try:
        data = base64.b64decode(inline, validate=True)
    except (ValueError, binascii.Error):
        return False
    return len(data) == one.size and hashlib.sha256(data).hexdigest() == one.sha256
