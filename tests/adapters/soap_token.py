"""A UsernameToken of WS-Security as software makes one."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from tests.adapters.soap_driver import asked, field
from tests.contracts.face import NOI_VU

_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
TEXT, DIGEST = (f"{_OASIS}-username-token-profile-1.0#{kind}" for kind in ("PasswordText", "PasswordDigest"))
LIST = asked("GetReceivedList", field("messageType", "edoc"))


@dataclass(frozen=True)
class Token:
    """A UsernameToken, with everything in it as a test wants it."""

    created: str
    name: str = NOI_VU.system_id
    secret: bytes = NOI_VU.secret
    nonce: bytes = b"sixteen bytes ok"
    type: str = DIGEST
    expires: str = ""
    more: str = ""

    def block(self) -> str:
        shown, held = self.secret.decode(), ""
        if self.type == DIGEST:
            digest = hashlib.sha1(self.nonce + self.created.encode() + self.secret).digest()
            shown = base64.b64encode(digest).decode()
            held = f"<w:Nonce>{base64.b64encode(self.nonce).decode()}</w:Nonce>"
        made = f"<u:Created>{self.created}</u:Created>" if self.created else ""
        inside = f'<w:Username>{self.name}</w:Username><w:Password Type="{self.type}">{shown}</w:Password>{held}{made}'
        stamp = f"<u:Timestamp><u:Expires>{self.expires}</u:Expires></u:Timestamp>" if self.expires else ""
        spaces = f'xmlns:w="{_OASIS}-wssecurity-secext-1.0.xsd" xmlns:u="{_OASIS}-wssecurity-utility-1.0.xsd"'
        token = f"<w:UsernameToken>{inside}</w:UsernameToken>"
        return f'<w:Security {spaces} s:mustUnderstand="1">{stamp}{token}{self.more}</w:Security>'
