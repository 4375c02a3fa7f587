"""Decide which sign-offs count, which a level lacks, and up to which level a service is signed off."""

from collections.abc import Iterable, Iterator
from datetime import date

from gatekeeper.judging.obligations.expand import signed_digest
from gatekeeper.judging.obligations.terms import SharedTerms
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.roster import objection, objection_but_signature
from gatekeeper.model.level import Level
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service, SignOff
from gatekeeper.model.statement import of_sign_off
from gatekeeper.model.verdict import ChangedSinceSigned


def lacking_sign_offs(
    rulebook: Rulebook, service: Service, level: Level, as_of: date
) -> dict[str, str | None]:
    """Return each role whose valid sign-off the level lacks, with the reason why a given one does not count.

    The signers must be different people. If one person signed twice, only the role that the rulebook lists
    first counts.
    """
    given = service.sign_offs.get(level.id, {})
    signed_as: dict[str, str] = {}
    lacking: dict[str, str | None] = {}
    for role in rulebook.governance.upgrade_sign_offs:
        sign_off = given.get(role)
        if sign_off is None:
            lacking[role] = None
            continue
        statement = of_sign_off(service.service, level.id, role, sign_off)
        if earlier := signed_as.get(sign_off.by.casefold()):
            lacking[role] = f"{sign_off.by} signed as {earlier} already"
        elif why := objection(rulebook, service, statement, as_of):
            lacking[role] = why
        else:
            signed_as[sign_off.by.casefold()] = role
    return lacking


def signed_level(case: Case) -> Level:
    """Return the highest level with all its sign-offs; lower levels need no sign-offs of their own.

    If governance asks for no sign-offs, it is the level that the service claims.
    """
    governance, scale = case.rulebook.governance, case.rulebook.scale
    if not governance.upgrade_sign_offs:
        return case.claimed_level
    for level in reversed(scale.values()):
        given = case.service.sign_offs.get(level.id)
        if given and not lacking_sign_offs(case.rulebook, case.service, level, case.as_of):
            return level
    return scale.lowest


def objection_to_sign_off(
    rulebook: Rulebook, service: Service, level: Level, role: str, sign_off: SignOff, as_of: date
) -> str | None:
    """Return why a new sign-off would not count, or None if it would."""
    for other, given in service.sign_offs.get(level.id, {}).items():
        if other != role and given.by.casefold() == sign_off.by.casefold():
            return f"{given.by} signed as {other} already, and the signers must be different people"
    statement = of_sign_off(service.service, level.id, role, sign_off)
    return objection_but_signature(rulebook, service, statement, as_of)


def changed_since_signed(
    case: Case, levels: Iterable[Level], shared: SharedTerms | None = None
) -> Iterator[ChangedSinceSigned]:
    """Yield the sign-offs of these levels that state a digest of other obligations than today's."""
    for level in sorted(set(levels)):
        given = case.service.sign_offs.get(level.id, {})
        stated = {role: sign_off for role, sign_off in given.items() if sign_off.obligations}
        today = signed_digest(case.service, case.rulebook, level, shared) if stated else None
        for role, sign_off in stated.items():
            if sign_off.obligations and sign_off.obligations != today:
                yield ChangedSinceSigned(level, role, sign_off.by, sign_off.on, sign_off.obligations)
