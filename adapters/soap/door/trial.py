"""How a partner's software finds out whether this door knows it."""

from __future__ import annotations

import base64

from adapters.http.kept import is_hashed
from adapters.soap.door.contract import LIST, NAMESPACE
from adapters.soap.door.settings import SoapDoor
from adapters.soap.wire.names import SOAP_11
from adapters.soap.wire.writing import closing, opening
from bus.endpoint import Trial
from bus.endpoint_settings import DoorSettings


def trial(entry: DoorSettings, secret: bytes, _now: int) -> Trial | None:
    """What waits for it: asked, and nothing fetched. None where the bus has only the hash of the secret."""
    assert isinstance(entry, SoapDoor)
    if is_hashed(secret):
        return None
    call = f'<{LIST.name} xmlns="{NAMESPACE}"><messageType>status</messageType></{LIST.name}>'
    pair = base64.b64encode(entry.system_id.encode() + b":" + secret).decode()
    headers = {"Content-Type": SOAP_11.media_type, "SOAPAction": f'"{LIST.action}"', "Authorization": f"Basic {pair}"}
    return Trial("POST", "/documents", headers, f"{opening(SOAP_11)}{call}{closing()}".encode())
