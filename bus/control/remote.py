"""What a partner has of what was delivered to it: it is asked, as it is asked about doubts."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bus.control.answers.bus import DifferenceTold, VerifiedThere
from bus.control.parts import Parts
from bus.delivery import out
from bus.endpoint import Answer, Delivered
from bus.errors import NotFound, Rejected
from bus.journal.pick import Filter, Listed
from bus.journal.states import State
from bus.message import Claim, Delivery
from bus.outlet import Outlet
from bus.paging import seq_of

#: Copies one question is about.
_PORTION = 50


def there(parts: Parts, endpoint: str, since: int = 0, after: str = "") -> VerifiedThere:
    """Ask about the next copies that were delivered to an endpoint, newest first; ``since``: accepted from then on (microseconds).

    Nothing is changed. Raises NotFound where no daemon runs or there is no such endpoint, Rejected where it cannot be asked,
    Unreachable.
    """
    outlet = _outlet(parts, endpoint)
    which = Filter(
        states=(State.DELIVERED,), endpoint=endpoint, kind="primary", since=since, after=seq_of(after), limit=_PORTION
    )
    page = parts.browse.page(which)
    answers = [(one, _asked(parts, outlet, one)) for one in page.rows]
    unsure = sum(answer in (Answer.UNKNOWN, Answer.LATER) for _, answer in answers)
    differences = [difference for one, answer in answers for difference in _differences(one, answer)]
    return {"copies": len(answers), "unsure": unsure, "differences": differences, "next": page.next}


def _outlet(parts: Parts, endpoint: str) -> Outlet:
    outlets = parts.outlets()
    if endpoint not in outlets:
        raise NotFound(
            f"there is no endpoint {endpoint} to ask; there are {', '.join(sorted(outlets)) or 'none without a daemon'}"
        )
    if not outlets[endpoint].asks:
        raise Rejected("request.invalid", f"{endpoint} cannot be asked: only endpoints with idempotency ask_first can")
    return outlets[endpoint]


def _asked(parts: Parts, outlet: Outlet, one: Listed) -> Answer | Delivered:
    while seconds := parts.gates.wait(outlet.name):
        time.sleep(seconds)
    copy = out(one.copy)
    return outlet.sink.ask(Delivery(outlet.name, one.event.message(), Claim(one.copy.body, 0), (copy,)), copy)


def _differences(one: Listed, answer: Answer | Delivered) -> Iterator[DifferenceTold]:
    known = one.copy.remote_id
    if answer == Answer.NOT_THERE:
        yield _difference(
            "remote.missing", one, f"{one.copy.endpoint} has nothing of it; its id there was {known or '-'}"
        )
    elif isinstance(answer, Delivered) and known and answer.remote_id and answer.remote_id != known:
        yield _difference("remote.id", one, f"{one.copy.endpoint} has it as {answer.remote_id}, and not as {known}")


def _difference(code: str, one: Listed, text: str) -> DifferenceTold:
    return {"code": code, "message": one.copy.message, "copy": one.copy.id, "text": text}
