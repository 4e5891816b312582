"""A partner's list of agencies: one call, or one for each level."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from adapters.http.answer_settings import Rule, Rules
from adapters.http.call_settings import CallSettings
from adapters.http.paths import Path
from adapters.http.sections import Section


class AgencyListSettings(Section):
    """One list that is asked for, and where in a row things stand."""

    call: CallSettings
    success: Rules = (Rule(status=("2xx",)),)
    rows: Path
    code: Path
    old_code: Path | None = None
    name: Path | None = None
    mail: Path | None = None
    #: The agency above: its code, or what ``id`` says of it.
    parent: Path | None = None
    id: Path | None = None
    #: Rows that fit one of these are of agencies that are closed.
    closed: Rules = ()
    #: A partner that answers 404 has no such list, which is no trouble.
    absent: bool = False


class AgenciesSettings(Section):
    """All lists together are the agencies of this partner; of two rows with one code the first counts."""

    lists: Annotated[tuple[AgencyListSettings, ...], Field(min_length=1)]
