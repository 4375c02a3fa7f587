"""The status of one criterion, given the facts of its slots."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from gatekeeper.collectors import shapes_of
from gatekeeper.judging.obligations.asked import CriterionContext, MilestoneSpan
from gatekeeper.judging.rules.binding import bind
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.criteria import judge_criterion
from gatekeeper.manifests.roadmap_order import natural_order
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
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Criterion, Gate, Governance, Levels
from gatekeeper.model.service import Service
from gatekeeper.model.status import Status
from gatekeeper.model.workspace import Manifests
from gatekeeper.syntax import yaml

_NOTHING, _ASKED = "none", "asked"
"""Ids of levels that are used where the criterion names none."""


def criterion_status(
    stanza: str,
    facts: Mapping[str, Facts],
    *,
    service: str = "{}",
    level: str | None = None,
    milestone: str = "M1",
    as_of: date | None = None,
) -> Status:
    """Return the status of a criterion, given the facts of its slots, by its `requires`.

    To which services it applies and when it binds do not matter.

    Args:
        stanza: The criterion, in YAML as in a gate's file.
        facts: By slot: a kind's facts, a mapping for the kind `json`, a `Collected` to give them a date, or
            the class of the facts if no artefact is mapped to the slot.
        service: More fields of the service, in YAML: `targets: {p95_ms: 200}`.
        level: The level at which the criterion is asked, of those that it names; by default the highest.
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
    regardless = {"applies_when": None, "effective": None, "upcoming": None}
    criterion = Criterion.model_validate(_parsed(stanza)).model_copy(update=regardless)
    rulebook = _rulebook(criterion, facts, level)
    at = rulebook.scale[level] if level else rulebook.scale.highest
    owned = {"service": "service", "owner": "team", "plan": {milestone: {"level": at.id}}} | _parsed(service)
    known: Mapping[EvidenceKey, Evidence] = {
        (name, ()): _evidence(name, of) for name, of in facts.items() if not isinstance(of, type)
    }
    day, roadmap = as_of or datetime.now(UTC).date(), Roadmap({milestone: Milestone(milestone=milestone)})
    case = Case(Service.model_validate(owned), rulebook, known, day, roadmap)
    context = CriterionContext(at, None, MilestoneSpan(milestone))
    return judge_criterion(rulebook.by_id[criterion.id], case, context).status


def _rulebook(criterion: Criterion, facts: Mapping[str, Facts], level: str | None) -> Rulebook:
    kinds = {name: _kind(name, of) for name, of in facts.items()}
    bound = bind(_workspace(criterion, facts, level), kinds.get)
    if bound.mistakes:
        raise ValueError("; ".join(mistake.message for mistake in bound.mistakes))
    return bound.rulebook


def _parsed(text: str) -> dict[str, Any]:
    value: dict[str, Any] = yaml.load(text.encode()).value
    return value


def _workspace(criterion: Criterion, facts: Mapping[str, Facts], level: str | None) -> Manifests:
    """Return a rulebook of the one criterion, with a slot for each facts.

    Its levels are those that the criterion names, in natural order, above one that requires nothing.
    """
    group = criterion.id.split(".")[0]
    up_to = criterion.subjects.up_to if criterion.subjects else None
    named = {name for name in (level, criterion.from_, criterion.only_at, up_to) if name} or {_ASKED}
    ids = [_NOTHING, *sorted(named - {_NOTHING}, key=natural_order)]
    words = dict.fromkeys(("name", "definition", "artefact"), "-")
    roles = {criterion.attested_by, criterion.or_attested_by, criterion.waivable_by, "owner"} - {None}
    slots = {name: {"kind": name, **_options(of)} for name, of in facts.items()}
    is_level = group in ids
    gate = words | {"gate": group, "role": "owner", "slots": slots, "criteria": [criterion]}
    levels = [
        dict.fromkeys(("name", "meaning", "audience"), "-")
        | {"level": level, "criteria": [criterion] if level == group else []}
        for level in ids
    ]
    return Manifests(
        levels=Levels.model_validate({"levels": levels, "slots": slots if is_level else {}}),
        governance=Governance.model_validate({"roles": dict.fromkeys(roles, "-"), "upgrade_sign_offs": []}),
        gates={} if is_level else {group: Gate.model_validate(gate)},
        services={},
        milestones=Roadmap(),
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
