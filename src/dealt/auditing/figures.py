"""What the last rounds of the auditor found, for ``/metrics``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dealt.auditing import queries
from dealt.kernel.db import Connection, Record


class AuditMetrics(Collector):
    """The workers' last round of each workspace: ``refresh`` before each scrape."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._rows: Sequence[Record] = ()
        registry.register(self)

    async def refresh(self, connection: Connection) -> None:
        """Read the figures."""
        self._rows = await connection.fetch(queries.FIGURES)

    def collect(self) -> Iterator[Metric]:
        """The families."""
        drift = GaugeMetricFamily(
            "dealt_audit_drift", "Derived values that the last whole audit found wrong; 0 is right.",
            labels=["workspace"],
        )  # fmt: skip
        looked = GaugeMetricFamily("dealt_audit_looked", "Objects that it looked at.", labels=["workspace"])
        ended = GaugeMetricFamily(
            "dealt_audit_finished_timestamp_seconds", "When it ended.", labels=["workspace"]
        )  # fmt: skip
        for row in self._rows:
            labels = [str(row["workspace_id"])]
            drift.add_metric(labels, row["drift"])
            looked.add_metric(labels, row["looked"])
            ended.add_metric(labels, row["finished_at"].timestamp())
        yield from (drift, looked, ended)
