"""Who calls the axis's sandbox: the bus by the system of its endpoint, and the software of a ministry."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from adapters.vxp.endpoint_settings import VxpSettings
from adapters.vxp.sandbox_axis import System
from bus.clock import SystemClock
from bus.config import RoutesFile
from bus.plan import Plan
from bus.router import Match, Routable
from bus.secret import Secrets

#: The ministry's system; its secret guards nothing but a sandbox.
MINISTRY_ID, MINISTRY_SECRET = "00.01.G22", b"try-ministry"
#: Systems of a sandbox that nobody's routes speak of.
TO_TRY: Mapping[str, System] = MappingProxyType(
    {
        "00.19.H62": System(b"try-province", ("000.00.00.H62", "000.00.05.H62", "000.00.07.H62", "000.00.08.H62")),
        MINISTRY_ID: System(MINISTRY_SECRET, ("000.00.00.G22",)),
    }
)


def systems(
    endpoint: VxpSettings, routes: RoutesFile, outside: tuple[str, ...], secrets: Secrets
) -> Mapping[str, System]:
    """Our system, with every agency the routes name, and the one of those outside. Raises SecretMissing."""
    own = {code for partner in routes.partners.values() for code in partner.agencies} | set(routes.agencies)
    return {
        MINISTRY_ID: System(MINISTRY_SECRET, outside),
        endpoint.system_id: System(secrets.values(endpoint.secret)[0], tuple(sorted(own - set(outside)))),
    }


def outside(plan: Plan) -> tuple[str, ...]:
    """The named agencies, not closed, whose documents go to an axis."""
    now = SystemClock().now()
    found = [plan.router.match(Routable("edoc", "new", ""), code, now) for code in plan.routes.agencies]
    endpoints = plan.routes.endpoints
    return tuple(one.recipient for one in found if isinstance(one, Match) and endpoints[one.endpoint].kind == "vxp")
