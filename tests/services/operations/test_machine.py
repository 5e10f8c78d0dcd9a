"""Facts about the machine, read from files that may contain anything."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.services.operations.machine import UNKNOWN_RELEASE, read_machine, read_release

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
COMMIT = "0123456789abcdef" * 2 + "01234567"


def test_the_installation_notes_its_release(tmp_path: Path) -> None:
    (tmp_path / "RELEASE").write_text("v1.3 0123456789ab\n")
    assert read_release(tmp_path) == "v1.3 0123456789ab"


@pytest.mark.parametrize("head", [COMMIT, "ref: refs/heads/main"])
def test_a_checkout_has_its_commit(tmp_path: Path, head: str) -> None:
    git = tmp_path / ".git"
    (git / "refs/heads").mkdir(parents=True)
    (git / "HEAD").write_text(f"{head}\n")
    (git / "refs/heads/main").write_text(f"{COMMIT}\n")
    assert read_release(tmp_path) == COMMIT[:12]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("branch", ["main", "a/long/name", ""])
@pytest.mark.parametrize("is_worktree", [False, True])
def test_whatever_git_has_done_the_commit_is_found(
    tmp_path: Path, packed: bool, branch: str, is_worktree: bool
) -> None:
    """References may be packed, HEAD detached, and the checkout a worktree."""

    def git(*arguments: str, folder: Path = tmp_path / "site") -> str:
        author = ("-c", "user.name=t", "-c", "user.email=t@example.org")
        command = ["git", *author, "-C", str(folder), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    root = tmp_path / "site"
    root.mkdir()
    git("init", "-q", "-b", "first")
    git("commit", "-q", "--allow-empty", "-m", "one")
    git("branch", "a-main")
    git("commit", "-q", "--allow-empty", "-m", "two")
    options = ("-b", branch) if branch else ("--detach",)
    if is_worktree:
        root = tmp_path / "tree"
        git("worktree", "add", "-q", *options, str(root))
    else:
        git("checkout", "-q", *options)
    if packed:
        git("pack-refs", "--all")
    assert read_release(root) == git("rev-parse", "HEAD", folder=root)[:12]


@pytest.mark.parametrize("noted", [None, b"", b"\xff" * 5000, b"<script>", b"ref: ../../secret"])
def test_anything_else_is_unknown(tmp_path: Path, noted: bytes | None) -> None:
    if noted is not None:
        (tmp_path / "RELEASE").write_bytes(noted)
        (tmp_path / ".git").mkdir()
        (tmp_path / ".git" / "HEAD").write_bytes(noted)
    (tmp_path.parent / "secret").write_text("a password")
    assert read_release(tmp_path) == UNKNOWN_RELEASE


def test_the_certificate_ends_when_openssl_says_so(tmp_path: Path) -> None:
    expiry = tmp_path / "expiry"
    expiry.write_text("notAfter=Feb  8 10:11:12 2027 GMT\n")
    machine = read_machine(tmp_path, tmp_path, expiry)
    assert machine.certificate_ends == datetime(2027, 2, 8, 10, 11, 12, tzinfo=UTC)
    assert machine.renewal_overdue_from is None
    assert 0 < machine.disk_free < machine.disk_size


@pytest.mark.parametrize(
    ("lifetime", "due"),
    [(90 * DAY, 60 * DAY), (45 * DAY, 30 * DAY), (160 * HOUR, 80 * HOUR), (24 * HOUR, 12 * HOUR)],
)
def test_the_renewal_is_overdue_soon_after_certbot_should_have_made_it(
    tmp_path: Path, lifetime: timedelta, due: timedelta
) -> None:
    """The timer has had an hour at least, and most of the remaining time is left."""
    begins = datetime(2026, 11, 1, 10, tzinfo=UTC)
    expiry = tmp_path / "expiry"
    dates = (f"{each:%b %d %H:%M:%S %Y} GMT" for each in (begins, begins + lifetime))
    expiry.write_text("notBefore={}\nnotAfter={}\n".format(*dates))
    machine = read_machine(tmp_path, tmp_path, expiry)
    assert machine.certificate_ends == begins + lifetime
    assert machine.renewal_overdue_from
    late = machine.renewal_overdue_from - (begins + due)
    assert 2 * HOUR <= late <= min(DAY, (lifetime - due) / 2)


def test_the_note_says_that_the_certificate_is_missing(tmp_path: Path) -> None:
    expiry = tmp_path / "expiry"
    expiry.write_text("missing\n")
    machine = read_machine(tmp_path, tmp_path, expiry)
    assert (machine.lacks_certificate, machine.certificate_ends) == (True, None)


@pytest.mark.parametrize("text", ["", "soon", "notAfter=\n", "notBefore=x\nnotAfter", "x" * 10_000])
def test_without_a_date_there_is_no_certificate(tmp_path: Path, text: str) -> None:
    """Neither is there one without the file. A folder that does not exist yet is on some disk."""
    expiry = tmp_path / "expiry"
    missing = read_machine(tmp_path, tmp_path / "a" / "b", expiry)
    expiry.write_text(text)
    for machine in (missing, read_machine(tmp_path, tmp_path, expiry)):
        assert (machine.certificate_ends, machine.lacks_certificate) == (None, False)
