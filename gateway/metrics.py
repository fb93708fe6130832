"""What operators see of the gateway: requests by route template, so that no reference is ever a label."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """The metrics of one gateway, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        labels = ["route", "method"]
        self._requests = Counter("http_requests", "Requests answered.", [*labels, "status"], registry=registry)
        self._seconds = Histogram("http_seconds", "Seconds to answer.", labels, buckets=_SECONDS, registry=registry)
        self.in_flight = Gauge("http_requests_in_flight", "Requests being answered.", registry=registry)

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        verb = method if method in _METHODS else "other"
        self._requests.labels(route, verb, status).inc()
        self._seconds.labels(route, verb).observe(seconds)
