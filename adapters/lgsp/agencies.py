"""getAgenciesList: the directory's open agencies, as the axis lists them: the guide says no more than "list"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from starlette.types import ASGIApp

from adapters.http.outflow import list_answer
from adapters.lgsp.call import Call


async def listed(call: Call) -> ASGIApp:
    """All of them, as they are read."""

    def rows() -> Iterator[Mapping[str, str]]:
        for agency in call.desk.agencies():
            if not agency.closed:
                known = {"pid": agency.parent, "mail": agency.mail, "oldCode": agency.old_code}
                yield {"id": agency.code, "code": agency.code, "name": agency.name, **known}

    return await list_answer({"success": True}, rows)
