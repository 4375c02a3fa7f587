"""The files of a tree that are code of the product, by their names."""

import re

_SOURCE = re.compile(r"\.[cm]?[jt]sx?$")
_DECLARATION = re.compile(r"\.d(\.[^/.]+)?\.[cm]?ts$")
_TEST = re.compile(r"(^|/)__(tests|mocks)__/|[.-](test|spec|e2e)(-d)?\.[cm]?[jt]sx?$")


def is_source(path: str) -> bool:
    """Return whether a file has code of the product, in TypeScript or JavaScript.

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


def is_typescript(path: str) -> bool:
    """Return whether a file has code of the product in TypeScript."""
    return is_source(path) and path.endswith(("ts", "tsx"))
