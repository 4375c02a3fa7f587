"""`composer audit --format=json`: the advisories of each package.

https://github.com/composer/composer/blob/2.10.2/src/Composer/Advisory/Auditor.php. `advisories` is an empty
list if there are none, else an object of packages, each with a list of advisories or, if some were left out,
an object with their numbers as keys. Advisories have a severity since version 2.7, which may be null.
`ignored-advisories` are closed. If nothing is installed, Composer writes no report.
"""

from collections.abc import Iterator

from gatekeeper.collectors.formats.severity import by_word, rated
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import entries, first_text, listed, mapping
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.vulnerabilities import _purl, _report
from gatekeeper.collectors.vulnerabilities._report import Package, Scan, Vulnerability, VulnerabilityReport
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

ABOUT = About(
    tool="Composer",
    seen="2.5.5, and 2.10 by its source",
    source="https://github.com/composer/composer/blob/2.10.2/src/Composer/Advisory/Auditor.php",
    command="composer audit --format=json > composer-audit.json",
    recognised="`advisories`: an empty list, or advisories with an `advisoryId` by package",
    models="the advisories of each package with their severities, and those that are ignored with the reason",
    not_modelled="abandoned packages; what `--no-dev` left out, which leaves no trace",
)
_OPEN, _IGNORED, _UNREACHABLE = "advisories", "ignored-advisories", "unreachable-repositories"
_MODELLED = {_OPEN, _IGNORED, _UNREACHABLE, "abandoned"}
_KEYS = _MODELLED | {"filter"}


def recognises(content: Content) -> bool:
    """Return whether the file has advisories as Composer lists them."""
    report = content.object
    by_package = report.get(_OPEN)
    if by_package == []:
        return report.keys() <= _KEYS
    return isinstance(by_package, dict) and any(_is_listed(one) for one in by_package.values())


def _is_listed(value: Json) -> bool:
    first = next(iter(_members(value)), None)
    return isinstance(first, dict) and "advisoryId" in first


def read(content: Content) -> VulnerabilityReport:
    """Return the advisories, also the ignored ones."""
    document, report = content.json_document, content.object
    found = (*_advisories(document, _OPEN), *_advisories(document, _IGNORED))
    unknown = _report.unknown_lists(document, [((), report)], _MODELLED)
    unreachable = (one for one in entries(report.get(_UNREACHABLE), _UNREACHABLE))
    return _report.scan_report(
        content,
        "composer-audit",
        Scan("Composer", found, unknown=unknown),
        partial=tuple(one_line(f"Composer did not reach {one}") for one in unreachable),
    )


def _advisories(document: Structured, key: str) -> Iterator[Vulnerability]:
    by_package = document.object.get(key) or {}
    for name, listing in mapping(by_package, key).items():
        if not isinstance(listing, dict | list) or not listing:
            raise Unreadable(f"{key}: the package {name} lists no advisory")
        for step, entry in _placed(listing):
            advisory = mapping(entry, f"an advisory of {name}")
            found = _advisory(document, (key, name, step), advisory, name)
            yield found._replace(closed=_ignored(advisory)) if key == _IGNORED else found


def _advisory(document: Structured, path: tuple[Step, ...], advisory: Object, name: str) -> Vulnerability:
    sources = (source.get("remoteId") for source in listed(advisory, "sources", "a source"))
    return _report.vulnerability(
        (document, path),
        rated(by_word(advisory.get("severity"), "severity")),
        (_report.names(advisory.get("cve"), advisory.get("advisoryId"), *sources),),
        Package(name, purl=_purl.of_package("composer", name)),
        title=advisory.get("title"),
    )


def _ignored(advisory: Object) -> str:
    reason = first_text(advisory, "ignoreReason")
    return one_line(f"ignored: {reason}" if reason else "ignored by the configuration")


def _members(value: Json) -> Iterator[Json]:
    return iter(value) if isinstance(value, list) else iter(value.values() if isinstance(value, dict) else ())


def _placed(listing: Object | list[Json]) -> Iterator[tuple[Step, Json]]:
    return enumerate(listing) if isinstance(listing, list) else iter(listing.items())
