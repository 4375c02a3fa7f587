"""What every format of evaluation results is read into."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class Check(NamedTuple):
    """One assertion, score or metric that judged a case."""

    metric: str | None
    """The name under which checks of a kind are counted."""
    passed: bool
    failure: Finding | None = None
    """Null also where a check that failed was never meant to decide anything."""


class EvalCase(NamedTuple):
    """One input to one prompt and model, judged: a row, a sample, a test case."""

    failure: Finding | None = None
    """Null where the case passed."""
    unasserted: Finding | None = None
    """Set where the case passed because nothing judged it."""
    checks: tuple[Check, ...] | None = ()
    """Null where the case was judged and the report does not say by what."""
    errored: bool = False
    """Whether it failed before it could be judged."""


class EvalReport(NamedTuple):
    """The results of one file."""

    format: str
    cases: Sequence[EvalCase]
    unlisted: tuple[Finding, ...] = ()
    """Failures beside those of the cases: a run that broke off, counters that tell of more."""
    produced_at: datetime | None = None


def brief(text: str, longest: int = 80) -> str:
    """Return text on one line, cut short: inputs and outputs of models are of any length."""
    line = " ".join(text[: 2 * longest].split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
