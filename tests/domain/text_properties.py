"""Characters and settings for properties of texts."""

from hypothesis import settings

# Characters that combine, decompose, disappear, or separate tags.
TEXT_CHARACTERS = "aeé\u1ec7가 \n\0\u0301\u0323\u0344\u3099\u034f\u0f73\u202e\ufdd0\ufe0f"
REPEATABLE = settings(derandomize=True, database=None)
