"""How an order changes what a call is answered: instead of carrying it out, or after it was."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import orjson

from adapters.http.rehearsal.orders import Mode, Order
from adapters.http.rehearsal.partner import Partner
from adapters.http.stage import Play, Reply

_PAGE = b"<!DOCTYPE html><html><body>Cong an toan: xin dang nhap</body></html>"
_BOM = b"\xef\xbb\xbf"
_INSTEAD = {Mode.EMPTY: Reply(200, b""), Mode.HTML: Reply(200, _PAGE, content_type="text/html")}


def play(order: Order, partner: Partner, carry_out: Callable[[], Reply]) -> Play:
    """Meet a call that was read whole."""
    if refused := _without(order, partner):
        return Play(refused)
    return played(order, carry_out(), lambda answer: _misread(order, partner, answer))


def played(order: Order, answer: Reply, misread: Callable[[Reply], Reply]) -> Play:
    """Answer a call that was carried out. ``misread`` is for orders about what stands in an answer: nulls, and lies."""
    if order.mode is Mode.LOST:
        return Play(None)
    if order.mode in (Mode.NULLS, Mode.LIES):
        return Play(misread(answer))
    return Play(_spoiled(order, answer), order.seconds if order.mode is Mode.SLOW else 0.0, order.mode is Mode.HANG)


def _without(order: Order, partner: Partner) -> Reply | None:
    match order.mode:
        case Mode.BUSY:
            return Reply(order.status or 503, {"message": "busy"}, {"Retry-After": str(math.ceil(order.seconds))})
        case Mode.REFUSE:
            return partner.refusal(order)
        case Mode.DENY:
            return partner.denial()
        case _:
            return None


def _spoiled(order: Order, answer: Reply) -> Reply:
    """The answer as a whole: another one in its place, or what is left of it."""
    if order.mode is Mode.FAULT:
        return Reply(order.status or 500, _PAGE, content_type="text/html")
    if order.mode in _INSTEAD:
        return _INSTEAD[order.mode]
    if order.mode is Mode.WRAPPED:
        return replace(answer, body=orjson.dumps(orjson.dumps(_value(answer)).decode()))
    return _cut(answer) if order.mode is Mode.CUT else answer


def _misread(order: Order, partner: Partner, answer: Reply) -> Reply:
    if order.mode is Mode.NULLS:
        return replace(answer, body=orjson.dumps(_nulls(_value(answer), partner.needed)))
    return replace(answer, body=_BOM + orjson.dumps(_lies(_value(answer))), content_type="text/plain")


def _cut(answer: Reply) -> Reply:
    whole = answer.body if isinstance(answer.body, bytes) else orjson.dumps(answer.body)
    return replace(answer, body=whole[: len(whole) // 2])


def _value(answer: Reply) -> object:
    return orjson.loads(answer.body) if isinstance(answer.body, bytes) else answer.body


def _nulls(value: object, needed: frozenset[str]) -> object:
    if isinstance(value, dict):
        return {name: _nulls(one, needed) for name, one in value.items()}
    if isinstance(value, list):
        return [None, *(_bare(one, needed) for one in value)]
    return value


def _bare(item: object, needed: frozenset[str]) -> object:
    return {name: one if name in needed else None for name, one in item.items()} if isinstance(item, dict) else item


def _lies(value: object) -> object:
    if isinstance(value, dict):
        return {name: _lies(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_lies(one) for one in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return int(value) if isinstance(value, str) and value.isdecimal() and value == str(int(value)) else value
