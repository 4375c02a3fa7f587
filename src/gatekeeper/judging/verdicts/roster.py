"""Decide whether a statement counts, by the roster, the teams, the date and the signature."""

from datetime import date, timedelta

from gatekeeper.judging.verdicts.signatures import signature_of
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service
from gatekeeper.model.statement import Statement

ZONES = timedelta(days=1)
"""How far a signer's own calendar may be ahead of the as-of date, which is a day in UTC."""


def objection_to_person(rulebook: Rulebook, statement: Statement, as_of: date) -> str | None:
    """Return why a person may not make a statement about no service, or None if they may."""
    by, role = statement.by, statement.role
    if statement.on > as_of:
        return f"dated {statement.on}, after the as-of date {as_of}"
    person = rulebook.governance.people.get(by.casefold())
    if person is None:
        return f"{by} is not on the roster"
    if role is not None and role not in person.roles:
        return f"{by} does not hold the role {role}"
    return None


def objection(rulebook: Rulebook, service: Service, statement: Statement, as_of: date) -> str | None:
    """Return why a statement about a service does not count, or None if it counts."""
    return (
        objection_but_signature(rulebook, service, statement, as_of)
        or signature_of(statement, rulebook, service).why
    )


def objection_but_signature(
    rulebook: Rulebook, service: Service, statement: Statement, as_of: date
) -> str | None:
    """Return why a statement does not count, whether it is signed or not; None if that may decide."""
    governance, by, role = rulebook.governance, statement.by, statement.role
    if statement.on - ZONES > as_of:
        return f"dated {statement.on}, after the as-of date {as_of}"
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
