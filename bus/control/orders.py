"""The orders on copies: each freezes what it is about, goes in portions, and answers for every copy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Literal

from bus.control.answers.doubts import WouldSettle
from bus.control.answers.orders import Carried, CarriedOut
from bus.control.doubts import would_settle
from bus.control.parts import Parts
from bus.control.which import Which, frozen
from bus.journal.operate import Done, Order
from bus.journal.states import State

#: Copies in one transaction, so that an order of any size never keeps the intake waiting.
PORTION = 200

_S = State
_HOLDABLE = (_S.QUEUED, _S.WAITING, _S.OFFERED)


def hold(parts: Parts, which: Which, reason: str = "") -> CarriedOut:
    """Keep copies back until they are released."""
    return carry_out(parts, "hold", frozen(parts, which, _HOLDABLE), reason)


def release(parts: Parts, which: Which, reason: str = "") -> CarriedOut:
    """Let held copies go on from where they were."""
    return carry_out(parts, "release", frozen(parts, which, [_S.HELD]), reason)


def cancel(parts: Parts, which: Which, reason: str = "") -> CarriedOut:
    """Give copies up for good."""
    return carry_out(parts, "cancel", frozen(parts, which, [*_HOLDABLE, _S.HELD, _S.DEAD]), reason)


def settle(
    parts: Parts, which: Which, state: Literal["delivered", "queued", "dead"], reason: str = "", dry_run: bool = False
) -> CarriedOut | WouldSettle:
    """The operator's word on copies in doubt: the partner has it, send it again, or give it up. ``dry_run`` only tells
    which copies that would be.
    """
    ids = frozen(parts, which, [_S.IN_DOUBT])
    return would_settle(parts, ids) if dry_run else carry_out(parts, "decide", ids, reason, state)


def carry_out(
    parts: Parts,
    verb: str,
    copies: Sequence[str],
    reason: str = "",
    state: str = "",
) -> CarriedOut:
    """Give a verb of the journal these copies, portion by portion."""
    return carry(parts, partial(parts.journal.operate, verb), copies, reason, state)


def carry(
    parts: Parts,
    act: Callable[[Order], Future[list[Done]]],
    copies: Sequence[str],
    reason: str = "",
    state: str = "",
) -> CarriedOut:
    """Have an order on these copies carried out, portion by portion."""
    done: list[Done] = []
    for start in range(0, len(copies), PORTION):
        portion = act(Order(tuple(copies[start : start + PORTION]), parts.who, reason, state)).result()
        parts.mark.copies(portion)
        done += portion
    return report(done)


def report(done: Iterable[Done]) -> CarriedOut:
    """What became of each copy, and how many were done."""
    rows: list[Carried] = [{"copy": one.copy, "state": str(one.state), "refused": one.refused} for one in done]
    refused = sum(bool(row["refused"]) for row in rows)
    return {"done": len(rows) - refused, "refused": refused, "copies": rows}
