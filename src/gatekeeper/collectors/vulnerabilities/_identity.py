"""Compare what a VEX statement is about with what was scanned and with the package of a finding.

Identifiers are package URLs, image references, digests, URLs of repositories and, for the system that a
component is part of, CPEs. An identifier that can be compared with nothing is `UNKNOWN`.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from gatekeeper.collectors.vulnerabilities._purl import Match, Purl, compare, parsed
from gatekeeper.collectors.vulnerabilities._report import Names, Product
from gatekeeper.model.evidence import Subject, SubjectType

_IMAGES = frozenset({"oci", "docker"})
_HUB = re.compile(r"^((index|registry-1)\.)?docker\.io/|^library/")
_REFERENCE = re.compile("[/:@]")
_CPE = re.compile(r"^cpe:(/|2\.3:)")
_URL = re.compile(r"^[a-z+]+://([^@/]*@)?|(\.git)?/?$")


class _Image(NamedTuple):
    """An image; a part that is not stated is empty."""

    path: str
    """Registry and repository; `*/name` if the identifier does not state where the repository is."""
    tag: str
    digest: str


def match(product: Product, package: str | None, subjects: Sequence[Subject]) -> Match:
    """Return whether a statement about a product is about a finding; `package` is its package URL."""
    if product.context and _scanned(product.context, subjects) is Match.OTHER:
        return Match.OTHER
    *hosts, last = product.path
    part = _package(last, package)
    if hosts:
        around = [_best(_scanned(names, subjects), _system(names, package)) for names in hosts]
        return min(*around, _best(part))
    whole = _scanned(last, subjects)
    return whole if whole is Match.SAME else _best(whole if part is None else part)


def purls(names: Names) -> list[Purl]:
    """Return the package URLs among identifiers, without those of images."""
    return [purl for name in names if (purl := parsed(name)) and purl.type not in _IMAGES]


def _package(names: Names, package: str | None) -> Match | None:
    """Return whether identifiers are of a package; None if none of them is of any package."""
    stated = purls(names)
    if not stated:
        return None
    other = parsed(package) if package else None
    return _agreed(compare(purl, other) for purl in stated) if other else Match.UNKNOWN


def _scanned(names: Names, subjects: Sequence[Subject]) -> Match | None:
    """Return whether identifiers are of what was scanned; None if they can be compared with nothing of it."""
    return _agreed(_most(_subject(name, subject) for subject in subjects) for name in names)


def _best(*matches: Match | None) -> Match:
    return Match.UNKNOWN if (found := _most(matches)) is None else found


def _most(matches: Iterable[Match | None]) -> Match | None:
    """Return the closest of the matches that can be compared."""
    return max((one for one in matches if one is not None), default=None)


def _agreed(matches: Iterable[Match | None]) -> Match | None:
    """Return the closest match of the identifiers of one thing; unknown if they contradict each other."""
    found = {one for one in matches if one is not None}
    return Match.UNKNOWN if {Match.SAME, Match.OTHER} <= found else _most(found)


def _subject(name: str, subject: Subject) -> Match | None:
    """Return whether an identifier is of a subject; None if the two cannot be compared."""
    purl = parsed(name)
    match subject.type:
        # A plain word may name anything.
        case SubjectType.IMAGE if (image := _image(name)) and _REFERENCE.search(name):
            scanned = _image(subject.name)
            return _same_image(image, scanned) if scanned else None
        case SubjectType.PACKAGE if purl and purl.type not in _IMAGES:
            other = parsed(subject.name)
            return compare(purl, other) if other else None
        case SubjectType.REPOSITORY if _URL.sub("", name.lower()) == _URL.sub("", subject.name.lower()):
            return Match.SAME
    return None


@lru_cache(maxsize=1024)
def _image(text: str) -> _Image | None:
    """Parse an image reference, a digest or the package URL of an image; else None."""
    if purl := parsed(text):
        if purl.type not in _IMAGES:
            return None
        qualifiers = dict(purl.qualifiers)
        path = f"{purl.namespace}/{purl.name}".strip("/")
        # The location is that of the repository itself, or of the folder in which it is.
        base = _URL.sub("", qualifiers.get("repository_url", "").casefold())
        if purl.type == "oci" or base:
            path = base if base.endswith(f"/{path}") else f"{base or '*'}/{path}"
        has_digest = ":" in purl.version
        tag = qualifiers.get("tag", "") or ("" if has_digest else purl.version)
        return _Image(_plain(path), tag, purl.version.lower() if has_digest else "")
    if "://" in text or text.startswith(("urn:", "cpe:")):
        return None
    if re.match(r"sha\d{3}:", text):
        return _Image("", "", text.lower())
    rest, _, digest = text.partition("@")
    path, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag:
        path, tag = rest, ""
    return _Image(_plain(path.casefold()), tag, digest.lower())


def _plain(path: str) -> str:
    """Return the path of a repository, without the registry and the folder that Docker takes by default."""
    return _HUB.sub("", _HUB.sub("", path))


def _same_image(stated: _Image, scanned: _Image) -> Match:
    if stated.digest and scanned.digest:
        return Match.SAME if stated.digest == scanned.digest else Match.OTHER
    path = f"*/{scanned.path.rpartition('/')[2]}" if stated.path.startswith("*/") else scanned.path
    pairs = ((stated.path, path), (stated.tag, scanned.tag))
    if any(ours and theirs and ours != theirs for ours, theirs in pairs):
        return Match.OTHER
    is_known = stated.path and not stated.digest and all(theirs or not ours for ours, theirs in pairs)
    return Match.SAME if is_known else Match.UNKNOWN


def _system(names: Names, package: str | None) -> Match | None:
    """Return whether a CPE is that of the system of a package; None if they cannot be compared."""
    purl = parsed(package) if package else None
    version = dict(purl.qualifiers).get("distro", "").rpartition("-")[2] if purl else ""
    if purl is None or not version:
        return None
    return _most(_of_cpe(name, purl.namespace, version) for name in names)


def _of_cpe(name: str, distribution: str, version: str) -> Match | None:
    """Compare a CPE 2.2 or 2.3 of an operating system with a distribution, such as `redhat` 9.4."""
    part, vendor, product, stated, *_ = [*_CPE.sub("", name).lower().split(":"), "", "", ""]
    if part != "o":
        return None
    is_same = distribution in (vendor, product.partition("_")[0])
    is_same &= stated in ("", "*", "-") or f"{version}.".startswith(f"{stated}.")
    return Match.SAME if is_same else Match.OTHER
