"""How a partner knows us: families of authentication that stack on one call, in their order.

A call for a token or a login carries what stands before it in the list. Secrets are named, never written.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from adapters.http import names
from adapters.http.answer_settings import Rule, Rules
from adapters.http.call_names import check_other
from adapters.http.call_settings import CallSettings
from adapters.http.paths import JsonPath, Path
from adapters.http.sections import HeaderName, HeaderText, Positive, Section, Url, Word
from adapters.http.template import Text
from bus.secret import SecretNames

Secret = Annotated[SecretNames, Field(min_length=1)]


class HeaderAuth(Section):
    """A secret in a header as it is, behind ``prefix``."""

    kind: Literal["header"]
    name: HeaderName
    value: Secret
    prefix: HeaderText = ""


class BasicAuth(Section):
    """HTTP Basic."""

    kind: Literal["basic"]
    user: Word
    password: Secret


class LgspAccessToken(Section):
    """A secret that is a JSON object (AccessKey, SecretKey, AppName, PartnerCode, PartnerCodeCus), as base64 in a header."""

    kind: Literal["lgsp_access_token"]
    secret: Secret
    header: HeaderName = "lgspaccesstoken"


class OAuth2(Section):
    """A token by client credentials, kept until shortly before it runs out, and fetched by one caller for all."""

    kind: Literal["oauth2"]
    #: Where the token is had: below the endpoint's URL (``/token``), or a URL of its own.
    token: Url | Annotated[str, Field(pattern=r"^/[!-~]*$")]
    client_id: Word
    client_secret: Secret
    client_auth: Literal["basic", "form"] = "basic"
    grant: Word = "client_credentials"
    #: Further fields of the form.
    form: Mapping[Word, str] = {}
    value: Path = Field(default=JsonPath("access_token", ("access_token",)))
    expires_in: Path = Field(default=JsonPath("expires_in", ("expires_in",)))
    #: How long a token is used whose answer does not say.
    lifetime: Positive = timedelta(minutes=10)
    #: How long before its end it is used no more.
    margin: Positive = timedelta(seconds=60)
    header: HeaderName = "Authorization"
    scheme: HeaderText = "Bearer"


class Session(Section):
    """A login whose value is ``{session}`` in the templates of all other calls."""

    kind: Literal["session"]
    login: CallSettings
    #: Names of the login's templates, and the secrets they stand for.
    secrets: Mapping[Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]*$")], Secret] = {}
    success: Rules = (Rule(status=("2xx",)),)
    value: Path
    lifetime: Positive = timedelta(minutes=20)

    @model_validator(mode="after")
    def _names(self) -> Self:
        if any(name in names.CALL for name in self.secrets):
            raise ValueError("expected names of secrets other than those that calls have: now, nonce, endpoint")
        names.refuse(list(check_other(self.login, ("login",), names.CALL | self.secrets.keys())))
        return self


class NamedSecrets(Section):
    """Secrets that stand inside what is sent, as ``{secret.user}``: for partners that want them in the message itself."""

    kind: Literal["secrets"]
    named: Annotated[Mapping[Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]*$")], Secret], Field(min_length=1)]

    @property
    def names(self) -> frozenset[str]:
        """The names that stand for them in templates."""
        return frozenset(f"secret.{name}" for name in self.named)


class Hmac(Section):
    """A keyed hash over what is sent, in a header."""

    kind: Literal["hmac"]
    secret: Secret
    header: HeaderName
    #: Joined by ``between`` and hashed. ``{method}``, ``{path}``, ``{query}``, ``{host}`` and ``{bodySha256}`` are of the
    #: call as it goes out; ``{now}`` and ``{nonce}`` are the same as in its headers.
    parts: Annotated[tuple[Text, ...], Field(min_length=1)]
    between: str = "\n"
    algorithm: Literal["sha256", "sha512", "sha1", "md5"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: HeaderText = ""

    @model_validator(mode="after")
    def _names(self) -> Self:
        names.refuse(list(names.unknown(self.parts, ("parts",), names.CALL | names.SIGNED)))
        return self


Auth = Annotated[
    HeaderAuth | BasicAuth | LgspAccessToken | OAuth2 | Session | NamedSecrets | Hmac, Field(discriminator="kind")
]
