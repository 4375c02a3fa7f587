"""Results of an evaluation of prompts: promptfoo, Inspect or DeepEval; one file or a glob of them.

The format is recognised from the content. What a report lists counts, not what its counters say; but where
the counters tell of failures that the list does not show, that is a failure too, as is a run that broke off.
An error is a failure. Several files are merged, and all of them must be readable.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gatekeeper.model.evidence import Finding


class EvalsFacts(NamedTuple):
    """What results of an evaluation say; null where they do not.

    A case is one input to one prompt and one model: a row of promptfoo, a sample of Inspect, a test case of
    DeepEval. Its own verdict decides whether it failed.
    """

    total: int | None = None
    """Cases listed."""
    failed: tuple[Finding, ...] | None = None
    """Cases that failed, the errors among them, and whatever else failed: a run that broke off."""
    pass_pct: float | None = None
    """Cases that passed, 0 to 100; null where none is listed."""
    errors: int | None = None
    """How many of the cases failed before they could be judged: the model or the grader gave an error."""
    metrics: Mapping[str, Any] | None = None
    """Name of a metric or scorer -> how many of its checks held, 0 to 100, the case's verdict aside.

    Of promptfoo's assertions also those count that an error kept from judging: they did not hold. Inspect's
    scorers have their say on the samples they scored. Null where no check has a name, or the report tells
    verdicts only.
    """
    assertions_failed: tuple[Finding, ...] | None = None
    """Checks that failed, also in a case that passed: under a `threshold` promptfoo lets it.

    Without those that were declared to decide nothing. Null where the report tells verdicts only.
    """
    unasserted: tuple[Finding, ...] | None = None
    """Cases that passed because nothing judged them."""


FACTS = EvalsFacts
