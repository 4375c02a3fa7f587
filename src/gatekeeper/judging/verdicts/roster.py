"""Decide whether a person may sign or attest in a role, by the roster, the teams and the date."""

from datetime import date

from gatekeeper.model.rulebook import Governance, Person
from gatekeeper.model.service import Service

OWNER = "owner"
"""The role that a person holds as a member of the team that owns the service."""


def objection(
    governance: Governance, service: Service, by: str, role: str, on: date, as_of: date
) -> str | None:
    """Return why a statement by this person in this role does not count, or None if it counts."""
    if on > as_of:
        return f"dated {on}, after the as-of date {as_of}"
    person = governance.roster.get(by)
    if person is None:
        return f"{by} is not on the roster"
    if not _holds(person, role, service.owner):
        return f"{by} is not in {service.owner}" if role == OWNER else f"{by} does not hold the role {role}"
    return None


def _holds(person: Person, role: str, owner_team: str) -> bool:
    return owner_team in person.teams if role == OWNER else role in person.roles
