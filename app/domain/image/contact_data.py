"""Find e-mail addresses and telephone numbers in short texts."""

import re

_SEPARATORS = r"\s@\uff20<>()\[\],;:\""  # those that are not part of an address
_WORD_START = rf"(?<![^{_SEPARATORS}])"  # the time is linear in the length of a word
_EMAIL = re.compile(
    rf"[<(\[]?(?:mailto:)?{_WORD_START}[^{_SEPARATORS}]+\s?[@\uff20]\s?[^{_SEPARATORS}]+[>)\]]?",
    re.IGNORECASE,
)
# In a URL a name may begin with an at sign: https://example.org/@anna.
_EMAIL_IN_URL = re.compile(r"[^\s/?#&=:]+[@\uff20][^\s/?#&=@]+\.\w")
_NUMBER = re.compile(r"\+?\(?\d(?:[ ().\-/\u2010-\u2015]{0,3}\d){6,}")
_DIGITS = re.compile(r"\d+")
_YEAR = re.compile(r"(?:18|19|20)\d\d", re.ASCII)
_MAX_DATE = 8  # digits
_MAX_ROUNDS = 3


def remove_contact_data(text: str) -> str:
    """Return the text in one line without e-mail addresses and telephone numbers.

    Numbers of 7 digits and more count as telephone numbers, except dates and years. The result is
    empty if parts that were separate become contact data again and again.
    """
    for _ in range(_MAX_ROUNDS):
        without = _NUMBER.sub(_keep_date, _EMAIL.sub(" ", text))
        cleaned = " ".join(without.split())
        if cleaned == text:
            return text
        text = cleaned
    return ""


def has_email(url: str) -> bool:
    """Return whether a decoded URL has an e-mail address."""
    return _EMAIL_IN_URL.search(url) is not None


def _keep_date(match: re.Match[str]) -> str:
    """Return the match if it is a date or a list of years, otherwise a space."""
    text = match[0]
    numbers: list[str] = _DIGITS.findall(text)
    years = [number for number in numbers if _YEAR.fullmatch(number)]
    others = [number for number in numbers if number not in years]
    is_date = len(years) == 1 and all(len(each) <= 2 for each in others)
    is_short = sum(map(len, numbers)) <= _MAX_DATE
    is_kept = not text.startswith("+") and (not others or (is_date and is_short))
    return text if is_kept else " "
