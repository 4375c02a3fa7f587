"""Read evidence of the kind `api_diff`."""

import re
from collections.abc import Sequence

from gatekeeper.collectors.api_diff import oasdiff
from gatekeeper.collectors.api_diff._comparison import OperationChange, compare
from gatekeeper.collectors.api_diff.facts import ApiDiffFacts
from gatekeeper.collectors.formats.openapi.description import Description
from gatekeeper.collectors.formats.openapi.files import Files, is_description
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Absent, Artefact, Collected, Options, Unreadable

_BASE = frozenset({"base", "old", "previous", "before"})
_HEAD = frozenset({"head", "new", "current", "after", "revision"})
_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")


def collect(artefact: Artefact, options: Options) -> Collected:  # noqa: ARG001 - this kind has no options
    """Read what a tool found, or compare the two descriptions."""
    files = Files(artefact.files)
    documents = files.documents()
    if not documents:
        raise Absent(f"{artefact.path}: its files are empty")
    roots = [document for document in documents if is_description(document)]
    if roots:
        base, head = _sides(roots, artefact.path)
        changes = list(compare(Description(base, files), Description(head, files)))
        return Collected("openapi-comparison", _compared(changes))
    return Collected("oasdiff", _merged([_report(document) for document in documents]))


def _report(document: Structured) -> oasdiff.OasdiffReport:
    if not oasdiff.recognises(document):
        raise Unreadable(
            f"{document.file}: neither what `oasdiff breaking` or `oasdiff changelog` writes, nor OpenAPI"
        )
    return oasdiff.read(document)


def _merged(reports: Sequence[oasdiff.OasdiffReport]) -> ApiDiffFacts:
    return ApiDiffFacts(
        changes=sum(report.changes for report in reports),
        breaking=tuple(finding for report in reports for finding in report.breaking),
    )


def _compared(changes: Sequence[OperationChange]) -> ApiDiffFacts:
    return ApiDiffFacts(
        changes=len(changes),
        breaking=tuple(
            change.place.finding(f"{operation.name}: {change.text} [{change.id}]")
            for operation, change in changes
            if change.breaking
        ),
    )


def _sides(roots: Sequence[Structured], path: str) -> tuple[Structured, Structured]:
    """Return the base and the head."""
    if len(roots) != 2:
        raise Unreadable(f"{path}: two OpenAPI descriptions are compared, and here are {len(roots)}")
    first, second = (frozenset(_BETWEEN_WORDS.split(root.file.lower())) for root in roots)
    names = (first - second, second - first)
    sides = [(bool(words & _BASE), bool(words & _HEAD)) for words in names]
    if sides == [(True, False), (False, True)]:
        return roots[0], roots[1]
    if sides == [(False, True), (True, False)]:
        return roots[1], roots[0]
    raise Unreadable(
        f"{path}: which of the two is the earlier version cannot be told: name them base and head, "
        "old and new, or previous and current"
    )
