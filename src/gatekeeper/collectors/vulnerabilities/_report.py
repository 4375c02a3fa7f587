"""The types into which every format of scan and of VEX document is read."""

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import Any, NamedTuple

from gatekeeper.collectors.formats.severity import Rating, Severity
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.one_line import LONGEST, one_line
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Finding, Origin, Subject, Unreadable
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

_MOST_NAMES = 100
DEPENDENCIES, SECRETS, CODE = "dependencies", "secrets", "code"
CONFIGURATION, LICENCES = "configuration", "licences"


class Package(NamedTuple):
    """The package with a vulnerability; a part that the scanner does not state is null."""

    name: str | None = None
    """As the package's ecosystem writes it."""
    version: str | None = None
    """To be shown: npm states ranges and lists."""
    purl: str | None = None
    """With the installed version, if the scanner states it."""
    cpes: tuple[str, ...] = ()
    """What the scanner takes for CPEs of it."""

    def __str__(self) -> str:
        """Return name and version."""
        return " ".join(part[:LONGEST] for part in self[:2] if part)


class Vulnerability(NamedTuple):
    """One vulnerability, counted as its scanner counts."""

    severity: Severity
    finding: Finding
    advisories: tuple[tuple[str, ...], ...]
    """The advisories that make the package vulnerable, each with all its names."""
    package: Package = Package()
    through: tuple[str, ...] = ()
    """Names of other packages in the same scan whose vulnerabilities make this one vulnerable."""
    closed: str | None = None
    """Why it does not count; None if it is open."""
    contradiction: str | None = None
    """How the file contradicts itself about the severity; the most severe reading counts."""


class Scan(NamedTuple):
    """The vulnerabilities that one scanner found."""

    scanner: str
    vulnerabilities: tuple[Vulnerability, ...]
    subjects: tuple[Subject, ...] = ()
    """What was scanned, if the scanner states it."""
    kinds: tuple[str, ...] = (DEPENDENCIES,)
    """At what the scanner looked; empty if nothing shows it."""
    left_out: frozenset[Severity] = frozenset()
    """The severities that a filter left out."""
    unknown: tuple[Finding, ...] = ()
    """Lists and objects where findings are listed that the format does not have."""


Names = tuple[str, ...]
"""Identifiers of one thing: package URLs, image references, digests, IRIs, CPEs; empty if it has none."""


class Product(NamedTuple):
    """What a statement is about: a product, or a component in it."""

    label: str
    """How the document calls it."""
    path: tuple[Names, ...]
    """The identifiers of the product, then those of the component in it, if the statement is about one."""
    context: Names = ()
    """The identifiers of the product that the whole document describes; empty if it states none."""
    context_name: str | None = None
    """Its plain name."""


class VexStatement(NamedTuple):
    """One vulnerability's status in some products, from a VEX document."""

    names: tuple[str, ...]
    status: str
    """The word of the format."""
    closes: bool
    products: tuple[Product, ...]
    """Empty if the document does not say what the statement is about: it then closes nothing."""
    justification: str | None
    instant: datetime | None
    """Of several statements about the same package, the latest counts."""
    pointer: str
    file: str = ""
    """The file that contains it."""
    lacks: str | None = None
    """What its format demands of such a statement, and it does not say; it then closes nothing."""


class VulnerabilityReport(NamedTuple):
    """The scans of one file, or its VEX statements. A format of this kind returns it."""

    origin: Origin
    scans: tuple[Scan, ...] = ()
    statements: tuple[VexStatement, ...] = ()


def scan_report(
    content: Content, format_: str, scan: Scan, version: str | None = None, **stated: Any
) -> VulnerabilityReport:
    """Return the report of a file that holds one scan; `stated` are more fields of its origin."""
    producer, items = f"{scan.scanner} {version or ''}".strip(), len(scan.vulnerabilities)
    origin = Origin(format_, content.name, producer, subjects=scan.subjects, items=items)
    return VulnerabilityReport(origin._replace(**stated), (scan,))


def unknown_lists(
    document: Structured, owners: Iterable[tuple[Sequence[Step], Object]], modelled: Set[str]
) -> tuple[Finding, ...]:
    """Return the lists and objects that are not modelled and hold lists or objects."""
    return tuple(
        document.finding(one_line(f"{key} is not known: it may list findings"), *path, key)
        for path, owner in owners
        for key, value in owner.items()
        if key not in modelled and ((isinstance(value, list) and value) or _holds_objects(value))
    )


def _holds_objects(value: Json) -> bool:
    return isinstance(value, dict) and any(isinstance(one, dict) for one in value.values())


def vulnerability(
    place: tuple[Structured, Sequence[Step]],
    rating: Rating,
    advisories: tuple[Names, ...],
    package: Package,
    *,
    at: object = None,
    fixed_in: str | None = None,
    title: object = None,
) -> Vulnerability:
    """Return a vulnerability at a place in a document.

    Its finding reads `high: CVE-2024-1 in lodash 4.17.20 at package-lock.json, fixed in 4.17.21: title`.
    """
    name = next((names_[0] for names_ in advisories if names_), None)
    what = " in ".join(part for part in (name, str(package)) if part) or "a vulnerability"
    where = f" at {at[:LONGEST]}" if isinstance(at, str) and at else ""
    fix = f", fixed in {fixed_in}" if fixed_in else ""
    why = f": {one_line(title)}" if isinstance(title, str) and title.strip() else ""
    document, path = place
    message = f"{rating.severity}: {one_line(f'{what}{where}{fix}')}{why}"
    unclear = rating.contradiction and one_line(f"{what}: {rating.contradiction}; the most severe counts")
    return Vulnerability(
        rating.severity, document.finding(message, *path), advisories, package, contradiction=unclear
    )


def names(*values: object) -> tuple[str, ...]:
    """Return the values that are non-empty texts, each once."""
    return tuple(dict.fromkeys(value for value in values if isinstance(value, str) and value))


def joined(values: Iterable[object]) -> str:
    """Return the values that are non-empty texts, joined by commas."""
    return ", ".join(value for value in values if isinstance(value, str) and value)


def closes(statuses: Mapping[str, bool], status: object, format_: str) -> bool:
    """Return whether a status closes a finding; `Unreadable` if the format does not have it."""
    if not isinstance(status, str) or status not in statuses:
        raise Unreadable(f"the status {shown(status)} is not one of {format_}: {', '.join(statuses)}")
    return statuses[status]


def instant(*values: object) -> datetime | None:
    """Return the first value that is text, as a time; None if no value is text."""
    return instants.from_text(next((value for value in values if isinstance(value, str)), None))


_JUSTIFICATIONS = frozenset({
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
})  # fmt: skip


def justification(label: str | None) -> str | None:
    """Return a justification of OpenVEX or CSAF, which have the same five; None if it is another word."""
    return label if label in _JUSTIFICATIONS else None


def vex_report(format_: str, content: Content, statements: Iterable[VexStatement]) -> VulnerabilityReport:
    """Return the statements of a VEX document.

    Raises:
        Unreadable: A statement names no vulnerability, or has too many names.
    """
    found = tuple(statement._replace(file=content.name) for statement in statements)
    for statement in found:
        if not statement.names:
            raise Unreadable(f"the statement at {statement.pointer} names no vulnerability")
        if len(statement.names) > _MOST_NAMES:
            raise Unreadable(f"a statement with {len(statement.names):,} names; supported are {_MOST_NAMES}")
    # Statements are not results of a scan.
    return VulnerabilityReport(Origin(format_, content.name, items=0), statements=found)
