"""Bodies on their way out, in pieces: as they are, or as base64 inside the JSON of an answer."""

from __future__ import annotations

from starlette.types import ASGIApp

from adapters.http import outflow
from adapters.vxp.envelope import success
from bus.message import Claim


async def raw_answer(claim: Claim) -> ASGIApp:
    """The bytes as they were accepted."""
    return await outflow.body_answer(claim, lambda pieces: pieces, claim.size, "application/octet-stream")


async def base64_answer(claim: Claim) -> ASGIApp:
    """An envelope that says yes and holds the bytes as base64 in ``data``, never whole in memory."""
    return await outflow.base64_answer(success({})[:-1] + b',"data":"', claim, b'"}')
