"""Refuse requests for a reason that the operator reads in the log."""

from app.domain.messages import Message


class RequestRefused(Exception):
    """The request is refused before its view is called. `str()` is the cause, for the log.

    Attributes:
        message: The text for the visitor, who often is the operator setting up a proxy.
    """

    def __init__(self, cause: str, message: Message) -> None:
        super().__init__(cause)
        self.message = message
