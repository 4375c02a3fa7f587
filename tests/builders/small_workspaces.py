"""Small workspaces of two services in memory, each drawn from a seed: some of it good, some of it not."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from builders.in_memory import Files

AS_OF = "2026-11-20"
LEVELS = ("none", "bronze", "silver", "gold")
MILESTONES = ("alpha", "beta", "gamma", "delta")
SERVICES = {"shop": "team-shop", "pay": "team-pay"}
ROLES = ("owner", "architecture", "security")
PEOPLE = {"owner": "ada", "architecture": "bo", "security": "cy"}
DESTINATIONS = ("internal", "staging", "production")
TEXTS = {"why": "w", "remedy": "Fix it.", "effort": "small"}
PASSES = {"failed": {"empty": True}, "passed": {"empty": False}}
"""What a suite of tests has to show."""
OWN_LEVEL = {"at_least": "own_level"}
"""What a criterion asks of the services on which a service depends."""


NAMED_AT_LENGTH = "more than a few bytes, which would be the same by chance"


def junit(*passed: str, failed: Sequence[str] = ()) -> bytes:
    """Return a test report."""
    cases = [f'<testcase name="{name}"/>' for name in passed]
    cases += [f'<testcase name="{name}"><failure message="f"/></testcase>' for name in failed]
    return f'<testsuite name="{NAMED_AT_LENGTH}">{"".join(cases)}</testsuite>'.encode()


def ctrf(*passed: str, repository: str) -> bytes:
    """Return a test report that states its repository."""
    cases = ", ".join(f'{{"name": "{name}", "status": "passed", "duration": 1}}' for name in passed)
    summary = f'{{"tests": {len(passed)}, "passed": {len(passed)}, "failed": 0, "skipped": 0, "pending": 0}}'
    about = f'{{"repositoryUrl": "{repository}"}}'
    return (
        '{"reportFormat": "CTRF", "specVersion": "0.0.0", "results": {"tool": {"name": "t"}, '
        f'"summary": {summary}, "tests": [{cases}], "environment": {about}}}}}'
    ).encode()


def lcov(covered: int) -> bytes:
    """Return the coverage of ten lines."""
    lines = "".join(f"DA:{line},{int(line <= covered)}\n" for line in range(1, 11))
    return f"SF:src/a.ts\n{lines}end_of_record\n".encode()


def k6(p95: float, on: str) -> bytes:
    """Return a dated load test."""
    values = {"avg": 1, "max": p95 + 1, "med": 1, "min": 1, "p90": p95, "p95": p95}
    duration = {"contains": "time", "name": "http_req_duration", "type": "trend", "values": values}
    requests = {"contains": "default", "name": "http_reqs", "type": "counter", "values": {"count": 9}}
    metadata = f'{{"generated_at": "{on}T08:00:00Z", "k6_version": "2.2.0"}}'
    metrics = str([duration, requests]).replace("'", '"')
    return (
        '{"config": {"duration": 8, "execution": "local"}, "version": "1.0.0", '
        f'"metadata": {metadata}, "results": {{"metrics": {metrics}}}}}'
    ).encode()


def openapi(*, writes: int, keyed: bool, limited: bool) -> bytes:
    """Return an API with some writes, with or without required keys and rate limit headers."""
    key = '{"name": "Idempotency-Key", "in": "header", "required": true, "schema": {"type": "string"}}'
    headers = '{"RateLimit": {"schema": {"type": "string"}}}' if limited else "{}"
    paths = [
        f'"/w{i}": {{"post": {{"parameters": [{key if keyed else ""}], "responses": '
        f'{{"429": {{"description": "d", "headers": {headers}}}}}}}}}'
        for i in range(writes)
    ]
    paths.append('"/read": {"get": {"responses": {"200": {"description": "d"}}}}')
    return (
        '{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {' + ", ".join(paths) + "}}"
    ).encode()


def threats(milestone: str) -> bytes:
    """Return a threat model of a milestone."""
    return f"---\nmilestone: {milestone}\n---\n# Threats\n\nNone: {NAMED_AT_LENGTH}.\n".encode()


def source(value: str) -> bytes:
    """Return a file of TypeScript; under another name it is one that nothing reads."""
    return f"export const a = {value};\n// {NAMED_AT_LENGTH}\n".encode()


def file_name(slot: str, service: str) -> str:
    """Return the name of the file of a slot, which says in which language it is."""
    return {"shop": "tree.ts", "pay": "tree.rb"}.get(service, "tree.ts") if slot == "tree" else slot


GOOD: Mapping[str, bytes] = {
    "unit_tests": junit("deep a", "b"),
    "coverage": lcov(9),
    "api": openapi(writes=1, keyed=True, limited=True),
    "load": k6(200, "2026-11-10"),
    "threats": threats("beta"),
    "isolation": junit("tenants apart"),
    "chaos": junit("drop"),
    "capability_tests": junit("fast search", "split delivery"),
    "scope_tests": junit("core"),
    "tree": source("1"),
}
"""An artefact of each slot that passes."""
OTHER: Mapping[str, Sequence[bytes]] = {
    "unit_tests": [
        junit("b"),
        junit("deep a", failed=["b"]),
        b"<html/>",
        ctrf("deep a", "b", repository="https://forge.example/acme/shop"),
    ],
    "coverage": [lcov(5), lcov(7)],
    "api": [
        openapi(writes=0, keyed=True, limited=True),
        openapi(writes=1, keyed=False, limited=False),
        openapi(writes=1, keyed=True, limited=False),
    ],
    "load": [k6(400, "2026-11-10"), k6(200, "2026-09-10"), k6(300, "2026-11-18")],
    "threats": [threats("alpha"), threats("gamma")],
    "isolation": [junit("x", failed=["tenants apart"])],
    "chaos": [junit("x", failed=["drop"])],
    "capability_tests": [junit("fast search"), junit("x", failed=["fast search"])],
    "scope_tests": [junit("x")],
    "tree": [source('"https://llm.example"'), b"export type A = string;\n" + source("1")[18:]],
}
"""Artefacts that are short of something."""
CAPABILITIES = ("fast search", "split delivery")


DECIDABLE = (
    {"languages": ["typescript"], "else_attested_by": "architecture"},
    {"languages": ["typescript", "javascript"], "else_attested_by": "architecture"},
    {"languages": ["javascript"], "else_attested_by": "architecture"},
    {"languages": ["ruby", "typescript"], "else_attested_by": "architecture"},
    {"languages": ["typescript"], "else_attested_by": "security"},
)
"""In which languages a criterion can be decided."""


def criterion(id_: str, **more: Any) -> dict[str, Any]:
    """Return a criterion of the rulebook."""
    return {"id": id_, "question": f"Does {id_} hold?", **TEXTS, **more}


def requires(slot: str, conditions: Mapping[str, Any]) -> dict[str, Any]:
    """Return conditions on the facts of a slot."""
    return {f"{slot}.{fact}": what for fact, what in conditions.items()}


def _gates(of: Random) -> dict[str, Any]:
    words = dict.fromkeys(("name", "definition", "artefact"), "n")
    deep = criterion(
        "domain.deep",
        **{"from": "gold"},
        requires={"unit_tests.passed": {"mentions": ["deep"]}},
        or_attested_by="owner",
    )
    domain = [
        criterion("domain.tests", requires=requires("unit_tests", PASSES)),
        criterion("domain.coverage", requires={"coverage.lines_pct": {"at_least": 80}}),
        criterion(
            "domain.source",
            requires={"tree.files": {"empty": False}, "tree.llm_hosts_named": {"empty": True}},
            decidable_in=of.choice(DECIDABLE),
        ),
        deep,
    ]
    api = [
        criterion(
            "api.writes",
            requires={"api.writes_without_idempotency_key": {"empty": True}},
            subjects={"fact": "api.writes", "up_to": of.choice(("silver", "gold"))},
        ),
        criterion(
            "api.limits",
            requires={"api.throttled_without_headers": {"empty": True}},
            waivable_by="architecture",
        ),
        criterion("api.neighbours", **{"from": "silver"}, dependencies=OWN_LEVEL),
    ]
    load = [
        criterion(
            "speed.load",
            requires={"load.p95_ms": {"at_most": {"target": "p95_ms"}}},
            max_age_days=30,
            same_commit=of.random() < 0.5,
        )
    ]
    safety = [
        criterion(
            "safety.isolation",
            **{"from": "silver"},
            requires=requires("isolation", PASSES),
            or_attested_by="security",
        ),
        criterion(
            "safety.threats",
            requires={"threats.front_matter.milestone": {"equals": {"context": "milestone"}}},
            per_milestone=True,
            or_attested_by="security",
        ),
        criterion("safety.review", attested_by="security", max_age_days=90),
        criterion("safety.residency", attested_by="security", applies_when={"label": "residency"}),
        criterion("safety.secrets", attested_by="owner", applies_when={"except_services": ["gateway"]}),
    ]
    found = {
        "domain": (
            "architecture",
            {
                "unit_tests": {"kind": "tests"},
                "coverage": _coverage_slot(of),
                "tree": {"kind": "source", "llm_hosts": ["llm.example"]},
            },
            domain,
        ),
        "api": ("architecture", {"api": {"kind": "openapi"}}, api),
        "speed": ("owner", {"load": {"kind": "load_test"}}, load),
        "safety": ("security", {"threats": {"kind": "document"}, "isolation": {"kind": "tests"}}, safety),
    }
    return {
        f"gates/{gate}.yaml": {
            "gate": gate,
            **words,
            "role": role,
            "slots": _shared(slots),
            "criteria": criteria,
        }
        for gate, (role, slots, criteria) in found.items()
    }


def _shared(slots: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return slots whose measurements may serve several services: these all hold the same artefacts."""
    return {name: {**slot, "shared": True} for name, slot in slots.items()}


def _coverage_slot(of: Random) -> dict[str, Any]:
    return {"kind": "coverage", **of.choice(({}, {"include": ["src/**"]}))}


def _levels() -> dict[str, Any]:
    bronze = [
        criterion("bronze.scaffold", attested_by="owner"),
        criterion("bronze.no-customers", attested_by="owner", only_at="bronze"),
    ]
    silver = [
        criterion("silver.isolation", same_as="safety.isolation"),
        criterion("silver.contracts", attested_by="owner", applies_when={"any_gate": ["api", "speed"]}),
    ]
    gold = [
        criterion("gold.capabilities", attested_by="architecture", covers_capabilities=True),
        criterion("gold.chaos", requires=requires("chaos", PASSES)),
        criterion("gold.neighbours", dependencies=OWN_LEVEL, waivable_by="architecture"),
        criterion("gold.hooks", attested_by="owner", applies_when={"gate": "api"}),
    ]
    words = dict.fromkeys(("name", "meaning", "audience"), "n")
    ships = {"none": 0, "bronze": 1, "silver": 2, "gold": 3}
    criteria = {"none": [], "bronze": bronze, "silver": silver, "gold": gold}
    slots = {name: {"kind": "tests"} for name in ("chaos", "capability_tests", "scope_tests")}
    return {
        "slots": _shared(slots),
        "levels": [
            {"level": level, **words, "ships_to": DESTINATIONS[: ships[level]], "criteria": criteria[level]}
            for level in LEVELS
        ],
    }


def _governance(of: Random) -> dict[str, Any]:
    people = {name: {"roles": [role], "teams": list(SERVICES.values())} for role, name in PEOPLE.items()}
    found: dict[str, Any] = {
        "roles": {
            "owner": {"about": "o", "of_service": True},
            "architecture": {"about": "a"},
            "security": {"about": "s"},
            "release": {"about": "r"},
        },
        "upgrade_sign_offs": of.choice((list(ROLES), list(ROLES), ["owner", "security"], ["owner"], [])),
        "weakening_sign_off": "architecture",
        "roster": {
            **people,
            "di": {"roles": ["architecture", "security"], "teams": ["team-shop"]},
            "ed": {"roles": ["owner"], "teams": ["team-elsewhere"]},
            "ro": {"roles": ["release"]},
        },
    }
    if of.random() < 0.3:
        found["exceptions"] = of.choice(
            ({"excuse": "gold", "ship_at": "bronze"}, {"excuse": "silver", "ship_at": "bronze"})
        )
    if of.random() < 0.5:
        found["exit_role"] = "release"
    if of.random() < 0.2:
        found["break_glass"] = True
    return found


ATTESTED = {
    "bronze.scaffold": "owner",
    "bronze.no-customers": "owner",
    "silver.contracts": "owner",
    "gold.capabilities": "architecture",
    "gold.hooks": "owner",
    "domain.deep": "owner",
    "domain.source": "architecture",
    "safety.isolation": "security",
    "safety.threats": "security",
    "safety.review": "security",
    "safety.residency": "security",
    "safety.secrets": "owner",
}
"""What may be attested, and in which role."""


def attestation(name: str, on: str = "2026-11-01", milestone: str | None = None) -> dict[str, Any]:
    """Return the attestation of a criterion, or of a capability or demand, by the right person."""
    role = ATTESTED.get(name, "owner")
    given = {"by": PEOPLE[role], "role": role, "on": on, "link": "l"}
    return given | ({"milestone": milestone} if milestone else {})


def sign_offs(level: str, signers: Sequence[str]) -> dict[str, Any]:
    """Return the sign-offs of a level by the right people."""
    return {level: {role: {"by": PEOPLE[role], "on": "2026-11-02"} for role in signers}}


def _plan(of: Random, *, is_easy: bool) -> dict[str, Any]:
    ranks = sorted(of.choice((1, 1, 2, 3, 3)) for _ in MILESTONES)
    if of.random() < 0.2:
        of.shuffle(ranks)
    names = [name for name in MILESTONES if of.random() < 0.85] or ["beta"]
    plan: dict[str, Any] = {}
    left = list(CAPABILITIES)
    for place, name in enumerate(names):
        cell: dict[str, Any] = {"level": LEVELS[ranks[MILESTONES.index(name)]]}
        if place == 0 or of.random() < 0.4:
            gates = [gate for gate in ("domain", "api", "speed", "safety") if of.random() < 0.75] or [
                "domain"
            ]
            cell["gates"] = {gate: _EASY.get(gate) if is_easy else _scope(of, gate) for gate in gates}
        if left and of.random() < 0.4:
            cell["adds"] = [{"capability": left.pop(), "optional": of.random() < 0.2}]
        plan[name] = cell
    return plan


_EASY = {"safety": {"scope": "no model", "only": ["safety.isolation", "safety.review", "safety.secrets"]}}
"""The model of threats is that of one milestone, and so never holds at all of them."""


def _scope(of: Random, gate: str) -> dict[str, Any] | None:
    drawn = of.random()
    if drawn > 0.4:
        return None
    if drawn < 0.1:
        return {"scope": "core", "effect": "demands"}
    if gate == "api" and drawn < 0.25:
        return {"scope": "some", "paths": of.choice((["/read"], ["/w0", "/read"]))}
    only = {"domain": ["domain.tests"], "api": ["api.writes"], "speed": ["speed.load"]}
    return {"scope": "first", "only": only.get(gate, ["safety.isolation", "safety.review"])}


_OF_GOLD = ("chaos", "gold.hooks", "gold.capabilities", "domain.deep", "capability_tests")
"""Evidence that only the highest level needs."""


def _service(of: Random, name: str, signers: Sequence[str], *, is_easy: bool) -> dict[str, Any]:
    plan = _plan(of, is_easy=is_easy)
    mostly = 1.0 if is_easy else of.choice((0.6, 0.85, 1.0))
    lacks = of.sample(_OF_GOLD, of.choice((0, 1, 2, 2))) if is_easy else ()
    added = [
        f"capability:{one['capability'].replace(' ', '-')}"
        for c in plan.values()
        for one in c.get("adds", ())
    ]
    words = [word for word in (*ATTESTED, *added) if of.random() < mostly and word not in lacks]
    asks = of.choice(MILESTONES if is_easy else (None, *MILESTONES))
    signed = of.choice((None, None, *LEVELS[1:]))
    found: dict[str, Any] = {
        "service": name,
        "owner": SERVICES[name],
        "about": name,  # says which service it is, whatever it is called
        "plan": plan,
        "labels": ["residency"] if of.random() < 0.3 else [],
        "targets": {"p95_ms": 250} if is_easy or of.random() < 0.8 else {},
        "evidence": {
            slot: {"path": f"reports/{file_name(slot, name)}", **_dated(of)}
            for slot in GOOD
            if of.random() < mostly and slot not in lacks
        },
        "attestations": {
            word: attestation(
                word, "2026-11-01" if is_easy else of.choice(("2026-11-01", "2026-07-01")), asks
            )
            for word in words
        },
    }
    if signed and signers:
        found["sign_offs"] = sign_offs(signed, signers[: len(signers) - (of.random() < 0.3)])
    if signed or of.random() < 0.2:
        found["level"] = signed or of.choice(LEVELS)
    if not is_easy and of.random() < 0.3:
        found["release"] = {"version": "1", "commit": "c0ffee1"}
    if of.random() < 0.15:
        found["not_applicable"] = {"api.limits": waiver()}
    return found


def waiver() -> dict[str, Any]:
    """Return a valid declaration that the limits of the API do not apply."""
    return {"reason": "r", "by": "bo", "role": "architecture", "on": "2026-11-01"}


def _dated(of: Random) -> dict[str, Any]:
    return {
        **({"collected_at": "2026-11-12T08:00:00Z"} if of.random() < 0.3 else {}),
        **({"commit": "c0ffee1"} if of.random() < 0.3 else {}),
    }


def _artefacts(of: Random, name: str, *, is_easy: bool) -> dict[str, bytes]:
    mostly = 1.0 if is_easy else of.choice((0.6, 0.85, 1.0))
    found = {}
    for slot, good in GOOD.items():
        if of.random() < mostly:
            found[f"services/{name}/reports/{file_name(slot, name)}"] = good
        elif of.random() < 0.7:
            found[f"services/{name}/reports/{file_name(slot, name)}"] = of.choice(OTHER[slot])
    return found


def _milestones(of: Random) -> dict[str, Any]:
    exited = of.choice((0, 0, 1, 2, 3, 4))
    found = {}
    for place, name in enumerate(MILESTONES):
        milestone: dict[str, Any] = {"milestone": name}
        if place < exited:
            milestone["exited"] = {f"2026-11-{10 + place:02}": {"by": "ro"}}
        if of.random() < 0.5:
            milestone["exit_date"] = f"2026-12-{10 + place:02}"
        found[f"milestones/{name}.yaml"] = milestone
    return found


def entry(name: str, service: str, delta: Sequence[str], opened_in: str) -> dict[str, Any]:
    """Return a register entry."""
    words = dict.fromkeys(("risk", "owner", "approved_by", "link"), "r")
    delta = list(delta)
    return {
        "id": name,
        "service": service,
        "delta": delta,
        **words,
        "opened_in": opened_in,
        "opened_on": "2026-11-03",
    }


def workspace(of: Random) -> Files:
    """Return a workspace; it has no register yet, and no records."""
    governance = _governance(of)
    files: dict[str, Any] = {
        "gatekeeper.yaml": {"roadmap": list(MILESTONES)},
        **_gates(of),
        "gates/levels.yaml": _levels(),
        "gates/governance.yaml": governance,
        **_milestones(of),
    }
    is_easy = of.random() < 0.5
    for name in SERVICES:
        signers = governance["upgrade_sign_offs"]
        files[f"services/{name}.yaml"] = _service(of, name, signers, is_easy=is_easy)
        files |= _artefacts(of, name, is_easy=is_easy)
    for name, other in ([*SERVICES], [*SERVICES][::-1]):  # they may depend on each other
        if of.random() < 0.5:
            files[f"services/{name}.yaml"]["depends_on"] = [other]
    return files
