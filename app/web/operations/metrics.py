"""Count requests, uploads and calls of the storage for Prometheus.

Every label has values of a fixed set: routes as the app declares them, methods, classes of status
codes, stages of uploads, operations of AWS. This module is imported only if METRICS is on. With
several processes, each one counts in files, and any of them reads all files: gunicorn.conf.py names
their folder in PROMETHEUS_MULTIPROC_DIR and gives each worker a number.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
    values,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from app.services.operations.site_status import Queues
from app.web.middleware.request_log import BotoEvents

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

OTHER = "other"
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
# Seconds: from a page of the cache to an upload of many photos.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_SUCCESS, _FAILURE = "success", "failure"


class SiteMetrics:
    """The counters of this process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "shoebox_requests", "requests", ["route", "method", "status"], registry=registry
        )
        self._seconds = Histogram(
            "shoebox_request_seconds",
            "seconds until the response begins",
            ["route"],
            buckets=BUCKETS,
            registry=registry,
        )
        self._uploads = Counter(
            "shoebox_uploads", "upload forms by outcome", ["outcome"], registry=registry
        )
        self._calls = Counter(
            "shoebox_aws_calls", "calls of AWS", ["operation", "outcome"], registry=registry
        )
        self._retries = Counter(
            "shoebox_aws_retries", "further attempts of calls", ["operation"], registry=registry
        )

    def count_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request. `route` is one that the app declares, or a constant."""
        known_method = method if method in METHODS else OTHER
        self._requests.labels(route, known_method, f"{status // 100}xx").inc()
        self._seconds.labels(route).observe(seconds)

    def count_upload(self, outcome: str) -> None:
        """Count an upload form. `outcome` is a stage that failed, or a constant."""
        self._uploads.labels(outcome).inc()

    def count_calls(self, events: BotoEvents) -> None:
        """Count the calls of a boto3 client."""
        events.register("after-call", self._after_call)
        events.register("after-call-error", self._after_error)

    def _after_call(self, event_name: str, parsed: dict[str, Any], **_: Any) -> None:
        metadata = parsed.get("ResponseMetadata", {})
        is_success = metadata.get("HTTPStatusCode", 200) < 300
        operation = event_name.rpartition(".")[2]
        self._calls.labels(operation, _SUCCESS if is_success else _FAILURE).inc()
        self._retries.labels(operation).inc(metadata.get("RetryAttempts", 0))

    def _after_error(self, event_name: str, **_: Any) -> None:
        self._calls.labels(event_name.rpartition(".")[2], _FAILURE).inc()


class QueueCollector(Collector):
    """The lengths of the queues when the metrics are read."""

    def __init__(self, queues: Queues) -> None:
        self._queues = queues

    def collect(self) -> Iterable["Metric"]:
        """Yield one metric with a label for each queue."""
        metric = GaugeMetricFamily(
            "shoebox_queue_length", "photos or reports that wait, at most 100", labels=["queue"]
        )
        for name in ("moving", "pending", "reports"):
            metric.add_metric([name], getattr(self._queues, name))
        yield metric


@cache
def site_metrics(worker: str | None) -> tuple[SiteMetrics, CollectorRegistry]:
    """Return the counters of this process and their registry.

    Args:
        worker: The number of the gunicorn worker, which no other running worker has. A worker that
            takes the place of another one continues its counters.
    """
    if worker is not None:
        # The documented way to count by another number than that of the process.
        values.ValueClass = values.MultiProcessValue(lambda: worker)  # type: ignore[no-untyped-call]
    # The times at which counters began would be as many series as counters.
    disable_created_metrics()  # type: ignore[no-untyped-call]
    registry = CollectorRegistry()
    return SiteMetrics(registry), registry


def exposition(worker: str | None, queues: Queues | None) -> Iterator[bytes]:
    """Yield the metrics of all processes in Prometheus's text format.

    Args:
        worker: The number of this gunicorn worker; None if there is one process.
        queues: The lengths of the queues, None if the storage did not answer.
    """
    if worker is None:
        yield generate_latest(site_metrics(worker)[1])
    else:
        every_process = CollectorRegistry()
        MultiProcessCollector(every_process)  # type: ignore[no-untyped-call]
        yield generate_latest(every_process)
    if queues:
        now = CollectorRegistry()
        now.register(QueueCollector(queues))
        yield generate_latest(now)
