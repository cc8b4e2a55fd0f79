"""The auditor: everything that is derived, compared with a computation from nothing."""

from dealt.auditing.auditor import Auditor
from dealt.auditing.figures import AuditMetrics
from dealt.auditing.keeping import newest_rounds, read_standing
from dealt.auditing.model import MOST_FINDINGS, Audit, Standing, shape_drift
from dealt.auditing.rounds import AuditRounds

__all__ = [
    "MOST_FINDINGS",
    "Audit",
    "AuditMetrics",
    "AuditRounds",
    "Auditor",
    "Standing",
    "newest_rounds",
    "read_standing",
    "shape_drift",
]
