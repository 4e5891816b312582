"""A report that came, among those of several units."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bus.errors import Rejected
from bus.reports import Reports, SentVersion


def found(reports: Reports, agencies: Collection[str], report_id: str, unit: str = "") -> Sequence[SentVersion]:
    """Its versions, one at least, by number. Raises ``Rejected``: ``not_found``, and ``request.invalid`` where several
    units have one of this id and none is named. May wait for the disk.
    """
    versions = [one for one in reports.versions(agencies, report_id) if unit in ("", one.unit)]
    if not versions:
        raise Rejected("not_found", report_id[:100])
    if len({one.unit for one in versions}) > 1:
        raise Rejected("request.invalid", "several units have a report of this id; name one of them in 'unit'")
    return versions
