"""Close findings by VEX: statements that a vulnerability does not affect a product, or is fixed in it.

A statement closes a finding if they share a name of the vulnerability, and what the statement is about is
positively the package of the finding or what was scanned, and if it says what its format demands. A
statement that leaves a finding open counts unless it is positively about something else. Of several
statements the latest counts; of statements of the same time, one that leaves the finding open. Without a
time, such a statement is the latest, and one that closes the earliest.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from gatekeeper.collectors.reading.one_line import LONGEST, one_line
from gatekeeper.collectors.vulnerabilities import _identity, _purl
from gatekeeper.collectors.vulnerabilities._report import Package, Product, Scan, VexStatement, Vulnerability
from gatekeeper.collectors.vulnerabilities._versions import Match
from gatekeeper.model.evidence import Finding, Subject, Unreadable

_MOST_ABOUT_ONE_PACKAGE = 1_000
_Claim = tuple[Product | None, VexStatement]
_EARLIEST, _LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def close(scan: Scan, book: "Book") -> list[Vulnerability]:
    """Return the vulnerabilities of one scan, with those closed that the statements close.

    A vulnerability with several advisories is closed if all of them are; one that comes through other
    packages, if those are closed as well.
    """
    found = scan.vulnerabilities
    if not book.statements:
        return list(found)
    reasons = [_own_reason(vulnerability, book, scan.subjects) for vulnerability in found]
    closed = _with_all_they_come_through(found, reasons)
    return [
        vulnerability._replace(closed=reasons[place] or "what it comes through is closed")
        if place in closed and vulnerability.closed is None
        else vulnerability
        for place, vulnerability in enumerate(found)
    ]


def _own_reason(vulnerability: Vulnerability, book: "Book", subjects: tuple[Subject, ...]) -> str | None:
    """Return why no advisory counts; None if one does, empty if there are only other packages."""
    reasons = [book.reason(names, vulnerability.package, subjects) for names in vulnerability.advisories]
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

    def __init__(self, statements: Sequence[VexStatement]) -> None:
        self.statements = statements
        self._claims: dict[str, dict[str, list[_Claim]]] = defaultdict(lambda: defaultdict(list))
        """By vulnerability and package; under the empty text those that name no package."""
        for statement in statements:
            products = statement.products or (None,)
            about = [(product, package) for product in products for package in _packages(product)]
            for name in _folded(statement.names):
                for product, package in about:
                    claims = self._claims[name][package]
                    claims.append((product, statement))
                    if len(claims) > _MOST_ABOUT_ONE_PACKAGE:
                        raise Unreadable(
                            f"{len(claims):,} statements about {name} in {package or 'what was scanned'}; "
                            f"supported are {_MOST_ABOUT_ONE_PACKAGE:,}"
                        )
        self._asked: set[str] = set()
        self._met: set[int] = set()
        """The `id` of statements that are about a finding."""
        self._decided: dict[object, str | None] = {}

    def reason(self, names: tuple[str, ...], package: Package, subjects: Sequence[Subject]) -> str | None:
        """Return why one advisory does not count for a package; None if it does."""
        question = (names, package, subjects)
        if question not in self._decided:
            self._decided[question] = self._decide(_folded(names), package, subjects)
        return self._decided[question]

    def _decide(self, names: Sequence[str], package: Package, subjects: Sequence[Subject]) -> str | None:
        self._asked.update(names)
        about = []
        for product, statement in self._candidates(names, package, subjects):
            match = _identity.match(product, package, subjects) if product else Match.UNKNOWN
            if match is Match.SAME:
                self._met.add(id(statement))
            is_about = match is Match.SAME if statement.closes else match is not Match.OTHER
            if is_about and not (statement.closes and statement.lacks):
                about.append(statement)
        return _reason(max(about, key=_weight)) if about else None

    def _candidates(
        self, names: Sequence[str], package: Package, subjects: Sequence[Subject]
    ) -> Iterator[_Claim]:
        """Yield the statements that may be about a package; all of the vulnerability if it is not known."""
        purl = _purl.parsed(package.purl) if package.purl else None
        scanned = (_purl.parsed(subject.name) for subject in subjects)
        keys = {"", *(known.name for known in (purl, *scanned) if known)}
        for name in names:
            for key, claims in self._claims.get(name, {}).items():
                if purl is None or key in keys:
                    yield from claims

    def unused(self) -> Iterator[Finding]:
        """Yield the statements about vulnerabilities that were found which close nothing, and why."""
        for statement in self.statements:
            is_met = id(statement) in self._met
            if not statement.closes or (is_met and not statement.lacks):
                continue
            if not self._asked.isdisjoint(_folded(statement.names)):
                why = f"it {_shortcoming(statement, is_met=is_met)}"
                message = one_line(f"{statement.status} of {statement.names[0]} closes nothing: {why}")
                yield Finding(message, statement.file, pointer=statement.pointer)


def _packages(product: Product | None) -> set[str]:
    """Return the names of the packages that a statement is about; an empty one if it may be about others."""
    *hosts, last = product.path if product else ((),)
    purls = _identity.purls(last)
    others = {""} if not purls or (len(purls) < len(last) and not hosts) else set()
    return others | {purl.name for purl in purls}


def _shortcoming(statement: VexStatement, *, is_met: bool) -> str:
    """Return why a statement closes nothing."""
    if is_met:
        return f"is incomplete, without {statement.lacks}"
    labels = ", ".join(dict.fromkeys(product.label for product in statement.products))
    return f"is about {labels}, not known to be what was scanned" if labels else "names no product"


def _reason(statement: VexStatement) -> str | None:
    """Return why a finding is closed; None if the statement leaves it open."""
    if not statement.closes:
        return None
    why = f": {statement.justification[:LONGEST]}" if statement.justification else ""
    return one_line(f"{statement.status} by {statement.file}{why}")


def _folded(names: Iterable[str]) -> tuple[str, ...]:
    """Return names in lower case, each once, in their order: the first reason found is reported."""
    return tuple(dict.fromkeys(name.casefold() for name in names))


def _weight(statement: VexStatement) -> tuple[datetime, bool]:
    return statement.instant or (_EARLIEST if statement.closes else _LATEST), not statement.closes
