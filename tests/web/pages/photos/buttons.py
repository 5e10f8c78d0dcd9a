"""Press the buttons of the page of a photo."""

from tests.visitor import Visitor


def press(visitor: Visitor, photo_id: str, verb: str) -> int:
    """Press a button of the photo's page; return the status of the response."""
    return visitor.post(f"/photos/{photo_id}/{verb}", visitor.fields("/upload")).status_code
