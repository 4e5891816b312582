"""Whether the calls of an endpoint are one request each, made of the envelope alone.

Such calls cost no thread. What needs a token would have to fetch it on the thread that all endpoints share; what needs the
inside of a message would read it there: those have threads of their own, as many as ``concurrency`` says.
"""

from __future__ import annotations

from adapters.http import names
from adapters.http.auth_settings import Hmac, OAuth2, Session
from adapters.http.call_settings import CallSettings, FilePart, MultipartBody
from adapters.http.settings import HttpSettings

#: Bytes that go out as they are, or as they pass; for the others the message is read before.
_AS_IT_IS = names.MESSAGE | {"edxml.base64"}
#: A partner's id may be missing, and then there is nothing to ask.
_ASKED = names.COPY - {"remoteId"}


def is_simple(settings: HttpSettings) -> bool:
    """Whether the bus may make its calls side by side."""
    if settings.send is None or settings.send.update or not all(map(_is_static, settings.auth)):
        return False
    if settings.report and settings.report.checked:
        return False
    asks = settings.ask is None or names.names_in(settings.ask.call) <= _ASKED
    return asks and names.names_in(settings.send.call) <= _AS_IT_IS and not _has_files(settings.send.call)


def _is_static(auth: object) -> bool:
    if isinstance(auth, Hmac):
        return not any("bodySha256" in part.names for part in auth.parts)
    return not isinstance(auth, OAuth2 | Session)


def _has_files(call: CallSettings) -> bool:
    parts = call.body.parts if isinstance(call.body, MultipartBody) else ()
    return any(isinstance(part, FilePart) and part.file == "files" for part in parts)
