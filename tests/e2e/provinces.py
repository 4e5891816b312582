"""A home between the national axis and a provincial platform, both of which stay when the bus is killed.

The platform's recipients are behind two endpoints: one says that the platform knows a document again (``known``), the
other promises nothing (``once``). Some agency fetches from the mailbox.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.http.rehearsal import Rehearsal
from adapters.lgsp.sandbox import Platform
from adapters.rest.sandbox import RestSandbox
from adapters.vxp.sandbox import AxisSandbox
from adapters.vxp.sandbox_axis import System
from bus.clock import SystemClock
from bus.transport.fast import FastTransport
from tests.adapters.axis_partner import MINISTRY, PROVINCE, SECRETS, client_to
from tests.adapters.lgsp_partner import CLIENT, PlatformPartner, platform
from tests.contracts.sink import digest
from tests.e2e import places
from tests.e2e.places import FETCHER, Place
from tests.messages import edoc
from tests.roads import BO, Far

#: A recipient for each contract, which is also the name of its endpoint.
KNOWN, ONCE = "000.00.11.H62", "000.00.13.H62"
#: Seconds a token of the platform lasts: some run out in each life.
TOKENS = 1
_ROUTES = """
endpoints:
  mailbox: {{kind: mailbox}}
  axis: {{kind: vxp, url: "{axis}", system_id: "{province}", secret: "file:axis", poll: 100ms, idle_timeout: 10s}}
  known: {{kind: lgsp, url: "{lgsp}", system_id: "{system}", secret: "file:lgsp", sign_in: token, idempotency: id,
          allow: ["127.0.0.1"], own: ["{fetcher}"], poll: 100ms, idle_timeout: 10s}}
  once: {{kind: lgsp, url: "{lgsp}", system_id: "{system}", secret: "file:lgsp", sign_in: token,
         allow: ["127.0.0.1"], poll: 1h, idle_timeout: 10s}}
partners:
  fetcher: {{agencies: ["{fetcher}"], doors: {{api: {{key: "file:fetcher"}}}}}}
routes:
  - {{name: inside, when: {{recipient: {{partner: any}}}}, to: mailbox}}
  - {{name: known, when: {{recipient: "{known}"}}, to: known}}
  - {{name: once, when: {{recipient: "{once}"}}, to: once}}
retry: {{default: {{first: 50ms, factor: 2, cap: 200ms, jitter: 20%, horizon: 1h}}}}
"""


@dataclass(frozen=True, slots=True)
class ProvincePlace(Place):
    """A home with the axis on one side and a platform on the other."""

    axis: AxisSandbox
    platform: Rehearsal[Platform]
    far: Far
    #: The digest of every document that came to the axis for us, by its DocumentId, and its recipient.
    wanted: dict[str, tuple[str, str]] = field(default_factory=dict)

    def write_routes(self, more: str = "") -> None:
        urls = {"axis": self.axis.url, "lgsp": self.platform.url}
        names = {"province": PROVINCE, "system": CLIENT.system_id, "fetcher": FETCHER, "known": KNOWN, "once": ONCE}
        self.routes.write_text(_ROUTES.format(**urls, **names) + more, encoding="utf-8")

    def arrive(self, number: int = 2) -> None:
        """So many documents for each agency behind the platform come to the axis."""
        for recipient in (KNOWN, ONCE) * number:
            id_ = f"VB-{len(self.wanted) + 1}"
            body = edoc(BO, (recipient,), id_)
            self.wanted[id_] = (digest(body), recipient)
            self.far.send(body, recipient)

    def went_up(self) -> Mapping[str, int]:
        """What the platform has, by digest, and how often it came."""
        return {kept.sha256: kept.times for kept in PlatformPartner(self.platform).kept()}

    def acked(self) -> bool:
        """Whether the axis was told of everything that it is done."""
        copies: Any = self.axis.account()["copies"]
        return all(copy["state"] == "done" for copy in copies)

    def calls(self, name: str) -> int:
        """How often the platform was called so."""
        calls: Any = self.platform.account()["calls"]
        return int(calls.get(name, 0))

    def tokens(self) -> int:
        """How many tokens the platform has made."""
        return int(str(self.platform.account()["tokens"]))

    def forget(self) -> None:
        """Have the platform know no token any more, whatever it said of its time."""
        self.platform.tell(lambda played: played.tokens.forget())


@contextmanager
def province(folder: Path) -> Iterator[ProvincePlace]:
    """A home that has not lived yet, with both of its neighbours listening."""
    bare = places.make(folder, RestSandbox())
    agencies: Mapping[str, Sequence[str]] = {PROVINCE: (KNOWN, ONCE, FETCHER), MINISTRY: (BO,)}
    axis = AxisSandbox({name: System(SECRETS[name], tuple(agencies[name])) for name in agencies})
    played, transport = platform(SystemClock(), seconds=TOKENS), FastTransport()
    axis.start()
    played.start()
    try:
        for name, secret in (("axis", SECRETS[PROVINCE]), ("lgsp", CLIENT.secret.encode())):
            (bare.home / "secrets" / name).write_bytes(secret)
            (bare.home / "secrets" / name).chmod(0o600)
        far = Far(client_to(axis.url, transport, folder, SystemClock(), MINISTRY))
        place = ProvincePlace(folder, bare.sandbox, bare.port, axis, played, far)
        place.write_routes()
        yield place
    finally:
        played.stop()
        axis.stop()
        transport.close()
