"""Options for processing one image. The settings hold for all images."""

from dataclasses import asdict, dataclass, field
from typing import Any, Self

from app.domain.image.credit_choice import CreditChoices


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageOptions:
    """By how many clockwise quarter turns an image is turned, and the credit that is chosen.

    With `only_credit`, the file gets the credit of the record and nothing else is made.
    """

    quarter_turns: int = 0
    turn_original: bool = True  # False: for HEIC and AVIF, turn only the renditions
    credit: CreditChoices = field(default_factory=CreditChoices)
    only_credit: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the options as JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Return the options that `to_dict` gave."""
        credit = CreditChoices.from_dict(values["credit"])
        return cls(**{**values, "credit": credit})


DEFAULT = ImageOptions()
