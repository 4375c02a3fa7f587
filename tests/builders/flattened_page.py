"""A readiness page of the reference workspace in the flattened form: what copying a web page gives.

Cells of a table row run together, headings and lists lose their marks, and services lose `-service` in the
summary. The page is written from the manifests and the rulebook alone, by none of the code that it tests.
"""

from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

import yaml

from builders.workspaces import ROOT

GATES = [f"G{number}" for number in range(1, 9)]


TITLES = [
    "Level Definitions",
    "Eight Canonical Gates",
    "Service \u00d7 Milestone \u00d7 Level Matrix",
    "Gate Details",
    "Milestone Exit Summary (derived)",
    "Governance",
]


@cache
def flattened_page(without: Collection[str] = frozenset()) -> str:
    """Return the page; `without` names criteria that its lists leave out."""
    bodies = [
        ["LevelMeaningWho may use it", *_levels(), "", _escalation()],
        ["GateDefinitionTest artefact", *_gates()],
        _matrix(),
        _details(without),
        ["MilestoneMust-green services (level target)", *_summary()],
        _governance(),
    ]
    prose = [text for text in manifest("gates/governance.yaml")["prose"] if text not in TITLES]
    lines = ["Skip to main content"]
    for text in prose:
        lines += ["", text]
    for number, (title, body) in enumerate(zip(TITLES, bodies, strict=True), 1):
        lines += ["", f"{number}. {title}", "", *body]
    return "\n".join(lines) + "\n"


def cited(of: dict[str, Any]) -> list[str]:
    """Return what a rule cites."""
    cites = of.get("cites", [])
    listed = cites if isinstance(cites, list) else [cites]
    return [one if isinstance(one, str) else one["text"] for one in listed]


def manifest(path: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
    return read


def _manifests(folder: str) -> Iterator[dict[str, Any]]:
    for file in sorted((ROOT / folder).glob("*.yaml")):
        yield manifest(f"{folder}/{file.name}")


def _levels() -> Iterator[str]:
    for level in manifest("gates/levels.yaml")["levels"]:
        own = cited(level)
        name = own[0] if own[0].startswith(level["name"]) else ""
        clauses = "; ".join(clause for one in level.get("criteria", ()) for clause in cited(one))
        audience = level["audience"] if level["audience"] in own else ""
        yield f"{level['level']}{': '.join(filter(None, [name, clauses]))}{audience}"


def _escalation() -> str:
    """Return the sentences that levels cite besides their names and audiences."""
    three, four, steady = [
        text
        for level in manifest("gates/levels.yaml")["levels"]
        for text in cited(level)
        if text not in (level["name"], level["audience"])
    ]
    return f"{three}; {four}. {steady}"


def _gates() -> Iterator[str]:
    for gate in (manifest(f"gates/{name}.yaml") for name in GATES):
        yield f"{gate['gate']} {gate['name']}{''.join(cited(gate))}"


def _matrix() -> Iterator[str]:
    for service in _manifests("services"):
        about = f" ({service['about']})" if "about" in service else ""
        yield from (f"{service['service']}{about}", "", "MilestoneLevelGates")
        for milestone, cell in service["plan"].items():
            yield f"{milestone}{cell['level']}{_cell(cell)}"
        yield ""


def _cell(cell: dict[str, Any]) -> str:
    adds = [add if isinstance(add, str) else add["capability"] for add in cell.get("adds", ())]
    if "gates" not in cell:
        return f"+ {' + '.join(adds)}" if adds else ""
    scopes = {
        gate: scope["scope"] if isinstance(scope, dict) else scope for gate, scope in cell["gates"].items()
    }
    if scopes == dict.fromkeys(GATES):
        return "; ".join(["G1–G8 full", *adds])  # noqa: RUF001 - likewise
    return "; ".join(
        [", ".join(f"{gate} ({scope})" if scope else gate for gate, scope in scopes.items()), *adds]
    )


def _details(without: Collection[str]) -> Iterator[str]:
    for gate in (manifest(f"gates/{name}.yaml") for name in GATES):
        yield from (f"{gate['gate']} {gate['name']} — acceptance criteria", "")
        for criterion in gate["criteria"]:
            if criterion["id"] not in without:
                yield f"  • {cited(criterion)[0]}"
        yield ""


def _summary() -> Iterator[str]:
    for number, milestone in enumerate(_manifests("milestones")):
        targets = ", ".join(_target(entry) for entry in milestone["must_be_green"])
        yield f"{milestone['milestone']}{'+ ' if number else ''}{targets}"


def _target(entry: dict[str, Any]) -> str:
    if "label" in entry:
        return f"{entry['note']} {entry['level']}"
    note = f" ({entry['note']})" if "note" in entry else ""
    return f"{entry['service'].removesuffix('-service')} {entry['level']}{note}"


def _governance() -> Iterator[str]:
    for of in manifest("gates/governance.yaml")["policy"].values():
        yield from (f"  • {text}" for text in cited(of))
