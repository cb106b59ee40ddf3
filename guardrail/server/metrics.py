"""What is counted, as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)


class Metrics:
    """The counters of one server."""

    def __init__(self, waiting: Callable[[], float] = lambda: 0.0) -> None:
        """`waiting` gives how many tasks are not answered yet."""
        self._registry = CollectorRegistry()
        self._decisions = Counter(
            "guardrail_decisions",
            "Decisions, by what asked for them and the verdict.",
            ("kind", "verdict"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "guardrail_decision_seconds",
            "Time from a request to its decision.",
            ("kind",),
            buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 600),
            registry=self._registry,
        )
        self._refused = Counter(
            "guardrail_refused_requests",
            "Requests that were not authentic, or not understood.",
            ("kind",),
            registry=self._registry,
        )
        self._unanswered = Counter(
            "guardrail_unanswered_tasks",
            "Run tasks of which the result was not taken.",
            registry=self._registry,
        )
        Gauge(
            "guardrail_waiting_tasks",
            "Run tasks that are not answered yet.",
            registry=self._registry,
        ).set_function(waiting)

    def judged(self, kind: str, verdict: str, seconds: float) -> None:
        """Count a decision."""
        self._decisions.labels(kind, verdict).inc()
        self._seconds.labels(kind).observe(seconds)

    def refused(self, kind: str) -> None:
        """Count a request that was refused."""
        self._refused.labels(kind).inc()

    def unanswered(self) -> None:
        """Count a task that was judged in vain."""
        self._unanswered.inc()

    def shown(self) -> bytes:
        """Everything, in the text format."""
        return generate_latest(self._registry)
