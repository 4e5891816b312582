"""What ``routes.yaml`` says about a partner that is called by SOAP: ``kind: soap``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as File
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from adapters.http import dialects
from adapters.http.answer_settings import AnswerSettings, Rule, Rules
from adapters.http.paths import Path, parse_path
from adapters.http.receive_settings import AckSettings, GetSettings, ListSettings, ReceiveSettings
from adapters.http.sections import Word, check_url
from adapters.http.settings import AskSettings, HttpSettings, SendSettings
from adapters.http.targets import refused_as_written
from adapters.soap.client.call import SoapCall
from adapters.soap.client.security_settings import Proof, Verify
from adapters.soap.client.xroad import XRoad

_DIALECTS = "adapters.soap.client.dialects"


class SoapAsk(AskSettings):
    """The question "do you have it?"."""

    call: SoapCall


class SoapSend(SendSettings):
    """How a copy is sent."""

    call: SoapCall
    update: SoapCall | None = None


class SoapList(ListSettings):
    """One list that is asked for."""

    call: SoapCall


class SoapGet(GetSettings):
    """How an item is fetched."""

    call: SoapCall

    @model_validator(mode="after")
    def _check_content(self) -> Self:
        if self.content.kind == "raw":
            raise ValueError(
                "expected content of kind base64, text or fields, and at which path: an answer is an envelope"
            )
        return self


class SoapAck(AckSettings):
    """How the partner is told what became of an item."""

    call: SoapCall


class SoapReceive(ReceiveSettings):
    """A partner that has things for us."""

    lists: Annotated[tuple[SoapList, ...], Field(min_length=1)]
    get: SoapGet
    done: SoapAck
    fail: SoapAck | None = None
    processing: SoapAck | None = None


class SoapAnswers(AnswerSettings):
    """How answers are read. What faults mean that no rule names is as SOAP has it."""

    success: Rules = (Rule(status=("2xx",), path=parse_path("$"), present=True),)
    code: Path | None = parse_path("Fault.code")
    words: Path | None = parse_path("Fault.text")


def _check_wsdl(given: str) -> str:
    """An address, or an absolute path of a file. Raises ValueError."""
    if given.startswith("/"):
        return str(File(given))
    check_url(given.partition("?")[0])
    if not given.isascii() or not given.isprintable() or " " in given:
        raise ValueError("expected a URL in ASCII without spaces")
    return given


class SoapSettings(HttpSettings):
    """An endpoint of ``kind: soap``. Without ``send`` nothing is sent there, without ``receive`` nothing is fetched."""

    kind: str = "soap"
    #: Where the WSDL is had, once: an address, or a file. ``url?wsdl`` where nothing is said.
    wsdl: Annotated[str, AfterValidator(_check_wsdl)] | None = None
    #: Hosts besides its own that what the WSDL imports may be had from.
    imports: tuple[Word, ...] = ()
    #: Which of the WSDL's services and ports; the first of SOAP where nothing is said.
    service: Word | None = None
    port: Word | None = None
    through: XRoad | None = None
    send: SoapSend | None = None
    answers: SoapAnswers = SoapAnswers()
    ask: SoapAsk | None = None
    receive: SoapReceive | None = None
    agencies: None = None
    #: WS-Addressing: ``MessageID``, ``To``, ``Action`` and ``ReplyTo``; all attempts of a copy have the same id.
    addressing: Literal["none", "2005"] = "none"
    #: WS-Security: what stands in the security header.
    security: tuple[Proof, ...] = ()
    #: Only answers with such a signature are answers.
    verify: Verify | None = None

    @model_validator(mode="before")
    @classmethod
    def _by_dialect(cls, written: object) -> object:
        return dialects.filled(written, _DIALECTS)

    @model_validator(mode="after")
    def _check_soap(self) -> Self:
        if not self.is_file and refused_as_written(self.description, self.allow):
            raise ValueError(
                "expected a wsdl that is not loopback, link-local or a cloud's own, or the same under 'allow'"
            )
        kinds = [one.kind for one in self.security]
        if len(kinds) != len(set(kinds)):
            raise ValueError("expected each kind of security once")
        return self

    @property
    def certificates(self) -> Mapping[str, File]:
        signature = next((one for one in self.security if one.kind == "signature"), None)
        return {**super().certificates, **({"certificate": signature.certificate} if signature else {})}

    @property
    def description(self) -> str:
        """Where the WSDL is had."""
        return self.wsdl or f"{self.url}?wsdl"

    @property
    def is_file(self) -> bool:
        """Whether the WSDL is a file of this machine."""
        return self.description.startswith("/")
