"""A visitor's report of a photo, which the admin reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.domain.json_values import record_to_json

MAX_OPEN = 20  # reports of one photo; later ones add nothing that the admin does not know
LIFETIME = timedelta(days=90)


class ReportReason(StrEnum):
    """Why a visitor reports a photo."""

    PERSON = "person"  # it shows the visitor
    PRIVATE = "private"  # it shows a place or private data
    COPYRIGHT = "copyright"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One open report. Nothing in it says who sent it."""

    report_id: str  # a ULID, so reports sort by time
    photo_id: str
    reason: ReportReason
    text: str
    created_at: datetime  # aware, UTC

    @property
    def expires_at(self) -> int:
        """The Unix time, in seconds, at which the report is deleted by itself."""
        return int((self.created_at + LIFETIME).timestamp())

    def says_the_same_as(self, other: "Report") -> bool:
        """Return whether another report of the same photo has the same reason and text."""
        return (self.reason, self.text) == (other.reason, other.text)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return record_to_json(self)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "Report":
        """Return the report that `to_dict` gave. Unknown keys are ignored."""
        return cls(
            report_id=str(record["report_id"]),
            photo_id=str(record["photo_id"]),
            reason=ReportReason(record["reason"]),
            text=str(record["text"]),
            created_at=datetime.fromisoformat(record["created_at"]),
        )


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One page of open reports, newest first.

    Attributes:
        reports: The reports.
        older: The id of the last report of the page, None if there is no next page.
    """

    reports: tuple[Report, ...]
    older: str | None
