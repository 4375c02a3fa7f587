"""A test case of a JUnit report: its name, its place in the source, and its outcome."""

import re
from collections.abc import Mapping, Sequence
from enum import IntEnum

from gatekeeper.collectors.tests._report import failure, is_source_file
from gatekeeper.model.evidence import Finding

_NOT_RUN = frozenset({"notrun", "disabled", "suppressed", "skipped", "ignored", "pending"})
_FAILED = frozenset({"failed", "fail", "failure", "errored", "error"})


class CaseOutcome(IntEnum):
    """The outcome of a test; of several results of one case the worst counts."""

    PASSED = 0
    SKIPPED = 1
    FAILED = 2


RESULTS = {"skipped": CaseOutcome.SKIPPED, "failure": CaseOutcome.FAILED, "error": CaseOutcome.FAILED}
"""The elements inside a case that state its outcome."""


class JunitCase:
    """A test case under construction."""

    def __init__(self, name: str, attributes: Mapping[str, str], suites: Sequence[str]) -> None:
        titles = [*suites, attributes.get("classname", "")]
        self.name = name
        files = [title for title in titles if is_source_file(title)]
        self.file = attributes.get("file") or (files[-1] if files else None)
        line = attributes.get("line")
        self.line = int(line) if line and re.fullmatch(r"[0-9]{1,9}", line) else None
        self.time = attributes.get("time")
        self.outcome = _declared_outcome(attributes)
        self.message = ""

    def note(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Add a result from an element inside the case."""
        outcome = RESULTS[tag]
        if outcome is CaseOutcome.FAILED and not self.message:
            self.message = attributes.get("message", "")
        self.outcome = max(self.outcome, outcome)

    def finding(self) -> Finding:
        """Return the finding of a failed case."""
        return failure(self.name, self.message, self.file, self.line)


def has_outcome(attributes: Mapping[str, str]) -> bool:
    """Return whether a case has an attribute for its outcome, as gtest and ctest write it."""
    return "status" in attributes or "result" in attributes


def _declared_outcome(attributes: Mapping[str, str]) -> CaseOutcome:
    # gtest and ctest state the outcome in an attribute, other tools in an element.
    words = {attributes[name].lower() for name in ("status", "result") if name in attributes}
    if words & _FAILED:
        return CaseOutcome.FAILED
    return CaseOutcome.SKIPPED if words & _NOT_RUN else CaseOutcome.PASSED
