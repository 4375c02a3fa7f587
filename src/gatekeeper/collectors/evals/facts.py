"""Results of an evaluation of prompts: promptfoo, Inspect, DeepEval, ragas, Langfuse, OpenAI.

The format is recognised from the content. The listed cases are counted. The counters are not used, but if
they report failures that are not listed, these are failures too, and so is a run that ended in an error. A
report is partial if its run was interrupted, limited or filtered, or if it counts more cases, scores or
failed assertions than it lists. Several files are merged, and all of them must be readable.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gatekeeper.model.evidence import Finding


class EvalsFacts(NamedTuple):
    """Results of an evaluation; a fact is null if the files do not state it.

    A case is one input to one prompt and one model: a row of promptfoo or ragas, a sample of Inspect, a test
    case of DeepEval, an item of Langfuse or OpenAI. Its own verdict decides whether it failed; if it has
    scores only, it passed if each of them is full.
    """

    total: int | None = None
    """Cases listed."""
    failed: tuple[Finding, ...] | None = None
    """Cases that failed, including errors, and other failures: a run that ended in an error."""
    pass_pct: float | None = None
    """Cases that passed, 0 to 100; null if no case is listed."""
    errors: int | None = None
    """Cases that failed before they could be judged: the model or the grader returned an error."""
    metrics: Mapping[str, Any] | None = None
    """Name of a metric or scorer -> share of its checks that passed, 0 to 100, whatever the case's verdict.

    Assertions of promptfoo that were not judged because of an error count as failed. Inspect's scorers count
    for the samples they scored. Null if no check has a name, or the report has verdicts only.
    """
    scores: Mapping[str, Any] | None = None
    """Name of a metric or scorer -> mean of its scores, on the tool's own scale.

    A metric that did not score every case is missing: the mean of the others would hide it. Null if no tool
    gave numbers.
    """
    assertions_failed: tuple[Finding, ...] | None = None
    """Checks that failed, also in cases that passed: promptfoo's `threshold` allows it.

    Checks that were declared to decide nothing are omitted. Null if the report has verdicts only.
    """
    unasserted: tuple[Finding, ...] | None = None
    """Cases that passed because nothing judged them, or only what holds for any answer.

    An empty text that the answer contains, a function that returns true, a threshold or a weight of zero, a
    limit of cost or time.
    """
    prompts: tuple[str, ...] | None = None
    """The prompts that were evaluated, each once and without their versions; null if no case names one.

    A case names it in the label of promptfoo (`summarise@1.2.0`), in the `prompt` of Inspect's metadata or
    task arguments or as the task, or in the `prompt` of DeepEval's metadata.
    """


FACTS = EvalsFacts
AMOUNTS = ("total",)
MEASURES = True
