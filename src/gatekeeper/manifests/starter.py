"""Write the manifests of a new workspace, or of a new service, in the words of its team."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gatekeeper.manifests.fragments import flow, key
from gatekeeper.model.rulebook import Gate
from gatekeeper.syntax.yaml import load

_FOLDER = Path(__file__).parent / "templates"
_FITTING = frozenset({"build", "api", "run"})
"""The gates with criteria that read artefacts; others are attested."""


class Starter(NamedTuple):
    """The words of a new workspace."""

    levels: tuple[str, ...]
    """Two or more, lowest first."""
    milestones: tuple[str, ...]
    gates: tuple[str, ...]
    sign_off: str | None
    """The role that signs levels; None: nobody signs."""
    service: str | None
    """The first service; None: no service yet."""
    owner: str
    """The team that owns it."""
    folder: str | None = None
    """The folder of its artefacts, relative to the workspace; None: the one beside its manifest."""

    @property
    def role(self) -> str:
        """The role that attests."""
        return self.sign_off or "owner"


MINIMAL = Starter(
    levels=("none", "basic", "ready"),
    milestones=("beta", "ga"),
    gates=("build", "api", "run"),
    sign_off="lead",
    service="example",
    owner="team-example",
)
"""The defaults of `gatekeeper init --minimal`."""
EMPTY = Starter(("none", "ready"), ("first",), (), "lead", None, "team-example")
"""The skeleton that `gatekeeper init --empty` writes."""


def workspace(starter: Starter) -> dict[str, str]:
    """Return the manifests of a new workspace by name; what it lacks, a README shows by example."""
    words = starter._asdict() | _steps(starter.levels) | {"role": starter.role}
    texts = {
        "gatekeeper.yaml": _render("gatekeeper.yaml", **words),
        "gates/levels.yaml": _render("levels.yaml", **words),
        "gates/governance.yaml": _render("governance.yaml", **words),
    }
    for milestone in starter.milestones:
        texts[f"milestones/{milestone}.yaml"] = _render("milestone.yaml", milestone=milestone)
    gates = {f"gates/{gate}.yaml": _gate(gate, words) for gate in starter.gates}
    cells = _cells(starter)
    if starter.service:
        models = [Gate.model_validate(load(text.encode()).value) for text in gates.values()]
        texts[f"services/{starter.service}.yaml"] = service(
            starter.service, starter.owner, starter.levels[0], cells, models, starter.folder
        )
    else:
        example = words | {"service": "example", "lowest": starter.levels[0], "cells": cells}
        texts["gates/README.md"] = _render("gates.md", **example, gate="build")
        texts["services/README.md"] = _render("services.md", **example | {"gates": ["build"]}, slots={})
    return texts | gates


def attested_gates(starter: Starter) -> tuple[str, ...]:
    """Return the gates that begin with one attested question, because no template has their name."""
    return tuple(gate for gate in starter.gates if gate.lower() not in _FITTING)


def service(
    name: str,
    owner: str,
    lowest: str,
    cells: Iterable[tuple[str, str]],
    gates: Iterable[Gate],
    folder: str | None = None,
) -> str:
    """Return a service at the lowest level, with a plan.

    Args:
        name: The service.
        owner: Its team.
        lowest: The lowest level.
        cells: Milestones, each with the level that the service has to reach.
        gates: The gates that apply to it; it lists their slots for evidence.
        folder: The folder of its artefacts, relative to the workspace; by default the one beside it.
    """
    asked = list(gates)
    slots = {slot: about.about or about.kind for gate in asked for slot, about in gate.slots.items()}
    words = {"service": name, "owner": owner, "lowest": lowest, "cells": list(cells), "folder": folder}
    return _render("service.yaml", **words, gates=[gate.gate for gate in asked], slots=slots)


def _cells(starter: Starter) -> list[tuple[str, str]]:
    """Return milestones with levels: the levels are spread evenly, and the last milestone has the highest."""
    above, count = len(starter.levels) - 1, len(starter.milestones)
    targets = [starter.levels[-(-above * (place + 1) // count)] for place in range(count)]
    return list(zip(starter.milestones, targets, strict=True))


def _steps(levels: tuple[str, ...]) -> dict[str, str | None]:
    """Return the levels at which the harder criteria begin; None: at once, as all others."""
    first, *_ = above = levels[1:]
    middle, last = above[(len(above) - 1) // 2], above[-1]
    return {"middle": None if middle == first else middle, "last": None if last == first else last}


def _gate(gate: str, words: Mapping[str, Any]) -> str:
    kind = gate.lower()
    return _render(f"gates/{kind if kind in _FITTING else 'other'}.yaml", **words, gate=gate)


def _render(template: str, **words: Any) -> str:
    return _templates().get_template(f"{template}.j2").render(words)


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - YAML and Markdown, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters |= {"key": key, "listed": flow, "titled": lambda id_: id_[:1].upper() + id_[1:]}
    return templates
