"""WSDLs as they were had once, on disk with the SHA-256 of every document: from then on they are read from here.

``soap/NAME/`` in the bus's folder holds the documents of an endpoint and ``manifest.json``, which names them. Take the
folder away, and the WSDL is had anew with the next call.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from adapters.soap.client.description import Load
from adapters.soap.client.documents import is_known, known
from bus.errors import FailureClass, Unreachable

_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the WSDL of one endpoint is kept."""

    folder: Path

    @classmethod
    def of(cls, folder: Path, endpoint: str) -> Shelf:
        """The shelf of an endpoint in the bus's own folder."""
        return cls(folder / "soap" / quote(endpoint, safe=""))

    def digests(self, description: str) -> Mapping[str, str]:
        """SHA-256 (hex) of each document by its address; empty where this WSDL is not kept. Raises Unreachable."""
        try:
            told = json.loads((self.folder / _MANIFEST).read_text("utf-8"))
            return dict(told["documents"]) if told["wsdl"] == description else {}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise self._broken(f"{_MANIFEST} cannot be read") from error

    def stamp(self) -> tuple[int, int] | None:
        """Which manifest this is; None for none. Another one has another stamp."""
        try:
            found = (self.folder / _MANIFEST).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def holds(self, description: str, documents: Mapping[str, bytes]) -> bool:
        """Whether these are the documents that are kept. Raises Unreachable."""
        return self.digests(description) == _digests(documents)

    def loads(self, digests: Mapping[str, str]) -> Load:
        """What gives the kept documents, each of which is looked at: it must be what it was. Raises Unreachable."""

        def load(url: str) -> bytes:
            if is_known(url):
                return known(url)
            if url not in digests:
                raise self._broken(f"{url} is not there")
            return self._read(digests[url])

        return load

    def keep(self, description: str, documents: Mapping[str, bytes]) -> None:
        """Keep a WSDL: its documents first, and what names them when all are there. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        digests = _digests(documents)
        for url, document in documents.items():
            self._write(f"{digests[url]}.xml", document)
        told = {"wsdl": description, "documents": digests}
        self._write(_MANIFEST, json.dumps(told, indent=1, ensure_ascii=False).encode())

    def _read(self, digest: str) -> bytes:
        try:
            document = (self.folder / f"{digest}.xml").read_bytes()
        except OSError as error:
            raise self._broken(error.strerror or "it cannot be read") from error
        if hashlib.sha256(document).hexdigest() != digest:
            raise self._broken(f"{digest}.xml is not what it was")
        return document

    def _write(self, name: str, data: bytes) -> None:
        fresh = self.folder / f"{name}.new"
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.folder / name)

    def _broken(self, why: str) -> Unreachable:
        return Unreachable(
            FailureClass.CLIENT_FAULT, f"the WSDL kept in {self.folder.name} cannot be used: {why}"[:500]
        )


def _digests(documents: Mapping[str, bytes]) -> dict[str, str]:
    return {url: hashlib.sha256(document).hexdigest() for url, document in documents.items()}
