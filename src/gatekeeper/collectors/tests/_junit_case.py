"""A test case of a JUnit report that states more than its name: its outcome, tags and line."""

import re
from collections.abc import Mapping

from gatekeeper.collectors.tests._report import TAGGING, CaseOutcome, judged

_RUN = frozenset({"run", "passed", "pass", "success", "successful", "ok", "completed", "complete"})
"""The words of the attributes `status` and `result`, of gtest and ctest for instance, for a pass."""
RESULTS = {
    "skipped": CaseOutcome.SKIPPED,
    "failure": CaseOutcome.FAILED,
    "error": CaseOutcome.FAILED,
    # Surefire's names, which Gradle, nextest and Playwright use too: `flaky` if a later run passed.
    "flakyFailure": CaseOutcome.FLAKY,
    "flakyError": CaseOutcome.FLAKY,
    "rerunFailure": CaseOutcome.FAILED,
    "rerunError": CaseOutcome.FAILED,
}
"""The elements inside a case that state the outcome of a run of it."""


class JunitCase:
    """A test case under construction."""

    def __init__(self, attributes: dict[str, str]) -> None:
        self.attributes = attributes
        line = attributes.get("line")
        self.line = int(line) if line and re.fullmatch(r"[0-9]{1,9}", line) else None
        stated = [judged(attributes[name], _RUN, "") for name in ("status", "result") if attributes.get(name)]
        self.outcome, self.message = max(stated, default=(CaseOutcome.PASSED, ""))
        self.reruns = 0
        self.tags: list[str] = []

    def note(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Add a result from an element inside the case."""
        outcome = RESULTS[tag]
        if outcome is not CaseOutcome.SKIPPED and not self.message:
            self.message = attributes.get("message", "")
        self.reruns += tag.startswith(("flaky", "rerun"))
        self.outcome = max(self.outcome, outcome)

    def tag(self, attributes: Mapping[str, str]) -> None:
        """Add the values of a property that names ids or tags."""
        if attributes.get("name", "").lower() in TAGGING:
            self.tags += re.findall(r"[^\s,;]+", attributes.get("value", ""))
