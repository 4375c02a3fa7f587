"""Addresses of files on a forge, from the template `links` of `gatekeeper.yaml`.

The template names the scheme and the host itself, so that no text from a file decides where a link leads.
"""

import re
import string
from collections.abc import Iterator
from typing import NamedTuple

from gatekeeper.errors import nearest

WORDS = ("repository", "commit", "path", "line")
"""The placeholders of the template, in braces."""
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_HOST = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(:\d+)?/", re.IGNORECASE)
_LITERAL = re.compile(r"[A-Za-z0-9._~:/?#@!$&*+,;=%-]*")
_UNRESERVED = frozenset(f"{string.ascii_letters}{string.digits}-._~/")
_COMMIT = re.compile(r"[0-9a-fA-F]{7,64}")


class Spot(NamedTuple):
    """A line of a file at a commit of a repository; None is what is not known."""

    path: str
    line: int | None = None
    commit: str | None = None
    repository: str | None = None


def check(template: str) -> str:
    """Return a template.

    Raises:
        ValueError: It is not the address of a file on the web, or has an unknown placeholder.
    """
    for word in _PLACEHOLDER.findall(template):
        if word not in WORDS:
            raise ValueError(f"unknown placeholder {{{word}}}; {nearest(word, WORDS)}")
    if not _HOST.match(template):
        raise ValueError("begin it with https:// or http:// and a host without placeholders")
    if "{path}" not in template:
        raise ValueError("it has no {path}, so all links would be the same")
    if not _LITERAL.fullmatch(_PLACEHOLDER.sub("", template)):
        raise ValueError("it contains characters that an address cannot have; write them as %20 and so on")
    return template


def names(template: str, word: str) -> bool:
    """Return whether a template has a placeholder."""
    return f"{{{word}}}" in template


def address(template: str, spot: Spot) -> str | None:
    """Return the address of a place; None if something that the template names is unknown.

    Every value is percent-encoded. Without a line, the first line is meant.
    """
    values = dict(_values(spot))
    if not set(_PLACEHOLDER.findall(template)) <= values.keys():
        return None
    return _PLACEHOLDER.sub(lambda found: values[found[1]], template)


def _values(spot: Spot) -> Iterator[tuple[str, str]]:
    yield "line", str(spot.line or 1)
    if spot.commit and _COMMIT.fullmatch(spot.commit):
        yield "commit", spot.commit
    for word, path in (("path", spot.path), ("repository", _path_of(spot.repository or ""))):
        if path and _is_below(path):
            yield word, _encoded(path)


def _encoded(path: str) -> str:
    """Return a path percent-encoded, but for its slashes (RFC 3986, section 2)."""
    return "".join(
        chr(byte) if chr(byte) in _UNRESERVED else f"%{byte:02X}" for byte in path.encode(errors="replace")
    )


def _path_of(repository: str) -> str:
    """Return the path of a repository on its forge: `acme/shop` for `https://forge.example/acme/shop.git`."""
    rest, has_scheme = re.subn(r"^[A-Za-z][A-Za-z0-9+.-]*://", "", repository)
    rest, has_colon = re.subn(r"^([^/@]*@)?[^/:]+:(\d+/)?", "", rest)
    host, _, path = rest.partition("/")
    if not has_colon and (has_scheme or "." in host):
        rest = path
    return rest.strip("/").removesuffix(".git")


def _is_below(path: str) -> bool:
    """Return whether a path is relative and has no step that leads out of its folder."""
    is_absolute = path.startswith("/") or re.match(r"[A-Za-z]:", path)
    return not is_absolute and not {"", ".", ".."} & set(path.split("/")) and "\\" not in path
