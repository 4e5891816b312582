"""Settings by ``BUS_*``: defaults that run, units, and no word of a value in an error."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bus.config import Settings, SettingsInvalid, load_settings


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import os

    for name in [name for name in os.environ if name.startswith("BUS_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_everything_has_a_default_below_the_home(tmp_path: Path) -> None:
    """Without a word the bus runs on SQLite, in one process, in ``./bus-home``."""
    settings = load_settings()
    home = tmp_path / "bus-home"

    assert settings.home == home
    assert settings.database_url == f"sqlite:///{home}/journal.db"
    assert settings.broker_url == "memory://"
    assert settings.bodies == home / "bodies"
    assert settings.address == ("127.0.0.1", 8080)
    assert settings.routes == Path("routes.yaml")


def test_paths_follow_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the bus keeps on the machine lies below BUS_HOME, blanks in its name or not."""
    home = tmp_path / "a home"
    monkeypatch.setenv("BUS_HOME", str(home))
    settings = load_settings()

    assert settings.lock == home / "lock"
    assert settings.secrets == home / "secrets"
    assert settings.control_socket == home / "control.sock"
    assert settings.spool == home / "bodies" / "spool"
    assert settings.bodies == home / "bodies"


def test_an_option_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Options of the command line are handed in; one that was not given (None) leaves the environment alone."""
    monkeypatch.setenv("BUS_LISTEN", "127.0.0.1:9000")
    monkeypatch.setenv("BUS_LOG_LEVEL", "debug")

    settings = load_settings(listen="127.0.0.1:9001", log_level=None)

    assert settings.address == ("127.0.0.1", 9001)
    assert settings.log_level == "debug"


def test_numbers_of_the_semantics() -> None:
    """The defaults are those of semantics 4, 12 and 13."""
    settings = load_settings()

    assert settings.max_bytes == 200 * 1024 * 1024
    assert settings.max_http_headers == 256 * 1024
    assert settings.keep_calls == timedelta(days=90)
    assert settings.ask_after == timedelta(minutes=2)


def test_quantities_have_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes and durations are written as in routes.yaml."""
    monkeypatch.setenv("BUS_MAX_BYTES", "50MB")
    monkeypatch.setenv("BUS_KEEP_BODIES", "365d")
    settings = load_settings()

    assert settings.max_bytes == 50 * 1024 * 1024
    assert settings.keep_bodies == timedelta(days=365)


@pytest.mark.parametrize("listen", ["8080", "127.0.0.1:", "127.0.0.1:70000", "http://127.0.0.1:8080"])
def test_listen_is_host_and_port(listen: str) -> None:
    """Anything but HOST:PORT is told with the variable's name and an example."""
    with pytest.raises(SettingsInvalid, match=r"BUS_LISTEN: expected HOST:PORT, such as 127\.0\.0\.1:8080"):
        load_settings(listen=listen)


def test_listen_on_ipv6() -> None:
    """An IPv6 host stands in brackets and is used without."""
    assert load_settings(listen="[::1]:8080").address == ("::1", 8080)


def test_only_a_folder_is_a_store() -> None:
    """Bodies go to a folder; another scheme is refused."""
    with pytest.raises(SettingsInvalid, match="BUS_STORE_URL"):
        load_settings(store_url="s3://bucket")


def test_a_wrong_value_is_not_repeated() -> None:
    """What was given may be a password pasted into the wrong variable."""
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(max_bytes="hunter2", log_level="hunter2")

    assert "BUS_MAX_BYTES" in str(caught.value)
    assert "BUS_LOG_LEVEL" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_addresses_do_not_show() -> None:
    """A database's or broker's address may hold a password and is in no repr."""
    settings = load_settings(database_url="postgresql://u:hunter2@h/d", broker_url="amqp://u:hunter2@h")

    assert isinstance(settings, Settings)
    assert "hunter2" not in repr(settings)


def test_an_agency_code_can_be_written_into_xml(monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes into statuses and hops: no control characters, and no blanks around it."""
    monkeypatch.setenv("BUS_AGENCY_CODE", " 000.00.00.H62 ")
    assert load_settings().agency_code == "000.00.00.H62"

    monkeypatch.setenv("BUS_AGENCY_CODE", "000\x01")
    with pytest.raises(SettingsInvalid, match="BUS_AGENCY_CODE: expected an agency code"):
        load_settings()


@pytest.mark.parametrize("given", [{"tls_key": "a.key"}, {"tls_client_ca": "ca.pem"}])
def test_what_goes_with_a_certificate_is_nothing_without_it(given: dict[str, str]) -> None:
    """Doors that were to speak TLS do not open without it."""
    with pytest.raises(SettingsInvalid, match="BUS_TLS_CERT"):
        load_settings(**given)
    assert load_settings(**given, tls_cert="a.pem").tls_cert == Path("a.pem")
