"""The type into which every format of evaluation results is read."""

import re
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Finding, Origin
from gatekeeper.syntax.json import Object
from gatekeeper.syntax.yaml import Step


class Item(NamedTuple):
    """A case as a report writes it."""

    name: str
    """For messages."""
    node: Node

    def finding(self, message: str, *path: Step) -> Finding:
        """Return a finding about the case, or about a part of it."""
        return self.node.document.finding(f"{self.name}: {message}", *self.node.path, *path)


class Check(NamedTuple):
    """One assertion, score or metric that judged a case."""

    metric: str | None
    """The name under which checks are counted together."""
    passed: bool
    failure: Finding | None = None
    """None also if the check failed and was declared not to decide anything."""
    score: float | None = None
    """The number that the tool gave; None if it gave a verdict or a word."""


class EvalCase(NamedTuple):
    """One input to one prompt and model, judged: a row, a sample, a test case."""

    failure: Finding | None = None
    """None: the case passed."""
    unasserted: Finding | None = None
    """Set if the case passed because nothing judged it."""
    checks: tuple[Check, ...] | None = ()
    """None: the case was judged, and the report does not say by what."""
    errored: bool = False
    """Whether it failed before it could be judged."""
    prompt: str | None = None
    """The prompt in the prompt registry; None if the report does not name it."""


class EvalReport(NamedTuple):
    """The results of one file. A format of this kind returns it."""

    origin: Origin
    cases: Sequence[EvalCase]
    unlisted: tuple[Finding, ...] = ()
    """Failures other than those of the cases: an error of the run, counters above what is listed."""


_PROMPT = re.compile(
    r"(?:.*/)?([A-Za-z0-9][\w.-]*?)(?:\.(?:txt|md|json|ya?ml|j2|js|ts|py))?(?:@[\w.+-]+)?", re.ASCII
)


def prompt_named(label: object) -> str | None:
    """Return the prompt of a label: `summarise`, `summarise@1.2.0`, or `prompts/summarise.txt: Sum up`."""
    named = _PROMPT.fullmatch(label.partition(": ")[0].strip()) if isinstance(label, str) else None
    return named[1] if named else None


def compared(report: EvalReport, failed: int, total: int, document: Structured, *path: Step) -> EvalReport:
    """Return a report with what its counters, at `path`, show beyond the listed cases."""
    origin, cases, unlisted = report
    shown = sum(case.failure is not None for case in cases)
    if failed > shown:
        message = f"the counters report {failed} failed, the listed cases show {shown}"
        unlisted = (*unlisted, document.finding(message, *path))
    if total > len(cases):
        origin = origin._replace(partial=(f"{len(cases)} of {total} cases are listed", *origin.partial))
    return EvalReport(origin, cases, unlisted)


def number(score: object) -> float | None:
    """Return a score that is a number; None for a verdict or a word."""
    return float(score) if isinstance(score, int | float) and not isinstance(score, bool) else None


def only_object(content: Content) -> Object:
    """Return the only document of a file if that is an object, else an empty object.

    A format is recognised by the keys of this object.
    """
    return content.object


brief = partial(one_line, longest=80)
"""Text on one line, shortened: inputs and outputs of models may be long."""
