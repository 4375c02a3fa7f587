"""Look up evidence and facts, and record which evidence was used."""

from collections.abc import Mapping
from typing import Any

from gatekeeper.judging.plans.mapping import mapped_guard
from gatekeeper.judging.plans.narrowing import narrowing_of
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.guards import of_another, tagged, untagged
from gatekeeper.judging.verdicts.recorders import admitted
from gatekeeper.judging.verdicts.staleness import has_typed_guard
from gatekeeper.model.evidence import Evidence, EvidenceStatus, Finding
from gatekeeper.model.guards import SlotGuard
from gatekeeper.model.moment import earliest, utc_day
from gatekeeper.model.rule import Rule
from gatekeeper.model.service import Scope
from gatekeeper.model.status import Basis, ReasonCode, Status, weakest
from gatekeeper.model.unmapped import unmapped
from gatekeeper.model.verdict import CriterionReason

_PASSED = ("passed",)
"""The fact of which tests count by id."""


class NoValue(Exception):  # noqa: N818 - an outcome rather than an error
    """A fact or an operand has no value."""

    def __init__(
        self,
        status: Status,
        reason: str,
        code: ReasonCode | None = None,
        places: tuple[Finding, ...] = (),
    ) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.code = code
        self.places = places


class Lookup:
    """Finds the evidence of slots; `seen` records what was used.

    Args:
        case: The service and its evidence.
        rule: The criterion.
        scope: The narrowing of the plan.
        chosen: By slot, which of several records counts; by default the newest.
    """

    def __init__(
        self, case: Case, rule: Rule, scope: Scope | None, chosen: Mapping[str, Evidence] | None = None
    ) -> None:
        self.case = case
        self.rule = rule
        self.scope = scope
        self._chosen = chosen or {}
        self.seen: dict[str, Evidence] = {}
        self._of_another: dict[str, tuple[CriterionReason, ...]] = {}

    def guard(self, slot: str) -> SlotGuard:
        """Return what the evidence of a slot must show besides its facts."""
        return mapped_guard(self.rule, slot, self.case.service)

    def of_another(self, slot: str) -> tuple[CriterionReason, ...]:
        """Return why the evidence of a slot supplies no facts, because it is that of something else."""
        if slot not in self._of_another:
            found = of_another(self.guard(slot), self.evidence(slot), self.case)
            self._of_another[slot] = tuple(found)
        return self._of_another[slot]

    def evidence(self, slot: str) -> Evidence:
        """Return the evidence of a slot, narrowed by the scope."""
        if slot not in self.seen:
            narrowing = narrowing_of(self.case.rulebook.slots[slot], self.scope) if self.scope else ()
            found = self._chosen.get(slot) or self.case.evidence.get((slot, narrowing))
            self.seen[slot] = self._counted(found) if found else unmapped(slot)
        return self.seen[slot]

    def lack(self, slot: str) -> NoValue | None:
        """Return why a slot has no readable evidence; None if it has."""
        evidence = self.evidence(slot)
        if evidence.status is EvidenceStatus.OK:
            return None
        status = Status.MISSING if evidence.status is EvidenceStatus.MISSING else Status.UNREADABLE
        return NoValue(status, evidence.reason or f"`{slot}` holds no evidence", evidence.code)

    def fact(self, slot: str, path: tuple[str, ...]) -> Any:
        """Return a fact that is known whole.

        Raises:
            NoValue: There is no readable evidence, or it does not state the fact, or not the whole of it.
        """
        value, doubt = self.known(slot, path)
        if doubt:
            raise doubt
        return value

    def known(self, slot: str, path: tuple[str, ...]) -> tuple[Any, NoValue | None]:
        """Return what is known of a fact, and why there may be more: a place was not understood.

        Raises:
            NoValue: There is no readable evidence, or it does not state the fact.
        """
        if lack := self.lack(slot):
            raise lack
        return self.found(slot, path)

    def found(self, slot: str, path: tuple[str, ...]) -> tuple[Any, NoValue | None]:
        """Return what `known` does, for a slot with readable evidence."""
        evidence = self.evidence(slot)
        by_id = path == _PASSED and self.guard(slot).by_id
        lacks = self.of_another(slot)
        if by_id and not lacks:
            lacks = tuple(untagged(self.rule, evidence))
        if lacks:
            raise NoValue(lacks[0].status, lacks[0].message, lacks[0].code)
        value, doubt = value_at(evidence.facts, path), _doubt(evidence, path)
        if value is None:
            raise doubt or NoValue(Status.MISSING, f"`{slot}` does not say {'.'.join(path)}")
        return (tagged(value, self.rule) if by_id else value), doubt

    def _counted(self, evidence: Evidence) -> Evidence:
        """Return evidence as it counts, by who recorded it and by its date."""
        return self._dated(admitted(evidence, self.case.rulebook, self.case.service.service))

    def _dated(self, evidence: Evidence) -> Evidence:
        """Return evidence; it counts as missing if a part is certainly dated after the as-of date."""
        as_of = self.case.as_of
        for part in evidence.parts:
            time = part.produced_at
            # The zone of a time shifts its day by one at most.
            if time and time.date() >= as_of and utc_day(earliest(time)) > as_of:
                reason = f"`{evidence.slot}` is dated {utc_day(time)}, after the as-of date {as_of}"
                return evidence._replace(status=EvidenceStatus.MISSING, reason=reason, facts=None)
        return evidence

    def basis(self) -> Basis | None:
        """Return what a pass rests on: the weakest of the evidence, and of the dates and commits it needs."""
        used = [evidence.basis for evidence in self.seen.values()]
        if any(has_typed_guard(self.rule.guard(one.slot), one, self.case) for one in self.seen.values()):
            used.append(Basis.TYPED)
        return weakest(used)


def _doubt(evidence: Evidence, path: tuple[str, ...]) -> NoValue | None:
    """Return why a fact is not known whole: a place on which it depends was not understood."""
    marks = [one for part in evidence.parts for one in part.not_understood]
    if not (places := tuple([one.place for one in marks if path[0] in one.touches])):
        return None
    slot, fact = evidence.slot, ".".join(path)
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    why = f"`{slot}` does not show {fact}; not understood: {places[0].message}{more}"
    return NoValue(Status.UNPROVEN, why, ReasonCode.NOT_UNDERSTOOD, places)


def value_at(facts: Any, path: tuple[str, ...]) -> Any:
    """Return the value at `path` in the facts of a kind; None if the file does not state it."""
    field, *keys = path
    is_mapping = not isinstance(facts, tuple) and isinstance(facts, Mapping)
    value = facts.get(field) if is_mapping else getattr(facts, field, None)
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
