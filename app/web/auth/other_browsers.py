"""Sign out all other browsers of a contributor.

A cookie can be copied, and a transfer link makes several browsers one contributor. Signing out the
others makes one generation of the contributor's cookies the only valid one. It takes two requests:
the first gives this browser the next generation, and the second lets that be the only one. So a
browser whose answer is lost is not signed out itself.
"""

import secrets

from app.web.auth import contributor_cookie
from app.web.auth.contributor_cookie import Identity
from app.web.context import session_revocations


def prepare() -> bool:
    """Give this browser another next generation. Return whether it has a valid cookie at all.

    One that it has already may have been copied together with its cookie.
    """
    identity = contributor_cookie.current_contributor()
    if identity:
        following = identity._replace(next_generation=secrets.token_urlsafe(12))
        contributor_cookie.set_contributor(following)
    return identity is not None


def sign_out() -> bool:
    """Let the next generation be the only valid one. Return whether this browser has it."""
    identity = contributor_cookie.current_contributor()
    if identity is None or not identity.next_generation:
        return False
    generation = identity.next_generation
    session_revocations().set_generation(identity.owner, generation)
    contributor_cookie.set_contributor(Identity(identity.contributor_id, generation))
    return True
