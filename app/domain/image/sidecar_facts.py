"""The facts that a sidecar, a file beside a photo, states about it."""

from dataclasses import dataclass, field

from app.domain.image.captions import Captions
from app.domain.image.credit import Credit
from app.domain.image.taken_date import TakenDate


@dataclass(frozen=True, slots=True, kw_only=True)
class SidecarFacts:
    """The facts in an XMP sidecar. There is never a place among them."""

    captions: Captions = field(default_factory=Captions)
    credit: Credit = field(default_factory=Credit)
    taken: TakenDate | None = None
    unused: frozenset[str] = frozenset()  # the names of properties that were not read
