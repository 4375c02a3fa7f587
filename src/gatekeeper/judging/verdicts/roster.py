"""Decide whether a person may sign or attest in a role, by the roster, the teams and the date."""

from datetime import date, timedelta

from gatekeeper.model.rulebook import Governance
from gatekeeper.model.service import Service

ZONES = timedelta(days=1)
"""How far a signer's own calendar may be ahead of the as-of date, which is a day in UTC."""


def objection_to_exit(governance: Governance, by: str) -> str | None:
    """Return why a person may not record the exit of a milestone, or None if they may."""
    person, role = governance.people.get(by.casefold()), governance.exit_role
    if person is None:
        return f"{by} is not on the roster"
    if role is not None and role not in person.roles:
        return f"{by} does not hold the role {role}"
    return None


def objection(
    governance: Governance, service: Service, by: str, role: str, on: date, as_of: date
) -> str | None:
    """Return why a statement by this person in this role does not count, or None if it counts."""
    if on - ZONES > as_of:
        return f"dated {on}, after the as-of date {as_of}"
    person = governance.people.get(by.casefold())
    if person is None:
        return f"{by} is not on the roster"
    of_service = [name for name, definition in governance.roles.items() if definition.of_service]
    if role in of_service and service.owner not in person.teams:
        return f"{by} is not in {service.owner}"
    # The members of a team hold the role of a service without being named in it, if there is only one.
    if role not in person.roles and of_service != [role]:
        return f"{by} does not hold the role {role}"
    return None
