"""Makes the calls of one endpoint: address, body, everything that says who we are; a token is had once for all threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from adapters.http.answer_settings import Rules
from adapters.http.call_settings import CallSettings
from adapters.http.settings import HttpSettings
from bus.endpoint import Means
from bus.message import Claim
from bus.papers import Papers
from bus.transport import Request, Response


class HttpClient:
    """Calls of one endpoint. Safe to use from many threads."""

    def __init__(self, name: str, settings: HttpSettings, means: Means) -> None:
        """``means.fast`` is the transport; hand in a paced one for what is no delivery."""
        self._name = name
        self._settings = settings
        self._means = means

    def call(
        self,
        call: CallSettings,
        names: Mapping[str, object],
        *,
        expired: Rules,
        key: str = "",
        body: Claim | None = None,
        papers: Callable[[], Papers] | None = None,
        into: Callable[[bytes], None] | None = None,
        max_answer: int = 1 << 20,
    ) -> Response:
        """The answer, whatever it says. Where it fits ``expired``, a token or session is had anew and the call is made
        once more. ``body`` and ``papers``: the message, where the call sends it.

        Raises Unreachable, OutcomeUnknown, and Refused for values that cannot stand where they should.
        """
        raise NotImplementedError

    def request(
        self,
        call: CallSettings,
        names: Mapping[str, object],
        *,
        key: str = "",
        body: Claim | None = None,
    ) -> Request:
        """The same as a request that somebody else makes; only where nothing has to be fetched for it."""
        raise NotImplementedError
