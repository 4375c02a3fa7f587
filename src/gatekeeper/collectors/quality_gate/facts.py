"""The verdict of a quality gate on a code base: SonarQube's quality gate, or the scores of OpenSSF Scorecard.

A gate has conditions that are met or not; a scorecard has checks, each with a score and no verdict. Several
files are merged: the worst status and the lowest score count. What a tool did not decide (`NONE`, a score of
-1) is neither a pass nor a failure. A condition with an unknown status is not understood.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gatekeeper.model.evidence import Finding


class QualityGateFacts(NamedTuple):
    """Facts about a quality gate; null if the files do not state them."""

    status: str | None = None
    """`passed`, `warned` or `failed`; `failed` also if a gate that passed has a condition that is not met."""
    failed: tuple[Finding, ...] | None = None
    """Conditions that are not met, those that only warn, too; null if the files have scores only."""
    passed: tuple[str, ...] | None = None
    """The names of the conditions that are met, each once; null if the files have scores only."""
    undecided: tuple[Finding, ...] | None = None
    """Conditions and checks that the tool did not decide."""
    score: float | None = None
    """The score of the whole: 0 to 10 of OpenSSF Scorecard."""
    scores: Mapping[str, Any] | None = None
    """Name of a check -> its score, 0 to 10; a check that is undecided is missing."""


FACTS = QualityGateFacts
AMOUNTS = ("passed",)
MEASURES = True
PLACES = {
    "condition": frozenset({"status", "failed", "passed"}),
    "list": frozenset(QualityGateFacts._fields),
}
