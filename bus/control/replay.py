"""Replay as a plan: looked at first, frozen whole, then carried out by the daemon as fast as it was told. A few go at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Annotated

import orjson
from pydantic import BeforeValidator, Field

from bus.control import choosing
from bus.control.answers.orders import Carried
from bus.control.answers.replays import Begun, Preview
from bus.control.choosing import SENT_FROM, Choice, Judged
from bus.control.parts import Parts
from bus.control.preview import SHOWN, preview
from bus.control.replays import show
from bus.control.which import Which
from bus.errors import IllegalMove
from bus.journal.replays import Draft, Item, Portion, Replay, Terms, Verb, Word
from bus.journal.states import State
from bus.message import new_id
from bus.quantity import parse_rate, parse_share
from bus.replayer import PORTION, Releaser, catch_up

#: Copies a second where nobody says.
RATE = 50.0
#: The share of failures at which a plan pauses where nobody says.
STOP_AT = 0.2
#: Copies that are frozen in one transaction.
_FROZEN = 500

Rate = Annotated[float, BeforeValidator(parse_rate), Field(ge=0.001, le=1000)]
NewId = Annotated[str, Field(pattern="^([0-9a-z]{26})?$")]
Share = Annotated[float, BeforeValidator(parse_share), Field(ge=0, le=1)]


def replay(
    parts: Parts,
    which: Which,
    dry_run: bool = False,
    yes: bool = False,
    reason: str = "",
    delivered: bool = False,
    rate: Rate | None = None,
    canary: Annotated[int, Field(ge=0)] = 0,
    ask: bool = False,
    ramp: bool = False,
    stop_at: Share = STOP_AT,
    id: NewId = "",  # noqa: A002 - the word of the questions
) -> Begun | Preview:
    """Send copies again: dead ones as they are, or with ``delivered`` what partners had and lost, as copies of it.

    ``dry_run`` only tells what would be; ``yes`` also takes what comes out of order. With a rate, a canary or a ramp, or
    where they are many, the copies are frozen into a plan that the daemon carries out. Whoever gives it its ``id``
    can ask how far it is, and stop it, before there is an answer.
    """
    verb: Verb = "resend" if delivered else "replay"
    states = (State.DELIVERED,) if delivered else SENT_FROM[verb]
    terms = Terms(rate or RATE, canary, ask, ramp, stop_at, yes)
    _catch_up(parts)
    choice = Choice(parts, which, verb, states, late=yes)
    if dry_run:
        return _previewed(parts, which, preview(parts, choice, terms.rate))
    return _Made(parts, choice, reason, terms, id).of(at_once=not (rate or canary or ask or ramp))


def resend(
    parts: Parts,
    which: Which,
    yes: bool = False,
    reason: str = "",
    id: NewId = "",  # noqa: A002 - the word of the questions
) -> Begun:
    """Send again what is settled, with the same ids and bytes. ``id`` as in a replay."""
    _catch_up(parts)
    choice = Choice(parts, which, "resend", SENT_FROM["resend"], late=yes)
    return _Made(parts, choice, reason, Terms(RATE, stop_at=STOP_AT, late=yes), id).of(at_once=True)


def _catch_up(parts: Parts) -> None:
    """What has arrived stands in no plan any more."""
    for plan in parts.journal.replays.open():
        try:
            catch_up(parts.journal, plan)
        except IllegalMove:
            continue  # the daemon was at it too


def _previewed(parts: Parts, which: Which, seen: Preview) -> Preview:
    """With what was named and is not there."""
    found = [name for row in seen["copies"] for name in (row["copy"], str(row.get("message")))]
    missing = choosing.unknown(parts, which, found)
    if missing:
        seen["refused"]["unknown"] = len(missing)
        seen["copies"] += [
            {"copy": id_, "state": "", "code": "unknown", "refused": "no such copy", "out_of_order": False}
            for id_ in missing
        ]
    return seen


class _Made:
    """A plan while it is being made; none where nothing goes."""

    def __init__(self, parts: Parts, choice: Choice, reason: str, terms: Terms, id_: str) -> None:
        self._parts = parts
        self._choice = choice
        self._draft = Draft(id_ or new_id(), choice.verb, parts.who, reason, _words(choice.which), terms)
        self._begun = False
        self._frozen: list[Item] = []
        self._count = 0
        self._refused: list[Carried] = []
        self._refused_count = 0
        #: What was named and found.
        self._names: set[str] = set()

    def of(self, *, at_once: bool) -> Begun:
        """Freeze what goes and begin; a few go before this returns. Every copy is answered for, if they are not too many."""
        found = self._choice.each()
        while portion := list(islice(found, _FROZEN)):
            self._freeze(portion)
        for id_ in choosing.unknown(self._parts, self._choice.which, self._names):
            self._refuse(id_, "", "no such copy")
        plan = self._started()
        rows = self._done(plan) if plan and at_once and self._count <= PORTION else []
        return self._answer(plan, rows)

    def _freeze(self, portion: Sequence[Judged]) -> None:
        going = [one for one in portion if not one.code]
        for one in portion:
            if one.code:
                self._refuse(one.copy.id, one.copy.state, one.words)
        if self._choice.which.ids:
            self._names.update(one.copy.id for one in portion)
        taken = self._taken([Item(one.copy.seq, one.copy.id, one.copy.endpoint) for one in going])
        for one in going:
            if one.copy.id not in taken:
                self._refuse(one.copy.id, one.copy.state, "it stands in another replay")

    def _taken(self, items: Sequence[Item]) -> frozenset[str]:
        if not items:
            return frozenset()
        journal = self._parts.journal
        if not self._begun:
            journal.replaying.begin(self._draft).result()
            self._begun = True
        taken = journal.replaying.freeze(Portion(self._draft.id, items)).result()
        self._count += len(taken)
        self._frozen = [*self._frozen, *(item for item in items if item.copy in taken)][: PORTION + 1]
        return taken

    def _refuse(self, copy: str, state: str, words: str) -> None:
        self._refused_count += 1
        if len(self._refused) < SHOWN or self._choice.which.ids:
            self._refused.append({"copy": copy, "state": str(state), "refused": words})

    def _started(self) -> Replay | None:
        if not self._begun:
            return None
        plan = self._parts.journal.replaying.say(Word(self._draft.id, "start", self._parts.who)).result()
        if self._parts.on_replay:
            self._parts.on_replay()
        return plan

    def _done(self, plan: Replay) -> list[Carried]:
        """What became of each, carried out here and now; the daemon may have been at it first."""
        parts = self._parts
        done = Releaser(parts.journal, parts.browse, parts.ingress.place_again).release(plan, self._frozen)
        parts.mark.copies(done)
        entries = parts.journal.replays.entries(plan.id, 0, PORTION)
        return [{"copy": one.sent or one.copy, "state": one.state, "refused": one.note} for one in entries]

    def _answer(self, plan: Replay | None, rows: Sequence[Carried]) -> Begun:
        refused = sum(bool(row["refused"]) for row in rows)
        return {
            "done": self._count - refused,
            "refused": self._refused_count + refused,
            "copies": [*rows, *self._refused],
            "replay": show(self._parts, plan.id) if plan else None,
        }


def _words(which: Which) -> str:
    return orjson.dumps(which.model_dump(exclude_defaults=True), default=str).decode()
