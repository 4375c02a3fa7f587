"""What follows from the plan alone: the matrix and the exit summary (the document's sections 3 and 5)."""

from collections.abc import Iterable, Mapping

from gatekeeper.judging.plans.cells import resolve
from gatekeeper.model.level import Level
from gatekeeper.model.plan import Cell
from gatekeeper.model.service import Service


def matrix(services: Iterable[Service]) -> dict[str, dict[str, Cell]]:
    """Return every plan cell by service and milestone, with gates carried over."""
    return {service.service: resolve(service) for service in services}


def summary(services: Iterable[Service], milestones: Iterable[str]) -> dict[str, dict[str, Level]]:
    """Return by milestone the target level of every service in scope."""
    plans: Mapping[str, Service] = {service.service: service for service in services}
    return {
        milestone: {
            name: service.plan[milestone].level
            for name, service in plans.items()
            if milestone in service.plan
        }
        for milestone in milestones
    }
