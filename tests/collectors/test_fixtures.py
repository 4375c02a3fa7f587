"""Every format that comes with the program has an artefact in `fixtures`, so that the tests damage it."""

from contextlib import suppress
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

from builders.artefacts import FIXTURES, tree
from gatekeeper import collectors
from gatekeeper.model.evidence import Absent, Unreadable


def formats(kind: str) -> set[str]:
    """Return the names of the modules in a kind's folder that are formats."""
    folder = import_module(f"gatekeeper.collectors.{kind}").__path__
    public = {found.name for found in iter_modules(folder) if not found.name.startswith("_")}
    return public - {"facts", "read"}


def fixtures(kind: str) -> list[Path]:
    return [file for file in sorted((FIXTURES / kind).rglob("*")) if file.is_file()]


@pytest.mark.parametrize("kind", collectors.KINDS.names)
def test_a_kind_has_a_fixture(kind: str) -> None:
    assert fixtures(kind)


@pytest.mark.long
@pytest.mark.parametrize("kind", [kind for kind in collectors.KINDS.names if formats(kind)])
def test_every_format_of_a_kind_has_a_fixture(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    used: set[str] = set()

    def record(name: str) -> None:
        module = import_module(f"gatekeeper.collectors.{kind}.{name}")
        read = module.read

        def reading(*arguments: Any) -> Any:
            used.add(name)
            return read(*arguments)

        monkeypatch.setattr(module, "read", reading)

    for name in formats(kind):
        record(name)
    reader = import_module(f"gatekeeper.collectors.{kind}.read")
    for file in fixtures(kind):
        with suppress(Absent, Unreadable):
            reader.collect(tree({file.name: file.read_bytes()}), {})
    assert used == formats(kind)
