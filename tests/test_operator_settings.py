"""The settings for operators."""

import pytest

from app.config import Config, ConfigError
from app.operator_settings import MetricsAccess


@pytest.fixture(autouse=True)
def _only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "WEEKLY_CHECK",
        "CHECK_REPAIR",
        "METRICS",
        "METRICS_TOKEN",
        "CERTIFICATE_EXPIRY_FILE",
    ):
        monkeypatch.delenv(name, raising=False)


def test_nothing_is_shown_or_repaired_by_default() -> None:
    settings = Config.from_env().operations
    assert (settings.metrics, settings.check_repair) == (MetricsAccess.OFF, False)
    assert settings.weekly_check


def test_settings_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHECK_REPAIR", "1")
    monkeypatch.setenv("METRICS", "token")
    monkeypatch.setenv("METRICS_TOKEN", "x" * 16)
    settings = Config.from_env().operations
    assert settings.check_repair
    assert (settings.metrics, settings.metrics_token) == (MetricsAccess.TOKEN, "x" * 16)


@pytest.mark.parametrize("value", ["no", "No", "off", "false", "0", "n"])
def test_the_weekly_check_can_be_turned_off(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("WEEKLY_CHECK", value)
    assert not Config.from_env().operations.weekly_check


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("METRICS", "everyone", "METRICS"),
        ("METRICS", "token", "METRICS_TOKEN"),
        ("METRICS_TOKEN", "short", "METRICS_TOKEN"),
        ("METRICS_TOKEN", "한" * 20, "METRICS_TOKEN"),
        ("METRICS_TOKEN", "shoebox_" + "0" * 40, "METRICS_TOKEN"),
        ("METRICS_WORKER", "../1", "METRICS_WORKER"),
        ("CHECK_REPAIR", "perhaps", "CHECK_REPAIR"),
        ("WEEKLY_CHECK", "perhaps", "WEEKLY_CHECK"),
    ],
)
def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, problem: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as failure:
        Config.from_env()
    assert list(failure.value.problems) == [problem]
