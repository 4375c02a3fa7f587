"""Decide which changes of governance are weakenings: roles, required sign-offs and the roster."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from gatekeeper.judging.changes.weakening_approvals import weakening
from gatekeeper.judging.verdicts.roster import objection
from gatekeeper.judging.verdicts.signatures import signature_of
from gatekeeper.model.changes import Cause, Change, ChangeKind, ManifestPlace
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Governance, Person
from gatekeeper.model.service import Service
from gatekeeper.model.statement import Act, Statement, of_exception, of_service

NOTHING: Mapping[str, Sequence[str]] = {}
_DECIDERS = (
    ("weakening_sign_off", "weakenings are signed", "nobody"),
    ("exit_role", "exits are recorded", "anybody"),
)
"""The roles that decide: the field, what they do, and who does it where no role is named."""


def compare_governance(
    base: Governance, head: Governance, file: str, stated: Mapping[str, Sequence[str]] = NOTHING
) -> Iterator[Change]:
    """Yield each way in which fewer people must sign, and a note for each person whose roles changed.

    Args:
        base: The governance of the base.
        head: The governance of the head.
        file: The file of the latter.
        stated: What `newly_counting` returns.
    """
    fewer = [role for role in base.upgrade_sign_offs if role not in head.upgrade_sign_offs]
    if fewer:
        yield governance_weakened(
            "governance.upgrade_sign_offs",
            f"upgrades no longer need {', '.join(fewer)}",
            ManifestPlace(file, ("upgrade_sign_offs",)),
            list(base.upgrade_sign_offs),
            list(head.upgrade_sign_offs),
        )
    yield from _roles(base, head, file)
    yield from _attesters(base, head, file)
    for key, what, nobody in _DECIDERS:
        before, after = getattr(base, key), getattr(head, key)
        if before is not None and before != after:
            message = f"{what} by {after or nobody} instead of {before}"
            yield governance_weakened(
                f"governance.{key}", message, ManifestPlace(file, (key,)), before, after or nobody
            )
    if head.break_glass and not base.break_glass:
        message = "a blocked milestone may exit with a reason"
        yield governance_weakened(
            "governance.break_glass", message, ManifestPlace(file, ("break_glass",)), "false", "true"
        )
    for name in sorted({*base.roster, *head.roster}):
        was, now = (of.roster.get(name, Person()) for of in (base, head))
        yield from _person(name, was, now, file, stated.get(name.casefold(), ()))


def _roles(base: Governance, head: Governance, file: str) -> Iterator[Change]:
    """Yield roles that are gone, or that more people hold."""
    for role, before_role in base.roles.items():
        if role in head.roles and before_role.of_service and not head.roles[role].of_service:
            message = f"the role {role} may be held by people outside the team that owns the service"
            where = ManifestPlace(file, ("roles", role))
            yield governance_weakened(f"governance.roles.{role}.of_service", message, where, "true", "false")
        if role not in head.roles:
            message = f"the role {role} was removed"
            yield governance_weakened(
                f"governance.roles.{role}", message, ManifestPlace(file, ("roles",)), "named", "dropped"
            )
    before, after = _held_by_team(base), _held_by_team(head)
    if after in base.roles and after != before:
        message = f"the team that owns a service holds the role {after} without being named in it"
        where = ManifestPlace(file, ("roles", after))
        yield governance_weakened(f"governance.roles.{after}.held_by_team", message, where, before, after)


def newly_counting(
    services: Mapping[str, Service],
    base: Rulebook,
    head: Rulebook,
    as_of: date,
    register: Iterable[RegisteredException] = (),
) -> dict[str, list[str]]:
    """Return by person what counts by the roster of the head and does not by that of the base."""
    before, after = base.governance.people, head.governance.people
    gained = {name for name, person in after.items() if person != before.get(name)}
    if not gained:
        return {}
    stated = [(of, one) for of in services.values() for one in of_service(of)]
    stated += [
        (services[entry.service], of_exception(entry, services[entry.service]))
        for entry in register
        if entry.service in services
    ]
    found: dict[str, list[str]] = defaultdict(list)
    for service, statement in stated:
        by = statement.by.casefold()
        if by not in gained or _objection(head, service, statement, as_of):
            continue
        if _objection(base, service, statement, as_of):
            found[by].append(named(statement, service))
    return found


def _objection(rulebook: Rulebook, service: Service, statement: Statement, as_of: date) -> str | None:
    if statement.act is Act.EXCEPTION:
        return signature_of(statement, rulebook, service).why
    return objection(rulebook, service, statement, as_of)


def named(statement: Statement, service: Service) -> str:
    """Return what is stated about a service: `the sign-off of L1 of shop`."""
    if statement.act is Act.EXCEPTION:
        return f"the approval of {statement.about['exception']}"
    if statement.act is Act.SIGN_OFF:
        return f"the sign-off of {statement.about['level']} of {service.service}"
    return f"{statement.about['criterion']} of {service.service}"


def _held_by_team(governance: Governance) -> str | None:
    """Return the role that the members of a service's team hold without being named; None if nobody does."""
    of_service = [name for name, role in governance.roles.items() if role.of_service]
    return of_service[0] if len(of_service) == 1 else None


def _attesters(base: Governance, head: Governance, file: str) -> Iterator[Change]:
    """Yield a weakening if another role attests capabilities; a role that is gone is reported itself."""
    before, after = base.role_of_service, head.role_of_service
    if before not in (None, after) and before in head.roles and head.roles[before].of_service:
        message = f"capabilities are attested by {after} instead of {before}"
        yield governance_weakened(
            "governance.roles:capabilities", message, ManifestPlace(file, ("roles",)), before, after
        )


def governance_weakened(
    name: str, message: str, where: ManifestPlace, before: object, after: object
) -> Change:
    """Return a weakening of governance."""
    change = weakening(ChangeKind.RULE_WEAKENED, name, message, where, before, after)
    return change._replace(cause=Cause.GOVERNANCE)


def _person(name: str, base: Person, head: Person, file: str, stated: Sequence[str]) -> Iterator[Change]:
    where = ManifestPlace(file, ("roster", name))
    before, after = {*base.roles, *_of(base)}, {*head.roles, *_of(head)}
    if gained := sorted(after - before):
        message = f"{name} may now sign as {', '.join(gained)}; it counts once this is merged"
        if stated:
            message += f", and so does what they have stated: {', '.join(stated)}"
            yield governance_weakened(
                f"governance.roster.{name}", message, where, sorted(before), [*gained, *stated]
            )
        else:
            yield Change(ChangeKind.NOTE, f"roster:{name}:gained", message, Cause.GOVERNANCE, where=where)
    if lost := sorted(before - after):
        message = f"{name} may no longer sign as {', '.join(lost)}"
        yield Change(ChangeKind.NOTE, f"roster:{name}:lost", message, Cause.GOVERNANCE, where=where)


def _of(person: Person) -> set[str]:
    return {f"owner of {team}" for team in person.teams}
