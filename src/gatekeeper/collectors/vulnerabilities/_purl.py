"""Parse package URLs (https://github.com/package-url/purl-spec) and match them with packages of a scan."""

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from gatekeeper.collectors.vulnerabilities._report import Package

_IMAGES = frozenset({"oci", "docker"})
_OF_SYSTEMS = frozenset({"apk", "deb", "rpm", "alpm"})
"""Ecosystems whose namespace is the distribution, not part of a package's name."""


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
    return Purl(type_.lower(), namespace.strip("/"), name, unquote(version), qualifiers)


def without_version(text: str) -> str:
    """Return a package URL that names every version of the package."""
    purl = parsed(text)
    if purl is None:
        return text
    return f"pkg:{purl.type}/" + "/".join(part for part in (purl.namespace, purl.name) if part)


def packages(*purls: object) -> tuple[str, ...]:
    """Return the package URLs among these, without images: an image is scanned, not a package in it."""
    texts = dict.fromkeys(text for text in purls if isinstance(text, str) and text[:4].lower() == "pkg:")
    return tuple(text for text in texts if (purl := parsed(text)) is None or purl.type not in _IMAGES)


def key(package: Package) -> str | None:
    """Return the last part of a package's name, the key of statements about it; None if it has no name."""
    if package.purl and (purl := parsed(package.purl)):
        return purl.name
    return _plain(package.name).rpartition("/")[2] if package.name else None


def covers(purl: Purl, package: Package) -> bool:
    """Return whether a package URL and a package agree in every part that both have."""
    other = parsed(package.purl) if package.purl else None
    if other is None:
        return _is_named(purl, package.name) and _agree(purl.version, package.version or "")
    if (purl.type, purl.namespace, purl.name) != (other.type, other.namespace, other.name):
        return False
    theirs = dict(other.qualifiers)
    return _agree(purl.version, other.version) and all(
        theirs.get(name, value) == value for name, value in purl.qualifiers
    )


def _agree(one: str, other: str) -> bool:
    return not one or not other or one == other


def _is_named(purl: Purl, name: str | None) -> bool:
    if name is None:
        return True
    full = f"{purl.namespace}/{purl.name}" if purl.namespace else purl.name
    plain = _plain(name)
    return plain == full or (purl.type in _OF_SYSTEMS and plain == purl.name)


def _plain(name: str) -> str:
    """Return a name in the form of package URLs: Maven writes a colon after the group."""
    return name.casefold().replace(":", "/")
