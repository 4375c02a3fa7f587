"""A log of Inspect, https://inspect.aisi.org.uk/eval-logs.html, file format version 2.

A sample passes if every one of its scores is full: `C`, true or 1. A sample that is incorrect (`I`), partial
(`P`), unanswered (`N`) or scored on another scale does not pass, and neither does one without a score.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from gatekeeper.collectors.evals._report import (
    Check,
    EvalCase,
    EvalReport,
    Item,
    brief,
    compared,
    number,
    prompt_named,
)
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.figures import count, first_text, mapping, objects, section, shown, text
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.one_line import first_line, one_line
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.reading.subjects import repositories
from gatekeeper.model.evidence import Finding, Origin, oldest
from gatekeeper.syntax.json import Object

_FULL = frozenset({"C", "yes", "true"})
"""The letters and words that Inspect itself counts as 1."""
_STAND_INS = frozenset({"mockllm", "none"})
_COMPARES = frozenset({"includes", "match"})
"""Scorers that every answer satisfies if the target is empty."""


def report(document: Structured) -> EvalReport:
    """Return the results of a log."""
    log = document.object
    samples = [_item(sample) for sample in Node.of(document).list_of("samples")]
    cases = [_case(sample)._replace(prompt=_prompt(sample)) for sample in samples]
    return compared(
        EvalReport(_origin(log, cases), cases, tuple(_errors(document))), 0, _planned(log), document
    )


def _origin(log: Object, cases: Sequence[EvalCase]) -> Origin:
    spec = mapping(log["eval"], "eval")
    version = section(spec, "packages").get("inspect_ai")
    # The revision of a task from a package is that of the package.
    revision = {} if "/" in str(spec.get("task_registry_name")) else section(spec, "revision")
    return Origin(
        "inspect-ai",
        producer=f"inspect_ai {version}" if isinstance(version, str) else None,
        produced_at=_produced_at(log),
        commit=None if revision.get("dirty") else first_text(revision, "commit"),
        subjects=repositories(revision.get("origin")),
        partial=tuple(_partial(log, cases)),
        items=len(cases),
    )


def _errors(document: Structured) -> Iterator[Finding]:
    error = document.object.get("error")
    if document.object["status"] == "error" or error:
        said = first_line(first_text(section(document.object, "error"), "message") or "")
        yield document.finding("the run ended in an error" + (f": {said}" if said else ""), "status")
    samples = objects(document.object.get("samples") or [], "samples")
    if document.object.get("invalidated") is True and not any(one.get("invalidation") for one in samples):
        yield document.finding("samples were declared invalid", "invalidated")


def _planned(log: Object) -> int:
    """Return the samples of the run, or of the whole dataset, if the log states it."""
    spec = section(log, "eval")
    epochs = count(section(spec, "config").get("epochs") or 1, "eval.config.epochs")
    samples = count(section(spec, "dataset").get("samples") or 0, "eval.dataset.samples")
    total = count(section(log, "results").get("total_samples") or 0, "results.total_samples")
    return max(total, epochs * samples)


def _partial(log: Object, cases: Sequence[EvalCase]) -> Iterator[str]:
    spec, results = section(log, "eval"), section(log, "results")
    if (status := text(log["status"], "status")) != "success":
        yield f"the status of the run is {shown(status)}"
    if section(spec, "dataset").get("samples") is None:
        config = section(spec, "config")
        for name in ("limit", "sample_id"):
            if config.get(name) is not None:
                yield f"the run was limited: `{name}` is {shown(config[name])}"
    total = count(results.get("total_samples") or 0, "results.total_samples")
    completed = count(results.get("completed_samples", total), "results.completed_samples")
    if completed + sum(case.errored for case in cases) < total:
        yield f"{completed} of {total} samples were completed"
    yield from _unscored(log, cases)


def _unscored(log: Object, cases: Sequence[EvalCase]) -> Iterator[str]:
    """Yield the scorers that did not score every sample that was judged."""
    judged = [case for case in cases if case.checks and not case.errored]
    seen = Counter(check.metric for case in judged for check in case.checks or ())
    for score in objects(section(log, "results").get("scores") or [], "results.scores"):
        names = [name for name in (score.get("scorer"), score.get("name")) if isinstance(name, str)]
        if judged and names and seen.keys().isdisjoint(names):
            yield f"no sample shows a score of {brief(names[0])}"
    for name, scored in seen.items():
        if scored < len(judged):
            yield f"{scored} of {len(judged)} samples show a score of {brief(name or '')}"


def _produced_at(log: Object) -> datetime | None:
    """Return the oldest time: a log that was continued has samples that are older than its end."""
    ended = section(log, "stats").get("completed_at") or mapping(log["eval"], "eval").get("created")
    samples = (sample.get("completed_at") for sample in objects(log.get("samples") or [], "samples"))
    return oldest(map(instants.from_text, [ended, *filter(None, samples)]))


def _item(node: Node) -> Item:
    """Return a sample; its name has the epoch, if the sample was repeated, the task and the model."""
    value, spec = node.object(), section(node.document.object, "eval")
    id_, epoch = value.get("id"), value.get("epoch")
    sample = f"sample {brief(id_) if isinstance(id_, str) else shown(id_)}"
    repeated = f" of epoch {epoch}" if isinstance(epoch, int) and epoch > 1 else ""
    names = (spec.get(key) for key in ("task", "model"))
    by = "; ".join(brief(name) for name in names if isinstance(name, str) and name.strip())
    return Item(f"{sample}{repeated} [{by}]" if by else sample + repeated, node)


def _case(sample: Item) -> EvalCase:
    value = sample.node.object()
    scores = {
        scorer: mapping(score, f"{sample.name}: the score {shown(scorer)}").get("value")
        for scorer, score in mapping(value.get("scores") or {}, f"{sample.name}: scores").items()
    }
    failed = {
        scorer: f"{brief(scorer)} gives {_shown(score)}"
        for scorer, score in scores.items()
        if not _is_full(score)
    }
    found = {scorer: sample.finding(message, "scores", scorer) for scorer, message in failed.items()}
    checks = tuple(
        Check(scorer, scorer not in failed, found.get(scorer), number(score))
        for scorer, score in scores.items()
    )
    if (error := value.get("error")) is not None:
        reason = first_line(first_text(mapping(error, f"{sample.name}: error"), "message") or "")
        return EvalCase(sample.finding(reason or "an error without a message"), None, checks, errored=True)
    if value.get("invalidation") is not None:
        return EvalCase(sample.finding("declared invalid"), None, checks)
    if not checks:
        return EvalCase(sample.finding("no scorer judged it"))
    if failed:
        return EvalCase(sample.finding(one_line(", ".join(failed.values()))), None, checks)
    model = section(sample.node.document.object, "eval").get("model")
    if isinstance(model, str) and model.partition("/")[0] in _STAND_INS:
        return EvalCase(None, sample.finding(f"{model} answers, and no model"), checks)
    targets = value.get("target", "?")
    is_blank = not any(
        str(target).strip() for target in (targets if isinstance(targets, list) else [targets])
    )
    if is_blank and scores.keys() <= _COMPARES:
        return EvalCase(None, sample.finding("every answer includes its empty target"), checks)
    return EvalCase(None, None, checks)


def _prompt(sample: Item) -> str | None:
    spec = section(sample.node.document.object, "eval")
    holders = (sample.node.object().get("metadata"), spec.get("task_args"), spec.get("metadata"))
    stated = (prompt_named(holder.get("prompt")) for holder in holders if isinstance(holder, dict))
    return next(filter(None, stated), None) or prompt_named(spec.get("task"))


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
