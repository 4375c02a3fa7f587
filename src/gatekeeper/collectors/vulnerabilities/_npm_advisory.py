"""An advisory of the npm registry as `npm audit` 6, pnpm and Yarn 1 list it."""

import re
from collections.abc import Iterator, Sequence

from gatekeeper.collectors.formats.severity import Reading, by_cvss, by_word, rated
from gatekeeper.collectors.reading.figures import entries, first_text, listed, section
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.vulnerabilities import _purl, _report
from gatekeeper.collectors.vulnerabilities._report import Package, Vulnerability
from gatekeeper.syntax.json import Object
from gatekeeper.syntax.yaml import Step

_ID = re.compile(r"GHSA(?:-[0-9a-z]{4}){3}", re.IGNORECASE)


def vulnerability(place: tuple[Structured, Sequence[Step]], advisory: Object) -> Vulnerability:
    """Return the vulnerability of an advisory at a place in a document."""
    installed = listed(advisory, "findings", "a finding")
    versions = _report.names(*(finding.get("version") for finding in installed))
    name, only = first_text(advisory, "module_name"), versions[0] if len(versions) == 1 else None
    return _report.vulnerability(
        place,
        rated(*readings(advisory)),
        (names(advisory),),
        Package(name, _report.joined(versions), _purl.of_package("npm", name, only)),
        fixed_in=first_text(advisory, "patched_versions"),
        title=advisory.get("title"),
    )


def readings(advisory: Object) -> Iterator[Reading]:
    """Yield the severities of an advisory: by its word, its CVSS score and its vector."""
    _, severity = by_word(advisory.get("severity"), "severity")
    cvss = section(advisory, "cvss")
    yield "its advisory", severity
    yield from by_cvss(cvss.get("score"), cvss.get("vectorString"))


def names(advisory: Object) -> tuple[str, ...]:
    """Return the names of an advisory; its URL ends with its id at GitHub."""
    url = first_text(advisory, "url") or ""
    cves = entries(advisory.get("cves"), "cves")
    return _report.names(advisory.get("github_advisory_id"), *_ID.findall(url[:300]), *cves)
