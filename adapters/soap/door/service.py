"""What a service takes and gives, as data: its WSDL is written from it and calls are held to it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter, or one member of what an answer holds. ``type``: of XML Schema, or the name of a record."""

    name: str
    type: str = "string"
    needed: bool = True
    many: bool = False
    says: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A row of an answer."""

    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Contract:
    """One call."""

    #: Of the service it belongs to.
    namespace: str
    name: str
    says: str
    takes: tuple[Field, ...]
    gives: tuple[Field, ...]

    @property
    def action(self) -> str:
        """Its SOAPAction."""
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class Service:
    """Calls at one address."""

    name: str
    #: Below ``/soap``.
    path: str
    namespace: str
    contracts: tuple[Contract, ...]
    #: What the detail of every fault holds.
    refusal: Record
    #: Those of its answers besides.
    rows: tuple[Record, ...]

    @property
    def records(self) -> tuple[Record, ...]:
        """All of them."""
        return (*self.rows, self.refusal)


#: What every refusal says, whatever the service.
REFUSED = (
    Field("code", says="Stable: programs go by it"),
    Field("side", says="Who can put it right: sender, bus or operator"),
    Field("what"),
    Field("todo"),
    Field("whatVi"),
    Field("todoVi"),
    Field("detail", needed=False),
)
