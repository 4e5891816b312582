"""The files of a report by an endpoint's names for them: each has one place, and none is left behind."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.http.report_figures import refused
from adapters.http.report_settings import ReportSettings
from schemas.report.data import Attachment, Data


def placed(settings: ReportSettings, report: Data) -> Mapping[str, Attachment]:
    """Each file by its name. Raises Refused for one there is no place for, and where one is missing that is needed."""
    found: dict[str, Attachment] = {}
    for one in report.attachments if settings.files else ():
        name = _name(settings, one)
        if name in found:
            raise refused(f"{name}: this partner takes one file of its kind, and '{one.name}' is a second one")
        if one.inline is None:
            raise refused(f"{name}: '{one.name}' is told by its address, and this partner takes the file itself")
        found[name] = one
    lost = [name for name, rule in settings.files.items() if rule.needed and name not in found]
    if lost:
        raise refused(f"{lost[0]}: the report has no file of the type {' or '.join(settings.files[lost[0]].media)}")
    return found


def _name(settings: ReportSettings, one: Attachment) -> str:
    fits = (name for name, rule in settings.files.items() if one.media_type in rule.media)
    name = next(fits, None)
    if name is None:
        raise refused(f"this partner has no place for '{one.name}', a file of the type {one.media_type}")
    return name
