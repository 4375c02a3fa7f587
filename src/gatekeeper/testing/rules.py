"""The status of one criterion, given the facts of its slots."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from gatekeeper.collectors import shapes_of
from gatekeeper.judging.rules.binding import bind
from gatekeeper.judging.verdicts.case import Case, CriterionContext, MilestoneSpan
from gatekeeper.judging.verdicts.criteria import judge_criterion
from gatekeeper.model.evidence import (
    Artefact,
    Collected,
    Evidence,
    EvidenceKey,
    EvidenceStatus,
    Facts,
    Kind,
    Options,
)
from gatekeeper.model.level import Level
from gatekeeper.model.rulebook import Criterion, Gate, Governance, Levels
from gatekeeper.model.service import Service
from gatekeeper.model.status import Status
from gatekeeper.model.workspace import Manifests
from gatekeeper.syntax import yaml


def criterion_status(
    stanza: str,
    facts: Mapping[str, Facts],
    *,
    service: str = "{}",
    level: str = "L4",
    milestone: str = "M1",
    as_of: date | None = None,
) -> Status:
    """Return the status of a criterion, given the facts of its slots.

    Args:
        stanza: The criterion, in YAML as in a gate's file.
        facts: By slot: a kind's facts, a mapping for the kind `json`, a `Collected` to give them a date, or
            the class of the facts if no artefact is mapped to the slot.
        service: More fields of the service, in YAML: `targets: {p95_ms: 200}`.
        level: The level at which the criterion is asked.
        milestone: The milestone for which it is asked.
        as_of: The day of the verdict; today if it is not given.

    Raises:
        ValueError: The stanza is not a valid criterion, or names a fact that no kind has.

    >>> from gatekeeper.collectors.coverage.facts import CoverageFacts
    >>> stanza = '''
    ... id: G1.coverage
    ... question: Are 95 % of the lines covered?
    ... why: Untested lines break unnoticed.
    ... requires:
    ...   coverage.lines_pct: {at_least: 95}
    ... remedy: Test more; map the report to `coverage`.
    ... effort: medium
    ... '''
    >>> criterion_status(stanza, {"coverage": CoverageFacts(lines_pct=91.5)})
    <Status.FAIL: 'fail'>
    >>> criterion_status(stanza, {"coverage": CoverageFacts})
    <Status.MISSING: 'missing'>
    """
    criterion = Criterion.model_validate(_parsed(stanza)).model_copy(update={"applies_when": None})
    bound = bind(_workspace(criterion, facts), {name: _kind(name, facts[name]) for name in facts}.get)
    if bound.mistakes:
        raise ValueError("; ".join(mistake.message for mistake in bound.mistakes))
    known: Mapping[EvidenceKey, Evidence] = {
        (name, ()): _evidence(name, of) for name, of in facts.items() if not isinstance(of, type)
    }
    owned = {"service": "service", "owner": "team", "plan": {milestone: {"level": level}}} | _parsed(service)
    case = Case(Service.model_validate(owned), bound.rulebook, known, as_of or datetime.now(UTC).date())
    context = CriterionContext(Level[level], None, MilestoneSpan(milestone))
    return judge_criterion(bound.rulebook.by_id[criterion.id], case, context).status


def _parsed(text: str) -> dict[str, Any]:
    value: dict[str, Any] = yaml.load(text.encode()).value
    return value


def _workspace(criterion: Criterion, facts: Mapping[str, Facts]) -> Manifests:
    """Return a rulebook of the one criterion, with a slot for each facts."""
    group = criterion.id.split(".")[0]
    words = dict.fromkeys(("name", "definition", "artefact"), "-")
    roles = {criterion.attested_by, criterion.or_attested_by, criterion.waivable_by, "owner"} - {None}
    slots = {name: {"kind": name, **_options(of)} for name, of in facts.items()}
    is_level = group in Level.__members__
    gate = words | {"gate": group, "role": "owner", "slots": slots, "criteria": [criterion]}
    levels = [
        dict.fromkeys(("name", "meaning", "audience"), "-")
        | {"level": level, "criteria": [criterion] if level == group else []}
        for level in Level.__members__
    ]
    return Manifests(
        levels=Levels.model_validate({"levels": levels, "slots": slots if is_level else {}}),
        governance=Governance.model_validate({"roles": dict.fromkeys(roles, "-"), "upgrade_sign_offs": []}),
        gates={} if is_level else {group: Gate.model_validate(gate)},
        services={},
        milestones={},
        exceptions={},
        files={(Levels, ""): "levels", (Governance, ""): "governance", (Gate, group): "gate"},
        rulebook_digest="",
    )


def _options(facts: Facts) -> Options:
    made = facts.facts if isinstance(facts, Collected) else facts
    return {"select": dict.fromkeys(made, "-")} if isinstance(made, Mapping) else {}


def _kind(name: str, facts: Facts) -> Kind:
    """Return a kind of this slot's own, with the facts that it is given."""
    made = facts.facts if isinstance(facts, Collected) else facts
    if isinstance(made, Mapping):
        return Kind(name, None, None, frozenset({"select"}), _never)
    of = made if isinstance(made, type) else type(made)
    return Kind(name, of, shapes_of(of), frozenset(), _never)


def _never(artefact: Artefact, options: Options) -> Collected:  # noqa: ARG001 - a `Collect`
    raise TypeError(f"{artefact.path} is not read: its facts are given")


def _evidence(slot: str, facts: Facts) -> Evidence:
    if isinstance(facts, Collected):
        return Evidence(slot, EvidenceStatus.OK, facts=facts.facts, collected_at=facts.produced_at)
    return Evidence(slot, EvidenceStatus.OK, facts=facts)
