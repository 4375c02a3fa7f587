"""Look up evidence and facts, and record which evidence was used."""

from collections.abc import Mapping
from typing import Any

from gatekeeper.judging.plans.narrowing import narrowing_of
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.staleness import utc_day
from gatekeeper.model.evidence import Evidence, EvidenceStatus
from gatekeeper.model.service import Scope
from gatekeeper.model.status import Basis, Status


class NoValue(Exception):  # noqa: N818 - an outcome rather than an error
    """A fact or an operand has no value."""

    def __init__(self, status: Status, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Lookup:
    """Finds the evidence of slots; `seen` records what was used."""

    def __init__(self, case: Case, scope: Scope | None) -> None:
        self.case = case
        self.scope = scope
        self.seen: dict[str, Evidence] = {}

    def evidence(self, slot: str) -> Evidence:
        """Return the evidence of a slot, narrowed by the scope."""
        if slot not in self.seen:
            narrowing = narrowing_of(self.case.rulebook.slots[slot], self.scope) if self.scope else ()
            self.seen[slot] = self._dated(self.case.evidence.get((slot, narrowing))) or Evidence(
                slot, EvidenceStatus.MISSING, f"no artefact is mapped to `{slot}`"
            )
        return self.seen[slot]

    def fact(self, slot: str, path: tuple[str, ...]) -> Any:
        """Return a fact.

        Raises:
            NoValue: There is no readable evidence, or it does not state the fact.
        """
        evidence = self.evidence(slot)
        if evidence.status is not EvidenceStatus.OK:
            status = Status.MISSING if evidence.status is EvidenceStatus.MISSING else Status.UNREADABLE
            raise NoValue(status, evidence.reason or f"`{slot}` holds no evidence")
        value = value_at(evidence.facts, path)
        if value is None:
            raise NoValue(Status.MISSING, f"`{slot}` does not say {'.'.join(path)}")
        return value

    def _dated(self, evidence: Evidence | None) -> Evidence | None:
        """Return evidence; evidence dated after the as-of date counts as missing."""
        as_of = self.case.as_of
        if evidence and evidence.produced_at and (day := utc_day(evidence.produced_at)) > as_of:
            reason = f"`{evidence.slot}` is dated {day}, after the as-of date {as_of}"
            return evidence._replace(status=EvidenceStatus.MISSING, reason=reason, facts=None)
        return evidence

    def basis(self, status: Status) -> Basis | None:
        """Return the basis of a pass; None for other statuses."""
        if status is not Status.PASS:
            return None
        recorded = any(evidence.basis is Basis.RECORD for evidence in self.seen.values())
        return Basis.RECORD if recorded else Basis.ARTEFACT


def value_at(facts: Any, path: tuple[str, ...]) -> Any:
    """Return the value at `path` in the facts of a kind; None if the file does not state it."""
    field, *keys = path
    value = facts.get(field) if isinstance(facts, Mapping) else getattr(facts, field, None)
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
