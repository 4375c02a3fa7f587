"""Read evidence of the kind `evals`."""

from collections import Counter
from collections.abc import Mapping, Sequence

from gatekeeper.collectors.evals import deepeval, inspect_ai, promptfoo
from gatekeeper.collectors.evals._report import Check, EvalCase, EvalReport
from gatekeeper.collectors.evals.facts import EvalsFacts
from gatekeeper.collectors.reading.files import each, looks_like_json, looks_like_xml, opened
from gatekeeper.collectors.reading.json_lines import parse
from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Collected, Options, Unreadable

_ZIP = b"PK\x03\x04"


def collect(artefact: Artefact, options: Options) -> Collected:  # noqa: ARG001 - this kind has no options
    """Read every file of the artefact and merge the results."""
    reports = each(artefact, _read)
    facts = _merged(reports)
    if not facts.total and not facts.failed:
        raise Absent(f"{artefact.path} holds no result")
    if not facts.failed and len(facts.unasserted or ()) == facts.total:
        raise Absent(f"{artefact.path} holds {facts.total} results, none of which was judged by anything")
    return Collected(
        format=", ".join(sorted({report.format for report in reports})),
        facts=facts,
        # The oldest report tells how old the evidence is.
        produced_at=min((report.produced_at for report in reports if report.produced_at), default=None),
    )


def _read(file: ArtefactFile) -> EvalReport:
    with opened(file) as data:
        return _parsed(file.name, data)


def _parsed(name: str, data: bytes) -> EvalReport:
    if looks_like_xml(data):
        raise Unreadable("XML: results in the format of JUnit are evidence of the kind `tests`")
    if data.startswith(_ZIP):
        raise Unreadable("an archive; a log of Inspect is read as JSON: `inspect log convert --to json`")
    if not looks_like_json(data):
        raise Unreadable("not JSON, so no results of promptfoo, Inspect or DeepEval")
    documents = parse(name, data)
    first = documents[0].value
    if isinstance(first, dict) and promptfoo.recognises_row(first):
        return promptfoo.read_lines(documents)
    if isinstance(first, dict) and len(documents) == 1:
        if promptfoo.recognises(first):
            return promptfoo.read(documents[0])
        if inspect_ai.recognises(first):
            return inspect_ai.read(documents[0])
        if deepeval.recognises(first):
            return deepeval.read(documents[0])
    raise Unreadable("JSON, but no results of promptfoo, Inspect or DeepEval")


def _merged(reports: Sequence[EvalReport]) -> EvalsFacts:
    cases = [case for report in reports for case in report.cases]
    failed = tuple(case.failure for case in cases if case.failure)
    checks = _checks(cases)
    return EvalsFacts(
        total=len(cases),
        failed=(*failed, *(finding for report in reports for finding in report.unlisted)),
        pass_pct=100 * (len(cases) - len(failed)) / len(cases) if cases else None,
        errors=sum(case.errored for case in cases),
        metrics=None if checks is None else _metrics(checks),
        assertions_failed=None
        if checks is None
        else tuple(check.failure for check in checks if check.failure),
        unasserted=tuple(case.unasserted for case in cases if case.unasserted),
    )


def _checks(cases: Sequence[EvalCase]) -> list[Check] | None:
    """Return all checks, or None where they are not all told: a part of them would look like the whole."""
    checks: list[Check] = []
    for case in cases:
        if case.checks is None:
            return None
        checks += case.checks
    return checks


def _metrics(checks: Sequence[Check]) -> Mapping[str, float] | None:
    total = Counter(check.metric for check in checks if check.metric)
    held = Counter(check.metric for check in checks if check.metric and check.passed)
    return {metric: 100 * held[metric] / total[metric] for metric in total} or None
