"""What may stand in routes.yaml for an endpoint of kind vxp."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from adapters.vxp.endpoint_settings import VxpSettings
from adapters.vxp.times import LOCAL
from bus.endpoint_settings import Idempotency
from bus.transport import Tls


def settings(**given: object) -> VxpSettings:
    needed = {"url": "http://ss.local:8080/XrdAdapter/adapter", "system_id": "00.19.H62", "secret": "file:axis"}
    return VxpSettings.model_validate({"kind": "vxp", **needed, **given})


def test_little_is_needed() -> None:
    """A URL, a system id and a secret are enough; all defaults are the careful ones."""
    made = settings()
    assert (made.mode, made.list_sent, made.own, made.live_from) == ("live", "unknown", (), None)
    assert (made.idempotency, made.concurrency, made.limit) == (Idempotency.ASK_FIRST, 4, 50 << 20)
    assert (made.poll, made.processing, made.tls) == (timedelta(minutes=3), False, Tls())


def test_the_sample_of_the_routes_file() -> None:
    """Every key of the published sample, as an operator writes it."""
    made = settings(poll="3m", mode="live", idempotency="ask_first", max_bytes="50MB", concurrency=4, rate="10/s")
    assert (made.rate, made.max_bytes, made.secret) == (10.0, 50 << 20, ["file:axis"])


def test_everything_else_can_be_said() -> None:
    """Own agencies, a moment with or without a zone, files, patience."""
    made = settings(own=["H62"], live_from="2025-11-03", ca_file="/a.pem", list_sent="yes", skew="1m", url="https://h/")
    assert made.live_from == datetime(2025, 11, 3, tzinfo=LOCAL)
    assert settings(live_from="2025-11-02T17:00:00Z").live_from == made.live_from
    assert (made.tls, made.skew, made.url) == (Tls(Path("/a.pem")), timedelta(minutes=1), "https://h")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"url": "ss.local:8080/XrdAdapter"}, "http or https URL"),
        ({"url": "ftp://h/edoc"}, "http or https URL"),
        ({"url": "http://h/a?b=c"}, "http or https URL"),
        ({"url": "https://u:p@h/edoc"}, "name the system's secret"),
        ({"url": "https://h/é"}, "in ASCII"),
        ({"secret": "s3cr3t"}, "never the secret itself"),
        ({"secret": []}, "at least 1"),
        ({"system_id": ""}, "at least 1"),
        ({"system_id": "Sở"}, "pattern"),
        ({"mode": "watch"}, "'live' or 'observe'"),
        ({"list_sent": "no"}, "'unknown' or 'yes'"),
        ({"poll": "0s"}, "greater than"),
        ({"live_from": "soon"}, "live_from"),
        ({"key_file": "/b.key"}, "name cert_file too"),
        ({"systemid": "x"}, "Extra inputs"),
    ],
)
def test_mistakes_are_named(given: dict[str, object], words: str) -> None:
    """A wrong setting fails before anything runs, and says what to write."""
    with pytest.raises(ValidationError, match=words):
        settings(**given)
