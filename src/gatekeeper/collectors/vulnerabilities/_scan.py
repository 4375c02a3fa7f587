"""What a scan of dependencies found, of whatever scanner."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from gatekeeper.collectors.formats.severity import Severity
from gatekeeper.collectors.reading.figures import listing
from gatekeeper.collectors.reading.one_line import LONGEST, one_line
from gatekeeper.model.evidence import Finding


class Package(NamedTuple):
    """Where a vulnerability sits, as far as the scanner says."""

    name: str | None = None
    """As the package's ecosystem writes it."""
    version: str | None = None
    purl: str | None = None

    def __str__(self) -> str:
        """Return name and version as people write them."""
        return " ".join(part[:LONGEST] for part in (self.name, self.version) if part)


class Vulnerability(NamedTuple):
    """One vulnerability, counted as its scanner counts."""

    severity: Severity
    finding: Finding
    advisories: tuple[tuple[str, ...], ...]
    """What makes the package vulnerable: each advisory with all the names it is known under."""
    package: Package = Package()
    through: tuple[str, ...] = ()
    """Names of other packages in the same scan whose vulnerabilities make this one vulnerable."""
    closed: str | None = None
    """Why it does not count; None where it is open."""


class Scan(NamedTuple):
    """What one scanner found."""

    format: str
    scanner: str
    vulnerabilities: tuple[Vulnerability, ...]
    produced_at: datetime | None = None
    uncounted: tuple[Finding, ...] | None = None
    """Secrets and misconfigurations, of a scanner that lists them apart from vulnerabilities."""


def told(
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


def entries(value: object, name: str) -> list[Any]:
    """Return a list that may be left out where it is empty."""
    return [] if value is None else listing(value, name)


def names(*values: object) -> tuple[str, ...]:
    """Return those of the values that are names, each once."""
    return tuple(dict.fromkeys(value for value in values if isinstance(value, str) and value))


def named(value: object) -> str | None:
    """Return a name, or None where the value is none."""
    return value if isinstance(value, str) and value else None


def joined(values: Iterable[object]) -> str:
    """Return a list of versions or names as text."""
    return ", ".join(value for value in values if isinstance(value, str) and value)
