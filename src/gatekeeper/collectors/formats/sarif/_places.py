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
        self._bases = section(run, "originalUriBaseIds")
        roots = {root for name in self._bases if _is_absolute(root := self._resolved("", name))}
        self._roots = sorted((root for root in roots if root.strip("/")), key=len)[:_MOST_ROOTS]
        self._known: dict[tuple[str, object], str] = {}
        artifacts = run.get("artifacts")
        self._artifacts = artifacts if isinstance(artifacts, list) else []

    def of(self, result: Object) -> Place:
        """Return the first location of a result that names a file."""
        locations = result.get("locations")
        for location in locations if isinstance(locations, list) else ():
            physical = _object(_object(location).get("physicalLocation"))
            if file := self._file(_object(physical.get("artifactLocation"))):
                return file, line_or_none(_object(physical.get("region")).get("startLine"))
        return None, None

    def _file(self, location: Object) -> str | None:
        index = location.get("index")
        if "uri" not in location and type(index) is int and 0 <= index < len(self._artifacts):
            location = _object(_object(self._artifacts[index]).get("location"))
        uri, base = location.get("uri"), location.get("uriBaseId")
        if not isinstance(uri, str) or not uri or not isinstance(base, str | None):
            return None
        # Thousands of results are in a few hundred files.
        if (uri, base) not in self._known:
            path = self._resolved(uri[:_LONGEST_PATH], base)
            root = next((root for root in self._roots if path.startswith(root)), "")
            self._known[uri, base] = path.removeprefix(root)
        return self._known[uri, base]

    def _resolved(self, uri: str, base: str | None) -> str:
        """Return the path of a URI below the bases of a chain that the run describes."""
        path, seen = _path(uri).removeprefix("./"), set[object]()
        while not _is_absolute(path) and base not in seen and len(seen) < _LONGEST_CHAIN:
            seen.add(base)
            known = _object(self._bases.get(str(base)))
            folder, base = known.get("uri"), known.get("uriBaseId")  # type: ignore[assignment]
            if not isinstance(folder, str):
                break
            path = f"{_path(folder[:_LONGEST_PATH]).rstrip('/')}/{path}".removeprefix("./")
        return path


def _object(value: object) -> Object:
    return value if isinstance(value, dict) else {}


def _is_absolute(path: str) -> bool:
    return path.startswith("/") or _SCHEME.match(path) is not None


def _path(uri: str) -> str:
    """Return the path of a file URI or of a relative reference; other URIs stay as they are."""
    is_file = uri[:5].lower() == "file:"
    if _SCHEME.match(uri) and not is_file:
        return uri
    path = uri[5:] if is_file else uri
    if is_file and path.startswith("//"):
        path = "/" + path[2:].partition("/")[2]
    path = unquote(path).replace("\\", "/")
    # In a URI a slash precedes the drive, in a path it does not.
    return path[1:] if re.match(r"/[A-Za-z]:", path) else path
