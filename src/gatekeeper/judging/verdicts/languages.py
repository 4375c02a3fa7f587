"""Decide whether a criterion can be decided in the languages of the source that it reads (`decidable_in`)."""

from collections.abc import Iterable, Iterator

from gatekeeper.judging.verdicts.attestations import may_be_replaced
from gatekeeper.judging.verdicts.lookup import Lookup, NoValue
from gatekeeper.model.rule import LANGUAGES
from gatekeeper.model.status import ReasonCode, Status
from gatekeeper.model.values import describe_value
from gatekeeper.model.verdict import CriterionReason


def with_languages(reasons: Iterable[CriterionReason], lookup: Lookup) -> Iterator[CriterionReason]:
    """Yield why a criterion is open, with regard to the languages in which it can be decided.

    In another language, an attestation stands in for what is missing or not shown, and these reasons are left
    out; what was found and violates a condition is still a reason. If the languages are not known, that is a
    reason itself, and no attestation helps.
    """
    of_languages = _of_languages(lookup)
    undecidable = of_languages is not None and of_languages.code is ReasonCode.UNDECIDABLE
    left = [one for one in reasons if not (undecidable and may_be_replaced(one))]
    yield from left
    if of_languages and (of_languages.status, of_languages.message) not in {
        (one.status, one.message) for one in left
    }:
        yield of_languages


def _of_languages(lookup: Lookup) -> CriterionReason | None:
    """Return that a language is not among those of the criterion, or not known; None if all are."""
    decidable, found = lookup.rule.decidable_in, set[str]()
    if decidable is None:
        return None
    for slot in lookup.rule.slots:
        if lookup.case.rulebook.slots[slot].languages is None:
            continue
        try:
            names = lookup.fact(slot, (LANGUAGES,))
        except NoValue as lack:
            return CriterionReason(lack.status, lack.reason, lack.code, slot, None, lack.places)
        if not names:
            return CriterionReason(Status.MISSING, f"`{slot}` names no {LANGUAGES}", None, slot)
        found.update(name.lower() for name in names)
    others = sorted(found.difference(decidable.languages))
    if not others:
        return None
    why = f"it cannot be decided in {describe_value(others)}: {decidable.role} must attest it"
    return CriterionReason(Status.MISSING, why, ReasonCode.UNDECIDABLE)
