"""Write the first letter of a finished text as a capital.

In many languages, names of months, days and facts have small letters inside a sentence. They have a
capital at its beginning, in a heading and in a link of its own.
"""


def capitalized(text: str) -> str:
    """Return the text with a capital first letter; the others stay."""
    return f"{text[:1].upper()}{text[1:]}"
