"""Put together the facts that an operator wants to know about a site."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from app.domain import object_keys, usage
from app.domain.errors import StorageError
from app.domain.usage import Usage
from app.services.operations.lost_catalog import is_catalog_lost
from app.services.operations.machine import Machine
from app.services.operations.old_keys import has_old_keys
from app.services.operations.run_results import WITH_FIX, RunKind, RunResult, last_results
from app.services.ports import Backend

MAX_COUNTED = 100  # photos of a queue
_MAX_TRASH_DAYS = 31  # the most days on which a deleted photo can expire
_MAX_REPORTS = 100
_LEAST_FREE = 0.05  # of the disk
_OUTDATED = timedelta(days=15)  # two runs of a weekly timer


class Problem(StrEnum):
    """Why a site needs its operator."""

    OBJECTS = "the object store does not answer"
    CATALOG = "the catalog does not answer"
    LOST_CATALOG = "the catalog has no photo, although there are photos: run `rebuild --apply`"
    OLD_KEYS = "the photos have the keys of an earlier version: run `migrate-keys`"
    DISK = "the disk is nearly full"
    NO_CERTIFICATE = "the domain has no certificate, so the site has no HTTPS"
    EXPIRED = "the certificate has expired"
    NOT_RENEWED = "the certificate was not renewed when it was due"
    OLD_CHECK = "the last check is older than 15 days"
    OLD_AUDIT = "the last audit is older than 15 days"
    OLD_ADVISORIES = "the last complete answer of PyPI is older than 15 days"
    CHECK = "the last check found problems or did not end"
    AUDIT = "the last audit found private metadata or did not end"
    ADVISORIES = "a package has a known vulnerability that a newer version fixes"


_OLD = {
    RunKind.CHECK: Problem.OLD_CHECK,
    RunKind.AUDIT: Problem.OLD_AUDIT,
    RunKind.ADVISORIES: Problem.OLD_ADVISORIES,
}


@dataclass(frozen=True, slots=True)
class Queues:
    """Photos and reports that wait for something, each counted up to a limit.

    Attributes:
        moving: Photos whose objects are being moved.
        pending: Photos that wait for review.
        reports: Open reports.
    """

    moving: int
    pending: int
    reports: int


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """The status of a site. Values that the storage did not return are None or empty."""

    machine: Machine
    backend: str
    kept: Usage | None = None
    trashed: Usage | None = None
    queues: Queues | None = None
    last: Mapping[RunKind, RunResult] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    causes: tuple[str, ...] = ()  # messages of the storage, for operators

    def to_dict(self) -> dict[str, Any]:
        """Return the members of the JSON that `status --json` prints."""
        ends = self.machine.certificate_ends
        return {
            "healthy": not self.problems,
            "problems": list(self.problems),
            "causes": list(self.causes),
            "release": self.machine.release,
            "backend": self.backend,
            "photos": _usage(self.kept),
            "trash": _usage(self.trashed),
            "queues": _queues(self.queues),
            "disk": {"free": self.machine.disk_free, "size": self.machine.disk_size},
            "certificate_ends": ends.isoformat() if ends else None,
            "last": {kind: _result(self.last.get(kind)) for kind in RunKind},
        }


class StatusService:
    """Reads the status. It costs two pings, seven reads and ten LISTs."""

    def __init__(
        self, backend: Backend, name: str, now: Callable[[], datetime], *, is_weekly: bool = True
    ) -> None:
        """Set up the service.

        Args:
            backend: The storage backend.
            name: Its name for operators.
            now: The clock.
            is_weekly: Whether commands are to run every week.
        """
        self._backend = backend
        self._name = name
        self._now = now
        self._is_weekly = is_weekly

    def read(self, machine: Machine) -> SiteStatus:
        """Return the status, also if the storage fails."""
        failures = self._storage_failures()
        problems = _machine_problems(machine, self._now())
        try:
            if Problem.OBJECTS not in failures and has_old_keys(self._backend.objects):
                problems.append(Problem.OLD_KEYS)
            status = self._with_counts(machine)
            if is_catalog_lost(self._backend):
                problems.append(Problem.LOST_CATALOG)
        except StorageError as error:
            status = SiteStatus(machine, self._name)
            failures = failures or {Problem.CATALOG: str(error)}
        if self._is_weekly:
            problems += self._old_results(status.last)
        return replace(
            status,
            problems=(*failures, *problems, *_run_problems(status.last)),
            causes=tuple(dict.fromkeys(failures.values())),
        )

    def queues(self) -> Queues:
        """Return the lengths of the queues, with three reads."""
        catalog = self._backend.catalog
        moving = catalog.page(object_keys.MOVING_LISTING, MAX_COUNTED)
        pending = catalog.page(object_keys.PENDING_LISTING, MAX_COUNTED)
        reports = self._backend.reports.page(_MAX_REPORTS, int(self._now().timestamp()))
        return Queues(len(moving.summaries), len(pending.summaries), len(reports.reports))

    def _with_counts(self, machine: Machine) -> SiteStatus:
        catalog = self._backend.catalog
        kept = catalog.usage((usage.SITE, usage.SITE), 1)
        span = usage.trash_counters(usage.SITE, self._now().astimezone(UTC).date())
        days = catalog.usage(span, _MAX_TRASH_DAYS)
        return SiteStatus(
            machine,
            self._name,
            kept=kept[0] if kept else Usage(usage.SITE),
            trashed=Usage(usage.SITE, sum(d.photos for d in days), sum(d.bytes for d in days)),
            queues=self.queues(),
            last=last_results(self._backend.run_results),
        )

    def _old_results(self, last: Mapping[RunKind, RunResult]) -> list[Problem]:
        """Return a problem for each result that is old. A command that never ran has none."""
        now = self._now()
        return [_OLD[kind] for kind, result in last.items() if not result.is_within(_OUTDATED, now)]

    def _storage_failures(self) -> dict[Problem, str]:
        """Return the message of each half of the storage that does not answer."""
        failures = {}
        ports = ((Problem.OBJECTS, self._backend.objects), (Problem.CATALOG, self._backend.catalog))
        for problem, port in ports:
            try:
                port.ping()
            except StorageError as error:
                failures[problem] = str(error)
        return failures


def _machine_problems(machine: Machine, now: datetime) -> list[Problem]:
    problems = []
    if machine.disk_free < _LEAST_FREE * machine.disk_size:
        problems.append(Problem.DISK)
    if machine.lacks_certificate:
        problems.append(Problem.NO_CERTIFICATE)
    elif _is_past(machine.certificate_ends, now):
        problems.append(Problem.EXPIRED)
    elif _is_past(machine.renewal_overdue_from, now):
        problems.append(Problem.NOT_RENEWED)
    return problems


def _is_past(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment < now


def _run_problems(last: Mapping[RunKind, RunResult]) -> list[Problem]:
    """Return the problems that commands found. A command that never ran is none."""
    problems = []
    for kind, problem in ((RunKind.CHECK, Problem.CHECK), (RunKind.AUDIT, Problem.AUDIT)):
        if kind in last and not last[kind].is_good:
            problems.append(problem)
    advisories = last.get(RunKind.ADVISORIES)
    if advisories and advisories.findings.get(WITH_FIX):
        problems.append(Problem.ADVISORIES)
    return problems


def _usage(counted: Usage | None) -> dict[str, int] | None:
    return {"count": counted.photos, "bytes": counted.bytes} if counted else None


def _queues(queues: Queues | None) -> dict[str, int] | None:
    if queues is None:
        return None
    return {"moving": queues.moving, "pending": queues.pending, "reports": queues.reports}


def _result(result: RunResult | None) -> dict[str, Any] | None:
    if result is None:
        return None
    return {
        "ended_at": result.ended_at.isoformat(timespec="seconds"),
        "seconds": result.seconds,
        "complete": result.is_complete,
        "findings": dict(result.findings),
        "repaired": result.repaired,
        "notes": list(result.notes),
    }
