"""Compare what two rulebooks ask of evidence besides its facts, by kind: `evidence.yaml`."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from gatekeeper.judging.changes.weakening_approvals import weakening
from gatekeeper.judging.obligations.guards import (
    IsAsEarly,
    Terms,
    distinct_losses,
    guard_losses,
    validity_loss,
)
from gatekeeper.model.changes import Change, ChangeKind, ManifestPlace
from gatekeeper.model.evidence_rules import EvidenceRules, Timed

_weaker = partial(weakening, ChangeKind.RULE_WEAKENED)


def kind_losses(base: EvidenceRules, head: EvidenceRules, is_as_early: IsAsEarly) -> dict[str, list[str]]:
    """Return what is asked for less of the evidence of each kind."""
    kinds = dict.fromkeys((*base.freshness, *base.floors))
    sides = {kind: (_of_kind(base, kind), _of_kind(head, kind)) for kind in kinds}
    return {kind: list(guard_losses(*of, is_as_early)) for kind, of in sides.items()}


def attestation_losses(base: EvidenceRules, head: EvidenceRules, is_as_early: IsAsEarly) -> list[str]:
    """Return how attestations count for longer; an empty list if they do not."""
    longer = validity_loss(_validity(base), _validity(head), is_as_early)
    return [longer] if longer else []


def compare_evidence_rules(
    base: EvidenceRules,
    head: EvidenceRules,
    by_kind: Mapping[str, list[str]],
    place: ManifestPlace | None,
    is_as_early: IsAsEarly,
) -> Iterator[Change]:
    """Yield each weakening; `by_kind` is what `kind_losses` returns."""
    for kind, lost in by_kind.items():
        if lost:
            message = f"the rulebook, for {kind}, {'; '.join(lost)}"
            yield _weaker(f"evidence.{kind}", message, place, _of_kind(base, kind), _of_kind(head, kind))
    for longer in attestation_losses(base, head, is_as_early):
        was, now = _validity(base), _validity(head)
        yield _weaker("evidence.attestations", f"the rulebook {longer}", place, was, now)
    before, after = ([_plain(group) for group in rules.distinct] for rules in (base, head))
    if alike := list(distinct_losses(before, after, is_as_early)):
        yield _weaker("evidence.distinct", f"the rulebook {'; '.join(alike)}", place, before, after)


def _of_kind(rules: EvidenceRules, kind: str) -> Terms:
    fresh, floors = rules.freshness.get(kind), rules.floors.get(kind, {})
    terms: dict[str, Any] = {"floors": [{"fact": fact, **_plain(floor)} for fact, floor in floors.items()]}
    if fresh and fresh.max_age_days:
        terms |= {"max_age_days": fresh.max_age_days, "age_from": fresh.effective}
    if fresh and fresh.same_commit:
        terms |= {"same_commit": True, "commit_from": fresh.effective}
    return terms


def _validity(rules: EvidenceRules) -> Terms | None:
    given = rules.attestations
    return {"days": given.valid_days, "effective": given.effective} if given else None


def _plain(of: Timed) -> dict[str, Any]:
    return of.model_dump(mode="json", exclude_none=True, exclude={"source"})
