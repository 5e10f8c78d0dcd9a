"""Read facts about the machine and the release: disk, certificate, version."""

import re
import shutil
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

UNKNOWN_RELEASE = "unknown"
_MAX_FILE = 1000  # bytes
_MAX_PACKED = 10_000_000
_MISSING = "missing"
_SHORT_LIFETIME = timedelta(days=10)
_RENEWAL_TIME = timedelta(days=1)
_COMMIT = re.compile("[0-9a-f]{40}")
_RELEASE = re.compile(r"[\w./+ -]{1,120}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine on which the site runs.

    Attributes:
        release: The version: the reference and the commit from which it was installed.
        disk_free: Bytes that are free for photos, or on AWS for temporary files.
        disk_size: Bytes of that file system.
        certificate_ends: The end of the certificate, None without one.
        renewal_overdue_from: The time at which the certificate must have been renewed, if known.
        lacks_certificate: Whether the site has a domain, and no certificate for it.
    """

    release: str
    disk_free: int
    disk_size: int
    certificate_ends: datetime | None = None
    renewal_overdue_from: datetime | None = None
    lacks_certificate: bool = False


def read_machine(root: Path, folder: Path, expiry_file: Path | None) -> Machine:
    """Return the facts.

    Args:
        root: The folder of the release.
        folder: A folder on the disk that must not be full.
        expiry_file: The file with the dates of the certificate, as OpenSSL prints them, or with
            the word `missing`.
    """
    disk = shutil.disk_usage(_existing(folder))
    note = _read(expiry_file).strip() if expiry_file else ""
    begins, ends = _date(note, "notBefore"), _date(note, "notAfter")
    overdue_from = _overdue_from(begins, ends) if begins and ends else None
    release = read_release(root)
    return Machine(release, disk.free, disk.total, ends, overdue_from, note == _MISSING)


def read_release(root: Path) -> str:
    """Return the release that the installation has noted, or the commit of a checkout."""
    noted = _read(root / "RELEASE").strip()
    if _RELEASE.fullmatch(noted):
        return noted
    # In a worktree, `.git` is a file that names the folder.
    commit = _commit_of(root / (_read(root / ".git").strip().removeprefix("gitdir: ") or ".git"))
    return commit[:12] if _COMMIT.fullmatch(commit) else UNKNOWN_RELEASE


def _commit_of(git: Path) -> str:
    """Return the commit of HEAD: https://git-scm.com/docs/gitrepository-layout."""
    head = _read(git / "HEAD").strip()
    reference = head.removeprefix("ref: ")
    if reference == head:
        return head
    common = git / (_read(git / "commondir").strip() or ".")
    loose = _read(common / reference).strip()
    packed = _read(common / "packed-refs", _MAX_PACKED)
    found = (line.split(" ")[0] for line in packed.splitlines() if line.endswith(f" {reference}"))
    return loose or next(found, "")


def _date(note: str, name: str) -> datetime | None:
    """Return the date in a line such as `notAfter=Feb 28 10:11:12 2027 GMT`."""
    values = (line.partition("=") for line in note.splitlines())
    date = next((value for key, _, value in values if key == name), "")
    try:
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(date), UTC)
    except (ValueError, OverflowError):
        return None


def _overdue_from(begins: datetime, ends: datetime) -> datetime:
    """Return when certbot 5 must have renewed a certificate: when it is due, and up to a day later.

    It is due after two thirds of its lifetime, or after half of one of less than ten days. The
    timer tries every hour.
    """
    lifetime = ends - begins
    due = lifetime / 2 if lifetime < _SHORT_LIFETIME else lifetime * 2 / 3
    return begins + due + min(_RENEWAL_TIME, lifetime / 10)


def _existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that exists."""
    path = folder.absolute()
    return next(each for each in (path, *path.parents) if each.exists())


def _read(path: Path, size: int = _MAX_FILE) -> str:
    """Return the beginning of a file, an empty text if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(size).decode("ascii", "replace")
    except OSError:
        return ""
