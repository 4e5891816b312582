"""What a change of a WSDL means to who calls one of its operations. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.soap.client.description import Description


def drifted(was: Description, now: Description, operation: str) -> Iterator[str]:
    """What is no longer so, in words."""
    if not was.has(operation):
        return
    if not now.has(operation):
        yield f"the operation {operation} is gone"
        return
    before, after = was.shape(operation), now.shape(operation)
    for place in sorted(before.keys() | after.keys()):
        yield from _one(operation, place, before.get(place), after.get(place))


def _one(operation: str, place: str, before: str | None, after: str | None) -> Iterator[str]:
    where = f"{operation}, {place}"
    if before is None:
        yield f"{where} is new: {after}"
    elif after is None:
        yield f"{where} is gone; it was {before}"
    elif before != after:
        yield f"{where} is {after}; it was {before}"
