"""The result of a scan of dependencies, from any scanner."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from gatekeeper.collectors.formats.severity import Severity
from gatekeeper.collectors.reading.figures import listing
from gatekeeper.collectors.reading.one_line import LONGEST, one_line
from gatekeeper.model.evidence import Finding
from gatekeeper.syntax.json import Json


class Package(NamedTuple):
    """The package with a vulnerability; a part that the scanner does not state is null."""

    name: str | None = None
    """As the package's ecosystem writes it."""
    version: str | None = None
    purl: str | None = None

    def __str__(self) -> str:
        """Return name and version."""
        return " ".join(part[:LONGEST] for part in (self.name, self.version) if part)


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


class Scan(NamedTuple):
    """The vulnerabilities that one scanner found."""

    scanner: str
    vulnerabilities: tuple[Vulnerability, ...]
    produced_at: datetime | None = None
    uncounted: tuple[Finding, ...] | None = None
    """Secrets and misconfigurations; None if the scanner does not list them separately."""


def describe(
    severity: Severity,
    name: str | None,
    package: Package,
    *,
    at: object = None,
    fixed_in: str = "",
    title: object = None,
) -> str:
    """Return the message of a finding.

    Such as `high: CVE-2024-1 in lodash 4.17.20 at package-lock.json, fixed in 4.17.21: title`.
    """
    what = " in ".join(part for part in (name, str(package)) if part) or "a vulnerability"
    where = f" at {at[:LONGEST]}" if isinstance(at, str) and at else ""
    fix = f", fixed in {fixed_in}" if fixed_in else ""
    why = f": {one_line(title)}" if isinstance(title, str) and title.strip() else ""
    return f"{severity}: {one_line(f'{what}{where}{fix}')}{why}"


def entries(value: object, name: str) -> list[Json]:
    """Return a list; an empty one if it is missing."""
    return [] if value is None else listing(value, name)


def names(*values: object) -> tuple[str, ...]:
    """Return the values that are non-empty texts, each once."""
    return tuple(dict.fromkeys(value for value in values if isinstance(value, str) and value))


def named(value: object) -> str | None:
    """Return a value if it is non-empty text, else None."""
    return value if isinstance(value, str) and value else None


def joined(values: Iterable[object]) -> str:
    """Return the values that are non-empty texts, joined by commas."""
    return ", ".join(value for value in values if isinstance(value, str) and value)
