"""Which files of a tree are TypeScript that runs in production."""

import re

_SOURCE = re.compile(r"\.[cm]?tsx?$")
_DECLARATION = re.compile(r"\.d(\.[^/.]+)?\.[cm]?ts$")
_TEST = re.compile(r"(^|/)__(tests|mocks)__/|[.-](test|spec|e2e)(-d)?\.[cm]?tsx?$")


def is_source(path: str) -> bool:
    """Tell whether a file holds code of the product.

    Declaration files do not: a compiler wrote them, or they describe what others wrote. Tests are known by
    their names (`a.test.ts`, `a.e2e.ts`, `a.int-spec.ts`, `__tests__/`, `__mocks__/`), and not by a folder
    `test`: in a service about examinations that is the domain.
    """
    return bool(
        _SOURCE.search(path)
        and not _DECLARATION.search(path)
        and not _TEST.search(path)
        and "/node_modules/" not in f"/{path}"
    )


def folders(paths: tuple[str, ...], root: str) -> tuple[str, ...]:
    """Return the names of the folders below an artefact's folder, its own among them."""
    steps = root.split("/")
    wild = next((i for i, step in enumerate(steps) if set("*?{") & set(step)), len(steps))
    above = max(0, wild - 1)
    return tuple(sorted({step for path in paths for step in path.split("/")[above:-1] if step != ".."}))
