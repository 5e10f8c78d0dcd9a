"""thumbor: its Pillow engine, a request a size, as its server runs it."""

from collections.abc import Iterator

from thumbor.config import Config
from thumbor.context import Context, RequestParameters
from thumbor.engines.pil import Engine

from benchmarks.contestants.worker import as_it_is, serve

RUNGS = (320, 640, 1280, 2048)


def renditions(data: bytes) -> Iterator[bytes]:
    """Load, turn upright, resize, encode."""
    for rung in RUNGS:
        context = Context(config=Config(QUALITY=80, RESPECT_ORIENTATION=True))
        context.request = RequestParameters(width=rung, height=0)
        engine = Engine(context)
        engine.load(data, ".jpg")
        engine.reorientate()
        width, height = engine.size
        engine.resize(rung, round(height * rung / width))
        yield engine.read(".jpg", 80)


if __name__ == "__main__":
    serve(renditions, as_it_is)
