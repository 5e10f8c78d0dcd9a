"""Run all benchmarks, or those that the command line names."""

import argparse
import os

from benchmarks import (
    aws_search,
    capacity,
    catalog,
    gallery,
    hashing,
    image_bytes,
    maintenance,
    party,
    requests,
    servers,
    site,
    tags,
    zip_memory,
)
from benchmarks.images import pipeline, rendition_quality, resizers, upload_ratio

BENCHMARKS = {
    "pipeline": pipeline.main,
    "rendition_quality": rendition_quality.main,
    "site": site.main,
    "upload_ratio": upload_ratio.main,
    "resizers": resizers.main,
    "servers": servers.main,
    "gallery": gallery.main,
    "requests": requests.main,
    "hashing": hashing.main,
    "image_bytes": image_bytes.main,
    "catalog": catalog.main,
    "capacity": capacity.main,
    "tags": tags.main,
    "aws_search": aws_search.main,
    "zip_memory": zip_memory.main,
    "maintenance": maintenance.main,
    "party": party.main,
}


def main() -> None:
    """Run the benchmarks one after the other."""
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(BENCHMARKS))
    parser.add_argument("--photos", metavar="folder", help="use its photos, as SHOEBOX_PHOTOS does")
    options = parser.parse_args()
    unknown = set(options.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    if options.photos:
        os.environ["SHOEBOX_PHOTOS"] = options.photos
    for name in options.names or BENCHMARKS:
        BENCHMARKS[name]()


if __name__ == "__main__":
    main()
