"""Which documents a WSDL may consist of, and how they are had: nothing but what is listed is ever touched."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from adapters.soap.client.settings import SoapSettings
from bus.errors import FailureClass, Unreachable
from bus.transport import Response
from schemas.content import Invalid
from schemas.xml import Listener, PushParser

#: Bytes of one document, and how many there may be.
_MAX_DOCUMENT, _MAX_DOCUMENTS = 8 << 20, 200
#: Seconds in which all of them are to be had: who waits for them holds a lease.
_MAX_SECONDS = 30.0
_KNOWN: Mapping[str, str] = MappingProxyType(
    {
        "http://schemas.xmlsoap.org/soap/encoding/": "soap-encoding.xsd",
        "http://www.w3.org/2001/xml.xsd": "xml.xsd",
        "http://www.w3.org/XML/1998/namespace": "xml.xsd",
        "http://www.w3.org/2005/05/xmlmime": "xmlmime.xsd",
    }
)

#: A document by its address, of at most so many bytes.
Fetch = Callable[[str, int], Response]


class Gathering:
    """Has the documents of one WSDL, and keeps what it had. Raises Unreachable for whatever may not or cannot be had."""

    def __init__(self, settings: SoapSettings, fetch: Fetch) -> None:
        self._settings = settings
        self._fetch = fetch
        self._until = time.monotonic() + _MAX_SECONDS
        self.had: dict[str, bytes] = {}

    def load(self, url: str) -> bytes:
        """One document: what may be a document of this WSDL, and is XML without a document type."""
        if url in _KNOWN:
            return known(url)
        if url not in self.had:
            self._allow(url)
            self.had[url] = _checked(url, self._fetched(url))
        return self.had[url]

    def _allow(self, url: str) -> None:
        if len(self.had) >= _MAX_DOCUMENTS:
            raise _refused(url, f"the WSDL has more than {_MAX_DOCUMENTS} documents")
        if self._settings.is_file:
            if not self._is_beside(url):
                raise _refused(url, "it is not in the folder of the WSDL")
            return
        parts, own = urlsplit(url), urlsplit(self._settings.description)
        if parts.scheme not in {"http", "https"} or parts.username is not None:
            raise _refused(url, "it is no address on the web")
        if parts.netloc != own.netloc and parts.hostname not in self._settings.imports:
            raise _refused(url, "its host is not listed under 'imports'")

    def _is_beside(self, url: str) -> bool:
        """Whether a file lies with the WSDL or below; links lead nowhere else."""
        folder = Path(self._settings.description).resolve().parent
        return url.startswith("/") and Path(url).resolve().is_relative_to(folder)

    def _fetched(self, url: str) -> bytes:
        if self._settings.is_file:
            try:
                return Path(url).read_bytes()
            except OSError as error:
                raise _refused(url, error.strerror or "it cannot be read") from error
        if time.monotonic() > self._until:
            raise Unreachable(FailureClass.TIMEOUT_BEFORE_SEND, f"the WSDL was not had in {_MAX_SECONDS:.0f} s")
        response = self._fetch(url, _MAX_DOCUMENT)
        if response.status != 200:
            raise Unreachable(FailureClass.SERVER_FAULT, f"{url} is not to be had: HTTP {response.status}"[:500])
        return response.body


def known(url: str) -> bytes:
    """A schema that the bus brings along."""
    return files("adapters.soap.client.known").joinpath(_KNOWN[url]).read_bytes()


def is_known(url: str) -> bool:
    """Whether the bus brings it along."""
    return url in _KNOWN


def _checked(url: str, document: bytes) -> bytes:
    parser = PushParser(Listener())
    try:
        parser.feed(document)
        parser.close()
    except Invalid as invalid:
        raise _refused(url, invalid.detail) from invalid
    return document


def _refused(url: str, why: str) -> Unreachable:
    return Unreachable(FailureClass.CLIENT_FAULT, f"{url} cannot be a part of the WSDL: {why}"[:500])
