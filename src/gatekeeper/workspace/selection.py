"""Select a milestone and services by name; a name that does not exist is a `UsageError` with a hint."""

from collections.abc import Iterable
from datetime import date

from gatekeeper.errors import UsageError, known, nearest
from gatekeeper.model.report import Filter
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.service import Service
from gatekeeper.model.workspace import Manifests


def names(given: Iterable[str], what: str) -> tuple[str, ...]:
    """Return several names; a lone text is a mistake, because its letters would be taken for names."""
    if isinstance(given, str):
        raise UsageError(f"{what}={given!r}: write a list, [{given!r}]")
    return tuple(given)


def select_milestone(manifests: Manifests, name: str | None, as_of: date) -> str:
    """Return the milestone of this name, by default the first that had not exited by a day."""
    if name is not None:
        return known(name, manifests.milestones, "milestone")
    if current := manifests.milestones.current(as_of):
        return current
    raise UsageError("every milestone has exited: name one with --milestone")


def planned_milestone(manifests: Manifests, service: Service, name: str | None, as_of: date) -> str:
    """Return a milestone at which the service has a target, by default the first not exited by a day."""
    planned = [milestone for milestone in manifests.milestones if milestone in service.plan]
    if name is None:
        pending = manifests.milestones.pending(as_of)
        return next((milestone for milestone in planned if milestone in pending), planned[-1])
    if known(name, manifests.milestones, "milestone") in planned:
        return name
    raise UsageError(f"{service.service} has no target at {name}; it has at {', '.join(planned)}")


def service_named(manifests: Manifests, name: str) -> Service:
    """Return the service of this name."""
    return manifests.services[known(name, manifests.services, "service")]


def person_hint(governance: Governance, name: str) -> str:
    """Return the end of a message about a person: the nearest name if this one is not on the roster."""
    if name.casefold() in governance.people:
        return ""
    if not governance.roster:
        entry = f"{name}: {{roles: [ROLE], teams: [TEAM]}}"
        return f", which is empty: add `{entry}` to `roster` in governance.yaml"
    return f"; {nearest(name, governance.roster)}"


def owners(manifests: Manifests) -> list[str]:
    """Return the owners of services, sorted."""
    return sorted({service.owner for service in manifests.services.values()})


def known_owners(manifests: Manifests, names: Iterable[str]) -> tuple[str, ...]:
    """Return these names, each of which must own a service."""
    return tuple(known(name, owners(manifests), "owner") for name in names)


def select_services(manifests: Manifests, milestone: str, asked: Filter) -> list[Service]:
    """Return the services to judge at a milestone.

    Raises:
        UsageError: A service is unknown or has no target at the milestone, or an owner is unknown. A name
            that selects nothing is a mistake, not an empty verdict.
    """
    for name in asked.services:
        plan = service_named(manifests, name).plan
        if milestone not in plan:
            raise UsageError(f"{name} has no target at {milestone}; it has at {', '.join(plan)}")
    known_owners(manifests, asked.owners)
    return matching_services(manifests, asked)


def matching_services(manifests: Manifests, asked: Filter) -> list[Service]:
    """Return the services that match a filter."""
    return [
        service
        for service in manifests.services.values()
        if (not asked.services or service.service in asked.services)
        and (not asked.owners or service.owner in asked.owners)
    ]
