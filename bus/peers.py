"""Whether a caller's certificate is one its entry at a door names, and which certificates partners came with.

Nobody outside is told that it was the certificate: it is as if the partner were unknown. The log tells operators.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bus import log
from bus.clock import Clock
from bus.endpoint_settings import ANY_CERTIFICATE
from bus.peer import Peer, shown

_log = log.get()
#: Seconds in which one line of the log stands for all of a partner at a door.
_EVERY = 60.0


class Peers:
    """Called in the listener's loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: dict[tuple[str, str], float] = {}
        self._seen: dict[tuple[str, str], Peer] = {}

    def admits(self, partner: str, door: str, named: Sequence[str]) -> bool:
        """Whether whoever asks may be this partner; ``named``: the certificates of its entry, any of them."""
        peer = shown()
        # A handshake looks at the end of a certificate once, and a connection may be kept for long.
        if peer and self._clock.now() < peer.ends and (peer.pin in named or ANY_CERTIFICATE in named):
            self._seen[partner, door] = peer
            return True
        self._tell(partner, door, peer.pin if peer else "")
        return False

    @property
    def seen(self) -> Mapping[tuple[str, str], Peer]:
        """By partner and door the certificate that last was let in."""
        return MappingProxyType(dict(self._seen))

    def _tell(self, partner: str, door: str, pin: str) -> None:
        now, key = self._clock.monotonic(), (partner, door)
        if now - self._told.get(key, -_EVERY) >= _EVERY:
            self._told[key] = now
            _log.warning("door.certificate", partner=partner, door=door, shown=pin or "none")
