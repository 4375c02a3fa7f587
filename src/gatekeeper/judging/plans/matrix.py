"""Compute the matrix and the exit summary from the plan (sections 3 and 5 of a readiness document)."""

from collections.abc import Iterable, Mapping

from gatekeeper.judging.plans.cells import resolve
from gatekeeper.model.level import Level, Scale
from gatekeeper.model.plan import Cell
from gatekeeper.model.service import Service


def matrix(services: Iterable[Service], scale: Scale) -> dict[str, dict[str, Cell]]:
    """Return every resolved plan cell by service and milestone."""
    return {service.service: resolve(service, scale) for service in services}


def summary(
    services: Iterable[Service], scale: Scale, milestones: Iterable[str]
) -> dict[str, dict[str, Level]]:
    """Return the target level of every service in scope, by milestone and service."""
    plans: Mapping[str, Service] = {service.service: service for service in services}
    return {
        milestone: {
            name: scale[service.plan[milestone].level]
            for name, service in plans.items()
            if milestone in service.plan
        }
        for milestone in milestones
    }
