"""`govulncheck -format json`: messages, JSON objects one after another; also as lines, or as a list.

https://github.com/golang/vuln/blob/v1.6.0/internal/govulncheck/govulncheck.go. The first message is `config`.
An `osv` message describes a vulnerability of a module, whatever its version. A `finding` says that the module
is affected, then that a package with it is imported, then that a symbol is called. All count, once for each
module: what is not known to be called is marked as such. The database of Go states no severity. If the scan
failed, only its exit code shows it, and that it did not say that it checks the code.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from gatekeeper.collectors.formats.severity import Reading, by_cvss, by_word, rated
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import first_text, listed, mapping, section, shown, text
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.vulnerabilities import _purl, _report
from gatekeeper.collectors.vulnerabilities._report import Package, Scan, Vulnerability, VulnerabilityReport
from gatekeeper.model.evidence import Absent, Unreadable
from gatekeeper.syntax import json
from gatekeeper.syntax.json import Object
from gatekeeper.syntax.yaml import Step

ABOUT = About(
    tool="govulncheck",
    seen="by the source of 1.0 and 1.6",
    source="https://github.com/golang/vuln/blob/v1.6.0/internal/govulncheck/govulncheck.go",
    command="govulncheck -format json ./... > govulncheck.json",
    recognised="a first message `config` with a `protocol_version`",
    models="each vulnerability of each module, called, imported or required; the database has no severities",
    not_modelled="the traces of calls",
)
_BEGINNING = re.compile(rb'[\s\xef\xbb\xbf]*\[?\s*\{\s*"config"\s*:\s*\{[^{}]*"protocol_version"\s*:')
_PROTOCOL = "v1."
_CHECKING, _SCANNING = "Checking the ", "Scanning your code"
"""How the message begins that is sent before the code is checked, since 1.1 and in 1.0."""
_MESSAGES = frozenset({"config", "progress", "SBOM", "osv", "finding"})
_HOW = ("a symbol is called", "imported, no call found", "required, no import found")
_UNKNOWN = "how it is used is not known"


class _Found(NamedTuple):
    """The closest finding of one vulnerability in one module."""

    level: int
    """Into `_HOW`."""
    path: tuple[Step, ...]
    finding: Object
    module: Object


def recognises(content: Content) -> bool:
    """Return whether the first message is a configuration of govulncheck."""
    return _BEGINNING.match(content.head) is not None


def read(content: Content) -> VulnerabilityReport:
    """Return the vulnerabilities of the modules.

    Raises:
        Unreadable: It is another version of the protocol, or a message is not known.
        Absent: The code was not checked.
    """
    messages = json.load_all(content.data)
    if len(messages) == 1 and isinstance(messages[0], list):
        messages = messages[0]
    document = Structured(content.name, "json", messages, b"")
    parts = [_part(message, place) for place, message in enumerate(messages)]
    configuration = section(mapping(messages[0], "a message"), "config")
    protocol = text(configuration.get("protocol_version"), "protocol_version")
    if not protocol.startswith(_PROTOCOL):
        raise Unreadable(f"the protocol {shown(protocol)} of govulncheck; supported is {_PROTOCOL}x")
    if configuration.get("scan_mode") == "query":
        raise Absent("govulncheck was asked about modules, and scanned no code")
    if not _has_checked(parts):
        raise Absent("govulncheck did not check the code")
    details = {text(value.get("id"), "the id"): value for key, value in parts if key == "osv"}
    wants_calls = configuration.get("scan_level") == "symbol"
    found = tuple(_vulnerability(document, one, details, wants_calls=wants_calls) for one in _closest(parts))
    scan = Scan(first_text(configuration, "scanner_name") or "govulncheck", found)
    return _report.scan_report(content, "govulncheck", scan, first_text(configuration, "scanner_version"))


def _part(message: object, place: int) -> tuple[str, Object]:
    """Return what a message is, and its content."""
    found = mapping(message, f"the message {place + 1}")
    if len(found) != 1 or not found.keys() <= _MESSAGES:
        raise Unreadable(f"the message {place + 1} is not one of govulncheck: {', '.join(sorted(_MESSAGES))}")
    [(key, value)] = found.items()
    return key, mapping(value, key)


def _has_checked(parts: list[tuple[str, Object]]) -> bool:
    """Return whether the scan came to the code; the database knows some of every Go."""
    keys = {key for key, _ in parts}
    said = [first_text(value, "message") or "" for key, value in parts if key == "progress"]
    has_begun = any(message.startswith(_SCANNING) for message in said)
    is_checking = any(message.startswith(_CHECKING) for message in said)
    return "finding" in keys or is_checking or (has_begun and "osv" in keys)


def _closest(parts: list[tuple[str, Object]]) -> Iterator[_Found]:
    found: dict[tuple[object, ...], _Found] = {}
    for place, (key, finding) in enumerate(parts):
        if key == "finding":
            frames = list(listed(finding, "trace", "a frame"))
            if not frames:
                raise Unreadable(f"the finding of the message {place + 1} has no trace")
            module = frames[0]
            level = 0 if module.get("function") else 1 if module.get("package") else 2
            name = (
                text(finding.get("osv"), "osv"),
                first_text(module, "module"),
                first_text(module, "version"),
            )
            if name not in found or level < found[name].level:
                found[name] = _Found(level, (place, key), finding, module)
    yield from found.values()


def _vulnerability(
    document: Structured, one: _Found, details: dict[str, Object], *, wants_calls: bool
) -> Vulnerability:
    id_ = text(one.finding["osv"], "osv")
    described = details.get(id_, {})
    name, version = first_text(one.module, "module"), first_text(one.module, "version")
    how = _HOW[one.level] if wants_calls or not one.level else _UNKNOWN
    aliases = described.get("aliases")
    return _report.vulnerability(
        (document, one.path),
        rated(*_readings(described)),
        (_report.names(id_, *(aliases if isinstance(aliases, list) else ())),),
        Package(name, version, _purl.of_package("go", name, version)),
        fixed_in=first_text(one.finding, "fixed_version"),
        title=": ".join(filter(None, (how, first_text(described, "summary")))),
    )


def _readings(described: Object) -> Iterator[Reading]:
    if isinstance(described.get("severity"), str):
        yield by_word(described["severity"], "severity")
        return
    for one in listed(described, "severity", "a severity"):
        yield from by_cvss(None, one.get("score"))
