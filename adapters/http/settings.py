"""What ``routes.yaml`` says about a partner that is called as it says: ``kind: http``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Self

from pydantic import model_validator
from pydantic_core import InitErrorDetails

from adapters.http import dialects, names, receive_settings
from adapters.http.agencies_settings import AgenciesSettings
from adapters.http.answer_settings import AnswerSettings, AskAnswers
from adapters.http.auth_settings import Auth, NamedSecrets, OAuth2, Session
from adapters.http.call_names import check_other, check_sent
from adapters.http.call_settings import CallSettings
from adapters.http.figures_settings import FiguresSettings
from adapters.http.receive_settings import ReceiveSettings
from adapters.http.report_settings import ReportSettings
from adapters.http.said import said_names
from adapters.http.sections import Positive, Section, Url
from adapters.http.targets import Allowed, refused_as_written
from adapters.http.through import AnyThrough
from bus.endpoint_settings import DirectorySettings, SourceSettings
from bus.transport.settings import TlsSettings

_INSIDE = "expected an address that is not loopback, link-local or a cloud's own, or the same under 'allow'"


class AskSettings(Section):
    """The question "do you have it?", asked after an unknown outcome where the endpoint has ``idempotency: ask_first``."""

    call: CallSettings
    answers: AskAnswers


class SendSettings(Section):
    """How a copy is sent."""

    call: CallSettings
    #: Made where the partner says that it has the document already, in place of taking that for delivered.
    update: CallSettings | None = None


class HttpSettings(TlsSettings, SourceSettings, DirectorySettings):
    """An endpoint of ``kind: http``. Without ``send`` nothing is sent there, without ``receive`` nothing is fetched."""

    # A dialect built on the engine is a kind of its own.
    kind: str = "http"
    #: What is not said is as this dialect has it.
    dialect: str | None = None
    #: Calls go below this address.
    url: Url
    auth: tuple[Auth, ...] = ()
    through: AnyThrough | None = None
    send: SendSettings | None = None
    answers: AnswerSettings = AnswerSettings()
    ask: AskSettings | None = None
    #: What its partner calls the figures and periods of reports.
    report: ReportSettings | None = None
    receive: ReceiveSettings | None = None
    #: The partner's indicators and their values, where it is asked for them.
    figures: FiguresSettings | None = None
    #: The partner's list of agencies, where it has one.
    agencies: AgenciesSettings | None = None

    #: Addresses (``127.0.0.1``, ``10.0.0.0/8``) that may be called though they are loopback, link-local or a cloud's own.
    allow: tuple[Allowed, ...] = ()
    connect_timeout: Positive = timedelta(seconds=10)
    #: How long no byte may move before a call is given up.
    idle_timeout: Positive = timedelta(seconds=60)

    @model_validator(mode="before")
    @classmethod
    def _by_dialect(cls, written: object) -> object:
        return dialects.filled(written)

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if self.idempotency == "ask_first" and self.send and not self.ask:
            raise ValueError("expected 'ask' beside 'idempotency: ask_first': what to ask the partner")
        names.refuse(list(self._faults()))
        return self

    def _faults(self) -> Iterator[InitErrorDetails]:
        """What is wrong between the parts."""
        sessions = [index for index, one in enumerate(self.auth) if isinstance(one, Session)]
        session = names.SESSION if sessions else frozenset()
        if self.through is None and refused_as_written(self.url, self.allow):
            yield names.wrong(("url",), _INSIDE)
        if self.through and refused_as_written(self.through.server(self.url), self.allow):
            yield names.wrong(("through", "url"), _INSIDE)
        yield from (names.wrong(("auth", index), "expected one login at the most") for index in sessions[1:])
        for index, one in enumerate(self.auth):
            if isinstance(one, OAuth2) and not one.token.startswith("/") and refused_as_written(one.token, self.allow):
                yield names.wrong(("auth", index, "token"), _INSIDE)
        if self.send:
            known = names.MESSAGE | said_names() | session | (self.report.names if self.report else frozenset())
            secret = frozenset[str]().union(*(one.names for one in self.auth if isinstance(one, NamedSecrets)))
            yield from check_sent(self.send.call, ("send", "call"), known, secret)
            yield from check_sent(self.send.update, ("send", "update"), known, secret)
        if self.report and self.report.unknown:
            told = f"expected names of cells; there is none for {', '.join(sorted(self.report.unknown))}"
            yield names.wrong(("report", "sums"), told)
        if self.ask:
            yield from check_other(self.ask.call, ("ask", "call"), names.MESSAGE | session)
            yield from names.unknown(self.ask.answers, ("ask", "answers"), names.MESSAGE)
        yield from self._read_faults(session)

    def _read_faults(self, session: frozenset[str]) -> Iterator[InitErrorDetails]:
        """What is wrong with the calls that only read there."""
        for place, listed in enumerate(self.agencies.lists if self.agencies else ()):
            yield from check_other(listed.call, ("agencies", "lists", place, "call"), names.CALL | session)
        if self.receive:
            yield from receive_settings.faults(self.receive, session)
        if self.figures:
            yield from self.figures.faults(session)

    @property
    def polled(self) -> bool:
        return self.receive is not None or bool(self.figures and self.figures.offices)

    @property
    def listed(self) -> bool:
        return self.agencies is not None

    @property
    def server(self) -> str:
        return self.through.server(self.url) if self.through else self.url

    @property
    def limit(self) -> int:
        """The largest document that is taken in, in bytes."""
        return self.max_bytes or 50 << 20
