"""How to use the sandboxes: what is printed when they start."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

from adapters.lgsp.sandbox import Client
from adapters.vxp.sandbox_axis import System
from bus.cli.demo.dialects import Dialect, Gate, endpoint


def partners(url: str) -> Iterator[str]:
    """Of partners that are pushed to; ``url`` is where one of them takes documents."""
    base, agency, _ = url.rsplit("/", 2)
    control = f"{base}/_control/{agency}"
    yield f"partners listen at {base} (any name is a partner: {url})"
    yield "tell one what to do with the next calls:"
    yield from _orders(
        control,
        ('{"mode": "slow", "seconds": 5, "times": 3}', "it answers late"),
        ('{"mode": "busy", "seconds": 5, "times": 3}', "503 with Retry-After"),
        ('{"mode": "drop_before_reading", "times": 3}', "it is down"),
        ('{"mode": "drop_after_reading", "times": 1}', "taken, but no answer"),
        ('{"mode": "refuse", "status": 422, "times": 1}', "refused for good"),
        ('{"mode": "lie_accepts", "times": 1}', 'it lies: "accepted", and nothing kept'),
        ('{"mode": "ok"}', "behave again"),
    )
    yield f"see what it has:  curl {control}"


def axis(url: str, systems: Mapping[str, System]) -> Iterator[str]:
    """Of the national axis; ``url`` is its adapter."""
    control = f"{url.partition('/XrdAdapter')[0]}/_control"
    yield f"the national axis listens at {url}: all thirteen calls, signed as its SDK signs them"
    for system_id, system in systems.items():
        yield f"  systemid {system_id}  secret {system.secret.decode()}  agencies {', '.join(system.agencies)}"
    first, system = next(iter(systems.items()))
    yield f"""in routes.yaml:  axis: {{kind: vxp, url: "{url}", system_id: "{first}", secret: "file:axis", list_sent: yes}}"""
    yield f"""its secret:      (umask 077; printf %s {system.secret.decode()} > "$BUS_HOME/secrets/axis")"""
    yield "then:            bus check --connect"
    yield "tell it what to do with the next calls (all, or those of one name):"
    yield from _orders(
        control,
        ('{"order": {"mode": "slow", "seconds": 5, "times": 3}}', "it answers late"),
        ('{"order": {"mode": "down", "times": 3}}', "it is down"),
        ('{"order": {"mode": "lost", "call": "sendEdoc", "times": 1}}', "taken, but no answer"),
        ('{"order": {"mode": "refuse", "call": "sendEdoc", "times": 1}}', "it says no"),
        ('{"order": {"mode": "lies", "times": 3}}', "it lies: wrong types, wrong spellings"),
        ('{"habits": {"echo": true, "hops": true}}', "it hands your own documents back, with a hop"),
        ('{"habits": {"lists_sent": false, "skew": 60}}', "sent items only by docId, clocks within a minute"),
        ('{"order": {"mode": "ok"}, "habits": {}}', "behave again"),
    )
    yield f"see what it has:  curl {control}"


def platform(url: str, client: Client) -> Iterator[str]:
    """Of a provincial platform; ``url`` is where its calls stand."""
    control = f"{url}/_control"
    yield f"a provincial platform (LGSP) listens at {url}: /v1/sendEdoc and so on, by id and key or by a token of /token"
    yield f"  X-SystemId {client.system_id}  X-SecretKey {client.secret}"
    yield f"""in routes.yaml:  lgsp: {{kind: lgsp, url: "{url}", system_id: "{client.system_id}", secret: "file:lgsp", allow: ["127.0.0.1"]}}"""
    yield f"""its secret:      (umask 077; printf %s {client.secret} > "$BUS_HOME/secrets/lgsp")"""
    yield "tell it what to do with the next calls (all, or those of one name):"
    yield from _orders(
        control,
        ('{"mode": "down", "times": 3}', "it is down"),
        ('{"mode": "lost", "call": "sendEdoc", "times": 1}', "taken, but no answer"),
        ('{"mode": "refuse", "code": "20", "times": 3}', "an error with HTTP 200 that passes"),
        ('{"mode": "refuse", "code": "18", "times": 1}', "an error with HTTP 200 that stays"),
        ('{"mode": "deny", "times": 1}', "it does not know us (any more)"),
        ('{"mode": "html", "times": 1}', "a page in place of an answer"),
        ('{"mode": "ok"}', "behave again"),
    )
    yield f"leave a document there for you:  curl --data-binary @cong-van.edxml {url}/_offer   (a status: '{url}/_offer?type=status')"
    yield f"see what it has:  curl {control}"


def dialect(tried: Dialect, gate: Gate, url: str) -> Iterator[str]:
    """Of a dialect; ``url`` is where its sandbox listens."""
    control = f"{url}/_control"
    behind = "" if gate == "none" else f", behind a security server ({gate})"
    yield f"{tried.what} listens at {url}{behind}"
    yield f"in routes.yaml:  {endpoint(tried, gate, url)}"
    for name, secret in tried.secrets.items():
        yield f"""its secret:      (umask 077; printf %s {shlex.quote(secret)} > "$BUS_HOME/secrets/{name}")"""
    yield "then:            bus check --connect"
    yield "tell it what to do with the next calls (all, or those of one name):"
    yield from _orders(control, *_COMMON, *tried.orders, ('{"mode": "ok"}', "behave again"))
    if gate == "xroad":
        yield "and its security server:"
        yield from _orders(f"{url}/_gate", *_GATE)
    if tried.leave:
        yield f"leave something there for you:  {tried.leave.replace('OFFER', f'{url}/_offer')}"
    yield f"see what it has:  curl {control}"


#: What any played partner can be told, and a security server.
_COMMON = (
    ('{"mode": "down", "times": 3}', "it is down"),
    ('{"mode": "busy", "seconds": 5, "times": 3}', "503 with Retry-After"),
    ('{"mode": "deny", "times": 1}', "it does not know us (any more)"),
    ('{"mode": "html", "times": 1}', "a page in place of an answer"),
    ('{"mode": "lies", "times": 3}', "wrong types or elements nobody knows, a BOM, text/plain"),
)
_GATE = (
    ('{"error": "Server.ServerProxy.NetworkError", "times": 3}', "it does not reach the provider"),
    (
        '{"error": "Server.ServerProxy.ServiceFailed", "carried": true, "times": 1}',
        "it fails after the provider had it",
    ),
    ('{"error": "Client.UnknownMember", "times": 1}', "it says that the call is wrong"),
    ("{}", "behave again"),
)


def _orders(control: str, *orders: tuple[str, str]) -> Iterator[str]:
    width = max(len(order) for order, _ in orders)
    for order, what in orders:
        quoted = f"'{order}'"
        yield f"  curl -X POST {control} -d {quoted:{width + 2}}   {what}"
