"""The files of a tree that are TypeScript of the product."""

import re

_SOURCE = re.compile(r"\.[cm]?tsx?$")
_DECLARATION = re.compile(r"\.d(\.[^/.]+)?\.[cm]?ts$")
_TEST = re.compile(r"(^|/)__(tests|mocks)__/|[.-](test|spec|e2e)(-d)?\.[cm]?tsx?$")


def is_source(path: str) -> bool:
    """Return whether a file has code of the product.

    Declaration files have none: a compiler wrote them, or they describe a library. Tests are known by their
    names (`a.test.ts`, `a.e2e.ts`, `a.int-spec.ts`, `__tests__/`, `__mocks__/`), not by a folder `test`,
    which is the domain of a service about examinations.
    """
    return bool(
        _SOURCE.search(path)
        and not _DECLARATION.search(path)
        and not _TEST.search(path)
        and "/node_modules/" not in f"/{path}"
    )


def folders(paths: tuple[str, ...], root: str) -> tuple[str, ...]:
    """Return the names of the folders of an artefact, its own folder included."""
    steps = root.split("/")
    wild = next((i for i, step in enumerate(steps) if set("*?{") & set(step)), len(steps))
    above = max(0, wild - 1)
    return tuple(sorted({step for path in paths for step in path.split("/")[above:-1] if step != ".."}))
