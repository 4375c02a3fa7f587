"""The outcome of a scenario of Cucumber, from the words for its steps and hooks.

A scenario passed only if all of them passed. A step that is pending, undefined or ambiguous makes it fail, as
Cucumber's own run does.
"""

from collections.abc import Iterable
from typing import NamedTuple

from gatekeeper.collectors.tests._report import CaseOutcome

_NOT_RUN = frozenset({"skipped", "untested"})


class StepResult(NamedTuple):
    """The result of a step or hook."""

    status: str
    """Cucumber's word, in any case; empty if the report has none."""
    message: str = ""
    step: str = ""
    """What to call it in a message."""


def outcome(results: Iterable[StepResult]) -> tuple[CaseOutcome, str]:
    """Return the outcome of a scenario with these results, and the message of the first that failed."""
    worst, has_result = CaseOutcome.PASSED, False
    for result in results:
        word, has_result = result.status.lower(), True
        if word in _NOT_RUN:
            worst = CaseOutcome.SKIPPED
        elif word != "passed":
            said = result.message or f"{result.step or 'a hook'} is {word or 'without a status'}"
            return CaseOutcome.FAILED, said
    return (worst, "") if has_result else (CaseOutcome.FAILED, "it has no step")
