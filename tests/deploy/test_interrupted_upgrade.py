"""An upgrade that a signal interrupts is completed or undone."""

import os
import signal
import time

import pytest

from tests.deploy.instance import PROGRAMS, Instance, write_program


@pytest.mark.parametrize(
    ("sent", "is_whole_group"),
    [
        (signal.SIGHUP, True),
        (signal.SIGINT, True),
        (signal.SIGTERM, True),
        (signal.SIGTERM, False),
        (signal.SIGKILL, True),
    ],
)
def test_an_interrupted_build_leaves_no_release(
    instance: Instance, sent: signal.Signals, is_whole_group: bool
) -> None:
    """A terminal that is closed ends all programs of the group. The next run cleans up."""
    waits = instance.root / "waits"
    waits.touch()
    running = instance.start("upgrade", "v2")
    assert running.stdout
    while "installing packages" not in running.stdout.readline():
        assert running.poll() is None
    (os.killpg if is_whole_group else os.kill)(running.pid, sent)
    waits.unlink()
    running.communicate(timeout=60)
    assert running.returncode
    assert instance.version == "v1"
    left = {"v1", "v2"} if sent == signal.SIGKILL else {"v1"}
    assert instance.versions == left
    assert instance.run("rollback").returncode == 1
    assert instance.version == "v1"
    instance.upgrade("v5")
    assert instance.versions == {"v1", "v5"}
    assert instance.run("rollback").returncode == 0
    assert instance.version == "v1"


@pytest.mark.parametrize(
    ("sent", "version", "then"),
    [
        (signal.SIGHUP, "v2", {"v1", "v2"}),
        (signal.SIGHUP, "v3", {"v1"}),
        (signal.SIGTERM, "v3", {"v1"}),
    ],
)
def test_a_start_is_completed_or_undone_without_a_terminal(
    instance: Instance, sent: signal.Signals, version: str, then: set[str]
) -> None:
    """The connection is lost while the new release starts: no output can be written either."""
    waits = instance.root / "starting"
    waits.touch()
    ask = 'touch "$SHOEBOX_ROOT/asked"'
    wait = 'while [ -e "$SHOEBOX_ROOT/starting" ]; do /bin/sleep 0.05; done'
    write_program(instance.bin / "curl", f"{ask}\n{wait}\n{PROGRAMS['curl']}")
    running = instance.start("upgrade", version)
    while not (instance.root / "asked").exists():
        assert running.poll() is None
        time.sleep(0.02)
    assert running.stdout
    assert running.stderr
    running.stdout.close()
    running.stderr.close()
    os.killpg(running.pid, sent)
    waits.unlink()
    running.wait(timeout=60)
    assert instance.version == max(then)
    assert instance.versions == then
