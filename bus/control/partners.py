"""One partner: all that is known of it, and whether the doors of the running bus let it in."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from contextlib import closing
from http import HTTPStatus

from bus.clock import iso
from bus.config.models import MAILBOX, Partner
from bus.control.answers.partners import DoorShown, DoorTried, PartnerShown, PartnerTried, SecretUse
from bus.control.overview import certificates
from bus.control.partner_rows import id_field, secret_field
from bus.control.parts import Doorway, Parts
from bus.endpoint import Trial
from bus.endpoint_settings import DoorSettings
from bus.errors import NotFound, SecretMissing
from bus.plan import Plan
from bus.router import Match, Routable
from bus.secret import Secrets

_PATIENCE = 10.0
#: Where somebody listens who listens everywhere.
_NEAR = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - to connect to, not to listen at


def shown(parts: Parts, partner: str) -> PartnerShown:
    """A partner: agencies, endpoints, doors, and when each of its secrets was last used."""
    plan = parts.holder.plan
    known = _known(plan, partner)
    held = certificates(parts).get("", [])
    return {
        "partner": partner,
        "name": known.name,
        "agencies": list(known.agencies),
        "endpoints": endpoints_of(plan, known, parts.clock.now()),
        "doors": [_door(parts, partner, door, entry) for door, entry in known.doors.items()],
        "certificates": [one for one in held if one["certificate"] in {f"{partner} {door}" for door in known.doors}],
    }


def attempt(parts: Parts, partner: str) -> PartnerTried:
    """Sign in at each of a partner's doors as it would, with its own secret. Nothing is taken, and no use of a secret noted."""
    known = _known(parts.holder.plan, partner)
    doorway = parts.doorway()
    return {
        "partner": partner,
        "doors": [_tried(parts, doorway, partner, door, entry) for door, entry in known.doors.items()],
    }


def endpoints_of(plan: Plan, known: Partner, at: int) -> list[str]:
    """Endpoints that are called with what is for its agencies, whoever sends it."""
    return sorted({name for name in _led(plan, known, at) if plan.routes.endpoints[name].kind != MAILBOX})


def _led(plan: Plan, known: Partner, at: int) -> Iterator[str]:
    for code in known.agencies:
        found = plan.router.match(Routable("edoc", "", ""), code, at)
        if isinstance(found, Match):
            yield found.endpoint


def _known(plan: Plan, name: str) -> Partner:
    partners = plan.routes.partners
    if name not in partners:
        raise NotFound(f"there is no partner {name}; there are {', '.join(sorted(partners))}")
    return partners[name]


def _door(parts: Parts, partner: str, door: str, entry: DoorSettings) -> DoorShown:
    uses = {
        one["secret"]: one["used_at"]
        for one in parts.browse.credentials()
        if (one["partner"], one["door"]) == (partner, door)
    }
    names = getattr(entry, secret_field(type(entry)))
    ident = id_field(type(entry))
    return {
        "door": door,
        "id": getattr(entry, ident) if ident else "",
        "certificate": list(entry.certificate),
        "secrets": [_use(parts, name, uses.get(name)) for name in names],
    }


def _use(parts: Parts, name: str, used_at: int | None) -> SecretUse:
    try:
        Secrets(parts.settings.home).value(name)
    except SecretMissing as missing:
        return {"name": name, "readable": False, "why": str(missing), "used_at": iso(used_at)}
    return {"name": name, "readable": True, "why": "", "used_at": iso(used_at)}


def _tried(parts: Parts, doorway: Doorway | None, partner: str, door: str, entry: DoorSettings) -> DoorTried:
    adapter, names = parts.planner.doors[door], getattr(entry, secret_field(type(entry)))
    if not names:
        return {
            "door": door,
            "ok": None,
            "code": "untried",
            "words": "it takes a certificate, whose key only they have",
        }
    try:
        secret = Secrets(parts.settings.home).values(names)[0]
    except SecretMissing as missing:
        return {"door": door, "ok": False, "code": "secret_missing", "words": str(missing)}
    if doorway is None or adapter.trial is None or adapter.face is None:
        why = "no bus is running" if doorway is None else "this door has no call to try it by"
        return {"door": door, "ok": None, "code": "untried", "words": why}
    trial = adapter.trial(entry, secret, parts.clock.now())
    if entry.certificate or trial is None:
        what = (
            "it takes a certificate, whose key" if entry.certificate else "the bus has the hash of their secret, which"
        )
        return {"door": door, "ok": None, "code": "untried", "words": f"{what} only they have"}
    with doorway.quiet(partner):
        return _asked(parts, doorway, door, adapter.face().path, trial)


def _asked(parts: Parts, doorway: Doorway, door: str, below: str, trial: Trial) -> DoorTried:
    try:
        with closing(_connection(parts, doorway)) as connection:
            connection.request(trial.method, below + trial.path, trial.body, dict(trial.headers))
            status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return {"door": door, "ok": False, "code": "unreachable", "words": f"cannot be reached: {error}"}
    except ValueError:  # its words would show the secret
        return {"door": door, "ok": False, "code": "secret_unfit", "words": "their secret cannot stand in a header"}
    if status == HTTPStatus.OK:
        return {"door": door, "ok": True, "code": "signed_in", "words": "lets it in"}
    return {"door": door, "ok": False, "code": "turned_away", "words": f"does not let it in: HTTP {status}"}


def _connection(parts: Parts, doorway: Doorway) -> http.client.HTTPConnection:
    host, port = doorway.address
    near = _NEAR.get(host, host)
    if parts.settings.tls_cert is None:
        return http.client.HTTPConnection(near, port, timeout=_PATIENCE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Our own certificate and no other, whatever name it bears: we connect by address.
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(parts.settings.tls_cert)
    return http.client.HTTPSConnection(near, port, timeout=_PATIENCE, context=context)
