"""One change of many photos: each succeeds or fails by itself, and each failure is told in words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from app.domain.errors import ShoeboxError, StorageError
from app.domain.photo import Photo
from app.web.auth import access
from app.web.context import library
from app.web.errors import sentence_of


@dataclass(frozen=True, slots=True)
class Refusal:
    """One photo that stays as it was; `title` is empty where there is no such photo for this visitor."""

    photo_id: str
    title: str
    error: ShoeboxError | access.AccessError

    @property
    def message(self) -> str:
        """Why, and what to do."""
        return sentence_of(self.error)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has become of the chosen photos."""

    changed: list[Photo] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


def change_each(photo_ids: Iterable[str], change: Callable[[Photo], Photo]) -> Outcome:
    """Change photos one after another, as far as they are the visitor's to change."""
    outcome = Outcome()
    waiting: StorageError | None = None
    for photo_id in photo_ids:
        title = ""
        try:
            if waiting:  # what keeps one photo waiting keeps the others waiting too: the visitor hears of it now
                raise waiting
            photo = library().find(photo_id)
            access.require_change(photo)
            title = photo.title
            outcome.changed.append(change(photo))
        except (ShoeboxError, access.AccessError) as error:
            if isinstance(error, StorageError):
                waiting = error
            outcome.refusals.append(Refusal(photo_id, title, error))
    return outcome
