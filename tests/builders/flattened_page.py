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


@cache
def flattened_page(without: Collection[str] = frozenset()) -> str:
    """Return the page; `without` names criteria that its lists leave out."""
    sections = {
        "1. Level Definitions": ["LevelMeaningWho may use it", *_levels()],
        "2. Gates": ["GateDefinitionTest artefact", *_gates()],
        "3. Service × Milestone × Level Matrix": _matrix(),  # noqa: RUF001 - as such pages write it
        "4. Gate Details": _details(without),
        "5. Milestone Exit Summary": ["MilestoneMust-green services (level target)", *_summary()],
        "6. Governance": _governance(),
    }
    lines = ["Skip to main content", "", "Readiness of the reference services"]
    for title, body in sections.items():
        lines += ["", title, "", *body]
    return "\n".join(lines) + "\n"


def manifest(path: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
    return read


def _manifests(folder: str) -> Iterator[dict[str, Any]]:
    for file in sorted((ROOT / folder).glob("*.yaml")):
        yield manifest(f"{folder}/{file.name}")


def _levels() -> Iterator[str]:
    for level in manifest("gates/levels.yaml")["levels"]:
        if level["level"] == "L0":  # such pages define L0 by its name alone
            yield f"L0{level['name']}"
        else:
            yield f"{level['level']}{level['name']}: {level['meaning']}{level['audience']}"


def _gates() -> Iterator[str]:
    for gate in (manifest(f"gates/{name}.yaml") for name in GATES):
        yield f"{gate['gate']} {gate['name']}{gate['definition']}{gate['artefact']}"


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
                yield f"  • {criterion['question']}"
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
    for name, of in manifest("gates/governance.yaml")["policy"].items():
        yield f"  • {name.replace('-', ' ').capitalize()}: {of['text']}"
