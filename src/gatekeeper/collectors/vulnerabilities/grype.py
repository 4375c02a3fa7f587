"""Grype's JSON (https://github.com/anchore/grype, `grype/presenter/models/document.go`).

Each match counts, as in Grype itself, even if the same CVE matches one package at several paths: each path
needs a fix. `ignoredMatches` are closed if a rule that ignores them is about them. A report without a match
is a clean scan if it says what was scanned. It is partial if its configuration or a rule leaves out
vulnerabilities by path or by the state of their fix, or if the distribution is no longer maintained. The
severity is the more severe of Grype's word and the CVSS score or vector of the same entry.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from gatekeeper.collectors.formats.severity import Reading, by_cvss, by_word, rated
from gatekeeper.collectors.reading import instants, subjects
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import (
    entries,
    first_text,
    listed,
    mapping,
    objects,
    section,
    shown,
)
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.vulnerabilities import _report
from gatekeeper.collectors.vulnerabilities._report import (
    Names,
    Package,
    Scan,
    Vulnerability,
    VulnerabilityReport,
)
from gatekeeper.model.evidence import Absent, Subject
from gatekeeper.syntax.json import Object

ABOUT = About(
    tool="Grype",
    seen="0.7, 0.64 and 0.75; 0.90 by its source",
    source="https://github.com/anchore/grype/blob/v0.90.0/grype/presenter/models/document.go",
    command="grype --output json --file grype.json IMAGE",
    recognised="`matches` with a `source`, a `distro` or a `descriptor`, which names no other tool",
    models="the matches with words and CVSS, those that rules ignore, and the filters of the configuration",
    not_modelled="",
)
_OLDEST = timedelta(days=5)
"""The greatest age of the database that Grype allows by default."""
_SOURCE = re.compile(r"^(docker|podman|registry|containerd):")
_NAMING = ("vulnerability", "vex-status", "match-type")
_MODELLED = {"matches", "ignoredMatches", "alertsByPackage", "source", "distro", "descriptor"}
_FILTERS = ("only-fixed", "only-notfixed", "ignore-wontfix", "ignore-states", "exclude")


def recognises(content: Content) -> bool:
    """Return whether the file is a report of Grype that says what was scanned."""
    report, descriptor = content.object, content.object.get("descriptor")
    tool = descriptor.get("name", "grype") if isinstance(descriptor, dict) else "grype"
    says = any(isinstance(report.get(key), dict) for key in ("source", "distro", "descriptor"))
    return "matches" in report and says and tool == "grype"


def read(content: Content) -> VulnerabilityReport:
    """Return the matches and the ignored matches."""
    document, report = content.json_document, content.object
    descriptor = section(report, "descriptor")
    stated = ("matches", "ignoredMatches", "source")
    if not (any(map(report.get, stated)) or first_text(section(report, "distro"), "name")):
        raise Absent("the report does not say what was scanned")
    scan = Scan(
        first_text(descriptor, "name") or "grype",
        (*_matches(document, "matches"), *_matches(document, "ignoredMatches")),
        _subjects(report.get("source")),
        unknown=_report.unknown_lists(document, [((), report)], _MODELLED),
    )
    return _report.scan_report(
        content,
        "grype",
        scan,
        first_text(descriptor, "version"),
        produced_at=instants.from_text(descriptor.get("timestamp")),
        partial=tuple(dict.fromkeys(_missing(report, descriptor))),
    )


def _subjects(source: object) -> tuple[Subject, ...]:
    """Return the image or the package that was scanned; a folder or a file has no identity."""
    type_, target = (source.get("type"), source.get("target")) if isinstance(source, dict) else (None, None)
    if type_ == "purl":
        return subjects.packages(target)
    if type_ != "image" or not isinstance(target, dict):
        return ()
    known = subjects.images(target.get("tags"), target.get("repoDigests"))
    # What the user asked for may be an alias or a file: it names the image if nothing else does.
    asked = _SOURCE.sub("", str(target.get("userInput")))
    return known + subjects.images(
        asked if {*asked} & {*":/"} and not known else "", target.get("manifestDigest")
    )


def _missing(report: Object, descriptor: Object) -> Iterator[str]:
    configuration = section(descriptor, "configuration")
    for key in _FILTERS:
        if value := configuration.get(key):
            yield one_line(f"Grype left out vulnerabilities: {key} is {shown(value).lower()}")
    for match in listed(report, "ignoredMatches", "an ignored match"):
        for rule in listed(match, "appliedIgnoreRules", "an ignore rule"):
            if not any((*section(rule, "package").values(), *map(rule.get, _NAMING))):
                state = shown(rule.get("fix-state"))
                yield f"Grype left out vulnerabilities: a rule ignores those whose fix is {state}"
    database = section(descriptor, "db")
    states = (database, section(database, "status"))
    if any(one.get("error") or one.get("valid") is False for one in states):
        yield "the vulnerability database of Grype is not valid"
    yield from _old_database(descriptor, states)
    for alert in listed(report, "alertsByPackage", "the alerts of a package"):
        for one in listed(alert, "alerts", "an alert"):
            yield one_line(f"Grype warns: {first_text(one, 'message', 'type') or 'no message'}")


def _old_database(descriptor: Object, states: Sequence[Object]) -> Iterator[str]:
    """Yield how old the database was, if it was older than Grype allows by default."""
    scanned = instants.from_text(descriptor.get("timestamp"))
    for built in (instants.from_text(one.get("built")) for one in states):
        if scanned and built and scanned - built > _OLDEST:
            yield f"the vulnerability database of Grype was {(scanned - built).days} days old"


def _matches(document: Structured, key: str) -> Iterator[Vulnerability]:
    matches = document.object.get(key, None if key == "matches" else [])
    for place, match in enumerate(objects(matches, key, "a match")):
        found = _vulnerability(document, match, key, place)
        yield found._replace(closed=_rules(match, found.advisories[0])) if key == "ignoredMatches" else found


def _vulnerability(document: Structured, match: Object, key: str, place: int) -> Vulnerability:
    found = mapping(match.get("vulnerability"), "vulnerability")
    artifact = section(match, "artifact")
    cpes = entries(artifact.get("cpes"), "cpes")
    others = listed(match, "relatedVulnerabilities", "a related vulnerability")
    return _report.vulnerability(
        (document, (key, place)),
        rated(by_word(found.get("severity"), "severity"), *_cvss(found)),
        (_report.names(first_text(found, "id"), *(other.get("id") for other in others)),),
        Package(
            first_text(artifact, "name"),
            first_text(artifact, "version"),
            first_text(artifact, "purl"),
            _report.names(*(one.get("cpe") if isinstance(one, dict) else one for one in cpes)),
        ),
        at=_path(artifact),
        fixed_in=_report.joined(entries(section(found, "fix").get("versions"), "fix.versions")),
    )


def _cvss(found: Object) -> Iterator[Reading]:
    """Yield the scores of the newest version of CVSS; those of the primary source, if one is primary."""
    scores = list(listed(found, "cvss", "a CVSS score"))
    scores = [one for one in scores if one.get("type") == "Primary"] or scores
    newest = max((first_text(one, "version") or "" for one in scores), default="")
    for one in scores:
        if (first_text(one, "version") or "") == newest:
            yield from by_cvss(section(one, "metrics").get("baseScore"), one.get("vector"))


def _path(artifact: Object) -> str | None:
    """Return the path at which Grype found the package."""
    locations = entries(artifact.get("locations"), "locations")
    return first_text(mapping(locations[0], "a location"), "path") if locations else None


def _rules(match: Object, names: Names) -> str | None:
    """Return the reasons of the rules that ignore a match; None if no rule is about its vulnerability."""
    rules = list(listed(match, "appliedIgnoreRules", "an ignore rule"))
    rules = [rule for rule in rules if first_text(rule, "vulnerability") in (None, *names)]
    keys = ("reason", "vex-status", "vex-justification")
    reasons = ", ".join(_report.names(*(rule.get(key) for rule in rules for key in keys)))
    return one_line(": ".join(filter(None, ("ignored by a rule", reasons)))) if rules else None
