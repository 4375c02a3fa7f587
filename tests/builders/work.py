"""The work that a step asks for, done: evidence, attestations, signatures, and edits of the plan."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from builders.any_names import GOOD
from builders.judging import AS_OF, milestone_of, redated, threats
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.roster import objection
from gatekeeper.model.action import Action, ActionKind
from gatekeeper.model.service import Attestation, SignOff
from gatekeeper.model.statement import of_sign_off
from gatekeeper.reporters.wording.actions import what_to_do

_GET = re.compile(r"Get (\S+) signed off by ")
_HAVE = re.compile(r"Have \S+ signed off, or lower `level:` to (\S+)\.")
_SET = re.compile(r"Set `level: (\S+)` in the manifest")
_REMOVE = re.compile(r"Remove (\S+) from the plan")


def done(one: Case, step: Action, milestone: str) -> Case:
    """Return the service after its owner has done the step, and nothing else."""
    if found := _GET.match(what_to_do(step)):
        return signed_off(one, found[1])
    if found := _HAVE.match(what_to_do(step)) or _SET.match(what_to_do(step)):
        return with_(one, level=found[1])
    if found := _REMOVE.match(what_to_do(step)):
        return _without_gate(one, found[1])
    if step.kind is ActionKind.MAP:
        return _mapped(one, step, milestone)
    for criterion in step.criteria:
        one = delivered(one, criterion, milestone)
    return one


def _mapped(one: Case, step: Action, milestone: str) -> Case:
    """Return the service with artefacts in the slots of an action."""
    known: dict[Any, Any] = {**one.evidence}
    for slot in step.about:
        if slot == "threats":
            return delivered(one, step.criteria[0], milestone)
        known |= _made_today(slot)
    return one._replace(evidence=known)


def signed_off(one: Case, level: str) -> Case:
    given: dict[str, SignOff] = {}
    for role in one.rulebook.governance.upgrade_sign_offs:
        signers = {word.by for word in given.values()}
        [by, *_] = [name for name in _people(one, role) if name not in signers]
        given[role] = SignOff.model_validate({"by": by, "on": "2026-11-01"})
    return with_(one, sign_offs=one.service.sign_offs | {level: given})


def _people(one: Case, role: str) -> list[str]:
    """Return the people whose word counts in a role."""
    name_of = one.service.service
    return [
        by
        for by in one.rulebook.governance.roster
        if not objection(one.rulebook, one.service, of_sign_off(name_of, "L1", role, _sign_off(by)), AS_OF)
    ]


def _sign_off(by: str) -> SignOff:
    return SignOff.model_construct(by=by, on=AS_OF)


def _without_gate(one: Case, gate: str) -> Case:
    plan = {
        name: cell.model_copy(update={"gates": {g: s for g, s in cell.gates.items() if g != gate}})
        if cell.gates
        else cell
        for name, cell in one.service.plan.items()
    }
    return with_(one, plan=plan)


def delivered(one: Case, criterion: str, milestone: str) -> Case:
    rule = one.rulebook.by_id.get(criterion)
    role = rule.attested_by if rule else None
    if rule and rule.source and rule.source.covers_capabilities:
        one = one._replace(evidence={**one.evidence, **_made_today("capability_tests")})
    if role:
        word = Attestation.model_validate(
            {"by": _people(one, role)[0], "role": role, "on": AS_OF.isoformat(), "link": "l"}
        )
        return with_(one, attestations={**one.service.attestations, criterion: word})
    if rule and "threats" in rule.slots:
        # What was signed for a later cell of the plan asks for a threat model of that time.
        [result] = milestone_of(one, milestone=milestone).services
        is_held_up = any(found.rule.id == criterion for found in result.held_up_by)
        last = list(one.roadmap)[-1]
        return one._replace(evidence={**one.evidence, **threats(last if is_held_up else milestone)})
    slots: Iterable[str] = [slot for version in rule.versions for slot in version.slots] if rule else ()
    if criterion.startswith("capability:"):
        slots = ("capability_tests",)
    elif criterion.endswith(".scope"):
        slots = ("scope_tests",)
    known: dict[Any, Any] = {**one.evidence}
    for slot in slots:
        known |= _made_today(slot)
    return one._replace(evidence=known)


def _made_today(slot: str) -> dict[Any, Any]:
    """Return good evidence of a slot; without a date of its own, it is of the day that is judged."""
    today = datetime(AS_OF.year, AS_OF.month, AS_OF.day, tzinfo=UTC)
    return {key: redated(one, one.produced_at or today) for key, one in GOOD[slot].items()}


def with_(one: Case, **changes: object) -> Case:
    return one._replace(service=one.service.model_copy(update=changes))
