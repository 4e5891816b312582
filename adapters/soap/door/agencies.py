"""GetAgencies: the directory's open agencies."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.types import ASGIApp

from adapters.soap.door import answers
from adapters.soap.door.call import Call


async def listed(call: Call) -> ASGIApp:
    """All of them, as they are read."""
    await call.values()

    def rows() -> Iterator[bytes]:
        for one in call.desk.agencies():
            if not one.closed:
                pairs = [("code", one.code), ("name", one.name), ("oldCode", one.old_code)]
                yield answers.row("agency", [*pairs, ("parent", one.parent), ("mail", one.mail)])

    return await answers.rows(call, rows)
