"""Random workspaces as plain data, without short forms: each from one seed, some of it good, some of it not."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from builders.reference_judge import OPEN, Judge
from builders.small_workspaces import criterion, entry

Plain = Mapping[str, Any]
World = dict[str, Any]
"""`levels`, `gates`, `governance`, `roadmap`, `milestones`, `services`, `register`, `facts` and `as_of`."""

AS_OF = "2026-11-20"
DAYS = ("2026-08-01", "2026-10-21", "2026-10-22", "2026-11-19", "2026-11-20", "2026-11-21")
"""Days long ago, 30 and 29 days ago, yesterday, today and tomorrow."""
LEVELS = ("none", "bronze", "silver", "gold", "platinum")
GATES = ("api", "build", "domain", "run")
MILESTONES = ("alpha", "beta", "gamma", "delta")
EFFECTIVE = (*MILESTONES, "2026-11-19", "2026-11-20", "2026-11-21")
ROLES = ("owner", "lead", "security")
SERVICES = ("shop", "pay")
CAPABILITIES = ("refunds", "gift cards", "wish lists")
COMMIT = "c0ffee1d00d"
OTHER_COMMITS = (None, "0ddba11", COMMIT[:7], COMMIT[:6], COMMIT + "5", COMMIT[:7].upper())
GOOD: Mapping[str, Plain] = {
    "suite": {"passed": ["deep test", "a deep one"], "failed": []},
    "scope_tests": {"passed": ["core", "edge"], "failed": []},
    "capability_tests": {"passed": list(CAPABILITIES), "failed": []},
    "description": {"writes": 2, "writes_without_idempotency_key": []},
    "threats": {"front_matter": {"milestone": "beta"}},
    "metrics": {"score": 5, "names": ["a", "b"], "word": "yes", "nested": {"depth": 2}},
    "register": {"names": ["a", "b", "c"], "most": 9},
    "tree": {"files": ["a"], "languages": ["typescript"], "folders": ["domain"]},
    "more": {"files": ["a", "b"], "languages": ["go"], "folders": []},
}
"""Facts by slot with which conditions hold."""
OTHER: Mapping[str, Sequence[Plain]] = {
    "suite": [
        {"passed": ["deeper test"], "failed": ["deep test"]},
        {"passed": ["deep test"], "failed": []},
        {},
    ],
    "scope_tests": [{"passed": ["core"], "failed": []}, {"passed": [], "failed": ["edge"]}],
    "capability_tests": [{"passed": ["gift cards"], "failed": ["refunds"]}, {"passed": [], "failed": []}],
    "description": [
        {"writes": 0, "writes_without_idempotency_key": []},
        {"writes": 0},
        {"writes": 1, "writes_without_idempotency_key": ["/w"]},
        {"writes_without_idempotency_key": []},
    ],
    "threats": [{"front_matter": {"milestone": name}} for name in MILESTONES] + [{}],
    "metrics": [
        {"score": 3, "names": ["a"], "word": "no", "nested": {}},
        {"score": 2, "names": [], "word": "", "nested": {"depth": 1}},
        {"score": None, "names": ["a", "d"], "word": "yes", "nested": None},
    ],
    "register": [{"names": [], "most": 4}, {"names": ["a"], "most": None}],
    "tree": [
        {"files": ["a"], "languages": ["go"], "folders": ["domain"]},
        {"files": None, "languages": ["go", "typescript"], "folders": []},
        {"files": ["c"], "languages": ["typescript"], "folders": None},
        {"files": [], "languages": [], "folders": []},
        {"files": ["a"], "languages": None, "folders": ["domain"]},
    ],
    "more": [
        {"files": ["a"], "languages": ["typescript"], "folders": []},
        {"files": ["b"], "languages": ["go", "java"], "folders": []},
        {"files": None, "languages": None, "folders": []},
    ],
}
"""Facts that are short of something, or do not state it."""
LANGUAGES = (["typescript"], ["go", "TypeScript"], ["java"])
COUNTED = ("description", "metrics")
"""The slots that count subjects."""
CONDITIONS: Sequence[Plain] = (
    {"threats.front_matter.milestone": {"equals": {"context": "milestone"}}},
    {"suite.failed": {"empty": True}, "suite.passed": {"empty": False}},
    {"suite.passed": {"mentions": ["deep", "test"]}},
    {"suite.failed": {"empty": True}, "metrics.score": {"at_least": 3}},
    {"metrics.score": {"at_least": {"target": "score"}}},
    {"metrics.score": {"at_least": 3, "at_most": {"fact": "register.most"}}},
    {"metrics.names": {"includes": ["a", "b"]}},
    {"metrics.names": {"within": {"fact": "register.names"}}},
    {"register.names": {"includes": {"fact": "metrics.names"}}},
    {"metrics.word": {"equals": "yes"}},
    {"metrics.word": {"empty": False}, "suite.failed": {"empty": True}},
    {"metrics.nested.depth": {"one_of": [2, 3]}},
    {"description.writes_without_idempotency_key": {"empty": True}},
    {"tree.files": {"empty": False}, "metrics.score": {"at_least": 3}},
    {"tree.files": {"within": {"fact": "more.files"}}},
    {"tree.folders": {"includes": ["domain"]}},
)
STRICTER = {"metrics.score": {"at_least": 5}, "register.names": {"includes": ["b"]}}
"""What `upcoming` asks for in addition."""


SLOTS: Mapping[str, Plain] = {
    "suite": {"kind": "tests"},
    "scope_tests": {"kind": "tests"},
    "capability_tests": {"kind": "tests"},
    "description": {"kind": "openapi"},
    "threats": {"kind": "document"},
    "metrics": {"kind": "json", "select": {name: name for name in ("score", "names", "word", "nested")}},
    "register": {"kind": "json", "select": {name: name for name in ("names", "most")}},
    "tree": {"kind": "source"},
    "more": {"kind": "source"},
}


def draw(seed: int) -> World:
    """Return the workspace of a seed."""
    of = Random(seed)  # noqa: S311
    is_easy = of.random() < 0.6
    levels, gates = _rulebook(of, is_easy=is_easy)
    exited = of.choice((0, 0, 1, 1, 2, 3, 4))
    names = SERVICES[: of.choice((1, 1, 2))]
    world: World = {
        "levels": levels,
        "gates": gates,
        "governance": _governance(of, [level["level"] for level in levels]),
        "roadmap": MILESTONES,
        "milestones": {
            name: _milestone(of, name, is_over=place < exited) for place, name in enumerate(MILESTONES)
        },
        "services": {},
        "register": [],
        "facts": {name: _evidence(of, is_easy=is_easy) for name in names},
        "slots": (slots := _slots(of, is_easy=is_easy)),
        "evidence_rules": _evidence_rules(of, is_easy=is_easy),
        "as_of": AS_OF,
    }
    if "by" in slots["suite"]:
        for known in world["facts"].values():
            _tag(of, known, levels, gates)
    world["elsewhere"] = world["facts"]
    world["services"] = {name: _service(of, name, world, is_easy=is_easy) for name in names}
    for name in names:
        if is_easy:
            _take_away(of, world, name)
        if of.random() < (0.85 if is_easy else 0.3):
            _sign_what_holds(world, name)
        if of.random() < 0.8:
            world["register"] += _register(of, world, name)
    return world


def about(world: World, name: str) -> Judge:
    """Return the reference judge of one service."""
    shared = {key: world[key] for key in Judge._fields[2:]}
    return Judge(world["services"][name], world["facts"][name], **shared)


# The rulebook


def _slots(of: Random, *, is_easy: bool) -> World:
    """Return the definitions of all slots; those of tests say what they accept and ask for."""
    found = {name: dict(slot) for name, slot in SLOTS.items()}
    if of.random() < 0.3:
        found["suite"]["by"] = "id"
    for name in ("suite", "capability_tests"):
        if of.random() < (0.2 if is_easy else 0.4):
            found[name]["floors"] = {"passed": _floor(of, is_easy=is_easy)}
        if of.random() < (0.1 if is_easy else 0.2):
            found[name]["parts"] = of.choice((1, 1, 2))
        if of.random() < 0.2:
            found[name]["accepts"] = of.choice((["partial"], ["cached"], ["cached", "partial"]))
        if of.random() < 0.3:
            found[name]["shared"] = True
    return found


def _floor(of: Random, *, is_easy: bool) -> World:
    low = {"at_least": of.choice((1, 2) if is_easy else (1, 2, 3))}
    return {**(low if of.random() < 0.8 else {"at_most": 2}), **_from(of)}


def _from(of: Random) -> World:
    return {"effective": of.choice(EFFECTIVE)} if of.random() < 0.3 else {}


def _evidence_rules(of: Random, *, is_easy: bool) -> World:
    found: World = {"freshness": {}, "floors": {}, "attestations": {}, "distinct": []}
    if of.random() < 0.3:
        slots = of.sample(["suite", "capability_tests", "scope_tests"], of.choice((2, 3)))
        found["distinct"] = [{"slots": slots, **_from(of)}]
    if of.random() < 0.4:
        fresh = {"max_age_days": of.choice((1, 29, 30, 60)), "same_commit": of.random() < 0.5}
        found["freshness"]["tests"] = fresh | _from(of)
    if of.random() < 0.3:
        found["floors"]["tests"] = {of.choice(("passed", "failed")): {"at_most": 3, **_from(of)}}
    if of.random() < 0.3:
        found["floors"]["tests"] = {"passed": _floor(of, is_easy=is_easy)}
    if of.random() < 0.4:
        found["attestations"] = {"valid_days": of.choice((9, 10, 29, 365)), **_from(of)}
    return found


def _rulebook(of: Random, *, is_easy: bool) -> tuple[list[World], dict[str, World]]:
    """Return the levels and the gates."""
    levels, names = LEVELS[: of.choice((2, 3, 4, 4, 5))], sorted(of.sample(GATES, of.choice((1, 2, 2, 3))))
    gates: dict[str, World] = {}
    for gate in names:
        ids = [f"{gate}.{slug}" for slug in "abc"[: of.choice((1, 2, 2, 3))]]
        criteria = [_criterion(of, id_, levels, names, is_easy=is_easy) for id_ in ids]
        for one in criteria:
            if of.random() < 0.6:
                one["from"] = of.choice((*levels, *levels[2:] * is_easy))
        words = dict.fromkeys(("name", "definition", "artefact"), "n")
        gates[gate] = {"gate": gate, **words, "role": of.choice(ROLES), "criteria": criteria}
    found: list[World] = []
    exclusive = of.choice((0.1, 0.1, 0.1, 0.8))
    for level in levels:
        ids = [f"{level}.{slug}" for slug in "ab"[: of.choice((0, 1, 1, 2))] if level != levels[0]]
        criteria = [_criterion(of, id_, levels, names, is_easy=is_easy) for id_ in ids]
        for one in criteria:
            if of.random() < exclusive:
                one["only_at"] = level
            elif of.random() < 0.25:
                one["covers_capabilities"] = True
        words = dict.fromkeys(("name", "meaning", "audience"), "n")
        role = {"role": of.choice(ROLES)} if of.random() < 0.6 else {}
        found.append({"level": level, **words, **role, "criteria": criteria})
    _add_twins(of, found, gates)
    return found, gates


def _criterion(of: Random, id_: str, levels: Sequence[str], gates: Sequence[str], *, is_easy: bool) -> World:
    if of.random() < 0.08:
        decided = {"dependencies": {"at_least": "own_level"}, "waivable_by": of.choice(ROLES)}
        return criterion(id_) | decided | _conditions_on_services(of, gates) | _timing(of)
    return _decided_here(of, id_, levels, gates, is_easy=is_easy)


def _decided_here(
    of: Random, id_: str, levels: Sequence[str], gates: Sequence[str], *, is_easy: bool
) -> World:
    """Return a criterion that evidence or an attestation decides."""
    found = criterion(id_)
    if of.random() < 0.35:
        found["attested_by"] = of.choice(ROLES)
    else:
        found["requires"] = of.choice(CONDITIONS[1:] if is_easy and of.random() < 0.9 else CONDITIONS)
        if of.random() < 0.35:
            found["or_attested_by"] = of.choice(ROLES)
        if of.random() < 0.25:
            up_to = {"up_to": of.choice(levels)} if of.random() < 0.6 else {}
            subjects = of.choice(("description.writes", "metrics.names", "tree.files"))
            found["subjects"] = {"fact": subjects, **up_to}
        found |= _languages(of, found)
        if of.random() < (0.5 if "subjects" in found else 0.2):
            found["same_commit"] = True
    if of.random() < 0.3:
        found["max_age_days"] = of.choice((1, 29, 30, 60))
    if "requires" in found and of.random() < 0.1:
        found["accepts"] = ["partial"]
    if of.random() < (0.03 if is_easy else 0.15):
        found["per_milestone"] = True
    if of.random() < 0.25:
        found["waivable_by"] = of.choice(ROLES)
    found |= _conditions_on_services(of, gates) | _timing(of)
    later = _later(found)
    if later and "requires" in found and of.random() < 0.2:
        found["upcoming"] = {"effective": of.choice(later), "requires": {**found["requires"], **STRICTER}}
    return found


def _languages(of: Random, criterion: Plain) -> World:
    """Return in which languages a criterion that reads source can be decided."""
    if "tree." not in str((criterion["requires"], criterion.get("subjects"))) or of.random() > 0.7:
        return {}
    return {"decidable_in": {"languages": of.choice(LANGUAGES), "else_attested_by": of.choice(ROLES)}}


def _conditions_on_services(of: Random, gates: Sequence[str]) -> World:
    if of.random() < 0.8:
        return {}
    when = (
        {"gate": of.choice(gates)},
        {"any_gate": of.sample(gates, min(2, len(gates)))},
        {"label": "eu"},
        {"except_services": ["pay"]},
        {"label": "eu", "gate": of.choice(gates)},
    )
    return {"applies_when": of.choice(when)}


def _timing(of: Random) -> World:
    drawn = of.random()
    return {"advisory": True} if drawn < 0.05 else {"effective": of.choice(EFFECTIVE)} if drawn < 0.17 else {}


def _later(stanza: Plain) -> Sequence[str]:
    """Return from when a tightened version may decide: later than the criterion binds."""
    if stanza.get("advisory"):
        return ()
    since = stanza.get("effective")
    group = MILESTONES if since in MILESTONES else EFFECTIVE[len(MILESTONES) :]
    return group[group.index(since) + 1 :] if since else EFFECTIVE


def _add_twins(of: Random, levels: list[World], gates: dict[str, World]) -> None:
    """Add criteria that are the same as one of a gate, or of a lower level; sometimes with conditions of their own."""
    order = [level["level"] for level in levels]
    since = [
        (one, order.index(one.get("from", order[0]))) for gate in gates.values() for one in gate["criteria"]
    ]
    for rank, level in enumerate(levels):
        in_time = [one for one, from_ in since if from_ <= rank]
        if rank and in_time and of.random() < 0.5:
            level["criteria"].append(_twin(of, f"{level['level']}.twin", of.choice(in_time), list(gates)))
        since += [(one, rank) for one in level["criteria"] if "same_as" not in one]
    for name, gate in gates.items():
        original, from_ = of.choice(since)
        if of.random() < 0.15 and "same_as" not in original:
            twin = _twin(of, f"{name}.twin", original, list(gates))
            gate["criteria"].append(twin | {"from": of.choice(order[from_:])})


def _twin(of: Random, id_: str, original: Plain, gates: Sequence[str]) -> World:
    twin = criterion(id_, same_as=original["id"]) | _conditions_on_services(of, gates)
    if of.random() < 0.2:
        twin["waivable_by"] = of.choice(ROLES)
    return twin | ({} if "upcoming" in original else _timing(of))


def _governance(of: Random, levels: Sequence[str]) -> World:
    of_service = {"owner": True, "lead": False, "security": of.random() < 0.15}
    teams = [f"team-{name}" for name in SERVICES]
    found: World = {
        "roles": {role: {"about": "r", "of_service": of_service[role]} for role in ROLES},
        "upgrade_sign_offs": of.choice((list(ROLES), list(ROLES), ["owner", "lead"], ["lead"], [])),
        "break_glass": True,
        "roster": {
            **{f"p-{role}": {"roles": [role], "teams": teams} for role in ROLES},
            "all": {"roles": list(ROLES), "teams": teams},
            "elsewhere": {"roles": list(ROLES), "teams": ["team-elsewhere"]},
            "withdrawn": {"roles": [], "teams": teams},
        },
    }
    if len(levels) > 2 and of.random() < 0.6:
        ship_at = of.choice((1, of.randrange(1, len(levels) - 1)))
        excuse = of.randrange(ship_at + 1, len(levels))
        found["exceptions"] = {"excuse": levels[excuse], "ship_at": levels[ship_at]}
        if of.random() < 0.3:
            found["exceptions"]["close_within"] = of.choice((1, 2, 3))
    return found


def _milestone(of: Random, name: str, *, is_over: bool) -> World:
    if not is_over:
        return {"milestone": name, "exited": {"2026-11-25": {"by": "all"}} if of.random() < 0.1 else {}}
    records: World = {of.choice(("2026-11-10", AS_OF)): {"by": "all"}}
    if of.random() < 0.15:
        records[of.choice(("2026-11-12", "2026-11-21"))] = {
            "by": "all",
            of.choice(("override", "withdrawn")): "why",
        }
    return {"milestone": name, "exited": records}


# Services


def _service(of: Random, name: str, world: World, *, is_easy: bool) -> World:
    mostly, errs = (1.0, 0.0) if is_easy else of.choice(((1.0, 0.05), (0.9, 0.1), (0.6, 0.3)))
    levels = [level["level"] for level in world["levels"]]
    criteria = [one for group in (*world["levels"], *world["gates"].values()) for one in group["criteria"]]
    excuse = world["governance"].get("exceptions", {}).get("excuse", levels[-1])
    aim = of.choice((0, 1, *[levels.index(excuse)] * 4)) if is_easy else None
    plan = _plan(of, levels, world["gates"], aim)
    attested = {
        id_: {**_statement(of, role, errs), "link": "l", **_for_milestone(of)}
        for id_, role in _attestable(plan, criteria, world["gates"])
        if of.random() < mostly - 0.03
    }
    for group in (*world["levels"], *world["gates"].values()):
        for one in group["criteria"]:
            if "role" in group and "requires" in one and of.random() < 0.3:
                attested[one["id"]] = _of_doubts(of, group["role"], one, errs)
    waived = {
        one["id"]: {"reason": "r", **_statement(of, one["waivable_by"], errs), "role": one["waivable_by"]}
        for one in criteria
        if "waivable_by" in one and of.random() < 0.25
    }
    signed = {level: _signatures(of, world["governance"], errs) for level in levels if of.random() < 0.25}
    found: World = {
        "service": name,
        "owner": f"team-{name}",
        "level": of.choice(levels),
        "labels": ["eu"] if of.random() < 0.5 else [],
        "depends_on": [other for other in world["facts"] if other != name and of.random() < 0.6],
        "plan": plan,
        "targets": {"score": 4} if any("target" in str(one.get("requires")) for one in criteria) else {},
        "attestations": attested,
        "not_applicable": waived,
        "sign_offs": signed,
    }
    if of.random() < 0.3:
        found["identity"] = {"names": ["basket"] if name == "shop" else ["till"]}
    if of.random() < 0.4:
        found["release"] = {"version": "1", **({"commit": COMMIT} if of.random() < 0.8 else {})}
    return found


def _plan(of: Random, levels: Sequence[str], gates: Plain, aim: int | None) -> World:
    names = [name for name in MILESTONES if of.random() < (0.5 if name == "delta" else 0.8)] or ["beta"]
    often = of.choice((0.5, 0.5, 1.0))
    ranks = [of.randrange(len(levels)) if aim is None or of.random() > often else aim for _ in names]
    ranks = sorted(ranks) if of.random() < 0.8 else ranks
    left, plan = list(CAPABILITIES), World()
    for name, rank in zip(names, ranks, strict=True):
        cell: World = {"level": levels[rank]}
        if (
            not plan
            or not any("gates" in one and one["gates"] for one in plan.values())
            or of.random() < 0.35
        ):
            fewest = 0 if rank <= max(ranks) == 1 else 1
            listed = of.sample(sorted(gates), of.randint(fewest, len(gates)))
            cell["gates"] = {gate: _scope(of, gates[gate]) for gate in listed}
        if left and of.random() < 0.4:
            cell["adds"] = [{"capability": left.pop(), "optional": of.random() < 0.2}]
        plan[name] = cell
    return plan


def _scope(of: Random, gate: Plain) -> Any:
    drawn = of.random()
    if drawn < 0.6:
        return None
    if drawn < 0.7:
        return {"scope": of.choice(("core", "edge")), "effect": "demands"}
    if drawn < 0.8:
        return {"scope": "n", "only": [of.choice(gate["criteria"])["id"]]}
    reads = any("description." in str((one.get("requires"), one.get("subjects"))) for one in gate["criteria"])
    return {"scope": "n", "paths": ["/w"]} if reads else {"scope": "a note"}


def _attestable(plan: Plain, criteria: Sequence[Plain], gates: Plain) -> Iterator[tuple[str, str]]:
    """Yield what may be attested, and the role that does it."""
    for one in criteria:
        elsewhere = one.get("decidable_in", {}).get("else_attested_by")
        if role := one.get("attested_by") or elsewhere or one.get("or_attested_by"):
            yield one["id"], role
    for cell in plan.values():
        for gate, scope in cell.get("gates", {}).items():
            if scope and "effect" in scope:
                yield f"{gate}.scope", gates[gate]["role"]
        for one in cell.get("adds", ()):
            yield _capability(one), "owner"


def _capability(added: Plain) -> str:
    return "capability:" + str(added["capability"]).replace(" ", "-")


def _statement(of: Random, role: str, errs: float) -> World:
    found = {"by": f"p-{role}", "role": role, "on": "2026-11-19" if errs == 0 else "2026-11-10"}
    if of.random() < errs:
        found["by"] = of.choice(("all", "elsewhere", "withdrawn", "nobody", f"P-{role}".upper(), "p-lead"))
    if of.random() < errs:
        found["on"] = of.choice(DAYS)
    if of.random() < errs / 2:
        found["role"] = of.choice(ROLES)
    until = of.choice(("2026-11-19", "2026-11-20", "2026-12-01"))
    return found | ({"until": until} if of.random() < (errs and 0.15) and until >= found["on"] else {})


def _of_doubts(of: Random, role: str, criterion: Plain, errs: float) -> World:
    """Return an attestation of what a reader does not understand; without a role, a criterion takes no longer one."""
    stated = _statement(of, role, errs) | {"role": role, "link": "l", **_for_milestone(of)}
    days = of.choice((1, 10, 60, 90, *([91] if "or_attested_by" in criterion else [])))
    return stated | {"until": str(date.fromisoformat(stated["on"]) + timedelta(days))}


def _for_milestone(of: Random) -> World:
    return {"milestone": of.choice(MILESTONES)} if of.random() < 0.5 else {}


def _signatures(of: Random, governance: Plain, errs: float) -> World:
    signers = governance["upgrade_sign_offs"]
    given = {role: _statement(of, role, errs) for role in signers}
    found = {role: {"by": one["by"], "on": one["on"]} for role, one in given.items()}
    if found and of.random() < errs:
        found.popitem()
    elif len(found) > 1 and of.random() < errs:
        found |= {role: {"by": "all", "on": "2026-11-10"} for role in signers[:2]}
    return found


def _evidence(of: Random, *, is_easy: bool) -> World:
    """Return evidence by slot and narrowing."""
    mostly = 1.0 if is_easy else of.choice((1.0, 0.95, 0.85, 0.6))
    found: dict[Any, World] = {}
    for slot in GOOD:
        if of.random() < 1 - (1 - mostly) / 2:
            found[slot, ()] = _artefact(of, slot, mostly)
            if of.random() > mostly - 0.02 and len([one for one in found.values() if "others" in one]) < 3:
                found[slot, ()]["others"] = [_artefact(of, slot, mostly) for _ in of.choice(("a", "ab"))]
            if slot == "description":
                found[slot, (("paths", ("/w",)),)] = _artefact(of, slot, mostly)
    return found


def _artefact(of: Random, slot: str, mostly: float) -> World:
    if of.random() > mostly + 0.2:
        return {"status": of.choice(("missing", "unreadable"))}
    facts = GOOD[slot] if of.random() < mostly - 0.1 * (slot in COUNTED) else of.choice(OTHER[slot])
    on = "2026-11-19" if of.random() < mostly else of.choice((*DAYS, None))
    commit = COMMIT if of.random() < mostly - 0.05 else of.choice(OTHER_COMMITS)
    found: World = {"status": "ok", "facts": facts, "on": on, "commit": commit}
    if of.random() > mostly + 0.1 * (slot in COUNTED):
        found["is_partial"] = True
    if of.random() > mostly - 0.05:
        found["committed_on"] = "2026-11-20"
    if of.random() > mostly:
        found["parts"] = 2
    if of.random() > mostly - 0.1:
        found["sha"] = of.choice("abc")
    if of.random() > mostly - 0.1:
        found["subjects"] = of.choice((["shop"], ["PAY_service"], ["shop-service", "pay"], ["basket"]))
    if of.random() > mostly - (0.05 if facts is GOOD[slot] else 0.4) and facts:
        found["touched"] = [name := of.choice(list(facts))]
        was_found = bool(facts[name]) and isinstance(facts[name], list | int) and of.random() < 0.7
        found["facts"] = facts if was_found else {**facts, name: None}
    return found | ({"is_local": True} if of.random() > mostly else {})


def _tag(of: Random, known: dict[Any, World], levels: Sequence[Plain], gates: Plain) -> None:
    """Write ids behind the names of tests, most of the time all of them, or say that the report is dedicated."""
    found = known.get(("suite", ()), {})
    if of.random() < 0.2:  # the manifest says so, of every record
        for record in (found, *found.get("others", ())):
            record["whole"] = True
    if (found.get("facts") or {}).get("passed"):
        ids = [one["id"] for group in (*levels, *gates.values()) for one in group["criteria"]]
        kept = ids if of.random() < 0.7 else [id_ for id_ in ids if of.random() < 0.6]
        tags = "".join(f" {of.choice(('[{}]', '@{}', '[{}:drop]')).format(id_)}" for id_ in kept)
        names = [name + tags if of.random() < 0.9 else name for name in found["facts"]["passed"]]
        found["facts"] = {**found["facts"], "passed": names}


# What follows from the rest


def _take_away(of: Random, world: World, name: str) -> None:
    """Take from a service some of what only levels need that an exception may excuse, or spoil it."""
    _, ship_at, _ = about(world, name).exceptions()
    statements = world["services"][name]["attestations"]
    kept = min(ship_at, about(world, name).verified()[0])
    parts: list[tuple[dict[Any, Any], Any]] = [(statements, key) for key in statements]
    parts += [(world["facts"][name], key) for key in world["facts"][name] if not key[1]]
    of.shuffle(parts)
    taken = 0
    for within, key in parts[: of.choice((0, 8, 12, 16))]:
        part = within.pop(key)
        if within is not statements and of.random() < 0.7:
            within[key] = _artefact(of, key[0], 0.3)
        if about(world, name).verified()[0] < kept or taken == 3:
            within[key] = part
        else:
            taken += 1


def _sign_what_holds(world: World, name: str) -> None:
    """Let a service sign and claim the level that its evidence reaches."""
    level = world["levels"][about(world, name).verified()[0]]["level"]
    people = {
        role: {"by": f"p-{role}", "on": "2026-11-10"} for role in world["governance"]["upgrade_sign_offs"]
    }
    world["services"][name] |= {"sign_offs": {level: people} if people else {}, "level": level}


def _register(of: Random, world: World, name: str) -> Iterator[World]:
    """Yield exceptions: of what is open where the plan targets the excused level, and of other things."""
    excuse, _, _ = about(world, name).exceptions()
    excused, plan = world["levels"][excuse]["level"], world["services"][name]["plan"]
    sign_off, taken = f"sign-off:{excused}", set[str]()
    is_open = {milestone: _open_at(world, name, milestone) for milestone in plan}
    aims = [one for one in plan if plan[one]["level"] == excused and one != MILESTONES[-1]]
    aims = [one for one in aims if is_open[one]] or aims or list(MILESTONES[:-1])
    twins = {one["id"]: one.get("same_as") for level in world["levels"] for one in level["criteria"]}
    for number in range(of.choice((1, 1, 1, 2))):
        opened_in = of.choice(aims if of.random() < 0.9 else MILESTONES[:-1])
        share = of.choice((1.0, 1.0, 0.6))
        known = is_open.get(opened_in, set())
        likely = {id_: share if id_ in known else 0.1 for id_ in _owed(world, name)}
        delta = [id_ for id_ in likely if id_ not in taken and of.random() < likely[id_]]
        if of.random() < 0.5:  # an entry that covers the original covers its twin
            delta = [id_ for id_ in delta if twins.get(id_) not in delta]
        if not delta and sign_off in taken:
            return
        taken |= {*delta, sign_off}
        one = entry(f"RR-{name}-{number}", name, delta or [sign_off], opened_in)
        one["opened_on"] = of.choice((*["2026-11-03"] * 12, AS_OF, "2026-11-21"))
        if of.random() < 0.12:
            one["closed"] = max(one["opened_on"], of.choice(DAYS[-3:]))
        yield one


def _open_at(world: World, name: str, milestone: str) -> set[str]:
    criteria = about(world, name).verdict(milestone)["criteria"]
    return {id_ for id_, one in criteria.items() if one.status in OPEN and one.binds}


def _owed(world: World, name: str) -> list[str]:
    """Return what may be excepted: what is first due above the level at which the service ships."""
    excuse, ship_at, _ = about(world, name).exceptions()
    excused = [level["level"] for level in world["levels"]][ship_at + 1 : excuse + 1]
    of_gates = [
        one for gate in world["gates"].values() for one in gate["criteria"] if one.get("from") in excused
    ]
    of_levels = [one for level in world["levels"] if level["level"] in excused for one in level["criteria"]]
    cells = [cell for cell in world["services"][name]["plan"].values() if cell["level"] in excused]
    added = [_capability(one) for cell in cells for one in cell.get("adds", ())]
    return [*(one["id"] for one in (*of_gates, *of_levels)), *added]
