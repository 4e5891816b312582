"""Which copies are meant: the same words for lists, counts and orders. Nothing by accident: no words, no order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field

from bus.control.parts import Parts
from bus.errors import Rejected
from bus.journal.pick import Filter
from bus.journal.states import State
from bus.paging import seq_of


class Which(BaseModel):
    """A filter as it is asked for. What is empty asks nothing; times are microseconds since 1970."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: Of copies or of messages.
    ids: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    endpoint: str = ""
    sender: str = ""
    recipient: str = ""
    type: str = ""
    document_id: str = ""
    reason: str = ""
    #: A group of failures by its name; a rule of the routes; what a partner's protocol called a failure.
    group: str = ""
    rule: str = ""
    code: str = ""
    #: At least so many attempts; nothing changed since then.
    attempts: int = Field(default=0, ge=0)
    unchanged_since: int | None = None
    #: Words of number, subject and names; the last one need not be finished.
    text: str = Field(default="", max_length=1000)
    since: int | None = None
    until: int | None = None
    limit: int = Field(default=50, ge=1, le=1000)

    @property
    def is_everything(self) -> bool:
        """Whether nothing is asked."""
        return not self.model_dump(exclude={"limit", "states"}, exclude_defaults=True) and not self.states

    def filter(self, parts: Parts, states: Iterable[State] = ()) -> Filter:
        """For the journal: agencies in all their spellings; ``states`` where no others are named."""
        return Filter(
            ids=self.ids,
            states=tuple(map(str, self.states or states)),
            endpoint=self.endpoint,
            senders=_spellings(parts, self.sender),
            recipients=_spellings(parts, self.recipient),
            type=self.type,
            document_id=self.document_id,
            reason=self.reason,
            group=self.group,
            rule=self.rule,
            code=self.code,
            attempts=self.attempts,
            unchanged_since=self.unchanged_since,
            text=self.text,
            since=self.since,
            until=self.until,
            limit=self.limit,
        )


class Page(Which):
    """A page of a list: it goes on where the page before ended."""

    #: What the page before called ``next``.
    after: str = ""

    def filter(self, parts: Parts, states: Iterable[State] = ()) -> Filter:
        """For the journal. Raises Rejected for an ``after`` that no page said."""
        return replace(super().filter(parts, states), after=seq_of(self.after))


def _spellings(parts: Parts, code: str) -> tuple[str, ...]:
    """Every way an agency is written: older copies bear an older one."""
    if not code:
        return ()
    return parts.plan.directory.spellings(code) if parts.plan else (code,)


def frozen(parts: Parts, which: Which, states: Iterable[State]) -> list[str]:
    """The copies an order is carried out on, fixed before the first is touched, oldest first.

    Named ones are taken whatever their state, so that each is answered for; a filter finds those in ``states``.
    """
    _need_words(which)
    found = parts.browse.ids(which.filter(parts, () if which.ids else states))
    known = set(found)
    unknown = [id_ for id_ in which.ids if id_ not in known and not parts.browse.find_message(id_)]
    return [*found, *unknown]


def walked(parts: Parts, which: Which, at_once: int) -> Iterator[list[str]]:
    """The copies that a filter finds, whatever their state, oldest first and so many at once: they may be very many."""
    _need_words(which)
    return parts.browse.walk(which.filter(parts), at_once)


def _need_words(which: Which) -> None:
    if which.is_everything:
        raise Rejected("request.invalid", "name copies by id, or by a filter such as endpoint or reason")
