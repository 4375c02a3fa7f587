"""A workspace with ids as long as they may be, and names that break formats which do not escape them."""

from pathlib import Path
from typing import Any

from pydantic_core import to_json

from builders.workspaces import write

GATES = ("automated-tests-of-all-the-parts", "service_level_objectives", "service", "capabilities", "api")
LEVELS = (
    "nothing-is-asked-of-it-until-now",
    "usable-by-all-the-colleagues-now",
    "available-to-everybody-from-here",
)
MILESTONES = ("the_first_quarter_of_the_year_26", "level", "open-to-the-general-public-2027")
SERVICES = ("shop", "a-service-with-a-name-of-forty-characters")
CRITERION = "x-criterion-whose-slug-is-as-long-as-anybody-would-write-it-now"
NASTY = "A [bold]name[/] | <b>of</b> *several* `words`"


def workspace(folder: Path, name: str = NASTY) -> Path:
    """Write a workspace without sign-offs in which every level, gate and milestone has this name."""
    write(folder / "gatekeeper.yaml", _yaml({"roadmap": MILESTONES}))
    write(folder / "gates/governance.yaml", _yaml({"roles": {"lead": "Leads."}, "upgrade_sign_offs": []}))
    write(
        folder / "gates/levels.yaml",
        _yaml(
            {
                "levels": [
                    {"level": id_, "name": name, "meaning": "m", "audience": "a", "ships_to": ["lab"]}
                    for id_ in LEVELS
                ]
            }
        ),
    )
    for gate in GATES:
        write(folder / f"gates/{gate}.yaml", _yaml(_gate(gate, name)))
    for milestone in MILESTONES:
        days = {"milestone": milestone, "name": name, "exit_date": "2027-03-31"}
        write(folder / f"milestones/{milestone}.yaml", _yaml(days))
    for service in SERVICES:
        plan = {
            milestone: {"level": level, "gates": dict.fromkeys(GATES), "adds": [f"search in {milestone}"]}
            for milestone, level in zip(MILESTONES, (LEVELS[1], LEVELS[1], LEVELS[2]), strict=True)
        }
        of = {"service": service, "owner": "team-of-the-shop", "level": LEVELS[1], "plan": plan}
        write(folder / f"services/{service}.yaml", _yaml(of))
    return folder


def _gate(gate: str, name: str) -> dict[str, Any]:
    slot = gate.replace("-", "_")
    asked = {"question": "Do all tests pass?", "why": "Because.", "remedy": "Fix them.", "effort": "small"}
    return {
        "gate": gate,
        "name": name,
        "definition": "d",
        "artefact": "a",
        "role": "lead",
        "slots": {slot: {"kind": "tests"}},
        "criteria": [{"id": f"{gate}.{CRITERION}", "requires": {f"{slot}.failed": {"empty": True}}, **asked}],
    }


def _yaml(content: Any) -> str:
    """Return YAML; JSON is YAML."""
    return to_json(content).decode() + "\n"
