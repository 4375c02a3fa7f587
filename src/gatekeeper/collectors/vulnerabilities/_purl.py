"""Parse package URLs (https://github.com/package-url/purl-spec) by `packageurl`, and compare them."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from gatekeeper.collectors.vulnerabilities import _versions
from gatekeeper.collectors.vulnerabilities._versions import Match

if TYPE_CHECKING:
    from packageurl import PackageURL


_NO_VERSION = re.compile(r"@(?=$|[?#])")
"""A version that somebody removed is not every version."""


@lru_cache(maxsize=4096)
def parsed(text: str) -> "PackageURL | None":
    """Parse a package URL, with namespace and name in lower case; None if the text is not one."""
    if text[:4].lower() != "pkg:" or _NO_VERSION.search(text):
        return None
    from packageurl import PackageURL

    try:
        purl = PackageURL.from_string(f"pkg:{text[4:]}")
    except ValueError:
        return None
    namespace = purl.namespace and purl.namespace.casefold()
    return purl._replace(namespace=namespace, name=purl.name.casefold())


def without_version(text: str) -> str:
    """Return a package URL that names every version of the package."""
    purl = parsed(text)
    return str(purl._replace(version=None, qualifiers={}, subpath=None)) if purl else text


def within(text: str, range_: str) -> str:
    """Return a package URL that names the versions in a range, by the qualifier `vers`."""
    before, mark, qualifiers = text.partition("#")[0].partition("?")
    return f"{before}?{qualifiers}{'&' if mark else ''}vers={quote(range_, safe='')}"


_ECOSYSTEMS = {
    "npm": "npm yarn pnpm node-pkg",
    "pypi": "pypi pip pipenv poetry uv python-pkg",
    "maven": "maven jar pom gradle sbt",
    "golang": "go golang gomod gomodules gobinary",
    "cargo": "crates.io cargo rustbinary",
    "gem": "rubygems bundler gemspec",
    "nuget": "nuget dotnet-core",
    "composer": "packagist composer",
    "hex": "hex mix",
    "apk/alpine": "alpine",
    "deb/debian": "debian",
    "deb/ubuntu": "ubuntu",
}
_TYPES = {word: type_ for type_, words in _ECOSYSTEMS.items() for word in words.split()}
"""The words of scanners for ecosystems: Trivy's result types, OSV's ecosystems."""


def of_package(ecosystem: str | None, name: str | None, version: str | None = None) -> str | None:
    """Return the package URL of a package that a scanner names without one; None if it cannot be known."""
    type_ = _TYPES.get((ecosystem or "").partition(":")[0].casefold())
    if type_ is None or not name:
        return None
    # Maven writes a colon after the group.
    path = name.replace(":", "/") if type_ == "maven" else name
    return f"pkg:{type_}/{path}@{version}" if version else f"pkg:{type_}/{path}"


def compare(stated: "PackageURL", package: "PackageURL") -> Match:
    """Return whether a stated package URL names a package; what only it states is not known to agree."""
    if (stated.type, stated.namespace, stated.name) != (package.type, package.namespace, package.name):
        return Match.OTHER
    matches = [_versions.compare(package.type, stated.version or "", package.version or "")]
    for key, value in stated.qualifiers.items():
        theirs = package.qualifiers.get(key)
        if key == "vers":
            matches.append(_versions.within(package.type, value, package.version or ""))
        elif theirs != value:
            matches.append(Match.OTHER if theirs else Match.UNKNOWN)
    return min(matches)
