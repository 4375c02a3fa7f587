"""Say what evidence must show besides its facts."""

from collections.abc import Iterator, Mapping
from typing import Any

from gatekeeper.model.guards import SlotGuard
from gatekeeper.model.rule import Rule


def of_rule(rule: Rule) -> Iterator[str]:
    """Yield what a criterion asks of its evidence and attestations; what holds for all is said once."""
    of_slots = {slot: list(_of_guard(guard, rule.twin or rule.id)) for slot, guard in rule.guards.items()}
    for line in dict.fromkeys(line for lines in of_slots.values() for line in lines):
        slots = [slot for slot, lines in of_slots.items() if line in lines]
        yield f"evidence {line}" if len(slots) == len(of_slots) else f"{', '.join(slots)}: {line}"
    if rule.validity and (rule.attested_by or rule.or_attested_by or rule.decidable_in):
        yield f"an attestation at most {rule.validity.days} days old{_since(rule.validity.effective)}"


def _of_guard(guard: SlotGuard, id_: str) -> Iterator[str]:
    if guard.max_age_days is not None:
        yield f"at most {guard.max_age_days} days old{_since(guard.age_from)}"
    else:
        yield "of any age" if guard.measures else "as old as the tree that holds it (a definition)"
    if guard.same_commit:
        yield f"of the commit that ships{_since(guard.commit_from)}"
    for floor in guard.floors:
        yield f"with {floor.describe()}{_since(floor.effective)}"
    for group in guard.distinct:
        yield f"unlike that of {', '.join(group.slots)}{_since(group.effective)}"
    if guard.parts is not None:
        yield f"of {guard.parts} parts"
    if guard.by_id:
        yield f"of tests with [{id_}] in their names"
    for accepted in sorted(guard.accepts):
        yield f"that may be {accepted}"


def _since(effective: object) -> str:
    return f", from {effective} on" if effective else ""


def of_terms(slot: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the terms of an obligation ask of the evidence of a slot."""
    if "max_age_days" in slot:
        yield f"at most {slot['max_age_days']} days old"
    if "same_commit" in slot:
        yield "of the commit that ships"
    for floor in slot.get("floors", ()):
        operator = "at_least" if "at_least" in floor else "at_most"
        yield f"{floor['fact']} {operator.replace('_', ' ')} {floor[operator]:g}"
    for group in slot.get("distinct", ()):
        yield f"unlike {', '.join(group['slots'])}"
    if "parts" in slot:
        yield f"{slot['parts']} parts"
    if "by_id" in slot:
        yield "tests that carry the id"
    yield from (f"may be {accepted}" for accepted in slot.get("accepts", ()))
