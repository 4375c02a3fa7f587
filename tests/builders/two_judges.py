"""The engine and the reference judge, put to the same random workspace."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from builders.random_workspaces import SLOTS, Plain, World
from builders.reference_judge import judge
from gatekeeper import collectors
from gatekeeper.judging.judge import Facts, judge_milestone
from gatekeeper.judging.plans.validation import check_plan
from gatekeeper.judging.rules.binding import bind
from gatekeeper.judging.verdicts.case import Neighbour
from gatekeeper.manifests.roadmap_order import plan_in_order
from gatekeeper.model.evidence import (
    Evidence,
    EvidenceStatus,
    Finding,
    NotUnderstood,
    Part,
    Subject,
    SubjectType,
)
from gatekeeper.model.evidence_rules import EvidenceRules
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.moment import UNSTATED
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rulebook import Gate, Governance, Levels
from gatekeeper.model.service import Service
from gatekeeper.model.verdict import MilestoneResult, ServiceResult
from gatekeeper.model.workspace import Manifests

FEATURES = frozenset(
    [
        "advisory",
        "applies_when",
        "attested_by",
        "closed",
        "decidable_in",
        "covers_capabilities",
        "dependencies",
        "effect",
        "effective",
        "from",
        "max_age_days",
        "milestone",
        "only",
        "only_at",
        "or_attested_by",
        "paths",
        "per_milestone",
        "requires",
        "same_as",
        "same_commit",
        "subjects",
        "until",
        "upcoming",
        "waivable_by",
        "adds",
        "delta",
    ]
)
"""The fields of manifests whose workspaces are counted."""
FINDINGS = ("failed", "writes_without_idempotency_key")


def engine(world: World) -> Iterator[MilestoneResult]:
    """Yield the verdict of the engine on each milestone."""
    manifests = manifests_of(world)
    bound = bind(manifests, collectors.find)
    assert bound.mistakes == ()
    assert check_plan(manifests, bound.rulebook) == ()
    for milestone in world["roadmap"]:
        yield judge_milestone(bound.rulebook, _facts(world, manifests), milestone)


def _facts(world: World, manifests: Manifests) -> Facts:
    evidence = {
        name: {key: _evidence(key[0], one) for key, one in known.items()}
        for name, known in world["facts"].items()
    }
    services, exceptions = manifests.services.values(), manifests.exceptions.values()
    as_of, around = date.fromisoformat(world["as_of"]), {of.service: Neighbour(of) for of in services}
    return Facts(services, evidence, exceptions, as_of, manifests.milestones, around)


def manifests_of(world: World) -> Manifests:
    """Return the manifests of a workspace."""
    roadmap = Roadmap((name, Milestone.model_validate(of)) for name, of in world["milestones"].items())
    services = {}
    for name, manifest in world["services"].items():
        known = world["facts"][name]
        evidence = {
            slot: {"path": slot, **({"whole": True} if known[slot, key].get("whole") else {})}
            for slot, key in known
        }
        services[name] = plan_in_order(Service.model_validate({**manifest, "evidence": evidence}), roadmap)
    exceptions = {one["id"]: RegisteredException.model_validate(one) for one in world["register"]}
    gates = {name: Gate.model_validate(gate) for name, gate in world["gates"].items()}
    named: dict[Any, Any] = {
        Gate: gates,
        Service: services,
        Milestone: roadmap,
        RegisteredException: exceptions,
    }
    files = {(of, name): name for of, names in named.items() for name in names}
    return Manifests(
        levels=Levels.model_validate({"slots": world["slots"], "levels": world["levels"]}),
        governance=Governance.model_validate(world["governance"]),
        gates=gates,
        services=services,
        milestones=roadmap,
        exceptions=exceptions,
        files=files | {(Levels, ""): "levels", (Governance, ""): "governance"},
        rulebook_digest="sha256:0",
        evidence_rules=EvidenceRules.model_validate(
            {name: of for name, of in world["evidence_rules"].items() if of}
        ),
    )


def _evidence(slot: str, known: Plain) -> Evidence:
    """Return evidence as a reader would, with what other pipelines recorded of the same commit."""
    return _record(slot, known)._replace(others=tuple(_record(slot, one) for one in known.get("others", ())))


def _record(slot: str, known: Plain) -> Evidence:
    status = EvidenceStatus(known["status"])
    if status is not EvidenceStatus.OK:
        return Evidence(slot, status, "so it is", path=slot)
    facts = {name: _value(name, value) for name, value in known["facts"].items()}
    kind = collectors.find(SLOTS[slot]["kind"])
    assert kind
    typed = kind.facts(**facts) if kind.facts else facts
    zone = UNSTATED if known.get("is_local") else UTC
    at = datetime.combine(date.fromisoformat(known["on"]), time(8), zone) if known["on"] else None
    doubts = frozenset(known.get("touched", ()))
    part = Part(
        produced_at=at,
        commit=known["commit"],
        committed_at=datetime.fromisoformat(known["committed_on"] + "T08:30Z")
        if "committed_on" in known
        else None,
        sha256=known.get("sha"),
        items=1,
        subjects=tuple(Subject(SubjectType.SERVICE, name) for name in known.get("subjects", ())),
        partial=("it was interrupted",) if known.get("is_partial") else (),
        not_understood=(NotUnderstood(Finding("odd"), doubts),) if doubts else (),
    )
    return Evidence(slot, status, path=slot, facts=typed, parts=(part,) * known.get("parts", 1))


def _value(name: str, value: Any) -> Any:
    if name in FINDINGS and value is not None:
        return tuple(map(Finding, value))
    return tuple(value) if isinstance(value, list) else value


def plain(result: MilestoneResult) -> dict[str, Any]:
    """Return a verdict of the engine as the reference judge writes it."""
    services = {of.service.service: _service(of) for of in result.services}
    return {"verdict": str(result.verdict), "services": services}


def _service(of: ServiceResult) -> dict[str, Any]:
    return {
        "criteria": {one.rule.id: (str(one.status), one.binding, one.rule.twin or "") for one in of.criteria},
        "gates": {gate.gate: str(gate.status) for gate in of.gates},
        "verified": of.verified_level.rank,
        "signed": of.signed_level.rank,
        "effective": of.effective_level.rank,
        "reasons": sorted(reason.code for reason in of.reasons),
        "verdict": str(of.verdict),
    }


class Compared(NamedTuple):
    """What two judges say about one workspace."""

    disagreements: list[str]
    occurrences: Counter[str]


def compare(world: World) -> Compared:
    """Return where engine and reference judge disagree about any milestone, in words, and what occurred."""
    disagreements: list[str] = []
    occurrences = Counter(f"workspace with `{feature}`" for feature in _features(world))
    for milestone, result in zip(world["roadmap"], engine(world), strict=True):
        verdict = judge(world, milestone)
        ours, theirs = dict(_flat(plain(result))), dict(_flat(verdict))
        differ = [of for of in sorted(ours.keys() | theirs.keys()) if ours.get(of) != theirs.get(of)]
        disagreements += [f"{milestone} {of}: {ours.get(of)}, by reference {theirs.get(of)}" for of in differ]
        occurrences.update(_occurrences(verdict))
    return Compared(disagreements, occurrences)


def _flat(of: Plain, where: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in of.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{where}{key} ")
        else:
            yield f"{where}{key}", value


def _features(world: World) -> set[str]:
    """Return what the manifests of a workspace use, by the names of their fields."""
    criteria = [one for of in (*world["levels"], *world["gates"].values()) for one in of["criteria"]]
    cells = [cell for service in world["services"].values() for cell in service["plan"].values()]
    scopes = [scope for cell in cells for scope in cell.get("gates", {}).values() if scope]
    statements = [one for of in world["services"].values() for one in of["attestations"].values()]
    fields = {field for one in (*criteria, *cells, *scopes, *statements, *world["register"]) for field in one}
    return fields & FEATURES


def _occurrences(verdict: Plain) -> Iterator[str]:
    yield f"milestone {verdict['verdict']}"
    for service in verdict["services"].values():
        yield f"service {service['verdict']}"
        yield from (f"reason {code}" for code in set(service["reasons"]))
        yield from (f"gate {colour}" for colour in service["gates"].values())
        for status, binds, twin in service["criteria"].values():
            yield f"status {status}"
            yield from [f"status of a twin {status}"] if twin else []
            yield from [] if binds else [f"status, not binding, {status}"]
