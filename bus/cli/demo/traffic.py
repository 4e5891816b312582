"""Who does what when: offices send and fetch, and now and then a sandbox partner misbehaves for a call or two."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping, Sequence

from adapters.api.settings import ApiDoor
from adapters.rest.sandbox import RestSandbox
from adapters.rest.sandbox_partner import Mode, Order
from adapters.vxp.settings import VxpDoor
from bus import log
from bus.cli.demo.documents import Writer
from bus.cli.demo.offices import ApiOffice, Item, Office, VxpOffice
from bus.cli.demo.sandbox import Address, agencies
from bus.config import RoutesFile
from bus.config.models import Partner
from bus.secret import Secrets

_log = log.get()
#: Seconds between documents; every so many documents, somebody misbehaves.
_PACE, _TROUBLE = 1.0, 6
_MISDEEDS = (
    Order(mode=Mode.BUSY, seconds=1, times=2),
    Order(mode=Mode.SLOW, seconds=2, times=1),
    Order(mode=Mode.DROP_AFTER_READING, times=1),
    Order(mode=Mode.REFUSE, times=1),
    Order(mode=Mode.ERROR_IN_BODY, times=1),
)


class Traffic:
    """One thread. ``offices`` call the bus; ``misbehave`` is told to a sandbox partner by name."""

    def __init__(self, routes: RoutesFile, offices: Sequence[Office], sandboxes: Mapping[Address, RestSandbox]) -> None:
        self._dice = random.Random()  # noqa: S311 - sample traffic
        self._offices = offices
        self._recipients = [code for code, agency in routes.agencies.items() if not agency.closed]
        self._victims = [(sandboxes[address], name) for address, name in agencies(routes) if address in sandboxes]
        self._writer = Writer({code: agency.name for code, agency in routes.agencies.items()}, self._dice)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sample-traffic", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is under way. Idempotent."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        turn = 0
        while not self._stop.wait(_PACE if turn else 0):
            turn += 1
            try:
                self._step(turn)
            except OSError as error:
                _log.warning("demo.unanswered", error=str(error))
            except Exception:
                _log.exception("demo.failed")

    def _step(self, turn: int) -> None:
        if self._victims and turn % _TROUBLE == 0:
            sandbox, name = self._dice.choice(self._victims)
            sandbox.order(name, self._dice.choice(_MISDEEDS))
        self._send(self._dice.choice(self._offices))
        self._fetch(self._offices[turn % len(self._offices)])

    def _send(self, office: Office) -> None:
        others = [code for code in self._recipients if code != office.agency]
        to = self._dice.sample(others, k=min(len(others), self._dice.choice((1, 1, 1, 2, 3))))
        letter = self._writer.letter(office.agency, to)
        if not office.send(letter.body, to):
            _log.warning("demo.refused", agency=office.agency)

    def _fetch(self, office: Office) -> None:
        for type_ in ("edoc", "status"):
            for item in office.waiting(type_):
                if self._stop.is_set():
                    return
                if office.take(item) and type_ == "edoc":
                    self._answer(office, item)

    def _answer(self, office: Office, item: Item) -> None:
        """Tell the sender that its document was taken in, where the door said which it was."""
        if item.document_id:
            status = self._writer.status(item.recipient, item.sender, item.document_id)
            office.send(status, [item.sender], "status")


def offices(routes: RoutesFile, secrets: Secrets, address: Address) -> list[Office]:
    """Software of every partner that has a door, some at one kind of door and some at the other."""
    partners = enumerate(routes.partners.values())
    return [made for index, partner in partners if (made := _office(partner, secrets, address, prefer_api=index % 2))]


def _office(partner: Partner, secrets: Secrets, address: Address, *, prefer_api: int) -> Office | None:
    agency, vxp, api = partner.agencies[0], partner.doors.get("vxp"), partner.doors.get("api")
    if isinstance(api, ApiDoor) and (prefer_api or vxp is None):
        return ApiOffice(address, agency, secrets.values(api.key)[0])
    if isinstance(vxp, VxpDoor):
        return VxpOffice(address, agency, vxp.system_id, secrets.values(vxp.secret)[0])
    return None
