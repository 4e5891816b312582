"""Partners that speak SOAP, played: they misbehave by the orders of :mod:`adapters.http.rehearsal`."""

from __future__ import annotations

from typing import TypeVar

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.partner import Partner
from adapters.soap.rehearsal.house import SoapHouse

Played = TypeVar("Played", bound=Partner)


def rehearsal(partner: Played, host: str = "127.0.0.1", port: int = 0) -> Rehearsal[Played]:
    """One such partner in a thread of its own."""
    return Rehearsal(partner, host, port, house=SoapHouse)
