"""All exceptions of Shoebox; `app/web/errors.py` turns them into HTTP responses.

ShoeboxError
├── InvalidText             a form field has an invalid text
├── InvalidUpload           the file cannot be published as a photo
│   ├── UnreadableImage     the file is damaged or not a supported image
│   ├── FileTooLarge        the file has too many bytes
│   ├── ImageTooLarge       the image has too many pixels
│   ├── UnusableFile        the file of an import is a link, a device or unreadable
│   └── QuotaReached        the photo does not fit in the quota
├── Busy                    all image workers are busy
│   └── PhotoBusy           another request is moving the photo
├── PhotoNotFound           the photo does not exist, or the visitor may not see it
├── AlbumNotFound           the album does not exist
├── GuestLinkNotFound       no album has the code of the guest link
├── GuestLinkEnded          the time of the guest link is over
├── AlbumClosed             the link of the album has ended
├── AlreadyPublished        a photo with the same id or upload exists
├── EditConflict            the photo has changed since the request read it
├── AlbumConflict           the album has changed since the request read it
├── HiddenByAdmin           only the admin may unhide the photo
├── DeletedByAdmin          only the admin may restore the photo or delete it permanently
├── DeletedByReviewer       only the owner of the album and the admin may do so
├── ObjectNotFound          the object store has no object with the key
├── InternalError           Shoebox has a fault, and the file may be a good photo
└── StorageError            the storage failed
    ├── StorageUnavailable  the failure is temporary: throttling, timeout, 5xx
    └── StorageRefused      the failure is permanent until the operator fixes its cause
"""

from app.domain.file_sizes import to_megabytes
from app.domain.messages import Message, message


class ShoeboxError(Exception):
    """Base class of all exceptions of Shoebox.

    `message` is the text to show. Visitors read a `Message` in their language, so only an error for
    operators may have a plain string.
    """

    def __init__(self, message: Message | str) -> None:
        super().__init__(message)
        self.message = message


class InvalidText(ShoeboxError):
    """A text of the form field named `field` is invalid."""

    def __init__(self, field: str, message: Message) -> None:
        super().__init__(message)
        self.field = field


class InvalidUpload(ShoeboxError):
    """The file cannot be published as a photo."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)


class UnreadableImage(InvalidUpload):
    """The file is damaged or not an image of a supported type."""


_FILE_TOO_LARGE = message("Too large: %(size)s\u00a0MB (limit %(most)s\u00a0MB).")


class FileTooLarge(InvalidUpload):
    """The file has more bytes than are allowed."""

    @classmethod
    def of(cls, size: int, limit: int) -> "FileTooLarge":
        """Return the error for a file of `size` bytes where `limit` bytes are allowed."""
        sizes = {"size": to_megabytes(size), "most": to_megabytes(limit)}
        return cls(_FILE_TOO_LARGE.with_values(**sizes))


class ImageTooLarge(InvalidUpload):
    """The image has more pixels than are allowed."""


class UnusableFile(InvalidUpload):
    """The file of an import is not a regular file inside its folder, or cannot be read."""


class QuotaReached(InvalidUpload):
    """The photo exceeds a quota, of the contributor or of the site."""


_BUSY = message("The site is busy. Try this photo again in a moment.")


class Busy(ShoeboxError):
    """All image workers are busy; a retry may succeed within seconds."""

    def __init__(self, message: Message = _BUSY) -> None:
        super().__init__(message)


class PhotoBusy(Busy):
    """Another request is moving the photo's objects; a retry may succeed within minutes."""

    def __init__(self) -> None:
        super().__init__(
            message("This photo is being hidden, deleted or restored. Try again in a few minutes.")
        )


class PhotoNotFound(ShoeboxError):
    """The photo does not exist, or the visitor may not see it."""

    def __init__(self, photo_id: str) -> None:
        super().__init__(message("We can’t find this photo. It may have been deleted."))
        self.photo_id = photo_id


class AlbumNotFound(ShoeboxError):
    """The album does not exist."""

    def __init__(self, album_id: str) -> None:
        super().__init__(message("We can’t find this album. It may have been deleted."))
        self.album_id = album_id


class GuestLinkNotFound(ShoeboxError):
    """No album has the code of the guest link. It may have had it."""

    def __init__(self) -> None:
        super().__init__(message("This link doesn’t work anymore. Ask the host for a new one."))


class GuestLinkEnded(ShoeboxError):
    """The time of the guest link is over, or it was turned off."""

    def __init__(self) -> None:
        super().__init__(message("This link has ended. Ask the host for a new one."))


class AlbumClosed(ShoeboxError):
    """The link of the album has ended."""

    def __init__(self) -> None:
        super().__init__(message("The link of this album has ended. Its host can open it again."))


class AlreadyPublished(ShoeboxError):
    """A photo with the same id or from the same upload exists; `photo_id` is its id."""

    def __init__(self, photo_id: str) -> None:
        super().__init__(message("This photo is already published."))
        self.photo_id = photo_id


class EditConflict(ShoeboxError):
    """The photo no longer has the version that was to be changed."""

    def __init__(self, photo_id: str) -> None:
        super().__init__(
            message("Someone else changed this photo at the same time. Check it, then try again.")
        )
        self.photo_id = photo_id


class AlbumConflict(ShoeboxError):
    """The album no longer has the version that was to be changed."""

    def __init__(self, album_id: str) -> None:
        super().__init__(
            message("Someone else changed this album at the same time. Check it, then try again.")
        )
        self.album_id = album_id


class HiddenByAdmin(ShoeboxError):
    """Only the admin may unhide the photo."""

    def __init__(self) -> None:
        super().__init__(
            message("The site’s manager has hidden this photo. Only they can unhide it.")
        )


class DeletedByAdmin(ShoeboxError):
    """Only the admin may restore the photo or delete it permanently."""

    def __init__(self) -> None:
        super().__init__(
            message(
                "The site’s manager has deleted this photo. Only they can restore it or delete it "
                "permanently."
            )
        )


class DeletedByReviewer(ShoeboxError):
    """Only a reviewer and the admin may restore the photo or delete it permanently."""

    def __init__(self) -> None:
        super().__init__(
            message(
                "The host of the album has refused this photo. Only they can restore it or delete "
                "it permanently."
            )
        )


class AwaitingReview(ShoeboxError):
    """The photo waits for review, so its owner cannot show it to everyone."""

    def __init__(self) -> None:
        super().__init__(message("This photo waits for review. Show it in the gallery afterward."))


class ObjectNotFound(ShoeboxError):
    """The object store has no object with the key `key`."""

    def __init__(self, key: str) -> None:
        super().__init__(message("There is no object %(key)s.").with_values(key=key))
        self.key = key


class InternalError(ShoeboxError):
    """Shoebox failed, and the file may be a good photo. The original exception is `__cause__`."""

    def __init__(self) -> None:
        super().__init__(
            message(
                "Something went wrong on our side with this photo, and we’ve logged it. "
                "Try again later."
            )
        )


class StorageError(ShoeboxError):
    """The storage failed; the original exception is the `__cause__`."""


class StorageUnavailable(StorageError):
    """The storage is throttled, timed out or failing for now; a retry may succeed."""


class StorageRefused(StorageError):
    """The storage refuses the call until the operator fixes a name, a permission or a disk."""
