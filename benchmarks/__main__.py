"""Run all benchmarks, or those that the command line names."""

import sys

from benchmarks import gallery, pipeline, requests, servers, site

BENCHMARKS = {
    "pipeline": pipeline.main,
    "site": site.main,
    "servers": servers.main,
    "gallery": gallery.main,
    "requests": requests.main,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or BENCHMARKS:
        BENCHMARKS[name]()
