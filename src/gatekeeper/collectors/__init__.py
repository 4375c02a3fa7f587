"""Artefact -> facts: one module per kind of evidence, named after the kind and found by its name.

A module of this package has `FACTS`, the NamedTuple of its facts (None where the slot's `select` names
them), and may have `OPTIONS`, the names of the slot options it understands, and
`collect(artefact, options) -> Collected`. `collect` raises `Unreadable` where the artefact is not what it
claims to be, and `Absent` where it holds no evidence.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from gatekeeper.errors import BrokenPlugin
from gatekeeper.model.evidence import SHAPES, Kind

ENTRY_POINTS = "gatekeeper.collectors"


@cache
def built_in() -> frozenset[str]:
    """Return the names of the kinds that come with the program."""
    return frozenset(module.name for module in iter_modules(__path__) if not module.name.startswith("_"))


@cache
def find(kind: str) -> Kind | None:
    """Return the kind of this name, or None where neither we nor an installed plugin have it."""
    if kind in built_in():
        return _describe(kind, import_module(f"{__name__}.{kind}"))
    # Looking through every installed distribution takes longer than a whole check of a small workspace.
    from importlib.metadata import entry_points

    for entry_point in entry_points(group=ENTRY_POINTS, name=kind):
        try:
            return _describe(kind, entry_point.load())
        except Exception as error:
            raise BrokenPlugin(
                f"the plugin {entry_point.value!r} for the kind {kind!r} cannot be loaded: "
                f"{type(error).__name__}: {error}; mend or uninstall it"
            ) from error
    return None


def _describe(name: str, module: object) -> Kind:
    facts = getattr(module, "FACTS")  # noqa: B009 - a plugin's module, of which nothing is known
    return Kind(
        name=name,
        facts=facts,
        fields=None if facts is None else {k: SHAPES[v] for k, v in facts.__annotations__.items()},
        options=getattr(module, "OPTIONS", frozenset()),
        collect=getattr(module, "collect", None),
    )
