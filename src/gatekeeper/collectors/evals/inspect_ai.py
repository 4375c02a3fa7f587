"""A log of Inspect in JSON, https://inspect.aisi.org.uk/eval-logs.html, file format version 2.

A sample passes if every one of its scores is full: `C`, true or 1. A sample that is incorrect (`I`), partial
(`P`), unanswered (`N`) or scored on another scale does not pass, and neither does one without a score.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from gatekeeper.collectors.evals._report import Check, EvalCase, EvalReport, brief, only_object
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import count, mapping, objects, section, shown, text
from gatekeeper.collectors.reading.one_line import first_line
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Finding
from gatekeeper.syntax.json import Object

_FULL = frozenset({"C", "yes", "true"})
"""The letters and words that Inspect itself counts as 1."""


def recognises(content: Content) -> bool:
    """Return whether the file is such a log."""
    document = only_object(content)
    return isinstance(document.get("eval"), dict) and "status" in document


def read(content: Content) -> EvalReport:
    """Return the results of a log."""
    [document] = content.lines
    log = document.object
    samples = [
        _Sample(sample, document, index)
        for index, sample in enumerate(objects(log.get("samples") or [], "samples"))
    ]
    cases = [_case(sample) for sample in samples]
    unlisted = (*_stopped(document), *_unlisted(document, len(samples)))
    return EvalReport("inspect-ai", cases, unlisted, _produced_at(log))


def _stopped(document: Structured) -> Sequence[Finding]:
    status = text(document.object["status"], "status")
    if status == "success":
        return ()
    error = document.object.get("error")
    message = error.get("message") if isinstance(error, dict) else None
    said = first_line(message) if isinstance(message, str) else ""
    found = f"the status of the run is {shown(status)}" + (f": {said}" if said else "")
    return (document.finding(found, "status"),)


def _unlisted(document: Structured, listed: int) -> Sequence[Finding]:
    """Return a finding if samples were planned and are not in the log."""
    results = section(document.object, "results")
    planned = count(results.get("total_samples", 0), "results.total_samples")
    if planned <= listed:
        return ()
    message = f"the log shows {listed} of {planned} samples"
    return (document.finding(message, "results", "total_samples"),)


def _produced_at(log: Object) -> datetime | None:
    stats = section(log, "stats")
    ended = stats.get("completed_at") or mapping(log["eval"], "eval").get("created")
    return instants.from_text(ended)


class _Sample(NamedTuple):
    """One sample, and its place in the log."""

    value: Object
    document: Structured
    position: int

    def finding(self, message: str, *path: str) -> Finding:
        return self.document.finding(f"{self.name()}: {message}", "samples", self.position, *path)

    def name(self) -> str:
        spec, id_, epoch = self.document.object["eval"], self.value.get("id"), self.value.get("epoch")
        names = [spec.get(key) for key in ("task", "model")] if isinstance(spec, dict) else []
        sample = f"sample {brief(id_) if isinstance(id_, str) else shown(id_)}"
        repeated = f" of epoch {epoch}" if isinstance(epoch, int) and epoch > 1 else ""
        by = [brief(name) for name in names if isinstance(name, str) and name.strip()]
        return f"{sample}{repeated} [{'; '.join(by)}]" if by else sample + repeated


def _case(sample: _Sample) -> EvalCase:
    scores = {
        scorer: mapping(score, f"{sample.name()}: the score {shown(scorer)}").get("value")
        for scorer, score in mapping(sample.value.get("scores") or {}, f"{sample.name()}: scores").items()
    }
    checks = tuple(_check(sample, scorer, value) for scorer, value in scores.items())
    if (error := sample.value.get("error")) is not None:
        said = mapping(error, f"{sample.name()}: error").get("message")
        reason = first_line(said) if isinstance(said, str) else ""
        return EvalCase(sample.finding(reason or "an error without a message"), None, checks, errored=True)
    if sample.value.get("invalidation") is not None:
        return EvalCase(sample.finding("declared invalid"), None, checks)
    if not checks:
        return EvalCase(sample.finding("no scorer judged it"))
    failed = [
        f"{brief(scorer)} gives {_shown(value)}" for scorer, value in scores.items() if not _is_full(value)
    ]
    if not failed:
        return EvalCase(checks=checks)
    return EvalCase(sample.finding(brief(", ".join(failed), 300)), None, checks)


def _check(sample: _Sample, scorer: str, value: object) -> Check:
    if _is_full(value):
        return Check(scorer, passed=True)
    message = f"{brief(scorer)} gives {_shown(value)}"
    return Check(scorer, passed=False, failure=sample.finding(message, "scores", scorer))


def _is_full(value: object) -> bool:
    match value:
        case str():
            return value in _FULL or value.lower() in _FULL
        case dict():
            return bool(value) and all(map(_is_full, value.values()))
        case list():
            return bool(value) and all(map(_is_full, value))
        case _:
            return value == 1  # true, too


def _shown(value: object) -> str:
    return value if isinstance(value, str) and len(value) == 1 else shown(value)
