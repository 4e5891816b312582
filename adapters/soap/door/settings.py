"""What a partner's entry under ``doors: {soap: ...}`` of routes.yaml holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from bus.endpoint_settings import ANY_CERTIFICATE, DoorSettings, Duration
from bus.secret import SecretNames


class SoapDoor(DoorSettings):
    """One system that calls this door: by HTTP Basic, by a UsernameToken, or by its certificate alone."""

    handover: ClassVar[tuple[str, str]] = (
        "WSDL: địa chỉ trên, thêm /documents?wsdl (văn bản) hoặc /reports?wsdl (báo cáo). Gửi mã hệ thống và khóa bằng HTTP Basic hoặc WS-Security UsernameToken.",
        "WSDL: the address above with /documents?wsdl, for reports /reports?wsdl. Send id and secret by HTTP Basic or as a UsernameToken of WS-Security.",
    )

    #: The user name, of HTTP Basic and of a UsernameToken.
    system_id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[!-$&-9;-~]+$")]
    #: The password. A file may hold ``sha256:`` and the hex digits of its SHA-256 instead, which no PasswordDigest can be
    #: held against. Without one the certificate alone is who calls.
    secret: Annotated[SecretNames, Field(default_factory=list)]
    #: For how long a UsernameToken is good from its Created on.
    token_life: Annotated[Duration, Field(ge=timedelta(seconds=10), le=timedelta(hours=1))] = timedelta(minutes=5)
    #: By how much the partner's clock may be wrong.
    skew: Annotated[Duration, Field(ge=timedelta(0), le=timedelta(minutes=15))] = timedelta(minutes=1)

    @model_validator(mode="after")
    def _check_shown(self) -> Self:
        if not self.secret and (not self.certificate or ANY_CERTIFICATE in self.certificate):
            msg = "secret: needed, but where certificate names the pins of its keys"
            raise ValueError(msg)
        return self
