"""Write another credit into a published file: an original or a rendition.

The pixels stay the same bytes. The original of a TIFF is compressed again, without loss.
"""

from typing import BinaryIO

from app.domain.image.credit import Credit
from app.domain.image.credit_choice import CreditChoices
from app.domain.image.credited_file import CreditedFile
from app.domain.image.image_options import ImageOptions
from app.imaging import decode
from app.imaging.metadata import remove_metadata, tiff
from app.imaging.metadata.result import CleanFile
from app.imaging.pipeline import ImageLimits, map_or_read


def write_credit(file: BinaryIO, limits: ImageLimits, credit: Credit) -> CreditedFile:
    """Replace the credit in a published file.

    Args:
        file: The file, which is seekable.
        limits: The limits of the site, and the metadata that its files keep.
        credit: The credit of the photo. An empty credit removes the one in the file.

    Raises:
        ImageTooLarge: A TIFF has too many pixels or takes too much memory.
        UnreadableImage: The file is damaged.
    """
    options = ImageOptions(credit=CreditChoices(record=credit))
    with decode.translate_memory_errors():
        cleaned = remove_metadata(map_or_read(file), limits.keep_rules(options))
        is_tiff = cleaned.format == "TIFF"
        body = _encode_tiff(cleaned, limits) if is_tiff else cleaned.body
    return CreditedFile(body, states_credit=cleaned.kept.written is not None)


def _encode_tiff(cleaned: CleanFile, limits: ImageLimits) -> bytes:
    image = decode.open_image(cleaned, limits.max_pixels)
    decode.decode(image, cleaned)
    return tiff.reencode(image, cleaned.kept)
