"""Parse package URLs (https://github.com/package-url/purl-spec), and compare them."""

from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote


class Match(IntEnum):
    """Whether two descriptions are of the same thing."""

    OTHER = 0
    UNKNOWN = 1
    """They do not contradict each other, and one does not state all that the other states."""
    SAME = 2


class Purl(NamedTuple):
    """A parsed package URL, unescaped; case-insensitive parts are in lower case."""

    type: str
    namespace: str
    name: str
    version: str
    """Empty if missing; so is `namespace`."""
    qualifiers: tuple[tuple[str, str], ...]


@lru_cache(maxsize=4096)
def parsed(text: str) -> Purl | None:
    """Parse a package URL; None if the text is not one."""
    if text[:4].lower() != "pkg:":
        return None
    rest, _, query = text[4:].partition("#")[0].partition("?")
    rest = rest.strip("/")
    before, _, version = rest.rpartition("@")
    # In `pkg:npm/@scope/name` the @ should be escaped, but some tools do not.
    if not before or before.endswith("/") or "/" in version:
        before, version = rest, ""
    type_, _, path = before.partition("/")
    namespace, _, name = unquote(path).casefold().rpartition("/")
    if not type_ or not name:
        return None
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    qualifiers = tuple((key.lower(), unquote(value)) for key, _, value in pairs)
    type_ = type_.lower()
    name = name.replace("_", "-") if type_ == "pypi" else name
    return Purl(type_, namespace.strip("/"), name, unquote(version), qualifiers)


def without_version(text: str) -> str:
    """Return a package URL that names every version of the package."""
    purl = parsed(text)
    if purl is None:
        return text
    return f"pkg:{purl.type}/" + "/".join(part for part in (purl.namespace, purl.name) if part)


_ECOSYSTEMS = {
    "npm": "npm yarn pnpm node-pkg",
    "pypi": "pypi pip pipenv poetry uv python-pkg",
    "maven": "maven jar pom gradle",
    "golang": "go gomod gobinary",
    "cargo": "crates.io cargo rustbinary",
    "gem": "rubygems bundler gemspec",
    "nuget": "nuget dotnet-core",
    "composer": "packagist composer",
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


def compare(stated: Purl, package: Purl) -> Match:
    """Return whether a stated package URL names a package; what only it states is not known to agree."""
    if (stated.type, stated.namespace, stated.name) != (package.type, package.namespace, package.name):
        return Match.OTHER
    theirs = dict(package.qualifiers)
    pairs = [(_version(stated), _version(package))]
    pairs += [(value, theirs.get(key, "")) for key, value in stated.qualifiers]
    if any(ours and known and ours != known for ours, known in pairs):
        return Match.OTHER
    return Match.UNKNOWN if any(ours and not known for ours, known in pairs) else Match.SAME


def _version(purl: Purl) -> str:
    """Return the version; tools write those of Go with and without a `v`."""
    return purl.version.removeprefix("v") if purl.type == "golang" else purl.version
