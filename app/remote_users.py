"""The setting that lets a proxy say who a visitor is."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from environs import ValidationError

MAX_USER_NAME = 255  # characters
# A client sets these itself, or they mean something else.
_RESERVED = re.compile(
    "accept.*|authorization|content-.*|cookie|forwarded|host|if-.*|origin|range|referer|sec-.*|"
    "user-agent|x-forwarded-(for|host|port|prefix|proto|protocol|scheme|server|ssl).*|x-real-ip|"
    "x-requested-with"
)


@dataclass(frozen=True, slots=True)
class RemoteUsers:
    """The header of a proxy that names the user, and the users who manage the site."""

    header: str = ""  # such as `Remote-User`; empty: visitors have no user names
    admins: tuple[str, ...] = ()

    @classmethod
    def read(cls, setting: Callable[[str, Callable[[str], None]], str]) -> "RemoteUsers":
        """Return the settings.

        Args:
            setting: Returns the text of a setting, by its name, after it has called a validator.
        """
        header = setting("REMOTE_USER_HEADER", _check_header).strip()
        return cls(header, _split(setting("REMOTE_USER_ADMINS", _check_admins)))

    def problems(self, proxy_hops: int) -> dict[str, str]:
        """Return why the settings can't be used, by name."""
        problems = {}
        if self.header and not proxy_hops:
            problems["REMOTE_USER_HEADER"] = (
                "requires PROXY_HOPS, the number of proxies. Without a proxy, every visitor could "
                "choose a name."
            )
        if self.admins and not self.header:
            problems["REMOTE_USER_ADMINS"] = "requires REMOTE_USER_HEADER."
        return problems


NO_REMOTE_USERS = RemoteUsers()


def is_user_name(text: str) -> bool:
    """Return whether a proxy may send this name.

    Servers join two headers of one name with a comma, so a name with a comma may be forged.
    """
    is_short = 0 < len(text) <= MAX_USER_NAME
    return is_short and text.isprintable() and "," not in text and text == text.strip()


def _split(text: str) -> tuple[str, ...]:
    names = (name.strip() for name in text.split(","))
    return tuple(name for name in names if name)


def _check_header(text: str) -> None:
    name = text.strip()
    is_valid = re.fullmatch("[A-Za-z][A-Za-z0-9-]{0,63}", name) is not None
    is_reserved = _RESERVED.fullmatch(name.lower()) is not None
    if name and (not is_valid or is_reserved):
        raise ValidationError("must be the name of a header that your proxy sets: Remote-User.")


def _check_admins(text: str) -> None:
    if not all(map(is_user_name, _split(text))):
        raise ValidationError("must be user names, separated by commas.")
