"""The places of SARIF results: resolve URIs to paths relative to the repository.

SARIF 2.1.0, sections 3.4 (artifactLocation) and 3.14.14 (originalUriBaseIds). Each tool names its bases
differently; the outermost base counts as the root of the repository. A path outside every base stays
absolute.
"""

import re
from urllib.parse import unquote

from gatekeeper.collectors.reading.figures import line_or_none, section
from gatekeeper.syntax.json import Object

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_LONGEST_CHAIN = 20
_LONGEST_PATH = 1_000
_MOST_ROOTS = 20

Place = tuple[str | None, int | None]
"""A path and a 1-based line, if they are known."""


class SarifPlaces:
    """The locations of one run."""

    def __init__(self, run: Object) -> None:
        bases = section(run, "originalUriBaseIds")
        chains = {name: _chain(name, bases) for name in bases}
        absolute = {_path(root) for root, _ in chains.values() if root}
        self._roots = sorted((path for path in absolute if path.strip("/")), key=len)[:_MOST_ROOTS]
        self._prefixes = {
            name: (self._below_root(_path(root)) if root else "") + rest
            for name, (root, rest) in chains.items()
        }
        self._known: dict[tuple[str, object], str] = {}
        artifacts = run.get("artifacts")
        self._artifacts = artifacts if isinstance(artifacts, list) else []

    def of(self, result: Object) -> Place:
        """Return the first location of a result that names a file."""
        locations = result.get("locations")
        for location in locations if isinstance(locations, list) else ():
            physical = location.get("physicalLocation") if isinstance(location, dict) else None
            if isinstance(physical, dict) and (file := self._file(physical.get("artifactLocation"))):
                region = physical.get("region")
                return file, line_or_none(region.get("startLine")) if isinstance(region, dict) else None
        return None, None

    def _file(self, location: object) -> str | None:
        if not isinstance(location, dict):
            return None
        if "uri" not in location:
            location = self._artifact(location.get("index"))
        uri, base = location.get("uri"), location.get("uriBaseId")
        if not isinstance(uri, str) or not uri or not isinstance(base, str | None):
            return None
        # Thousands of results are in a few hundred files.
        path = self._known.get((uri, base))
        if path is None:
            path = self._known[uri, base] = self._relative(uri[:_LONGEST_PATH], base)
        return path

    def _artifact(self, index: object) -> Object:
        if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(self._artifacts):
            return {}
        artifact = self._artifacts[index]
        location = artifact.get("location") if isinstance(artifact, dict) else None
        return location if isinstance(location, dict) else {}

    def _relative(self, uri: str, base: str | None) -> str:
        if uri[:5].lower() == "file:":
            return self._below_root(_path(uri))
        if _SCHEME.match(uri):
            return uri
        path = _path(uri)
        if path.startswith("/"):
            return self._below_root(path)
        return ("" if base is None else self._prefixes.get(base, "")) + path.removeprefix("./")

    def _below_root(self, path: str) -> str:
        for root in self._roots:
            if path.startswith(root):
                return path[len(root) :]
        return path


def _chain(name: str, bases: Object) -> tuple[str, str]:
    """Return the absolute URI at the end of a chain of bases, and the path from there."""
    seen: set[object] = set()
    at: object = name
    rest = ""
    while isinstance(at, str) and at not in seen and len(seen) < _LONGEST_CHAIN:
        seen.add(at)
        base = bases.get(at)
        uri = base.get("uri") if isinstance(base, dict) else None
        if not isinstance(base, dict) or not isinstance(uri, str):
            break
        folder = uri[:_LONGEST_PATH].rstrip("/") + "/"
        if _SCHEME.match(folder) or folder.startswith("/"):
            return folder, rest
        rest = _path(folder).removeprefix("./") + rest
        at = base.get("uriBaseId")
    return "", rest


def _path(uri: str) -> str:
    """Return the path of a file URI or of a relative reference."""
    path = uri
    if uri[:5].lower() == "file:":
        path = uri[5:]
        if path.startswith("//"):
            _, slash, path = path[2:].partition("/")
            path = slash + path
    path = unquote(path) if "%" in path else path
    path = path.replace("\\", "/")
    # In a URI a slash precedes the drive, in a path it does not.
    return path[1:] if re.match(r"/[A-Za-z]:", path) else path
