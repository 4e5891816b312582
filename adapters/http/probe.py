"""What an operator wants to know of a partner before it is used: may it be called, does it answer, what does it list."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.http.settings import HttpSettings
from bus.endpoint import EndpointSettings, Finding, Means


def probe(name: str, settings: EndpointSettings, means: Means) -> Iterator[Finding]:
    """Look at the partner; only what is listed is asked for, nothing is fetched, acked or sent."""
    assert isinstance(settings, HttpSettings)
    raise NotImplementedError(name, means)
