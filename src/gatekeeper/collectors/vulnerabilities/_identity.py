"""Compare what a VEX statement is about with what was scanned and with the package of a finding.

Identifiers are package URLs, image references, digests, URLs of repositories, and CPEs of packages and of
the system that a component is part of. An identifier that can be compared with nothing is `UNKNOWN`.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from gatekeeper.collectors.vulnerabilities._purl import compare, parsed
from gatekeeper.collectors.vulnerabilities._report import Names, Package, Product
from gatekeeper.collectors.vulnerabilities._versions import Match
from gatekeeper.model.evidence import Subject, SubjectType

if TYPE_CHECKING:
    from packageurl import PackageURL

_IMAGES = frozenset({"oci", "docker"})
_HUB = re.compile(r"^((index|registry-1)\.)?docker\.io/|^library/")
_REFERENCE = re.compile("[/:@]")
_CPE = re.compile(r"^cpe:(/|2\.3:)")
_ANY = ("", "*")
_URL = re.compile(r"^[a-z+]+://([^@/]*@)?|(\.git)?/?$")


class _Image(NamedTuple):
    """An image; a part that is not stated is empty."""

    path: str
    """Registry and repository; `*/name` if the identifier does not state where the repository is."""
    tag: str
    digest: str


def match(product: Product, package: Package, subjects: Sequence[Subject]) -> Match:
    """Return whether a statement about a product is about a finding in a package."""
    return min(_context(product, subjects), _of_product(product, package, subjects))


def _context(product: Product, subjects: Sequence[Subject]) -> Match:
    """Return whether the product that the document describes was scanned; if it cannot be compared, yes."""
    found = _scanned(product.context, subjects)
    if found is None and product.context_name and subjects:
        is_named = any(_last_word(product.context_name) == _last_word(one.name) for one in subjects)
        return Match.SAME if is_named else Match.UNKNOWN
    return Match.SAME if found is None else found


def _last_word(name: str) -> str:
    """Return the last word of the path of an image, a repository or a package, without tag or version."""
    path = _URL.sub("", name.casefold()).partition("?")[0].rpartition("/")[2]
    return re.split("[@:]", path)[0]


def _of_product(product: Product, package: Package, subjects: Sequence[Subject]) -> Match:
    *hosts, last = product.path
    part = _package(last, package)
    if hosts:
        around = [_best(_scanned(names, subjects), _system(names, package.purl)) for names in hosts]
        return min(*around, _best(part))
    whole = _scanned(last, subjects)
    return whole if whole is Match.SAME else _best(whole if part is None else part)


def purls(names: Names) -> "list[PackageURL]":
    """Return the package URLs among identifiers, without those of images."""
    return [purl for name in names if (purl := parsed(name)) and purl.type not in _IMAGES]


def _package(names: Names, package: Package) -> Match | None:
    """Return whether identifiers are of a package; None if none of them is of any package."""
    other = parsed(package.purl) if package.purl else None
    found = [compare(purl, other) if other else Match.UNKNOWN for purl in purls(names)]
    # A scanner guesses several CPEs: that none is the stated one says nothing.
    found += [
        max((_same_cpe(fields, _cpe(own)) for own in package.cpes), default=Match.UNKNOWN)
        for name in names
        if _CPE.match(name) and (fields := _cpe(name))[0] == "a"
    ]
    return _agreed(found)


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
        qualifiers, version = purl.qualifiers, purl.version or ""
        path = f"{purl.namespace or ''}/{purl.name}".strip("/")
        # The location is that of the repository itself, or of the folder in which it is.
        base = _URL.sub("", qualifiers.get("repository_url", "").casefold())
        if purl.type == "oci" or base:
            path = base if base.endswith(f"/{path}") else f"{base or '*'}/{path}"
        has_digest = ":" in version
        tag = qualifiers.get("tag", "") or ("" if has_digest else version)
        return _Image(_plain(path), tag, version.lower() if has_digest else "")
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


def _same_image(stated: _Image, scanned: _Image) -> Match | None:
    if stated.digest and scanned.digest:
        return Match.SAME if stated.digest == scanned.digest else Match.OTHER
    if not stated.path:
        return None
    path = f"*/{scanned.path.rpartition('/')[2]}" if stated.path.startswith("*/") else scanned.path
    pairs = ((stated.path, path), (stated.tag, scanned.tag))
    if any(ours and theirs and ours != theirs for ours, theirs in pairs):
        return Match.OTHER
    is_known = not stated.digest and all(theirs or not ours for ours, theirs in pairs)
    return Match.SAME if is_known else Match.UNKNOWN


def _system(names: Names, package: str | None) -> Match | None:
    """Return whether a CPE is that of the system of a package; None if they cannot be compared."""
    purl = parsed(package) if package else None
    version = purl.qualifiers.get("distro", "").rpartition("-")[2] if purl else ""
    if purl is None or not version:
        return None
    return _most(_of_system(_cpe(name), purl.namespace or "", version) for name in names)


def _of_system(cpe: Names, distribution: str, version: str) -> Match | None:
    """Compare a CPE of an operating system with a distribution, such as `redhat` 9.4."""
    part, vendor, product, stated, *_ = cpe
    if part != "o":
        return None
    is_same = distribution in (vendor, product.partition("_")[0])
    is_same &= stated in (*_ANY, "-") or f"{version}.".startswith(f"{stated}.")
    return Match.SAME if is_same else Match.OTHER


def _cpe(name: str) -> Names:
    """Return the fields of a CPE 2.2 or 2.3, at least part, vendor, product and version."""
    fields = re.split(r"(?<!\\):", _CPE.sub("", name).lower())
    plain = unquote if name.startswith("cpe:/") else lambda field: field.replace("\\", "")
    return (*map(plain, fields), "", "", "", "")


def _same_cpe(stated: Names, own: Names) -> Match:
    """Compare the CPEs of a product and of a package; what only one states is not known to agree."""
    if stated[1:3] != own[1:3] or "" in stated[1:3]:
        return Match.UNKNOWN
    if stated[3] not in _ANY and own[3] not in (*_ANY, stated[3]):
        return Match.OTHER
    rest = zip(stated[3:], (*own[3:], *[""] * len(stated)), strict=False)
    is_known = all(ours in _ANY or ours == theirs for ours, theirs in rest)
    return Match.SAME if is_known else Match.UNKNOWN
