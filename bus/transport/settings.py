"""The keys of an endpoint that is called over TLS; the model of whatever calls out takes them in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, model_validator

from bus.certificate import check_pin
from bus.secret import as_list
from bus.transport import Tls

Pin = Annotated[str, AfterValidator(check_pin)]
#: One pin or several: the key in use and the next one.
Pins = Annotated[tuple[Pin, ...], BeforeValidator(as_list)]


class TlsSettings(BaseModel):
    """Whom to trust, and who we are. A file that is replaced counts from the next call on."""

    #: PEM files: the authority to trust instead of the system's, and our own certificate.
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    #: Only a partner whose key has one of these pins is spoken to; its certificate is verified all the same.
    pin: Annotated[Pins, Field(max_length=8)] = ()

    @model_validator(mode="after")
    def _check_files(self) -> Self:
        if self.key_file and not self.cert_file:
            raise ValueError("key_file is the key of a certificate: name cert_file too")
        return self

    @property
    def tls(self) -> Tls:
        """All this as the transport wants it."""
        return Tls(self.ca_file, self.cert_file, self.key_file, self.pin)

    @property
    def certificates(self) -> Mapping[str, Path]:
        """Those of the files that hold certificates, by their keys."""
        named = {"cert_file": self.cert_file, "ca_file": self.ca_file}
        return {key: file for key, file in named.items() if file}
