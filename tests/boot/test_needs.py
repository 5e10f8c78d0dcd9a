"""The boot test's requirements, and its memory limit, which is the unit's."""

import re

import pytest

from tests.boot import __main__ as boot
from tests.boot import checks, image


def test_missing_packages_are_named_with_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "shutil.which", lambda tool: None if tool in {"mmdebstrap", "systemd-nspawn"} else tool
    )
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert boot.main() == 2
    assert "root and apt-get install -y mmdebstrap systemd-container." in capsys.readouterr().out


def test_memory_limit_is_the_units() -> None:
    unit = (image.ROOT / "deploy" / "shoebox.service").read_text()
    (percent,) = re.findall(r"^MemoryMax=(\d+)%$", unit, re.MULTILINE)
    assert 1024 * int(percent) // 100 == checks.CEILING_MB
