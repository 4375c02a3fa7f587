"""Every statement that people made in the manifests of a workspace, and where it is written."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from gatekeeper.judging.places import Place
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.service import Service
from gatekeeper.model.statement import Act, Statement, of_exception, of_exit, of_service, of_weakening
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
        for statement in of_service(service):
            yield _entry(statement, service, workspace.files[Service, name])
    for name, entry in workspace.exceptions.items():
        file, about = workspace.files[RegisteredException, name], workspace.services.get(entry.service)
        yield _entry(of_exception(entry, about), about, file)
    for name, milestone in workspace.milestones.items():
        for on, record in milestone.exits.items():
            statement = of_exit(name, on, record, governance.exit_role)
            yield _entry(statement, None, workspace.files[Milestone, name])
    place = Place(workspace.files[Governance, ""], ("weakenings",))
    for i, approval in enumerate(governance.weakenings):
        yield StatementEntry(of_weakening(approval, governance.weakening_sign_off), None, place / i)


def _entry(statement: Statement, service: Service | None, file: str) -> StatementEntry:
    return StatementEntry(statement, service, Place(file, statement.keys))


def is_over(loaded: LoadedWorkspace, statement: Statement, as_of: date) -> bool:
    """Return whether an exception was closed by a day, or the last day of another statement is over."""
    if statement.act is Act.EXCEPTION:
        closed = loaded.manifests.exceptions[statement.about["exception"]].closed
        return closed is not None and closed <= as_of
    until = statement.fields.get("until")
    return until is not None and date.fromisoformat(until) < as_of


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
