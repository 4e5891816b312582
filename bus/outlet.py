"""An endpoint in working order: its sink, its settings, and what they mean when an outcome is unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bus.config.models import RetryPolicy
from bus.endpoint import Pusher, Sink
from bus.endpoint_settings import EndpointSettings, Idempotency, SourceSettings
from bus.journal.copy import Copy
from bus.journal.tidy import Doubt


@dataclass(frozen=True, slots=True)
class Outlet:
    """One destination that is called, under one version of the routes."""

    name: str
    sink: Sink
    settings: EndpointSettings
    policy: RetryPolicy
    #: The sink, where its calls can be made side by side with others'.
    pusher: Pusher | None = None
    #: Rules that let a document arrive twice (``duplicates: allowed``).
    may_repeat: frozenset[str] = frozenset()
    #: How long after an unknown outcome the partner is asked: it may still be at work on the first call.
    ask_after: timedelta = timedelta(minutes=2)
    #: The agency code of the hop that documents nobody signed get on their way out; '': they leave as they came.
    hop: str = ""

    @property
    def asks(self) -> bool:
        """Whether the partner is asked about every doubt; no other is ever asked."""
        return self.settings.idempotency == Idempotency.ASK_FIRST

    @property
    def repeats(self) -> bool:
        """Whether whatever is in doubt there is sent again: the partner knows it by its id."""
        return self.settings.idempotency in (Idempotency.ID, Idempotency.ID_AND_HASH)

    @property
    def observes(self) -> bool:
        """Whether nothing is to be sent there: the endpoint only looks on."""
        return isinstance(self.settings, SourceSettings) and self.settings.mode == "observe"

    def contract(self, copy: Copy) -> Doubt:
        """What to do about a copy whose outcome stays unknown (semantics 4)."""
        return contract(self.settings, repeats=copy.rule in self.may_repeat)


def contract(settings: EndpointSettings, *, repeats: bool) -> Doubt:
    """What is done at an endpoint about an unknown outcome. ``repeats``: the rule lets a document arrive twice."""
    if settings.idempotency == Idempotency.ASK_FIRST:
        return Doubt.ASK
    return Doubt.RESEND if settings.idempotency != Idempotency.NONE or repeats else Doubt.OPERATOR
