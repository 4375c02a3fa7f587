"""A small rulebook, and cases that notice every mutant of it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

RULES = {
    "gatekeeper.yaml": "roadmap: [beta]",
    "milestones/beta.yaml": "milestone: beta",
    "gates/governance.yaml": """
roles: {owner: {about: o, of_service: true}}
upgrade_sign_offs: [owner]
""",
    "gates/levels.yaml": """
levels:
  - {level: none, name: n, meaning: m, audience: a}
  - {level: live, name: n, meaning: m, audience: a, ships_to: [staging, production]}
""",
    "gates/build.yaml": """
gate: build
name: Build
definition: d
artefact: a
role: owner
slots:
  coverage: {kind: coverage}
  load: {kind: load_test}
criteria:
  - {id: build.coverage, question: q, why: w, remedy: r, effort: small, requires: {coverage.lines_pct: {at_least: 80}}}
  - {id: build.load, question: q, why: w, remedy: r, effort: small, max_age_days: 30, requires: {load.p95_ms: {at_most: {target: p95_ms}}}}
""",
    "gates/tests/good.yaml": """
given:
  facts: {coverage: {lines_pct: 90}, load: {p95_ms: 100}}
  collected: {load: {age_days: 3}}
  service:
    targets: {p95_ms: 100}
    sign_offs: {live: {owner: {by: owner, on: 2026-01-01}}}
""",
}

TIGHT = [
    ("criteria", "build.coverage", "{case: just enough, given: {facts: {coverage: {lines_pct: 80}}}, expect: pass}"),
    ("criteria", "build.coverage", "{case: not enough, given: {facts: {coverage: {lines_pct: 79.9}}}, expect: fail}"),
    ("criteria", "build.load", "{case: just young enough, given: {collected: {load: {age_days: 30}}}, expect: pass}"),
    ("criteria", "build.load", "{case: too old, given: {collected: {load: {age_days: 31}}}, expect: stale}"),
    ("criteria", "build.load", "{case: too slow, given: {facts: {load: {p95_ms: 101}}}, expect: fail}"),
    ("levels", "live", "{case: as it should be, expect: {signed: live, ships_to: [staging, production]}}"),
    (
        "levels",
        "live",
        "{case: signed by a stranger, expect: {signed: none}, given: {governance: {roster: {eve: {roles: [owner]}}}, service: {sign_offs: {live: {owner: {by: eve}}}}}}",
    ),
]  # fmt: skip
"""Cases by group and subject, each of which some mutant needs."""


def cases(of: Iterable[tuple[str, str, str]], more: str = "") -> str:
    """Return a file of cases."""
    groups: dict[str, dict[str, list[str]]] = {}
    for group, about, case in of:
        groups.setdefault(group, {}).setdefault(about, []).append(case)
    lines = ["from: good"]
    for group, by_id in groups.items():
        lines.append(f"{group}:")
        for about, written in by_id.items():
            lines += [f"  {about}:", *(f"    - {case}" for case in written)]
    return "\n".join([*lines, more, ""])


def with_cases(folder: Path, some: str, **changed: str) -> Path:
    """Write the small workspace with a file of cases; keyword arguments replace files of `gates/`."""
    files = RULES | {f"gates/{name}.yaml": text for name, text in changed.items()}
    return files_in(folder, files | {"gates/tests/some.yaml": some})


def files_in(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files by name below a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.lstrip("\n"))
    return folder
