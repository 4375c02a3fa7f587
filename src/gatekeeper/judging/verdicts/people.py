"""Who may say what: roles, teams and dates of attestations and sign-offs."""

from collections.abc import Iterable
from datetime import date

from gatekeeper.model.level import Level
from gatekeeper.model.rulebook import Governance, Person
from gatekeeper.model.service import Service, SignOff
from gatekeeper.model.verdict import SignedElsewhere

OWNER = "owner"
"""The role that is held through a team: the service's own."""


def objection(
    governance: Governance, service: Service, by: str, role: str, on: date, as_of: date
) -> str | None:
    """Return why this person's word does not count in this role at this date, or None where it does."""
    if on > as_of:
        return f"dated {on}, after the as-of date {as_of}"
    person = governance.roster.get(by)
    if person is None:
        return f"{by} is not on the roster"
    if not _holds(person, role, service.owner):
        return f"{by} is not of {service.owner}" if role == OWNER else f"{by} does not hold the role {role}"
    return None


def _holds(person: Person, role: str, owner_team: str) -> bool:
    return owner_team in person.teams if role == OWNER else role in person.roles


def lacking_sign_offs(
    governance: Governance, service: Service, level: Level, as_of: date
) -> dict[str, str | None]:
    """Return the roles whose valid sign-off the level lacks, with why the one given does not count.

    The signers must be different people; where one signed twice, the role that the rulebook names first
    counts.
    """
    given = service.sign_offs.get(level, {})
    signed_as: dict[str, str] = {}
    lacking: dict[str, str | None] = {}
    for role in governance.upgrade_sign_offs:
        sign_off = given.get(role)
        if sign_off is None:
            lacking[role] = None
        elif earlier := signed_as.get(sign_off.by):
            lacking[role] = f"{sign_off.by} signed as {earlier} already"
        elif why := objection(governance, service, sign_off.by, role, sign_off.on, as_of):
            lacking[role] = why
        else:
            signed_as[sign_off.by] = role
    return lacking


def signed_level(governance: Governance, service: Service, as_of: date) -> Level:
    """Return the highest level with all its sign-offs; those below need none of their own."""
    for level in sorted(service.sign_offs, reverse=True):
        if not lacking_sign_offs(governance, service, level, as_of):
            return level
    return Level.L0


def objection_to_sign_off(
    governance: Governance, service: Service, level: Level, role: str, sign_off: SignOff, as_of: date
) -> str | None:
    """Return why a sign-off that is about to be made would not count, or None where it would."""
    for other, given in service.sign_offs.get(level, {}).items():
        if other != role and given.by == sign_off.by:
            return f"{given.by} signed as {other} already, and the signers must be different people"
    return objection(governance, service, sign_off.by, role, sign_off.on, as_of)


def signed_under_another_rulebook(
    service: Service, levels: Iterable[Level], digest: str
) -> tuple[SignedElsewhere, ...]:
    """Return the sign-offs of these levels that name another rulebook than the one with this digest."""
    return tuple(
        SignedElsewhere(level, role, given.by, given.on, given.rulebook)
        for level in sorted(set(levels))
        for role, given in service.sign_offs.get(level, {}).items()
        if given.rulebook is not None and given.rulebook != digest
    )
