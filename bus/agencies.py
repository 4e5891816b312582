"""Every agency there is: those the routes speak of first, then those that only partners' lists know."""

from __future__ import annotations

from collections.abc import Iterator

from bus.desk import Agency
from bus.directory import Directory
from bus.journal.agency_reads import AgencyReads, Cached


def everyone(directory: Directory, reads: AgencyReads, at: int) -> Iterator[Agency]:
    """All of them, each once, read page by page as they are asked for."""
    yield from directory.all(at)
    endpoints = directory.codes.endpoints
    seen: set[str] = set()
    for page in reads.pages(endpoints):
        for cached in page:
            if not directory.named(cached.code) and cached.code not in seen:
                yield as_agency(cached, directory)
        if len(endpoints) > 1:
            seen.update(cached.code for cached in page)


def as_agency(cached: Cached, directory: Directory) -> Agency:
    """An agency as a list has it."""
    return Agency(
        code=cached.code,
        name=cached.name,
        old_code=cached.old_code,
        parent=directory.canonical(cached.parent) if cached.parent else "",
        mail=cached.mail,
        closed=cached.closed,
    )
