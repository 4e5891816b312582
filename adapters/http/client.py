"""Makes the calls of one endpoint: where to, what with, and everything that says who we are.

A token or session is had once for all threads of the endpoint. Where an answer says that it is not valid nothing was
looked at: it is had anew and the call is made once more, and never again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Protocol

import orjson

from adapters.http.auth_settings import Auth, Hmac, NamedSecrets, OAuth2, Session
from adapters.http.call_settings import CallSettings
from adapters.http.decode import read
from adapters.http.facts import Facts, of_call
from adapters.http.held import Fresh, Held
from adapters.http.hidden import Hidden
from adapters.http.judge import Judge
from adapters.http.keys import Keys
from adapters.http.login import quietly, session_of, token_form, token_of
from adapters.http.sending import Sending
from adapters.http.settings import HttpSettings
from adapters.http.signature import signature, signed_names
from adapters.http.targets import may_be_called
from adapters.http.through import Wire
from adapters.http.wiring import body_of, url_of, wire_of
from bus.bodies import Body
from bus.endpoint import Kept, Means
from bus.errors import Unreachable
from bus.transport import Request, Response

#: Seconds a call may take in all, and bytes a second below which a large body is not waited for: both stay
#: below the term of a lease, so that a call ends before its lease does.
_TOTAL, _SLOWEST = 240.0, 64 << 10
#: Largest answer that is read whole.
MAX_ANSWER = 1 << 20


class Taking(Protocol):
    """Takes an answer piece by piece; what it leaves of it is judged."""

    def feed(self, piece: bytes) -> None:
        """Take the next bytes."""
        ...

    def close(self) -> bytes:
        """That was all: what was not taken off."""
        ...


#: Values in a call that may turn out to be stale, by the places of their families.
_Shown = dict[int, str]


class HttpClient:
    """Calls of one endpoint. Safe to use from many threads."""

    def __init__(self, name: str, settings: HttpSettings, means: Means, kept: Kept | None = None) -> None:
        """``means.fast`` is the transport; hand in a paced one for what is no delivery. ``kept``: where tokens are held."""
        self._name = name
        self._settings = settings
        self._means = means
        self._keys = Keys(means.secrets)
        self._held = _held(name, settings, means, kept or Kept())
        self._hidden = Hidden(settings.auth, self._keys, lambda: [held.known for held in self._held.values()])
        self.judge = Judge(settings.answers, means.clock.now, settings.through, self._hidden)

    def facts(self) -> Facts:
        """The names that any call of this endpoint has, for a call that is made now."""
        return of_call(self._name, self._means.clock.now())

    def call(
        self,
        call: CallSettings,
        sending: Sending,
        *,
        key: str = "",
        taking: Callable[[], Taking] | None = None,
        max_answer: int = MAX_ANSWER,
    ) -> Response:
        """The answer, whatever it says; its body is what ``taking`` left. ``key``: the same for all attempts of a copy.

        Raises Unreachable, OutcomeUnknown, and Refused for values that cannot stand where they should.
        """
        return self._renewing(lambda shown: self._once(call, sending, key, shown, taking, max_answer))

    def sign_in(self) -> bool:
        """Have every token and session that calls need; whether there is any. Raises Unreachable."""
        for index in self._held:
            self._value(index)
        return bool(self._held)

    def request(self, call: CallSettings, sending: Sending, *, key: str = "") -> Request:
        """A call that somebody else makes; only where no family needs a token or a login."""
        return self._made(call, sending, key, {}, len(self._settings.auth))

    def _renewing(self, once: Callable[[_Shown], Response]) -> Response:
        """The answer to a call; where that says that what it showed is not valid, to a second one that shows other values.

        They are had anew in the order of their families, for the call for one carries those before it.
        """
        shown: _Shown = {}
        response = once(shown)
        if shown and self.judge.expired(read(response)):
            for index, value in sorted(shown.items()):
                self._value(index, stale=value)
            response = once({})
        return response

    def _once(
        self,
        call: CallSettings,
        sending: Sending,
        key: str,
        shown: _Shown,
        taking: Callable[[], Taking] | None,
        max_answer: int,
    ) -> Response:
        request = replace(self._made(call, sending, key, shown, len(self._settings.auth)), max_answer=max_answer)
        return self.exchanged(call, request, key, taking() if taking else None)

    def exchanged(self, call: CallSettings, request: Request, key: str, taker: Taking | None) -> Response:  # noqa: ARG002
        """The answer to a request; its body is what ``taker`` left. For what speaks another language inside HTTP to change."""
        if taker is None:
            return self._means.fast.call(request)
        answer = self._means.fast.call(replace(request, into=taker.feed))
        return Response(answer.status, answer.headers, taker.close())

    def drawn(self, call: CallSettings, sending: Sending, key: str) -> tuple[Wire, Body | bytes | None]:  # noqa: ARG002
        """A call without what says who we are. For what speaks another language inside HTTP to change."""
        wire = wire_of(self._settings.url, call, sending.names)
        body, content_type = body_of(call.body, sending)
        if content_type and "content-type" not in map(str.lower, wire.headers):
            wire = replace(wire, headers={"Content-Type": content_type, **wire.headers})
        return wire, body

    def _made(self, call: CallSettings, sending: Sending, key: str, shown: _Shown, families: int) -> Request:
        """The request with what the first so many families add to it."""
        names = self._with_secrets(self._with_session(sending.names, shown, families))
        wire, body = self.drawn(call, replace(sending, names=names), key)
        return self._signed(self._through(wire, key), body, names, shown, families)

    def _through(self, wire: Wire, key: str) -> Wire:
        return self._settings.through.rewrite(wire, key) if self._settings.through else wire

    def _signed(self, wire: Wire, body: Body | bytes | None, names: Facts, shown: _Shown, families: int) -> Request:
        url, headers = url_of(wire), dict(wire.headers)
        for index, auth in enumerate(self._settings.auth[:families]):
            match auth:
                case Session() | NamedSecrets():
                    continue
                case OAuth2():
                    shown[index] = value = self._value(index)
                    _put(headers, auth.header, f"{auth.scheme} {value}".strip())
                case Hmac():
                    signed = names.also(signed_names(wire.method, url, body))
                    _put(headers, auth.header, signature(auth, self._keys.raw(auth.secret), signed))
                case _:
                    _put(headers, *self._keys.header(auth))
        return self._request(wire.method, url, headers, body)

    def _request(self, method: str, url: str, headers: Mapping[str, str], body: Body | bytes | None) -> Request:
        size = 0 if body is None or isinstance(body, bytes) else body.size
        return Request(
            method,
            url,
            headers,
            body,
            connect_timeout=self._settings.connect_timeout.total_seconds(),
            idle_timeout=self._settings.idle_timeout.total_seconds(),
            total_timeout=_TOTAL + size / _SLOWEST,
            tls=self._settings.tls,
            may_reach=partial(may_be_called, allowed=self._settings.allow),
        )

    def _with_session(self, names: Facts, shown: _Shown, families: int) -> Facts:
        for index, auth in enumerate(self._settings.auth[:families]):
            if isinstance(auth, Session):
                return names.also({"session": partial(self._show, index, shown)})
        return names

    def _with_secrets(self, names: Facts) -> Facts:
        each = (one.named for one in self._settings.auth if isinstance(one, NamedSecrets))
        made = {f"secret.{name}": partial(self._keys.text, held) for named in each for name, held in named.items()}
        return names.also(made) if made else names

    def _show(self, index: int, shown: _Shown) -> str:
        shown[index] = value = self._value(index)
        return value

    def _value(self, index: int, stale: str = "") -> str:
        return self._held[index].value(lambda: self._quietly_fetched(index), stale)

    def _quietly_fetched(self, index: int) -> Fresh:
        """As :meth:`_fetched`, and no secret in the words of who would not give us any."""
        try:
            return self._fetched(index)
        except Unreachable as failure:
            raise Unreachable(failure.failure, self._hidden(failure.words), code=failure.code) from failure

    def _fetched(self, index: int) -> Fresh:
        """Have a token or session. The call for it carries what stands before it."""
        auth = self._settings.auth[index]
        if isinstance(auth, Session):
            secrets = {name: partial(self._keys.text, names) for name, names in auth.secrets.items()}
            sending = Sending(self.facts().also(secrets))
            return session_of(auth, self._asked(lambda shown: self._made(auth.login, sending, "", shown, index)))
        assert isinstance(auth, OAuth2)
        return self._token(auth, index)

    def _token(self, auth: OAuth2, index: int) -> Fresh:
        body, headers = token_form(auth, self._keys.text(auth.client_secret))
        below = auth.token.startswith("/")
        wire = Wire("POST", self._settings.url if below else auth.token, auth.token if below else "", (), {})
        wire = self._through(wire, "") if below else wire

        def made(shown: _Shown) -> Request:
            request = self._signed(wire, body, self.facts(), shown, index)
            return replace(request, headers={**request.headers, **headers})

        return token_of(auth, self._asked(made))

    def _asked(self, made: Callable[[_Shown], Request]) -> Response:
        """The answer to a call for a token or a session. Raises Unreachable."""
        return quietly(lambda: self._renewing(lambda shown: self._means.fast.call(made(shown))))


def _held(name: str, settings: HttpSettings, means: Means, kept: Kept) -> Mapping[int, Held]:
    """Where tokens and sessions of these settings are held: other settings have others."""
    return {
        index: kept.get((name, str(index)), settings.url + _written(auth), lambda: Held(means.clock.monotonic))
        for index, auth in enumerate(settings.auth)
        if isinstance(auth, OAuth2 | Session)
    }


def _written(auth: Auth) -> str:
    return orjson.dumps(auth.model_dump(mode="json")).decode()


def _put(headers: dict[str, str], name: str, value: str) -> None:
    """Set a header, whatever the case of one that is there."""
    for there in [there for there in headers if there.lower() == name.lower()]:
        del headers[there]
    headers[name] = value
