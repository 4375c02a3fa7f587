"""What a catalogue or a package manifest says about a service, and how it is taken from untrusted data."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from gatekeeper.model.manifest import NAME

_LONGEST = 200
_WITHIN = re.compile(r"/(?:-/)?(?:tree|blob|src)/(?:branch/)?[^/]+(?:/(?P<folder>.*))?$")
"""The part of a forge's address that leads into a repository: `/tree/main/packages/basket`."""


class Technology(StrEnum):
    """What a package is built with; its value is the profile of such services."""

    NODE = "node-service"
    SPRING = "spring-boot"
    JAVA = "java-service"
    GO = "go-service"
    PYTHON = "python-service"
    DOTNET = "dotnet-service"


class CodePlace(NamedTuple):
    """An address of code: a repository, and a folder in it."""

    repository: str
    """Host and path: `forge.example/acme/basket`."""
    folder: str = ""


class CatalogueEntry(NamedTuple):
    """An entry of a catalogue."""

    name: str
    """As the catalogue writes it."""
    line: int
    other: str | None = None
    """Why it is not a service: `kind Resource`; None: it is one."""
    owner: str | None = None
    at: CodePlace | None = None
    """Where its code is; None: beside the catalogue."""
    depends_on: tuple[str, ...] = ()
    """The names of entries that it needs."""
    aliases: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    """The APIs that it offers, and below those that it uses."""
    consumes: tuple[str, ...] = ()


class PackageFolder(NamedTuple):
    """The folder of a package, to look at the files beside its manifest."""

    names: frozenset[str]
    """The files in it."""
    below: tuple[str, ...]
    """The files in it and in its folders, relative to it."""
    read: Callable[[str], bytes]
    """Read one of them. Raises `SyntaxProblem` if it cannot be read."""

    def has(self, pattern: str) -> str | None:
        """Return the first file that matches a pattern as a whole."""
        return next((path for path in self.below if re.fullmatch(pattern, path)), None)


class SourcePackage(NamedTuple):
    """A package: what its manifest and the files beside it show."""

    file: str
    """The manifest, in its folder; or a Dockerfile instead."""
    technology: Technology | None
    name: str | None = None
    application: str | None = None
    """The mark of an application: `scripts.start`."""
    groups_others: bool = False
    """Whether it only holds other packages together."""


def service_name(written: str) -> str | None:
    """Return a name as one that is safe as a file name; None if it is a path, or nothing is left of it."""
    if len(written) > _LONGEST or not written.isprintable() or re.search(r"[/\\]", written):
        return None
    words = written.split()
    name = "-".join(words).casefold() if len(words) > 1 else written.strip()
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-._")
    return safe if re.fullmatch(NAME, safe) else None


def mapping(value: Any, *keys: str) -> Mapping[str, Any]:
    """Return the mapping below some keys; an empty one if it is missing."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def text(value: Any) -> str | None:
    """Return a value if it is text that can be shown on a line, without spaces around it."""
    is_text = isinstance(value, str) and len(value) <= _LONGEST and value.isprintable()
    return (value.strip() or None) if is_text else None


def texts(value: Any, key: str | None = None) -> Iterator[str]:
    """Yield the texts of a list, or those that its mappings have for a key."""
    for item in value if isinstance(value, list) else ():
        if found := text(mapping(item).get(key) if key else item):
            yield found


def reference(written: str) -> tuple[str, str]:
    """Return kind (in lower case; empty if it is left out) and name of `[kind:][namespace/]name`."""
    kind, _, rest = written.rpartition(":")
    return kind.casefold(), rest.rpartition("/")[2]


def place(url: str, folder: str = "") -> CodePlace | None:
    """Return the repository, and the folder in it, that an address of a forge leads to."""
    with_scheme = re.sub(r"^(?:[^@/]+@)?([^:/]+):(?!//)", r"ssh://\1/", url)
    try:
        parts = urlsplit(with_scheme)
        host, path = parts.hostname, unquote(parts.path)
    except ValueError:
        return None
    within = _WITHIN.search(path)
    repository = (path[: within.start()] if within else path).strip("/").removesuffix(".git")
    inner = (within["folder"] or "").strip("/") if within else ""
    is_shown = f"{host}{repository}{inner}".isprintable()
    return CodePlace(f"{host}/{repository}", folder or inner) if host and repository and is_shown else None
