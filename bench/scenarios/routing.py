"""What it costs to find the rule that takes a document for one recipient, by how many rules there are and what they ask."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping

from bench.options import Options
from bus.bench.child import answer
from bus.bench.row import Row
from bus.config import parse
from bus.directory import Directory
from bus.endpoint_settings import EndpointSettings
from bus.router import Match, Routable, Router

_RULES = (10, 100, 1000)
_MATCHES = 20_000
#: So many agencies and partners as a province has.
_PARTNERS = 150


def measure(options: Options) -> Iterator[Row]:
    """Each way to write rules with each number of them."""
    for way in _WHEN:
        for rules in _RULES:
            seconds, built = answer(_run, way, rules, options.count(_MATCHES))
            note = f"{seconds * 1e6:.1f} µs for one recipient; s: to build the router"
            yield Row("routing", f"{rules} rules, {way}", {"rate": 1 / seconds, "seconds": built}, note)


def _run(way: str, rules: int, matches: int) -> tuple[float, float]:
    """Seconds of processor time to match one recipient, and to build the router."""
    routes = parse(_text(_WHEN[way], rules), "routes.yaml", {"rest": EndpointSettings}, {})
    directory = Directory.build(routes)
    began = time.process_time()
    router = Router(routes, directory)
    built = time.process_time() - began
    subject, recipients = (
        Routable("edoc", "replace", _code(1)),
        [_code(number % _PARTNERS) for number in range(matches)],
    )
    began = time.process_time()
    found = [router.match(subject, recipient, 0) for recipient in recipients]
    spent = time.process_time() - began
    assert isinstance(found[0], Match)
    return spent / matches, built


def _text(when: Callable[[int], str], rules: int) -> str:
    lines = ["endpoints: {there: {kind: rest}}", "partners:"]
    lines += [f'  p{number}: {{agencies: ["{_code(number)}"]}}' for number in range(_PARTNERS)]
    lines += ["routes:", *(f"  - {{name: r{number}, when: {when(number)}, to: there}}" for number in range(rules - 1))]
    return "\n".join([*lines, "  - {name: last, when: {recipient: any}, to: there}", ""])


def _code(number: int) -> str:
    return f"000.00.{number:03}.H62"


#: Rules that ask, and none of which takes the documents that are matched: that is left to the last.
_WHEN: Mapping[str, Callable[[int], str]] = {
    "by recipient": lambda number: f'{{recipient: "{_code(number + 1000)}", type: edoc}}',
    "by sender": lambda number: f'{{sender: "{_code(number + 1000)}"}}',
    "by partner and kind": lambda number: (
        f'{{recipient: {{partner: p{number % _PARTNERS}}}, kind: [new, update, recall], sender: "{number}"}}'
    ),
}
