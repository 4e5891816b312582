"""Who does what when: offices send and fetch, and now and then a sandbox misbehaves for a call or two."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from functools import partial

from adapters.api.settings import ApiDoor
from adapters.http.rehearsal.orders import Mode as AxisMode
from adapters.http.rehearsal.orders import Order as AxisOrder
from adapters.rest.sandbox_partner import Mode, Order
from adapters.vxp.settings import VxpDoor
from bus import log
from bus.cli.demo.axis import MINISTRY_ID, MINISTRY_SECRET
from bus.cli.demo.documents import Writer
from bus.cli.demo.offices import Address, ApiOffice, Item, Office, VxpOffice
from bus.cli.demo.sandbox import Sandboxes, partners
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
_AXIS_MISDEEDS = (
    AxisOrder(mode=AxisMode.BUSY, seconds=1, times=2, call="sendEdoc"),
    AxisOrder(mode=AxisMode.LOST, times=1, call="sendEdoc"),
    AxisOrder(mode=AxisMode.REFUSE, times=1, call="sendEdoc"),
    AxisOrder(mode=AxisMode.DOWN, times=1, call="updateStatus"),
)


class Traffic:
    """One thread. ``offices`` call the bus, or the axis."""

    def __init__(self, routes: RoutesFile, offices: Sequence[Office], sandboxes: Sandboxes) -> None:
        self._dice = random.Random()  # noqa: S311 - sample traffic
        self._offices = offices
        self._recipients = [code for code, agency in routes.agencies.items() if not agency.closed]
        self._troubles = _troubles(routes, sandboxes, self._dice)
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
        if self._troubles and turn % _TROUBLE == 0:
            self._dice.choice(self._troubles)()
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
                document_id = office.take(item)
                if document_id and type_ == "edoc":
                    self._answer(office, item, document_id)

    def _answer(self, office: Office, item: Item, document_id: str) -> None:
        """Tell the sender that its document was taken in."""
        status = self._writer.status(item.recipient, item.sender, document_id)
        office.send(status, [item.sender], "status")


def _troubles(routes: RoutesFile, sandboxes: Sandboxes, dice: random.Random) -> list[Callable[[], None]]:
    """What can be done to each sandbox that somebody is behind."""

    def trouble_partner(address: Address, name: str) -> None:
        sandboxes.rest[address].order(name, dice.choice(_MISDEEDS))

    def trouble_axis(address: Address) -> None:
        sandboxes.axes[address].order(dice.choice(_AXIS_MISDEEDS))

    pushed = [partial(trouble_partner, address, name) for address, name in partners(routes)]
    return [*pushed, *(partial(trouble_axis, address) for address in sandboxes.axes)]


def ministries(outside: Sequence[str], sandboxes: Sandboxes) -> list[Office]:
    """Software of agencies on the other side of each axis."""
    return [
        VxpOffice(address, agency, MINISTRY_ID, MINISTRY_SECRET, "/XrdAdapter/adapter")
        for address in sandboxes.axes
        for agency in outside
    ]


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
