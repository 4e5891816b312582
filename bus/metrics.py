"""The metrics named in the design, on a registry that is handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """What Prometheus is told."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.accepted = Counter("bus_messages_accepted", "Messages accepted", ["face", "type"], registry=self.registry)
        self.rejected = Counter(
            "bus_messages_rejected", "Messages refused at a door", ["face", "code"], registry=self.registry
        )
        self.files_fetched = Counter("bus_files_fetched", "Attached files handed out by a link", registry=self.registry)
        self.deliveries = Counter(
            "bus_deliveries", "Copies settled by a call", ["endpoint", "outcome"], registry=self.registry
        )
        self.waiting = Gauge("bus_deliveries_waiting", "Copies not settled", ["endpoint"], registry=self.registry)
        self.oldest = Gauge(
            "bus_oldest_waiting_seconds", "Age of the oldest copy not settled", ["endpoint"], registry=self.registry
        )
        self.unfetched = Gauge(
            "bus_mailbox_oldest_unfetched_seconds",
            "Age of a partner's oldest copy that was never fetched",
            ["partner"],
            registry=self.registry,
        )
        self.expected = Gauge(
            "bus_expectations_open", "What is owed and has not arrived", ["rule"], registry=self.registry
        )
        self.overdue = Gauge(
            "bus_expectations_overdue", "What is owed and whose time has passed", ["rule"], registry=self.registry
        )
        self.accept_seconds = Histogram(
            "bus_accept_seconds", "From the whole body to the receipt", buckets=_SECONDS, registry=self.registry
        )
        self.delivery_seconds = Histogram(
            "bus_delivery_seconds", "One call to a partner", ["endpoint"], buckets=_SECONDS, registry=self.registry
        )
        self.batch_size = Histogram(
            "bus_commit_batch_size",
            "Requests in one commit",
            buckets=(1, 2, 5, 10, 20, 50, 100, 200),
            registry=self.registry,
        )
        #: Looked up once for each combination: it is what counting costs.
        self.accepted_by = cache(self.accepted.labels)
        self.delivered_by = cache(self.deliveries.labels)
        self.called_in = cache(self.delivery_seconds.labels)
        self.routes = Gauge("bus_routes_info", "The routes in force", ["hash"], registry=self.registry)

    def routes_in_force(self, version: str) -> None:
        """Name the one version in force."""
        self.routes.clear()
        self.routes.labels(version).set(1)

    def waiting_now(self, rows: list[tuple[str, int, int]], now: int) -> None:
        """Set the gauges of what waits: (endpoint, copies, accepted-at of the oldest) at ``now`` microseconds."""
        self.waiting.clear()
        self.oldest.clear()
        for endpoint, count, oldest in rows:
            self.waiting.labels(endpoint).set(count)
            self.oldest.labels(endpoint).set(max(0, now - oldest) / 1e6)

    def unfetched_now(self, oldest: Mapping[str, int], now: int) -> None:
        """Set the gauge of mailboxes: per partner, accepted-at of the oldest copy nobody fetched."""
        self.unfetched.clear()
        for partner, at in oldest.items():
            self.unfetched.labels(partner).set(max(0, now - at) / 1e6)

    def expected_now(self, rows: Iterable[tuple[str, int, int]]) -> None:
        """Set the gauges of what is owed: (rule, how many, how many of them overdue)."""
        self.expected.clear()
        self.overdue.clear()
        for rule, owed, overdue in rows:
            self.expected.labels(rule).set(owed)
            self.overdue.labels(rule).set(overdue)

    def text(self) -> bytes:
        """The exposition text."""
        return generate_latest(self.registry)
