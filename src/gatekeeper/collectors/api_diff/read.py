"""Read evidence of the kind `api_diff`."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from gatekeeper.collectors.api_diff._comparison import compare
from gatekeeper.collectors.api_diff.facts import PLACES, ApiDiffFacts
from gatekeeper.collectors.formats.openapi.description import Description, is_description
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.documents import Files
from gatekeeper.collectors.reading.files import in_file
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.merging import collected
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options, Origin, Unreadable

ABOUT = About(
    tool="two OpenAPI descriptions, which the program compares",
    seen="OpenAPI 3.0, 3.1, 3.2",
    source="https://spec.openapis.org/oas/v3.1.1.html",
    command=None,
    recognised=(
        "two files of one folder or glob with the key `openapi`, whose names say which is the "
        "earlier: base and head, old and new"
    ),
    models="schemas, parameters, bodies, responses, headers, security, servers, webhooks and callbacks",
    not_modelled=(
        "a changed keyword that is not modelled, two patterns, `$dynamicRef`, links, encodings of "
        "forms, XML: each is not understood"
    ),
)


class ApiChanges(NamedTuple):
    """The changes that one report lists. A format of this kind returns it."""

    origin: Origin
    """Its items are the changes."""
    breaking: tuple[Finding, ...]
    """Those that break clients."""


EARLIER = frozenset({"base", "old", "previous", "before"})
LATER = frozenset({"head", "new", "current", "after", "revision"})
"""The words in a file's name that say which of two versions it is."""
_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")


FORMATS = Formats[ApiChanges]("api_diff")


def collect(artefact: Artefact, options: Options) -> Collected[ApiDiffFacts]:  # noqa: ARG001 - this kind has no options
    """Compare the two descriptions of the artefact, or read the reports of a tool."""
    files = Files(artefact.files)
    documents = files.documents()
    if not documents:
        raise Absent(f"{artefact.path}: its files are empty")
    roots = [document for document in documents if is_description(document.value)]
    if roots:
        reports = [_compared(*_sides(roots, artefact.path), files)]
    else:
        reports = [_report(document) for document in documents]
    facts = ApiDiffFacts(
        changes=sum(report.origin.items or 0 for report in reports),
        breaking=tuple(finding for report in reports for finding in report.breaking),
    )
    return collected(reports, facts)


def _report(document: Structured) -> ApiChanges:
    with in_file(document.file):
        return FORMATS.parse(Content.of(document))


def _compared(base: Structured, head: Structured, files: Files) -> ApiChanges:
    changes = list(compare(Description(base, files), Description(head, files)))
    ledger, breaking = Ledger(PLACES), []
    for subject, change in changes:
        found = change.place.finding(f"{subject}: {change.text} [{change.id}]")
        if change.breaking:
            breaking.append(found)
        elif change.breaking is None:
            ledger.add("change", found)
    origin = Origin("openapi-comparison", not_understood=ledger.places(), items=len(changes))
    return ApiChanges(origin, tuple(breaking))


def _sides(roots: Sequence[Structured], path: str) -> tuple[Structured, Structured]:
    """Return the base and the head."""
    if len(roots) != 2:
        raise Unreadable(f"{path}: two OpenAPI descriptions are compared, and there are {len(roots)}")
    first, second = (frozenset(_BETWEEN_WORDS.split(root.file.lower())) for root in roots)
    names = (first - second, second - first)
    sides = [(bool(words & EARLIER), bool(words & LATER)) for words in names]
    if sides == [(True, False), (False, True)]:
        return roots[0], roots[1]
    if sides == [(False, True), (True, False)]:
        return roots[1], roots[0]
    raise Unreadable(
        f"{path}: the names do not show which description is the earlier version; name them base and head, "
        "old and new, or previous and current"
    )
