"""An envelope and one part beside it, as they are sent (MTOM: multipart/related with XOP)."""

from __future__ import annotations

from secrets import token_hex

from adapters.soap.wire.names import MULTIPART, XOP, XOP_TYPE, Version

_ROOT, _PART = "envelope@bus", "document@bus"


class Parts:
    """What stands around the bytes of the part."""

    def __init__(self, version: Version) -> None:
        self._version = version
        # Drawn, so that no document holds it.
        self._boundary = f"part-{token_hex(20)}"

    @property
    def media_type(self) -> str:
        """The Content-Type of both."""
        said = f'{MULTIPART}; type="{XOP_TYPE}"; start="<{_ROOT}>"; start-info="{self._version.media_type}"'
        return f'{said}; boundary="{self._boundary}"'

    def before(self, head: bytes, tail: bytes) -> bytes:
        """All before the part's bytes; ``head`` and ``tail`` are the envelope around their place."""
        include = f'<xop:Include xmlns:xop="{XOP}" href="cid:{_PART}"/>'.encode()
        root = self._head(_ROOT, f'{XOP_TYPE}; charset=UTF-8; type="{self._version.media_type}"')
        return root + head + include + tail + b"\r\n" + self._head(_PART, "application/octet-stream")

    def after(self) -> bytes:
        """All behind them."""
        return f"\r\n--{self._boundary}--\r\n".encode()

    def _head(self, content_id: str, media_type: str) -> bytes:
        lines = (f"Content-Type: {media_type}", "Content-Transfer-Encoding: binary", f"Content-ID: <{content_id}>")
        return "\r\n".join((f"--{self._boundary}", *lines, "", "")).encode()
