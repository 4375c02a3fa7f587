"""Every statement that people made in the manifests of a workspace, and where it is written."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gatekeeper.judging.places import Place
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.service import Service
from gatekeeper.model.statement import (
    Statement,
    of_attestation,
    of_exception,
    of_exit,
    of_not_applicable,
    of_sign_off,
    of_weakening,
)
from gatekeeper.syntax.yaml import load
from gatekeeper.workspace.loading import LoadedWorkspace


class StatementEntry(NamedTuple):
    """A statement of a person, the service that it is about, and its place in a manifest."""

    statement: Statement
    service: Service | None
    place: Place


def entries_of(loaded: LoadedWorkspace) -> Iterator[StatementEntry]:
    """Yield the statements of a workspace: those about services, exceptions, exits, approved weakenings."""
    workspace, governance = loaded.manifests, loaded.manifests.governance
    for name, service in workspace.services.items():
        yield from _of_service(service, Place(workspace.files[Service, name]))
    for name, entry in workspace.exceptions.items():
        place = Place(workspace.files[RegisteredException, name])
        yield StatementEntry(of_exception(entry), workspace.services.get(entry.service), place)
    for name, milestone in workspace.milestones.items():
        place = Place(workspace.files[Milestone, name], ("exited",))
        for on, record in milestone.exits.items():
            statement = of_exit(name, on, record, governance.exit_role)
            yield StatementEntry(statement, None, place / on.isoformat())
    place = Place(workspace.files[Governance, ""], ("weakenings",))
    for i, approval in enumerate(governance.weakenings):
        yield StatementEntry(of_weakening(approval, governance.weakening_sign_off), None, place / i)


def _of_service(service: Service, place: Place) -> Iterator[StatementEntry]:
    name = service.service
    for criterion, attestation in service.attestations.items():
        yield StatementEntry(
            of_attestation(name, criterion, attestation), service, place / "attestations" / criterion
        )
    for criterion, declared in service.not_applicable.items():
        yield StatementEntry(
            of_not_applicable(name, criterion, declared), service, place / "not_applicable" / criterion
        )
    for level, roles in service.sign_offs.items():
        for role, sign_off in roles.items():
            statement = of_sign_off(name, level, role, sign_off)
            yield StatementEntry(statement, service, place / "sign_offs" / level / role)


def lines_of(loaded: LoadedWorkspace, places: Iterable[Place]) -> dict[Place, int]:
    """Return the line of each place; every manifest is read once."""
    by_file: dict[str, list[Place]] = {}
    for place in places:
        by_file.setdefault(place.file, []).append(place)
    lines: dict[Place, int] = {}
    for file, of_file in by_file.items():
        document = load(loaded.tree.open(str(loaded.root / file)).read())
        lines |= {place: document.position(place.path, of_key=True)[0] for place in of_file}
    return lines
