"""How the parts that tell people are put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bus.alerts.account import Balance
from bus.alerts.by_bus import ByBus
from bus.alerts.certificates import OfCertificates
from bus.alerts.copies import OfCopies
from bus.alerts.endpoints import OfEndpoints
from bus.alerts.found import Question
from bus.alerts.late import OfExpectations
from bus.alerts.machine import OfMachine
from bus.alerts.mail import Mail
from bus.alerts.post import Carrier
from bus.alerts.silence import Listening
from bus.alerts.webhook import Hook
from bus.claimcheck import ClaimCheck
from bus.clock import Clock
from bus.config.channels import Channel, Email, Message, Webhook
from bus.ingress import Ingress
from bus.journal import Journal
from bus.journal.alert_reads import AlertReads
from bus.journal.expectation_reads import ExpectationReads
from bus.journal.verify import Verifier
from bus.journal.watched import Watched
from bus.secret import Secrets
from bus.transport import Transport
from bus.validity import Validity


@dataclass(frozen=True, slots=True)
class Means:
    """What carriers work with. ``own_code`` is the bus's agency code, '' for none."""

    clock: Clock
    secrets: Secrets
    transport: Transport
    ingress: Ingress
    own_code: str

    def carrier(self, channel: Channel) -> Carrier:
        """What carries letters to a channel."""
        match channel:
            case Email():
                return Mail(channel, self.secrets)
            case Webhook():
                return Hook(channel, self.secrets, self.transport, self.clock)
            case Message():
                return ByBus(self.ingress, self.own_code, channel.to)
        raise NotImplementedError(channel.kind)


def questions(journal: Journal, claims: ClaimCheck, machine: OfMachine, validity: Validity) -> Mapping[str, Question]:
    """What each kind of alert asks."""
    watched, reads = Watched(journal.store), AlertReads(journal.store)
    copies, endpoints = OfCopies(watched), OfEndpoints(journal.reads.conditions)
    listening = Listening(journal, reads, watched)
    return MappingProxyType(
        {
            "account": Balance(Verifier(journal.store, claims)).account,
            "breaker": endpoints.breaker,
            "bus": machine.bus,
            "certificate": OfCertificates(validity).certificate,
            "clock": machine.clock,
            "dead": copies.dead,
            "disk": machine.disk,
            "failure_rate": copies.failure_rate,
            "kept_back": copies.kept_back,
            "oldest_waiting": copies.oldest_waiting,
            "overdue": OfExpectations(ExpectationReads(journal.store)).overdue,
            "silence": listening.silence,
            "unfetched": copies.unfetched,
        }
    )
