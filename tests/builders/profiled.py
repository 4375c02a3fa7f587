"""A workspace of one gate in memory, of which profiles and settings give services their mappings and targets."""

from collections.abc import Mapping
from typing import Any

from builders.in_memory import Files

LEVELS = {
    "levels": [
        {"level": "none", "name": "n", "meaning": "m", "audience": "a"},
        {"level": "good", "name": "n", "meaning": "m", "audience": "a"},
    ]
}
GATE = {
    "gate": "build",
    "name": "Build",
    "definition": "d",
    "artefact": "a",
    "role": "owner",
    "slots": {"tests": {"kind": "tests"}, "coverage": {"kind": "coverage"}, "load": {"kind": "load_test"}},
    "criteria": [
        {"id": "build.tests", "question": "Q?", "why": "w", "remedy": "r", "effort": "small", "requires": {"tests.failed": {"empty": True}}},
        {"id": "build.load", "question": "Q?", "why": "w", "remedy": "r", "effort": "small", "requires": {"coverage.lines_pct": {"at_least": 1}, "load.p95_ms": {"at_most": {"target": "p95_ms"}}}},
        {"id": "build.web", "question": "Q?", "why": "w", "remedy": "r", "effort": "small", "applies_when": {"label": "web"}, "attested_by": "owner"},
    ],
}  # fmt: skip
SHOP: dict[str, Any] = {
    "service": "shop",
    "owner": "team-shop",
    "plan": {"beta": {"level": "good", "gates": {"build": None}}},
}


def workspace(
    settings: Mapping[str, Any], services: Mapping[str, Mapping[str, Any]], artefacts: Files | None = None
) -> Files:
    """Return files: settings besides the roadmap, further fields of each service, and artefacts."""
    return {
        "gatekeeper.yaml": {"roadmap": ["beta"], **settings},
        "gates/levels.yaml": LEVELS,
        "gates/governance.yaml": {
            "roles": {"owner": "o"},
            "upgrade_sign_offs": [],
            "weakening_sign_off": "owner",
            "roster": {"ada": {"roles": ["owner"]}},
        },
        "gates/build.yaml": GATE,
        "milestones/beta.yaml": {"milestone": "beta"},
        **{f"services/{name}.yaml": {**SHOP, "service": name, **of} for name, of in services.items()},
        **(artefacts or {}),
    }
