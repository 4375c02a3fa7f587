"""Close findings by VEX: statements that a vulnerability does not affect a product, or is fixed in it.

A statement is about a finding if they share a name of the vulnerability and, if both name a package, the same
package. Of several statements the latest counts; of statements of the same time, one that leaves the finding
open.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from gatekeeper.collectors.reading.one_line import LONGEST, one_line
from gatekeeper.collectors.vulnerabilities import _purl
from gatekeeper.collectors.vulnerabilities._report import Package, Statement, Vulnerability
from gatekeeper.model.evidence import Unreadable

_MOST_ABOUT_ONE_PACKAGE = 1_000
_EARLIEST = datetime.min.replace(tzinfo=UTC)


def close(found: Sequence[Vulnerability], book: "Book") -> list[Vulnerability]:
    """Return the vulnerabilities of one scan, with those closed that the statements close.

    A vulnerability with several advisories is closed if all of them are; one that comes through other
    packages, if those are closed as well.
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
    """Return why no advisory counts; None if one does, empty if there are only other packages."""
    reasons = [book.reason(names, vulnerability.package) for names in vulnerability.advisories]
    if not reasons:
        return "" if vulnerability.through else None
    known = [reason for reason in reasons if reason]
    return one_line("; ".join(dict.fromkeys(known))) if len(known) == len(reasons) else None


def _with_all_they_come_through(found: Sequence[Vulnerability], reasons: Sequence[str | None]) -> set[int]:
    """Return the indices of closed vulnerabilities; packages in a cycle of dependencies stay open."""
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
    """Statements by vulnerability and package."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self._latest: dict[str, dict[str, Statement]] = defaultdict(dict)
        """Name of a vulnerability -> package URL, empty for every package -> the statement that counts."""
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
                    f"{len(about):,} statements about {name} in {package}; "
                    f"supported are {_MOST_ABOUT_ONE_PACKAGE:,}"
                )
        self._of_all = {name: _most_open(latest.values()) for name, latest in self._latest.items()}
        """The statement that counts if the scan does not name the package: all statements must close it."""
        self._decided: dict[tuple[tuple[str, ...], Package], str | None] = {}

    def reason(self, names: tuple[str, ...], package: Package) -> str | None:
        """Return why one advisory does not count for a package; None if it does."""
        question = (names, package)
        if question not in self._decided:
            self._decided[question] = self._decide(_folded(names), package)
        return self._decided[question]

    def _decide(self, names: Sequence[str], package: Package) -> str | None:
        key = _purl.key(package)
        if key is None:
            about = [self._of_all[name] for name in names if name in self._of_all]
            return _reason(_most_open(about)) if about else None
        about = [
            statement
            for name in names
            for purl, statement in self._of_package.get((name, key), ())
            if _purl.covers(purl, package)
        ]
        about += [self._latest[name][""] for name in names if "" in self._latest.get(name, {})]
        return _reason(max(about, key=_weight)) if about else None


def _most_open(statements: Iterable[Statement]) -> Statement:
    """Return the first statement that leaves the vulnerability open, else the first."""
    return min(statements, key=lambda statement: statement.closes)


def _reason(statement: Statement) -> str | None:
    """Return why a finding is closed; None if the statement leaves it open."""
    if not statement.closes:
        return None
    why = f": {statement.justification[:LONGEST]}" if statement.justification else ""
    return one_line(f"{statement.status} by {statement.file}{why}")


def _folded(names: Iterable[str]) -> tuple[str, ...]:
    """Return names in lower case, each once, in their order: the first reason found is reported."""
    return tuple(dict.fromkeys(name.casefold() for name in names))


def _weight(statement: Statement) -> tuple[datetime, bool]:
    return statement.instant or _EARLIEST, not statement.closes
