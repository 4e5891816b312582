"""What stands before a partner and is called in its place: a security server, an adapter of one.

It changes the address, query and headers of each call, from configuration only. A kind of it is one class, named in
:data:`KINDS`; the class is imported when its kind is first asked for.
"""

from __future__ import annotations

import importlib
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated

from pydantic import BeforeValidator, SerializeAsAny

from adapters.http.sections import Section
from bus.transport import Response


@dataclass(frozen=True, slots=True)
class Wire:
    """A call as it is about to leave: where to, and its headers. Bodies are not looked at."""

    method: str
    #: Scheme, host and port, and the path of the endpoint's URL: ``https://10.1.2.3/api``.
    base: str
    #: Below it, quoted.
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class Through(Section):
    """Base of all kinds. Frozen, and unknown keys are refused."""

    kind: str

    @abstractmethod
    def rewrite(self, wire: Wire, key: str) -> Wire:
        """The call as it must leave. ``key`` is the same for all attempts of one copy, and '' where a call is about none.

        Tokens and signatures are added after it, and are of the call as it leaves.
        """

    def server(self, url: str) -> str:
        """The URL of the server that connections are made to, for a partner at ``url``."""
        return url

    def check(self, response: Response) -> None:
        """Raise Unreachable, OutcomeUnknown or Refused where what stands before the partner failed, and not the partner."""

    def words(self, response: Response) -> str:  # noqa: ARG002 - a kind that says something says it of the answer
        """What it says of a call that got through, to be kept with the attempt; '' for nothing."""
        return ""


#: Kind, and where its class is: ``module:Class``.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "xrd_adapter": "adapters.http.roads.xrd_adapter:XrdAdapter",
        "xroad": "adapters.http.roads.xroad:XRoad",
    }
)


def _of_kind(given: object) -> object:
    if given is None or isinstance(given, Through):
        return given
    kind = str(given.get("kind")) if isinstance(given, dict) else ""
    if kind not in KINDS:
        raise ValueError(f"expected a mapping with one of these as its kind: {', '.join(KINDS) or 'there are none'}")
    module, _, name = KINDS[kind].partition(":")
    made: type[Through] = getattr(importlib.import_module(module), name)
    return made.model_validate(given)


AnyThrough = Annotated[SerializeAsAny[Through], BeforeValidator(_of_kind)]
