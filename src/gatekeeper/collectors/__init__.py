"""Artefacts in, facts out: one folder a kind of evidence, named after the kind.

`facts.py` of a kind has `FACTS`, the NamedTuple of its facts (None if the slot's `select` names them), and
may have `OPTIONS`, the names of the slot options that the reader understands, `AMOUNTS`, the facts that say
how much was measured (`items`: those of the parts), `MEASURES = True` if it is a measurement, which ages, and
`PLACES`, the kinds of places that the reader may meet and not model, each with the facts that depend on them.
`LANGUAGES` has the names that its fact `languages` may have, if they are limited.
`PROVES = True` says that the reader can run the artefact, if `collect` or `facts` asks for it.
`read.py` has `collect(artefact, options) -> Collected`; it is imported when the first artefact is read. Every
other public module of the folder is a format.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from itertools import chain
from typing import ForwardRef, get_type_hints

from gatekeeper.model.evidence import SHAPES, Artefact, Collected, Kind, Options, Places, Shape
from gatekeeper.plugins import KindFacts, KindReader, Registry

KINDS = Registry[KindFacts](
    __name__, group="gatekeeper.collectors", noun="kind", offers=("FACTS", "collect"), part="facts"
)


@cache
def find(name: str) -> Kind | None:
    """Return the kind of this name; None if neither the program nor an installed plugin has it."""
    module = KINDS.find(name)
    if module is None:
        return None
    facts = module.FACTS
    try:
        fields = None if facts is None else shapes_of(facts)
        places: Places = getattr(module, "PLACES", {})
        _check(places, fields)
    except Exception as error:
        raise KINDS.broken(name, getattr(module, "__name__", name), error) from error
    options: frozenset[str] = getattr(module, "OPTIONS", frozenset())
    amounts: tuple[str, ...] = getattr(module, "AMOUNTS", ())
    measures, proves = (bool(getattr(module, name, False)) for name in ("MEASURES", "PROVES"))
    languages: frozenset[str] = getattr(module, "LANGUAGES", frozenset())
    if name not in KINDS.names:
        plugin: KindReader = module  # type: ignore[assignment] # the registry has checked what it offers
        return Kind(
            name, facts, fields, options, plugin.collect, amounts, measures, places, proves, languages
        )

    def collect(artefact: Artefact, options: Options) -> Collected:
        # Imported with the first artefact: binding a rulebook needs only the facts.
        reader: KindReader = import_module(f"{__name__}.{name}.read")
        return reader.collect(artefact, options)

    return Kind(name, facts, fields, options, collect, amounts, measures, places, proves, languages)


def _check(places: Places, fields: Mapping[str, Shape] | None) -> None:
    if fields is not None and (unknown := {*chain.from_iterable(places.values())} - fields.keys()):
        raise ValueError(f"PLACES names what is not a fact: {', '.join(sorted(unknown))}")


def shapes_of(facts: type) -> Mapping[str, Shape]:
    """Return the shape of every fact of a kind.

    Raises:
        KeyError: A field has a type that no fact may have.
    """
    annotations = facts.__annotations__
    if any(isinstance(annotation, str | ForwardRef) for annotation in annotations.values()):
        # `from __future__ import annotations` leaves the types as text.
        annotations = get_type_hints(facts)
    return {name: SHAPES[annotation] for name, annotation in annotations.items()}
