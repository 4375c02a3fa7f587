"""Build the criteria that come from the plan instead of the rulebook: demands on gates, capabilities."""

from typing import Any

from gatekeeper.model.level import Level
from gatekeeper.model.rule import (
    CAPABILITY_SLOT,
    SCOPE_SLOT,
    BoundSlot,
    Condition,
    GateRules,
    Literal,
    Operator,
    Rule,
    Rulebook,
)
from gatekeeper.model.service import Capability
from gatekeeper.model.status import Effort

SCOPE_CRITERION = "scope"


def demand(rulebook: Rulebook, gate: GateRules, demands: tuple[str, ...]) -> Rule:
    """Return the criterion `<gate>.scope`: whether the plan's demands on this gate are met."""
    demanded = ", ".join(demands)
    rule = Rule(
        id=f"{gate.gate}.{SCOPE_CRITERION}",
        gate=gate.gate,
        level=rulebook.scale.lowest,
        question=f"Are the plan's demands on this gate met: {demanded}?",
        why="The plan asks this service for more than the gate asks of every service.",
        remedy=_remedy(rulebook, demanded, SCOPE_SLOT, gate.role),
        effort=Effort.MEDIUM,
        **_mentioned(rulebook.slots.get(SCOPE_SLOT), demands, gate.role),
    )
    return rule.guarded(rulebook.slots, rulebook.validity)


def capability(rulebook: Rulebook, asked: Capability, level: Level) -> Rule:
    """Return the criterion of a capability that a plan cell at this level adds."""
    role = rulebook.governance.role_of_service
    rule = Rule(
        id=asked.id,
        gate=None,
        level=level,
        question=f"Is this capability delivered: {asked.capability}?",
        why="The plan promises it from this milestone on.",
        remedy=_remedy(rulebook, asked.capability, CAPABILITY_SLOT, role),
        effort=Effort.LARGE,
        **_mentioned(rulebook.slots.get(CAPABILITY_SLOT), (asked.capability,), role),
    )
    return rule.guarded(rulebook.slots, rulebook.validity)


def _remedy(rulebook: Rulebook, wanted: str, slot: str, role: str | None) -> str:
    if slot not in rulebook.slots:
        tests = f"add a slot `{slot}` to the rulebook for tests that mention {wanted}"
        return f"Have it attested by {role}, or {tests}." if role else f"A{tests[1:]}."
    by_role = f", or have it attested by {role}" if role else ""
    return f"Map tests that mention {wanted} to `{slot}`{by_role}."


def _mentioned(slot: BoundSlot | None, phrases: tuple[str, ...], role: str | None) -> dict[str, Any]:
    if slot is None:
        return {"attested_by": role}
    return {
        "conditions": (Condition(slot.name, ("passed",), Operator.MENTIONS, Literal(phrases)),),
        "or_attested_by": role,
        "doubts_attested_by": role,
        "slots": (slot.name,),
        "takes": {slot.name: slot.takes},
    }
