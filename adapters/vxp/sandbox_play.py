"""How an order changes what a call is answered: instead of carrying it out, or after it was."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from adapters.http.rehearsal.orders import Mode, Order
from adapters.http.rehearsal.spoil import played
from adapters.http.stage import Play, Reply
from adapters.vxp.sandbox_calls import Answer, Members, no

#: What it refuses with where the order names no code.
_ANY_CODE = "18"


def play(order: Order, carry_out: Callable[[], Answer]) -> Play:
    """Meet a call that was read whole."""
    if refused := _without(order):
        return Play(_wired(refused))
    return played(order, _wired(carry_out()), lambda reply: _misread(order, reply))


def _without(order: Order) -> Answer | None:
    if order.mode is Mode.BUSY:
        return no("20", "busy", 503, {"Retry-After": str(math.ceil(order.seconds))})
    if order.mode is Mode.REFUSE:
        return no(order.code or _ANY_CODE, "refused on order", order.status or 200)
    if order.mode is Mode.DENY:
        return no("15", "refused on order", 401)
    return None


def _misread(order: Order, reply: Reply) -> Reply:
    if isinstance(reply.body, bytes):
        return reply
    return replace(reply, body=_nulls(reply.body) if order.mode is Mode.NULLS else _lies(reply.body))


def _wired(answer: Answer) -> Reply:
    if answer.members is None:
        return Reply(answer.status, answer.data, answer.headers, "application/octet-stream")
    return Reply(answer.status, answer.members, answer.headers)


def _nulls(members: Members) -> Members:
    data = members.get("data")
    if not isinstance(data, list):
        return {**members, "ErrorDesc": None}
    return {**members, "data": [None, *({**row, "status_desc": None, "to": None, "title": None} for row in data)]}


def _lies(members: Members) -> Members:
    told = {**members, "ErrorCode": 0, "status": "Ok"}
    if isinstance(count := members.get("count"), int):
        told["count"] = str(count)
    if isinstance(data := members.get("data"), list):
        told["data"] = [_lying_row(row) for row in data]
    return told


def _lying_row(row: Members) -> Members:
    told = {name: str(value).upper() if name.lower().endswith("status") else value for name, value in row.items()}
    return {**told, **({"to": [row["to"]], "updated_time": 0} if "to" in row else {"id": 7})}
