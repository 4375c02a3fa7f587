"""Every module of a registry has what its protocol asks: mypy compares the types, of all that are found."""

import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from builders.workspaces import ROOT, write
from gatekeeper import collectors, reporters

HEAD = """\
from typing import TypeVar
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.plugins import Format, KindFacts, KindReader, Reporter

Part = TypeVar("Part")

def check(formats: Formats[Part], module: Format[Part]) -> None: ...

"""


def formats(kind: str) -> Iterator[str]:
    """Yield the formats of a kind that reads its files by format."""
    reader = import_module(f"gatekeeper.collectors.{kind}.read")
    if hasattr(reader, "FORMATS"):
        public = (found.name for found in iter_modules([str(Path(reader.__file__ or "").parent)]))
        yield from (name for name in public if not name.startswith("_") and name not in ("facts", "read"))


def assignments() -> Iterator[str]:
    """Yield statements that mypy accepts only if each module fits its protocol."""
    for kind in collectors.KINDS.names:
        package = f"gatekeeper.collectors.{kind}"
        yield f"import {package}.facts, {package}.read\n"
        yield f"facts_{kind}: KindFacts = {package}.facts\n"
        yield f"read_{kind}: KindReader = {package}.read\n"
        for name in formats(kind):
            yield f"import {package}.{name}\n"
            yield f"check({package}.read.FORMATS, {package}.{name})\n"
    for name in (name.replace("-", "_") for name in reporters.REPORTERS.names):
        yield f"import gatekeeper.reporters.{name}\n"
        yield f"reporter_{name}: Reporter = gatekeeper.reporters.{name}\n"


def mypy(file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), str(file)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.long
def test_every_module_of_a_registry_fits_its_protocol(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    ran = mypy(write(tmp_path / "assigned.py", HEAD + "".join(assignments())))
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.long
def test_modules_that_do_not_fit_are_noticed(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    wrong = [
        "a: KindReader = gatekeeper.collectors.tests.facts",
        "b: KindFacts = gatekeeper.collectors.tests.read",
        "c: Reporter = gatekeeper.collectors.tests.read",
        "check(Formats[int]('tests'), gatekeeper.collectors.tests.junit)",
    ]
    imports = [f"import gatekeeper.collectors.tests.{name}" for name in ("facts", "read", "junit")]
    ran = mypy(write(tmp_path / "assigned.py", HEAD + "\n".join([*imports, *wrong]) + "\n"))
    first = HEAD.count("\n") + len(imports) + 1
    errors = {line.split(": error: ")[0] for line in ran.stdout.splitlines() if ": error: " in line}
    assert {int(place.rpartition(":")[2]) for place in errors} == set(range(first, first + len(wrong)))
