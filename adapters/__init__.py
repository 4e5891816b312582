"""Partners: one folder a protocol family, none of which knows the others. This table names them all.

A folder is imported when its kind is first asked for, so what nobody configured costs nothing.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from bus.endpoint import Adapter
from bus.errors import NotFound

#: Kind of endpoint or door, and where its :class:`~bus.endpoint.Adapter` is.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "rest": "adapters.rest:ADAPTER",
        "vxp": "adapters.vxp:ADAPTER",
        "api": "adapters.api:ADAPTER",
        "http": "adapters.http.endpoint:ADAPTER",
        "qlvb": "adapters.qlvb:ADAPTER",
        "lgsp": "adapters.lgsp:ADAPTER",
        "soap": "adapters.soap:ADAPTER",
        "reports": "adapters.api.reports:ADAPTER",
    }
)


def load(kind: str) -> Adapter:
    """The adapter of this kind. Raises :class:`~bus.errors.NotFound` that says what may have been meant."""
    if kind not in KINDS:
        raise NotFound(f"no adapter is called {kind!r}: {_advice(kind)}")
    module, _, name = KINDS[kind].partition(":")
    adapter: Adapter = getattr(importlib.import_module(module), name)
    return adapter


def all_adapters() -> tuple[Adapter, ...]:
    """Every adapter there is, in the order of the table."""
    return tuple(load(kind) for kind in KINDS)


def _advice(kind: str) -> str:
    close = get_close_matches(kind, KINDS, n=1)
    return f"did you mean {close[0]!r}?" if close else f"there are {', '.join(KINDS)}"
