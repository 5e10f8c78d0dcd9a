"""Change many photos, each on its own, and report every failure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from app.domain.errors import ShoeboxError, StorageError
from app.domain.photo import Photo
from app.web.auth import access, access_errors
from app.web.context import photo_service
from app.web.errors import user_message
from app.web.operations import admin_log


@dataclass(frozen=True, slots=True)
class ItemError:
    """One photo that was not changed; `photo` is None if the visitor may not see it."""

    photo_id: str
    photo: Photo | None
    error: ShoeboxError | access_errors.AccessError

    @property
    def message(self) -> str:
        """The reason why the photo was not changed, and the remedy."""
        return user_message(self.error)


@dataclass(frozen=True, slots=True)
class BulkResult:
    """The photos that were changed and those that were not.

    Attributes:
        changed: The photos that are now as the visitor wants them.
        written: Those of them that were not like that before.
        errors: The photos that were not changed.
    """

    changed: list[Photo] = field(default_factory=list)
    written: list[Photo] = field(default_factory=list)
    errors: list[ItemError] = field(default_factory=list)


def apply_to_each(
    photo_ids: Iterable[str],
    change: Callable[[Photo], Photo],
    require: Callable[[Photo], None] = access.require_change,
) -> BulkResult:
    """Apply `change` to the photos that the visitor may change, one after another.

    `require` raises AccessError for a photo that the visitor may not change in this way.

    After a storage error the remaining photos are reported with the same error: they would wait
    for the same timeout.
    """
    result = BulkResult()
    storage_error: StorageError | None = None
    for photo_id in photo_ids:
        found: Photo | None = None
        try:
            if storage_error:
                raise storage_error
            photo = photo_service().get_any_state(photo_id)
            require(photo)
            found = photo
            changed = change(photo)
            admin_log.note_photo(photo_id)
            result.changed.append(changed)
            if changed.version != photo.version:
                result.written.append(changed)
        except (ShoeboxError, access_errors.AccessError) as error:
            if isinstance(error, StorageError):
                storage_error = error
            result.errors.append(ItemError(photo_id, found, error))
    return result
