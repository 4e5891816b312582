"""Which copies are meant: the same words for lists, counts and orders. Nothing by accident: no words, no order."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

from bus.control.parts import Parts
from bus.errors import Rejected
from bus.journal.browse import Filter
from bus.journal.states import State


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
    since: int | None = None
    until: int | None = None
    #: Continue a list after this sequence number, newest first.
    before: int | None = None
    limit: int = Field(default=50, ge=1, le=1000)

    @property
    def is_everything(self) -> bool:
        """Whether nothing is asked."""
        return not self.model_dump(exclude={"limit", "before", "states"}, exclude_defaults=True) and not self.states

    def filter(self, parts: Parts, states: Iterable[State] = ()) -> Filter:
        """For the journal: agencies in their canonical spelling; ``states`` where no others are named."""
        directory = parts.plan.directory if parts.plan else None
        canonical = directory.canonical if directory else str
        return Filter(
            ids=self.ids,
            states=tuple(map(str, self.states or states)),
            endpoint=self.endpoint,
            sender=canonical(self.sender),
            recipient=canonical(self.recipient),
            type=self.type,
            document_id=self.document_id,
            reason=self.reason,
            since=self.since,
            until=self.until,
            before=self.before,
            limit=self.limit,
        )


def frozen(parts: Parts, which: Which, states: Iterable[State]) -> list[str]:
    """The copies an order is carried out on, fixed before the first is touched, oldest first.

    Named ones are taken whatever their state, so that each is answered for; a filter finds those in ``states``.
    """
    if which.is_everything:
        raise Rejected("request.invalid", "name copies by id, or by a filter such as endpoint or reason")
    found = parts.browse.ids(which.filter(parts, () if which.ids else states))
    known = set(found)
    unknown = [id_ for id_ in which.ids if id_ not in known and not parts.browse.find_message(id_)]
    return [*found, *unknown]
