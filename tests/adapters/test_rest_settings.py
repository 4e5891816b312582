"""What may stand in routes.yaml for an endpoint of kind rest."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from adapters.rest.settings import RestSettings
from bus.transport import Tls


def settings(**given: object) -> RestSettings:
    return RestSettings.model_validate({"kind": "rest", "url": "https://10.1.2.3/edoc", **given})


def test_little_is_needed() -> None:
    """A URL is enough; patience has defaults, trust is the system's."""
    made = settings()
    assert made.key is None
    assert (made.connect_timeout, made.idle_timeout) == (timedelta(seconds=10), timedelta(seconds=60))
    assert made.tls == Tls()


def test_everything_can_be_said() -> None:
    """Keys by name, one or several; files; durations as operators write them."""
    made = settings(key="file:a", ca_file="/a.pem", cert_file="/b.pem", key_file="/b.key", idle_timeout="2m")
    assert made.key == ["file:a"]
    assert made.tls == Tls(Path("/a.pem"), Path("/b.pem"), Path("/b.key"))
    assert made.idle_timeout == timedelta(minutes=2)
    assert settings(key=["file:a", "env:B"]).key == ["file:a", "env:B"]


def test_a_key_may_be_pinned() -> None:
    """One pin or several."""
    pin = f"sha256//{'A' * 43}="
    assert settings(pin=pin).tls.pins == (pin,)
    assert settings(pin=[pin, pin]).tls.pins == (pin, pin)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"pin": "A" * 64}, "sha256//"),
        ({"url": "10.1.2.3/edoc"}, "absolute http or https URL"),
        ({"url": "/edoc"}, "absolute http or https URL"),
        ({"url": "ftp://h/edoc"}, "absolute http or https URL"),
        ({"url": "https:///edoc"}, "absolute http or https URL"),
        ({"url": "https://h/edoc#part"}, "absolute http or https URL"),
        ({"url": "https://u:p@h/edoc"}, "name the partner's key"),
        ({"url": "https://h/e doc"}, "without spaces"),
        ({"url": "https://h/é"}, "in ASCII"),
        ({"url": "https://h:99999/"}, "Port"),
        ({"url": "https://[::1/"}, "url"),
        ({"key": "s3cr3t"}, "never the secret itself"),
        ({"key": []}, "at least 1"),
        ({"key_file": "/b.key"}, "name cert_file too"),
        ({"idle_timeout": "soon"}, "expected a duration"),
        ({"connect_timeout": "0s"}, "greater than"),
        ({"kind": "vxp"}, "'rest'"),
        ({"ur": "https://h"}, "Extra inputs"),
    ],
)
def test_mistakes_are_named(given: dict[str, object], words: str) -> None:
    """A wrong setting fails before anything runs, and says what to write."""
    with pytest.raises(ValidationError, match=words):
        settings(**given)
