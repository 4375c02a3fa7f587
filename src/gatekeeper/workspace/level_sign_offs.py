"""Show who signed a level of each service, how, and whether it counts."""

from collections.abc import Iterable
from datetime import date

from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.sign_offs import lacking_sign_offs, signed_level
from gatekeeper.judging.verdicts.signatures import signature_of
from gatekeeper.model.level import Level
from gatekeeper.model.service import Service
from gatekeeper.model.signature import RoleSignOff, ServiceSignOffs
from gatekeeper.model.statement import of_sign_off
from gatekeeper.workspace.judging import cases_of
from gatekeeper.workspace.loading import LoadedWorkspace


def sign_offs_of(
    loaded: LoadedWorkspace, level: Level, services: Iterable[Service], as_of: date
) -> tuple[ServiceSignOffs, ...]:
    """Return the sign-offs of a level, of the services whose plan has it or that have one."""
    scale = loaded.rulebook.scale
    concerned = [
        service
        for service in services
        if level.id in service.sign_offs or any(scale[cell.level] >= level for cell in service.plan.values())
    ]
    return tuple(_of_service(case, level) for case in cases_of(loaded, concerned, as_of).values())


def _of_service(case: Case, level: Level) -> ServiceSignOffs:
    service, lacking = case.service, lacking_sign_offs(case, level)
    roles = []
    for role in case.rulebook.governance.upgrade_sign_offs:
        given = service.sign_offs.get(level.id, {}).get(role)
        statement = of_sign_off(service.signed_as, level.id, role, given) if given else None
        seen = signature_of(statement, case.rulebook, service) if statement else None
        roles.append(RoleSignOff(role, given, seen, role not in lacking, lacking.get(role)))
    return ServiceSignOffs(service.service, service.owner, signed_level(case), tuple(roles))
