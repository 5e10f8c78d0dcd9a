"""The errors that access rules raise."""


class AccessError(Exception):
    """The visitor may not do that."""


class LoginRequired(AccessError):
    """The visitor must log in first."""


class AdminDisabled(AccessError):
    """The site has no admin password."""


class NotOwner(AccessError):
    """The photo belongs to another contributor."""


class NotAlbumOwner(AccessError):
    """The album belongs to another contributor, or only its owner adds photos to it."""


class NotReviewer(AccessError):
    """Only the owners of the photo's albums and the admin decide about the photo."""


class NotWaiting(AccessError):
    """The photo does not wait for review, so it cannot be refused."""


class TokenRejected(AccessError):
    """The access token is unknown, revoked or expired."""


class NotAllowedByToken(AccessError):
    """The access token is for less than that."""


class NoCookieNeeded(AccessError):
    """The visitor has the same photos in each browser, so no link can carry them."""


class WrongPassword(AccessError):
    """The password is neither the upload password nor the admin password."""
