"""One change of many photos: each succeeds or fails by itself, and each failure is told in words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from app.domain.errors import ShoeboxError, StorageError
from app.domain.photo import Photo
from app.web.auth import access
from app.web.context import photo_service
from app.web.errors import user_message


@dataclass(frozen=True, slots=True)
class ItemError:
    """One photo that stays as it was; `title` is empty where there is no such photo for this visitor."""

    photo_id: str
    title: str
    error: ShoeboxError | access.AccessError

    @property
    def message(self) -> str:
        """Why, and what to do."""
        return user_message(self.error)


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What has become of the chosen photos."""

    changed: list[Photo] = field(default_factory=list)
    errors: list[ItemError] = field(default_factory=list)


def apply_to_each(photo_ids: Iterable[str], change: Callable[[Photo], Photo]) -> BulkResult:
    """Change photos one after another, as far as they are the visitor's to change."""
    outcome = BulkResult()
    waiting: StorageError | None = None
    for photo_id in photo_ids:
        title = ""
        try:
            if waiting:  # what keeps one photo waiting keeps the others waiting too: the visitor hears of it now
                raise waiting
            photo = photo_service().get_any_state(photo_id)
            access.require_change(photo)
            title = photo.title
            outcome.changed.append(change(photo))
        except (ShoeboxError, access.AccessError) as error:
            if isinstance(error, StorageError):
                waiting = error
            outcome.errors.append(ItemError(photo_id, title, error))
    return outcome
