"""Decide whether a criterion can be decided in the languages of the source that it reads (`decidable_in`)."""

from collections.abc import Iterable, Iterator

from gatekeeper.judging.verdicts.attestations import may_be_replaced
from gatekeeper.judging.verdicts.lookup import Lookup, NoValue
from gatekeeper.model.rule import LANGUAGES, Decidable
from gatekeeper.model.status import ReasonCode, Status
from gatekeeper.model.values import describe_value
from gatekeeper.model.verdict import CriterionReason


def with_languages(
    reasons: Iterable[CriterionReason], decidable: Decidable, lookup: Lookup
) -> Iterator[CriterionReason]:
    """Yield why a criterion is open, with regard to the languages in which it can be decided.

    In another language, an attestation replaces what is missing or not shown: these reasons are left out. A
    value that violates a condition is still a reason. If the languages are not known, that is a reason, and
    no attestation helps.
    """
    seen, of_languages = set[tuple[Status, str]](), _of_languages(decidable, lookup)
    is_undecidable = any(one.code is ReasonCode.UNDECIDABLE for one in of_languages)
    for one in reasons:
        if not (is_undecidable and may_be_replaced(one)):
            seen.add((one.status, one.message))
            yield one
    yield from (one for one in of_languages if (one.status, one.message) not in seen)


def _of_languages(decidable: Decidable, lookup: Lookup) -> list[CriterionReason]:
    """Return why languages are not known; if all are, that some are not those of the criterion."""
    slots, found, unknown = lookup.case.rulebook.slots, set[str](), list[CriterionReason]()
    for slot in (name for name in lookup.rule.slots if slots[name].languages is not None):
        try:
            found |= _languages(slot, lookup)
        except NoValue as lack:
            unknown.append(CriterionReason(lack.status, lack.reason, lack.code, slot, None, lack.places))
    others = sorted(found.difference(decidable.languages))
    if unknown or not others:
        return unknown
    why = f"it cannot be decided in {describe_value(others)}: {decidable.role} must attest it"
    return [CriterionReason(Status.MISSING, why, ReasonCode.UNDECIDABLE)]


def _languages(slot: str, lookup: Lookup) -> set[str]:
    names = lookup.fact(slot, (LANGUAGES,))
    if not names:
        raise NoValue(Status.MISSING, f"`{slot}` names no {LANGUAGES}")
    return {name.lower() for name in names}
