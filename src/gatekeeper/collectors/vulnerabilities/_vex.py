"""VEX: statements that a vulnerability does not affect a product, or is mended in it, and what they close.

OpenVEX, CycloneDX and CSAF. A statement is about a finding where they share a name of the vulnerability, and
where both name a package, the same one. Of several statements the latest holds; of those of the same time one
that leaves the finding open.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from gatekeeper.collectors.reading.one_line import LONGEST, one_line
from gatekeeper.collectors.vulnerabilities import _purl, csaf_vex, cyclonedx_vex, openvex
from gatekeeper.collectors.vulnerabilities._scan import Package, Vulnerability
from gatekeeper.collectors.vulnerabilities._statement import Statement
from gatekeeper.model.evidence import Unreadable

_FORMATS = (openvex, cyclonedx_vex, csaf_vex)
_MOST_ABOUT_ONE_PACKAGE = 1_000
_MOST_NAMES = 100
_EARLIEST = datetime.min.replace(tzinfo=UTC)


def recognise(document: Any) -> str | None:
    """Return the format of a VEX document; None where it is none."""
    if not isinstance(document, dict):
        return None
    return next((format_.FORMAT for format_ in _FORMATS if format_.recognises(document)), None)


def read(document: Mapping[str, Any], file: str) -> list[Statement]:
    """Read the statements of a VEX document."""
    format_ = next(format_ for format_ in _FORMATS if format_.recognises(document))
    statements = [statement._replace(file=file) for statement in format_.read(document)]
    for statement in statements:
        if len(statement.names) > _MOST_NAMES:
            raise Unreadable(f"a statement about {len(statement.names):,} names, which is beyond reason")
    return statements


def close(found: Sequence[Vulnerability], book: "Book") -> list[Vulnerability]:
    """Return the vulnerabilities of one scan, those closed that the statements close.

    One with several advisories is closed when all of them are; one that comes through other packages, when
    those are closed as well.
    """
    reasons = [_own_reason(vulnerability, book) for vulnerability in found]
    closed = _with_all_they_come_through(found, reasons)
    return [
        vulnerability._replace(closed=reasons[place] or "what it comes through is closed")
        if place in closed and vulnerability.closed is None
        else vulnerability
        for place, vulnerability in enumerate(found)
    ]


def _own_reason(vulnerability: Vulnerability, book: "Book") -> str | None:
    """Return why none of the advisories counts, or None; empty where there are none but other packages."""
    reasons = [book.reason(names, vulnerability.package) for names in vulnerability.advisories]
    if not reasons:
        return "" if vulnerability.through else None
    told = [reason for reason in reasons if reason]
    return one_line("; ".join(dict.fromkeys(told))) if len(told) == len(reasons) else None


def _with_all_they_come_through(found: Sequence[Vulnerability], reasons: Sequence[str | None]) -> set[int]:
    """Return the places of what is closed; a circle of packages that wait for each other stays open."""
    dependents: dict[str, list[int]] = defaultdict(list)
    waiting = [len(set(vulnerability.through)) for vulnerability in found]
    for place, vulnerability in enumerate(found):
        for name in set(vulnerability.through):
            dependents[name].append(place)
    closed: set[int] = set()
    ready = [place for place, reason in enumerate(reasons) if reason is not None and not waiting[place]]
    while ready:
        place = ready.pop()
        closed.add(place)
        for dependent in dependents.pop(found[place].package.name or "", ()):
            waiting[dependent] -= 1
            if not waiting[dependent] and reasons[dependent] is not None:
                ready.append(dependent)
    return closed


class Book:
    """Statements, found by vulnerability and package."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self._latest: dict[str, dict[str, Statement]] = defaultdict(dict)
        """Name of a vulnerability -> package URL, empty where all is meant -> the statement that holds."""
        for statement in statements:
            for name in _folded(statement.names):
                for text in statement.purls or ("",):
                    kept = self._latest[name].get(text)
                    if kept is None or _weight(statement) > _weight(kept):
                        self._latest[name][text] = statement
        self._of_package: dict[tuple[str, str], list[tuple[_purl.Purl, Statement]]] = defaultdict(list)
        for name, latest in self._latest.items():
            for text, statement in latest.items():
                if purl := _purl.parsed(text):
                    self._of_package[name, purl.name].append((purl, statement))
        for (name, package), about in self._of_package.items():
            if len(about) > _MOST_ABOUT_ONE_PACKAGE:
                raise Unreadable(
                    f"{len(about):,} statements about {name} in {package}, which is beyond reason"
                )
        self._of_all = {name: _of_whichever(latest.values()) for name, latest in self._latest.items()}
        """What holds where the scan does not say which package: all that is said has to close it."""
        self._decided: dict[tuple[tuple[str, ...], Package], str | None] = {}

    def reason(self, names: tuple[str, ...], package: Package) -> str | None:
        """Return why one advisory does not count for a package; None where it does."""
        question = (names, package)
        if question not in self._decided:
            self._decided[question] = self._decide(_folded(names), package)
        return self._decided[question]

    def _decide(self, names: Sequence[str], package: Package) -> str | None:
        key = _purl.key(package)
        if key is None:
            about = [self._of_all[name] for name in names if name in self._of_all]
            return _told(_of_whichever(about)) if about else None
        about = [
            statement
            for name in names
            for purl, statement in self._of_package.get((name, key), ())
            if _purl.covers(purl, package)
        ]
        about += [self._latest[name][""] for name in names if "" in self._latest.get(name, {})]
        return _told(max(about, key=_weight)) if about else None


def _of_whichever(statements: Iterable[Statement]) -> Statement:
    """Return the first statement that leaves the vulnerability open, or else the first."""
    return min(statements, key=lambda statement: statement.closes)


def _told(statement: Statement) -> str | None:
    """Return why a finding is closed; None where the statement leaves it open."""
    if not statement.closes:
        return None
    why = f": {statement.justification[:LONGEST]}" if statement.justification else ""
    return one_line(f"{statement.status} by {statement.file}{why}")


def _folded(names: Iterable[str]) -> tuple[str, ...]:
    """Return names in one spelling, each once, in their order: the first reason found is told."""
    return tuple(dict.fromkeys(name.casefold() for name in names))


def _weight(statement: Statement) -> tuple[datetime, bool]:
    return statement.instant or _EARLIEST, not statement.closes
