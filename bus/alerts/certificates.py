"""The question about certificates: which end soon. It is told when there is little time left, and again when there is less."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bus.alerts.found import Asked, Found
from bus.alerts.letters import when
from bus.clock import micros
from bus.config.alerts import Certificate
from bus.validity import Held, Validity


class OfCertificates:
    """Asks what is known of the certificates in use."""

    def __init__(self, validity: Validity) -> None:
        self._validity = validity

    def certificate(self, asked: Asked) -> list[Found]:
        """Certificates that end too soon, each once for every step it has come to. What cannot be seen now stays as it was known."""
        rule: Certificate = asked.rule
        routes, named = asked.plan.routes, asked.endpoints()
        self._validity.look(routes, named, asked.now)
        held = self._validity.of_endpoints(routes, named) if rule.endpoint else self._validity.everything(routes)
        steps = sorted(rule.within, reverse=True)
        return [found for one in held for found in _steps(one, steps, asked)]


def _steps(held: Held, steps: Sequence[timedelta], asked: Asked) -> Iterator[Found]:
    for number, step in enumerate(steps):
        thing = f"{held.thing} (<{_days(step)})" if number else held.thing
        if held.ends is None and thing in asked.known:
            yield Found(thing, asked.known[thing], "", "")
        elif held.ends is not None and held.ends - asked.now <= micros(step):
            since = asked.known.get(thing, min(asked.now, held.ends - micros(step)))
            yield Found(thing, since, f"hết hạn {when(held.ends)}", f"ends {when(held.ends)}")


def _days(step: timedelta) -> str:
    return f"{step.days}d" if step >= timedelta(days=1) else f"{step.total_seconds() / 3600:g}h"
