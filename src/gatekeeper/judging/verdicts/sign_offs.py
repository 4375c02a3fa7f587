"""Decide which sign-offs count, which a level lacks, and up to which level a service is signed off."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property

from gatekeeper.judging.obligations.expand import signed_digest, signed_slots
from gatekeeper.judging.obligations.terms import SharedTerms
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.roster import objection, objection_but_signature
from gatekeeper.model.level import Level
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service, SignOff
from gatekeeper.model.statement import of_sign_off
from gatekeeper.model.verdict import ChangedSinceSigned


def lacking_sign_offs(case: Case, level: Level) -> dict[str, str | None]:
    """Return each role whose valid sign-off the level lacks, with the reason why a given one does not count.

    The signers must be different people. If one person signed twice, only the role that the rulebook lists
    first counts.
    """
    service, given = case.service, case.service.sign_offs.get(level.id, {})
    signed_as: dict[str, str] = {}
    lacking: dict[str, str | None] = {}
    today = _Today(case, level)
    for role in case.rulebook.governance.upgrade_sign_offs:
        sign_off = given.get(role)
        if sign_off is None:
            lacking[role] = None
            continue
        statement = of_sign_off(service.signed_as, level.id, role, sign_off)
        if earlier := signed_as.get(sign_off.by.casefold()):
            lacking[role] = f"{sign_off.by} signed as {earlier} already"
        elif why := (objection(case.rulebook, service, statement, case.as_of) or today.objection(sign_off)):
            lacking[role] = why
        else:
            signed_as[sign_off.by.casefold()] = role
    return lacking


class _Today:
    """What a level asks of a service today, and the artefacts behind it; both once, and only if needed."""

    def __init__(self, case: Case, level: Level, shared: SharedTerms | None = None) -> None:
        self._case = case
        self._level = level
        self._shared = shared

    @cached_property
    def _obligations(self) -> str:
        return signed_digest(self._case.service, self._case.rulebook, self._level, self._shared)

    @cached_property
    def _evidence(self) -> Mapping[str, str]:
        return signed_evidence(self._case, self._level)

    def has_other_rules(self, sign_off: SignOff) -> bool:
        """Return whether a sign-off states a digest of other obligations."""
        return sign_off.obligations is not None and sign_off.obligations != self._obligations

    def other_evidence(self, sign_off: SignOff) -> tuple[str, ...]:
        """Return the slots whose artefacts were changed or removed since a sign-off."""
        stated = (sign_off.evidence or {}).items()
        return tuple(slot for slot, digest in stated if self._evidence.get(slot) != digest)

    def objection(self, sign_off: SignOff) -> str | None:
        """Return why a sign-off no longer counts where governance asks for a new one after a change."""
        for what in self._case.rulebook.governance.resign_on.get(self._level.id, ()):
            if (sign_off.obligations if what == "rulebook" else sign_off.evidence) is None:
                return f"{sign_off.by} signed without stating the {what}"
            if what == "rulebook" and self.has_other_rules(sign_off):
                return f"{sign_off.by} signed for other rules on {sign_off.on}"
            if what == "evidence" and (slots := self.other_evidence(sign_off)):
                return f"{sign_off.by} signed for other evidence on {sign_off.on}: {', '.join(slots)}"
        return None


def signed_evidence(case: Case, level: Level) -> dict[str, str]:
    """Return the digest of each artefact behind a level and those below it, by slot."""
    slots = signed_slots(case.service, case.rulebook, level)
    found = {slot: seen.sha256 for (slot, _), seen in case.evidence.items() if seen.sha256}
    return {slot: found[slot] for slot in sorted(slots & found.keys())}


def signed_level(case: Case) -> Level:
    """Return the highest level with all its sign-offs; lower levels need no sign-offs of their own.

    If governance asks for no sign-offs, it is the level that the service claims.
    """
    governance, scale = case.rulebook.governance, case.rulebook.scale
    if not governance.upgrade_sign_offs:
        return case.claimed_level
    for level in reversed(scale.values()):
        given = case.service.sign_offs.get(level.id)
        if given and not lacking_sign_offs(case, level):
            return level
    return scale.lowest


def objection_to_sign_off(
    rulebook: Rulebook, service: Service, level: Level, role: str, sign_off: SignOff, as_of: date
) -> str | None:
    """Return why a new sign-off would not count, or None if it would."""
    for other, given in service.sign_offs.get(level.id, {}).items():
        if other != role and given.by.casefold() == sign_off.by.casefold():
            return f"{given.by} signed as {other} already, and the signers must be different people"
    statement = of_sign_off(service.signed_as, level.id, role, sign_off)
    return objection_but_signature(rulebook, service, statement, as_of)


def changed_since_signed(
    case: Case, levels: Iterable[Level], shared: SharedTerms | None = None
) -> Iterator[ChangedSinceSigned]:
    """Yield the sign-offs of these levels that were made for other obligations or artefacts than today's."""
    for level in sorted(set(levels)):
        today = _Today(case, level, shared)
        for role, sign_off in case.service.sign_offs.get(level.id, {}).items():
            rules = sign_off.obligations if today.has_other_rules(sign_off) else None
            evidence = today.other_evidence(sign_off)
            if rules or evidence:
                counts = today.objection(sign_off) is None
                yield ChangedSinceSigned(level, role, sign_off.by, sign_off.on, rules, evidence, counts)
