"""The description of one endpoint: read when it is first needed, from what is kept, or had and kept."""

from __future__ import annotations

import threading

from adapters.soap.client.description import Description, Load, described
from adapters.soap.client.documents import Fetch, Gathering
from adapters.soap.client.settings import SoapSettings
from adapters.soap.client.shelf import Shelf
from bus.errors import FailureClass, Unreachable


class Library:
    """Safe to use from many threads: one of them reads, the others wait for it."""

    def __init__(self, settings: SoapSettings, shelf: Shelf) -> None:
        self._settings = settings
        self._shelf = shelf
        self._lock = threading.Lock()
        self._read: Description | None = None
        #: What was kept when it was read.
        self._stamp: tuple[int, int] | None = None

    def description(self, fetch: Fetch) -> Description:
        """What is kept, or else what is had. Raises Unreachable."""
        with self._lock:
            if self._read is None or self._shelf.stamp() != self._stamp:
                self._read = self.kept() or self._fetched(fetch)
                self._stamp = self._shelf.stamp()
            return self._read

    def kept(self) -> Description | None:
        """The description as it is on disk, if it is. Raises Unreachable."""
        digests = self._shelf.digests(self._settings.description)
        return self._described(self._shelf.loads(digests)) if digests else None

    def fresh(self, fetch: Fetch) -> tuple[Description, bool]:
        """The description as the partner has it now, and whether it is, byte for byte, what is kept. Nothing is kept by it."""
        gathering = Gathering(self._settings, fetch)
        made = self._described(gathering.load)
        return made, self._shelf.holds(self._settings.description, gathering.had)

    def _fetched(self, fetch: Fetch) -> Description:
        gathering = Gathering(self._settings, fetch)
        made = self._described(gathering.load)
        try:
            self._shelf.keep(self._settings.description, gathering.had)
        except OSError as error:
            raise Unreachable(FailureClass.CLIENT_FAULT, f"the WSDL cannot be kept: {error.strerror}") from error
        return made

    def _described(self, load: Load) -> Description:
        return described(self._settings.description, load, self._settings.service, self._settings.port)
