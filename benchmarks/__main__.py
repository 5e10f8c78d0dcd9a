"""Run all benchmarks, or those that the command line names."""

import sys

from benchmarks import catalog, gallery, pipeline, servers, site

BENCHMARKS = {
    "pipeline": pipeline.main,
    "site": site.main,
    "servers": servers.main,
    "gallery": gallery.main,
    "catalog": catalog.main,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or BENCHMARKS:
        BENCHMARKS[name]()
