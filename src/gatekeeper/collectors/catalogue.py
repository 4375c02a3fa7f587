"""Every format that comes with the program, with what it says about itself.

`ABOUT` is in the module of a format, in the `read.py` of a kind without formats, and under `about` in the
YAML of a format that is data; there the marks say how it is recognised.
"""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple

from gatekeeper.collectors import KINDS
from gatekeeper.collectors.reading import descriptions
from gatekeeper.collectors.reading.about import About


class Listed(NamedTuple):
    """A format of a kind."""

    kind: str
    name: str
    """As its module or file is named; of a kind without formats the name of the kind."""
    about: About | None
    """None: it says nothing about itself."""

    @property
    def title(self) -> str:
        """The name as people read it."""
        return self.name.replace("_", " ")


def formats() -> list[Listed]:
    """Return all formats by kind, those of a kind sorted by name."""
    return [
        listed for kind in KINDS.names for listed in sorted(_of_kind(kind), key=lambda listed: listed.name)
    ]


def _of_kind(kind: str) -> Iterator[Listed]:
    names = list(_modules(kind))
    yield from (Listed(kind, name, _about(kind, name)) for name in names)
    described = list(_described(kind))
    yield from described
    if (about := _about(kind, "read")) or not (names or described):
        yield Listed(kind, kind, about)


def _modules(kind: str) -> Iterator[str]:
    for module in iter_modules(import_module(f"{__package__}.{kind}").__path__):
        if not module.name.startswith("_") and module.name not in ("facts", "read"):
            yield module.name


def _about(kind: str, name: str) -> About | None:
    return getattr(import_module(f"{__package__}.{kind}.{name}"), "ABOUT", None)


def _described(kind: str) -> Iterator[Listed]:
    for name, text in descriptions.own(kind).items():
        yield Listed(kind, name, descriptions.about(descriptions.load(text)))
