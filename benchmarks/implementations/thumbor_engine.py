"""thumbor: its Pillow engine, called once for each size as its server does for a request."""

from collections.abc import Iterator

from thumbor.config import Config
from thumbor.context import Context, RequestParameters
from thumbor.engines.pil import Engine

from benchmarks.implementations.worker import WIDTHS, serve, unchanged


def renditions(data: bytes) -> Iterator[bytes]:
    """Load, transpose, resize and encode."""
    for rendition_width in WIDTHS:
        context = Context(config=Config(QUALITY=80, RESPECT_ORIENTATION=True))
        context.request = RequestParameters(width=rendition_width, height=0)
        engine = Engine(context)
        engine.load(data, ".jpg")
        engine.reorientate()
        width, height = engine.size
        engine.resize(rendition_width, round(height * rendition_width / width))
        yield engine.read(".jpg", 80)


if __name__ == "__main__":
    serve(renditions, unchanged)
