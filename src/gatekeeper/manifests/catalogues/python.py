"""Python: `pyproject.toml`, `setup.cfg`, `setup.py` or `requirements.txt`.

Source: https://packaging.python.org/specifications/pyproject-toml,
https://python-poetry.org/docs/pyproject and
https://setuptools.pypa.io/en/latest/userguide/declarative_config.html. A script of a package may be a mere
tool: it is an application if the package needs a server or framework, or makes its object (ASGI, WSGI).
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as ConfigError
from itertools import islice
from typing import Any

from gatekeeper.manifests.catalogues.entry import (
    PackageFolder,
    SourcePackage,
    Technology,
    mapping,
    text,
    texts,
)
from gatekeeper.syntax import SyntaxProblem, decode

FILES = r"pyproject\.toml|setup\.cfg|setup\.py|requirements\.txt"

_SERVERS = re.compile(
    r"(?:aiohttp|celery|connexion|daphne|django|falcon|fastapi|flask|grpcio|gunicorn|hypercorn|litestar|quart|sanic|"
    r"starlette|tornado|uvicorn|waitress)\b",
    re.IGNORECASE,
)
_PROGRAM = re.compile(r"(?:src/)?(?:[^/]+/)?(?:main|app|asgi|wsgi|server|__main__)\.py")
_OBJECT = re.compile(
    rb"^\w++[^\n=]*+= *(?:\w+\.)?(FastAPI|Flask|Starlette|Quart|Sanic|Litestar|get_[aw]sgi_application)\(",
    re.MULTILINE,
)
_MOST = 20
"""So many files are looked into."""


def package(file: str, folder: PackageFolder) -> SourcePackage:
    """Return the package. Raises `SyntaxProblem`: the file is not TOML or text."""
    name, needed, scripts = None, list[str](), False
    if file == "pyproject.toml":
        about = _toml(folder.read(file))
        project, poetry = mapping(about, "project"), mapping(about, "tool", "poetry")
        if not project and not poetry and "build-system" not in about:
            return SourcePackage(file, Technology.PYTHON, groups_others=True)
        name = text(project.get("name")) or text(poetry.get("name"))
        needed = [*texts(project.get("dependencies")), *mapping(poetry, "dependencies")]
        scripts = bool(mapping(project, "scripts") or mapping(poetry, "scripts"))
    elif file == "setup.cfg":
        name = _name(decode(folder.read(file)))
    elif file == "requirements.txt":
        needed = decode(folder.read(file)).splitlines()
    mark = next(_marks(folder), None)
    if mark is None and scripts and (server := next(filter(_SERVERS.match, needed), None)):
        mark = f"scripts, needs {server.split()[0]}"
    return SourcePackage(file, Technology.PYTHON, name, mark)


def _marks(folder: PackageFolder) -> Iterator[str]:
    if "manage.py" in folder.names:
        yield "manage.py"
    for path in islice(filter(_PROGRAM.fullmatch, folder.below), _MOST):
        if found := _OBJECT.search(folder.read(path)):
            yield f"{found[1].decode()} in {path}"


def _toml(data: bytes) -> Mapping[str, Any]:
    try:
        return tomllib.loads(decode(data))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SyntaxProblem(f"not TOML: {error}") from None


def _name(written: str) -> str | None:
    parser = ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(written)
    except ConfigError as error:
        raise SyntaxProblem(f"not a configuration: {str(error).splitlines()[0]}") from None
    return text(parser.get("metadata", "name", fallback=None))
