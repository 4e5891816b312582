"""Replays in a test's hands: many dead copies, a daemon's thread that is moved by hand, and partners that answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bus.clock import HandClock
from bus.control.parts import Parts
from bus.journal import Journal
from bus.journal.browse import Browse
from bus.journal.lease import LeaseRequest
from bus.journal.pick import Filter
from bus.journal.settle import Settlement
from bus.journal.states import State
from bus.journal.turns import Turn
from bus.replayer import TERM, Place, Releaser, Replayer
from bus.turn import HeldTurn
from tests.buses import PUSHED, ask
from tests.journals import PATIENCE, intake, to
from tests.messages import edoc


def replayer(journal: Journal, place: Place) -> Replayer:
    """One that is not started: the test calls :meth:`~bus.replayer.Replayer.work`."""
    turn = HeldTurn(journal, Turn("replay", "home", TERM), journal.clock)
    return Replayer(journal, Releaser(journal, Browse(journal.store), place), turn)


def dead(journal: Journal, count: int, endpoint: str = "push", name: str = "d", recipient: str = PUSHED) -> list[str]:
    """So many copies that a partner refused, by id; all at once, for each by itself takes its time."""
    bodies = [edoc(document_id=f"{name}{number}", attachments=()) for number in range(count)]
    accepted = [journal.accept(intake(body, to(recipient, endpoint))) for body in bodies]
    copies = [future.result(PATIENCE).copies[0].doc_id for future in accepted]
    answer(journal, copies, State.DEAD)
    return copies


def answer(journal: Journal, copies: Iterable[str], to_state: State) -> None:
    """Have a partner take, or refuse, what goes to it."""
    wanted = [journal.lease(LeaseRequest(copy, 60_000_000)) for copy in copies]
    leases = [future.result(PATIENCE) for future in wanted]
    assert None not in leases
    told = [
        journal.settle(Settlement(copy.id, lease.id, to_state, "auth", outcome="told"))
        for lease in leases
        if lease
        for copy in lease.copies
    ]
    assert all(future.result(PATIENCE) for future in told)


@dataclass
class Bench:
    """A home with a replayer beside it."""

    parts: Parts
    clock: HandClock
    replayer: Replayer

    @classmethod
    def of(cls, parts: Parts, clock: HandClock) -> Bench:
        return cls(parts, clock, replayer(parts.journal, parts.ingress.place_again))

    def restart(self) -> None:
        """Another process takes over."""
        self.replayer = replayer(self.parts.journal, self.parts.ingress.place_again)

    def replay(self, **given: Any) -> dict[str, Any]:
        """Begin a replay of all that is dead at an endpoint, or of what is named; itself."""
        given.setdefault("which", {"endpoint": "push"})
        told: dict[str, Any] = ask(self.parts, "replay", **given)["replay"]
        return told

    def say(self, word: str, replay: dict[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = ask(self.parts, f"replay_{word}", id=replay["replay"], reason="vì thế")
        return told

    def now(self, replay: dict[str, Any]) -> dict[str, Any]:
        """A replay as it is now."""
        told: dict[str, Any] = ask(self.parts, "replay_show", id=replay["replay"])
        return told

    def run(self, seconds: float, step: float = 0.5) -> None:
        """Let time pass, and the replayer look again and again."""
        self.replayer.work()
        for _ in range(int(seconds / step)):
            self.clock.move(step)
            self.replayer.work()

    def queued(self, endpoint: str = "push") -> list[str]:
        """What was let go and not called for, oldest first."""
        return self.parts.browse.ids(Filter(states=("queued",), endpoint=endpoint))

    def answer(self, copies: Iterable[str], to_state: State = State.DELIVERED) -> None:
        """Have the partner take, or refuse, what was let go."""
        answer(self.parts.journal, copies, to_state)
