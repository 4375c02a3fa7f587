"""Select the operations of an OpenAPI description by their paths."""

import re
from collections.abc import Callable, Iterable, Sequence

from gatekeeper.collectors.formats.openapi.description import Description
from gatekeeper.collectors.formats.openapi.operations import Operation
from gatekeeper.collectors.reading.globs import chooser
from gatekeeper.model.evidence import Absent

_TEMPLATE = re.compile(r"\{([^{},/]*)\}")


def selected(
    api: Description, everything: list[Operation], paths: str | list[str] | None
) -> Sequence[Operation]:
    """Return the operations whose path matches one of the globs; without globs, all operations.

    Raises:
        Absent: No path of the description matches.
    """
    if not paths:
        return everything
    chosen = _path_chooser([paths] if isinstance(paths, str) else paths)
    if not any(chosen(path) for path, _ in api.paths()):
        raise Absent(f"{api.root.document.file}: the description has no path that matches {paths}")
    return [operation for operation in everything if chosen(operation.path)]


def _path_chooser(globs: Iterable[str]) -> Callable[[str], bool]:
    """Return a predicate for paths; the braces of `/users/{id}` are literal, in globs too."""
    chosen = chooser([choice for glob in globs for choice in _with_what_is_below(_plain(glob))])
    return lambda path: chosen(_plain(path))


def _plain(path: str) -> str:
    return _TEMPLATE.sub(r"<\1>", path)


def _with_what_is_below(glob: str) -> tuple[str, ...]:
    folder = glob.removesuffix("/**").rstrip("/") if glob.endswith("/**") else glob.rstrip("/")
    if glob.endswith("/**") or not set("*?{") & set(glob):
        return folder or "/", f"{folder}/**"
    return (glob,)
