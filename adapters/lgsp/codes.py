"""The nine codes of the province's guide, and which of them says what the bus has to say.

The guide's list is short and its cases are not defined further, so which refusal of ours is which code is our choice;
what exactly happened is told in words beside it, and by the bus's own code in ``X-Bus-Code``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

INVALID_FILE = "10"
CREDENTIALS = "15"
NO_RECEIVER = "18"
NO_SENDER = "19"
SYSTEM = "20"
PROCESSING = "21"
NOT_EDXML = "22"
RECEIVER_LOCKED = "23"

_BY_CODE = MappingProxyType(
    {
        "agency.not_yours": NO_SENDER,
        "recipient.none": NOT_EDXML,
        "recipient.closed": RECEIVER_LOCKED,
        # The same file is good when it comes whole.
        "body.truncated": PROCESSING,
    }
)
_BY_FAMILY: Mapping[str, str] = MappingProxyType(
    {"auth": CREDENTIALS, "recipient": NO_RECEIVER, "route": NO_RECEIVER, "edxml": NOT_EDXML, "bus": SYSTEM}
)


def code_of(refusal: str) -> str:
    """The guide's code for a refusal of the catalogue."""
    return _BY_CODE.get(refusal) or _BY_FAMILY.get(refusal.partition(".")[0], INVALID_FILE)
