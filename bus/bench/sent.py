"""What came of a load: for each document when its time was, and when it was answered."""

from __future__ import annotations

from dataclasses import dataclass, field

from bus.bench.partner import Arrived

#: Stands in a document where its id is to stand.
PLACE = b"d" * 24


def id_of(name: str, number: int) -> str:
    """The id of a document of a load; 24 letters where the name has eight."""
    return f"{name}-{number:015d}"


@dataclass(slots=True)
class Sent:
    """By the number of the document. Times are seconds of the machine's steady clock, the same in all processes."""

    name: str
    began: float = 0.0
    ended: float = 0.0
    #: From when its latency counts.
    since: list[float] = field(default_factory=list)
    #: When it was accepted; 0.0: never.
    answered: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    #: Calls that were made again because the connection was lost, and because the bus asked to come later.
    lost: int = 0
    pushed_back: int = 0
    #: Seconds of processor time of the sender.
    cpu: float = 0.0

    @property
    def given(self) -> int:
        """How many were sent."""
        return len(self.since)

    @property
    def accepted(self) -> dict[str, float]:
        """When each was accepted, by its id."""
        return {id_of(self.name, number): at for number, at in enumerate(self.answered) if at}

    @property
    def due(self) -> dict[str, float]:
        """From when the latency of each counts, by its id."""
        return {id_of(self.name, number): at for number, at in enumerate(self.since)}

    @property
    def waits(self) -> list[float]:
        """Seconds until each was accepted."""
        return [at - since for since, at in zip(self.since, self.answered, strict=True) if at]

    @property
    def rate(self) -> float:
        """Documents accepted a second."""
        return len(self.waits) / (self.ended - self.began)


def ways(sent: Sent, arrived: Arrived) -> list[float]:
    """Seconds from each accepted document's time to its arrival."""
    due = sent.due
    return [arrived.at[name] - due[name] for name in sent.accepted]
