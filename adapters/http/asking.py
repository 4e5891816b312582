"""Asks a partner for indicators and their values, office by office, figures by figures, period by period. Nothing there is changed by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial

from adapters.http import figures
from adapters.http.client import HttpClient
from adapters.http.decode import exactly, read
from adapters.http.facts import Facts, local, says
from adapters.http.figures_settings import FiguresSettings, IndicatorsSettings, ValuesSettings
from adapters.http.lists import MAX_LIST, asked
from adapters.http.sending import Sending
from bus import log
from bus.clock import Clock
from bus.errors import FailureClass, Unreachable
from schemas.report import periods
from schemas.report.catalogue import Indicators
from schemas.report.kpi import KpiData
from schemas.report.peer_periods import PEERS, write
from schemas.report.periods import Period
from schemas.report.regime import DataType

_log = log.get()


class Asker:
    """Asks by one endpoint's client; each question is a call or a few. They raise Unreachable."""

    def __init__(self, settings: FiguresSettings, client: HttpClient, clock: Clock) -> None:
        self._settings = settings
        self._client = client
        self._clock = clock

    def questions(self) -> Iterator[Callable[[], Indicators | KpiData | None]]:
        """All there is to ask for; what nobody has anything of makes no packet."""
        for office in self._settings.offices:
            if self._settings.catalogue:
                yield partial(self._catalogue, office)
            for kind in self._settings.sets:
                for period in self._periods():
                    yield partial(self._values, office, kind, period)

    def indicators(self, office: str) -> Mapping[str, str]:
        """All indicators of an office."""
        return self._listed(self._settings.indicators, self._names(office))

    def _catalogue(self, office: str) -> Indicators | None:
        found = self.indicators(office)
        return figures.catalogue(self._settings, office, found) if found else None

    def _values(self, office: str, kind: DataType, period: Period) -> KpiData | None:
        fields = write(PEERS[self._settings.peer], period).items()
        peers = {f"peer.{name}": says(value) for name, value in fields}
        names = self._names(office).also({"dataType": says(str(kind)), **peers})
        codes = sorted(self._listed(self._settings.filled, names))
        if not codes:
            return None
        rows = [
            row
            for some in self._portions(codes)
            for row in self._rows(self._settings.values, names.also({"codes": says(some)}))
        ]
        return figures.values(self._settings, office, kind, period, codes, rows)

    def _portions(self, codes: Sequence[str]) -> Iterator[Sequence[str]]:
        most = self._settings.values.most
        return (codes[begin : begin + most] for begin in range(0, len(codes), most))

    def _periods(self) -> Iterator[Period]:
        today, wanted = local(self._clock.now()).date(), self._settings
        first, last = today - timedelta(days=wanted.days), today + timedelta(days=wanted.ahead)
        return periods.ending(first, last, wanted.periods, wanted.counting)

    def _names(self, office: str) -> Facts:
        return self._client.facts().also({"office": says(office)})

    def _listed(self, settings: IndicatorsSettings, names: Facts) -> Mapping[str, str]:
        rows = self._rows(settings, names)
        found = figures.indicators(rows, settings)
        if len(found) < len(rows):
            _log.info("http.items_left_alone", items=len(rows) - len(found))
        return found

    def _rows(self, settings: IndicatorsSettings | ValuesSettings, names: Facts) -> list[object]:
        """What an answer lists; one thing alone is a list of one."""
        sending = Sending(names)
        response = asked(lambda: self._client.call(settings.call, sending, max_answer=MAX_LIST))
        asked(lambda: self._client.judge.success(read(response), settings.success))
        found = exactly(response).at(settings.rows)
        if isinstance(found, Mapping):
            return [found]
        if not isinstance(found, list):
            raise Unreachable(FailureClass.SERVER_FAULT, f"the answer holds no list at {settings.rows.text}")
        return found
