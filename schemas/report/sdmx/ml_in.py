"""SDMX-ML to records: structure-specific data of versions 2.1, 3.0 and 3.1, flat or by series. Read by the one hardened parser."""

from __future__ import annotations

import re
from collections.abc import Mapping

from schemas.content import Invalid
from schemas.report.sdmx.records import BOUNDS, TAKING_BACK, Record, Records, check_bytes, takes_back
from schemas.sheets.cells import FileInvalid
from schemas.xml import Listener, Name, PushParser

_MESSAGE = re.compile(r"http://www\.sdmx\.org/resources/sdmxml/schemas/v(2_1|3_0|3_1)/message")
_ROOTS = frozenset({"StructureSpecificData", "StructureSpecificTimeSeriesData"})
#: What says something of figures.
_SAYING = frozenset({"DataSet", "Series", "Obs"})
#: Where the header names the structure, by its URN.
_NAMING = frozenset({"Structure", "StructureUsage", "URN"})
_URN = re.compile(r"=([^=]{1,300})$")
#: Characters of a text that is read, which is a URN.
_LONGEST = 1000


def read_ml(data: bytes) -> Records:
    """What the message says. Raises FileInvalid."""
    check_bytes(data)
    found = _Message()
    parser = PushParser(found, attributes=True)
    try:
        parser.feed(data)
        parser.close()
    except Invalid as error:
        raise FileInvalid(f"it is no XML that is read here: {error}", f"không đọc được XML: {error}") from None
    return Records(frozenset(found.structures), tuple(found.rows), found.columns)


class _Message(Listener):
    """Collects observations with what their series and data set say."""

    def __init__(self) -> None:
        self.structures: set[str] = set()
        self.rows: list[Record] = []
        self.columns: dict[str, str] = {}
        self._path: list[str] = []
        #: What the open elements say, the last opened first.
        self._said: tuple[Mapping[str, str], ...] = ()
        self._text = ""

    def start(self, name: Name) -> None:
        if not self._path and not (name.local in _ROOTS and _MESSAGE.fullmatch(name.namespace)):
            raise FileInvalid(
                f"expected structure-specific SDMX-ML data, not {name.local[:60]}",
                f"cần SDMX-ML dạng StructureSpecificData, không phải {name.local[:60]}",
            )
        self._path.append(name.local)
        self._said = ({}, *self._said)
        self._text = ""

    def attributes(self, attributes: Mapping[str, str]) -> None:
        own = {name: text for name, text in attributes.items() if not name.startswith("{")}
        local = self._path[-1]
        if local == "Ref" and "id" in own:
            self.structures.add(f"{own.get('agencyID', '')}:{own['id']}({own.get('version', '')})")
        if local == "DataSet" and own.get("action") in TAKING_BACK:
            raise takes_back()
        if local in _SAYING:
            # What a message says of itself begins with a small letter, components of a structure do not.
            said = {name: text for name, text in own.items() if name[0].isupper()}
            self._said = (said, *self._said[1:])
            self._spoken(said)

    def _spoken(self, said: Mapping[str, str]) -> None:
        number = len(self.rows) + 1
        for name in said:
            self.columns.setdefault(name, f"Obs {number}")
        BOUNDS.check(number, len(self.columns))

    def data(self, text: str) -> None:
        self._text = (self._text + text)[:_LONGEST]

    def end(self) -> None:
        local, urn = self._path.pop(), _URN.search(self._text.strip())
        if "DataSet" in self._path:
            if local == "Obs":
                BOUNDS.check(len(self.rows) + 2, len(self.columns))
                self.rows.append(Record(self._said, len(self.rows) + 1))
            elif local != "Series":
                self.columns.setdefault(local, local)
        elif local in _NAMING and urn:
            self.structures.add(urn[1])
        self._said, self._text = self._said[1:], ""
