"""Documents with one value damaged, for the law that damage never makes evidence better."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

Path = tuple[Any, ...]
VALUES: Sequence[Any] = (..., None, "", "other", [], {}, ["other"], 7, True, False)
"""What a value is replaced by; `...` removes it."""


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the paths of all values in a document but its root."""
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield (*path, key)
        yield from paths(value[key], (*path, key))


def changed(document: Any, path: Path, value: Any) -> Any:
    """Return a copy of a document with another value at a path, or without it if the value is `...`."""
    copied = owner = json.loads(json.dumps(document))
    for key in path[:-1]:
        owner = owner[key]
    if value is ...:
        del owner[path[-1]]
    else:
        owner[path[-1]] = value
    return copied


def damaged(document: Any, below: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield each damaged value's path with the document; only values below a path, if one is given."""
    for path in paths(document):
        if path[: len(below)] == below and path != below:
            for value in VALUES:
                yield path, changed(document, path, value)
