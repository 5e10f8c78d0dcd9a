"""`shoebox rollback` leads to the release that ran before, and no site is left without one."""

import pytest

from tests.deploy.instance import BROKEN, FIRST, Instance, write_program, write_release


def test_a_chain_returns_to_the_releases_that_ran(instance: Instance) -> None:
    """A rollback leads to the release that ran before, whatever was installed in between."""
    instance.upgrade("v2")
    assert instance.run("rollback").returncode == 0
    instance.upgrade("v5")
    instance.upgrade("v6")
    assert instance.versions >= {"v1", "v5", "v6"}
    for version in ("v5", "v1"):
        done = instance.run("rollback")
        assert (done.returncode, instance.version) == (0, version), done.stdout
    assert instance.run("rollback").returncode == 1
    assert instance.version == "v1"


def test_the_release_that_ran_before_is_never_deleted(instance: Instance) -> None:
    """Newer ones that were rolled back are deleted in its place. At most three stay."""
    for version in ("v2", "v5", "v6"):
        instance.upgrade(version)
        assert instance.run("rollback").returncode == 0
        assert instance.version == "v1"
        assert len(list(instance.releases.iterdir())) <= 3
    instance.upgrade("v2")
    assert instance.run("rollback").returncode == 0
    assert instance.version == "v1"


def test_an_incomplete_release_is_no_target_of_a_rollback(instance: Instance) -> None:
    """Also not if an earlier version left it, with an environment and scripts but no mark."""
    half = instance.releases / "20260102T000000Z"
    write_release(half)
    (half / ".venv").mkdir()
    assert instance.run("rollback").returncode == 1
    instance.upgrade("v2")
    assert instance.run("rollback").returncode == 0
    assert instance.current.name == FIRST


@pytest.mark.parametrize("fault", ["cannot be installed", BROKEN])
def test_current_leads_to_the_previous_release_if_neither_starts(
    instance: Instance, fault: str
) -> None:
    """The cause may go away, and then systemd starts the release that ran before."""
    (instance.current / fault).touch()
    done = instance.run("upgrade", "v3")
    assert done.returncode == 1
    assert "does not answer either" in done.stdout
    assert instance.current.name == FIRST
    assert [path.name for path in instance.releases.iterdir()] == [FIRST]
    restart = "systemctl restart shoebox.service"
    assert (instance.root / "log").read_text().rstrip().splitlines()[-1] == restart


def test_a_release_that_current_leads_to_is_not_deleted(instance: Instance) -> None:
    """It does not answer, but the link to the earlier one cannot be made."""
    fault = f'case "$(readlink "$2")" in *{FIRST}) exit 1 ;; esac'
    write_program(instance.bin / "mv", f'{fault}\nexec /bin/mv "$@"')
    assert instance.run("upgrade", "v3").returncode == 1
    assert instance.version == "v3"


def test_a_rollback_ends_timers_that_the_earlier_release_has_not(instance: Instance) -> None:
    """Its `install` does not know them."""
    for path in (instance.current / "deploy").glob("shoebox-weekly.*"):
        path.unlink()
    install = instance.current / "deploy/install"
    known = install.read_text().replace("{https,weekly}", "https")
    install.write_text(known.replace("\nschedule\n", "\n"))
    instance.upgrade("v2")
    log = instance.root / "log"
    assert "enable -q --now shoebox-weekly.timer" in log.read_text()
    log.unlink()
    returned = instance.run("rollback")
    assert returned.returncode == 0
    assert "--app app advisories" not in returned.stdout
    assert "disable -q --now shoebox-weekly.timer" in log.read_text()
    assert "enable -q --now shoebox-weekly.timer" not in log.read_text()
