"""The facts that a sidecar, a file beside a photo, states about it."""

from dataclasses import dataclass, field
from datetime import datetime

from app.domain.image.captions import Captions
from app.domain.image.credit import Credit


@dataclass(frozen=True, slots=True, kw_only=True)
class SidecarFacts:
    """The facts in an XMP sidecar. There is never a place among them."""

    captions: Captions = field(default_factory=Captions)
    credit: Credit = field(default_factory=Credit)
    taken_at: datetime | None = None
    unused: frozenset[str] = frozenset()  # the names of properties that were not read
