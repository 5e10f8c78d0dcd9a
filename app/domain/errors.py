"""Everything that can go wrong, as one tree; `app/web/errors.py` turns it into HTTP.

ShoeboxError
├── InvalidText          what was typed cannot be kept (names the field)
├── InvalidUpload        the file cannot become a photo
│   ├── UnreadableImage  it is no image we open, or a broken one
│   ├── FileTooLarge     more bytes than allowed
│   ├── ImageTooLarge    more pixels than allowed
│   └── QuotaReached     there is no room for one more photo
├── Busy                 as many photos are being prepared as this machine can
│   └── Moving           the photo is on its way to the trash or back
├── PhotoNotFound        no such photo, or not for this visitor
├── AlreadyPublished     the id or the upload is taken (names the photo that has it)
├── EditConflict         somebody else changed the photo first
├── ObjectNotFound       the store has nothing under that key
└── StorageError         the storage did not do its part
    ├── StorageUnavailable  it may work in a moment: throttled, timed out, 5xx
    └── StorageRefused      it will not work until the operator changes something
"""

from app.domain.messages import Message, message


class ShoeboxError(Exception):
    """The root: `str()` of any of them is one sentence for the person who meets it.

    The web says `sentence` in the visitor's language; what only the operator reads may be a plain string.
    """

    def __init__(self, message: Message | str) -> None:
        super().__init__(message)
        self.message = message


class InvalidText(ShoeboxError):
    """Something typed cannot be kept; `field` is the form field's name."""

    def __init__(self, field: str, message: Message) -> None:
        super().__init__(message)
        self.field = field


class InvalidUpload(ShoeboxError):
    """The file cannot become a photo."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)


class UnreadableImage(InvalidUpload):
    """The file is no image of a kind we open, or it is damaged."""


class FileTooLarge(InvalidUpload):
    """The file has more bytes than one photo may have."""


class ImageTooLarge(InvalidUpload):
    """The image has more pixels than one photo may have."""


class QuotaReached(InvalidUpload):
    """There is no room for one more photo of this contributor's, or at all."""


_BUSY = message("The site is busy. Try this photo again in a moment.")


class Busy(ShoeboxError):
    """As many photos are being prepared as this machine can; it passes within seconds."""

    def __init__(self, message: Message = _BUSY) -> None:
        super().__init__(message)


class PhotoBusy(Busy):
    """Somebody else is moving the photo to the trash or back; it passes within minutes."""

    def __init__(self) -> None:
        super().__init__(
            message("This photo is being deleted or restored. Try again in a few minutes.")
        )


class PhotoNotFound(ShoeboxError):
    """There is no such photo, or it is not for this visitor."""

    def __init__(self, photo_id: str) -> None:
        super().__init__(message("We can’t find this photo. It may have been deleted."))
        self.photo_id = photo_id


class AlreadyPublished(ShoeboxError):
    """The photo id or the upload is taken; `photo_id` names the photo that has it."""

    def __init__(self, photo_id: str) -> None:
        super().__init__(message("This photo is already published."))
        self.photo_id = photo_id


class EditConflict(ShoeboxError):
    """The photo is no longer at the version the edit began from."""

    def __init__(self, photo_id: str) -> None:
        super().__init__(
            message("Someone else edited this photo. Check their version, then save again.")
        )
        self.photo_id = photo_id


class ObjectNotFound(ShoeboxError):
    """The object store has nothing under `key`."""

    def __init__(self, key: str) -> None:
        super().__init__(message("There is no object %(key)s.").with_values(key=key))
        self.key = key


class StorageError(ShoeboxError):
    """The storage did not do its part; the vendor's error is the `__cause__`."""


class StorageUnavailable(StorageError):
    """The storage is throttling, timing out or failing: the same call may work in a moment."""


class StorageRefused(StorageError):
    """The storage will not do it until the operator mends a name, a permission or a disk."""
