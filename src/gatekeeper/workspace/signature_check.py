"""Check the signature of every statement of a workspace."""

from collections.abc import Iterable, Iterator
from datetime import date

from gatekeeper.judging.verdicts.roster import objection
from gatekeeper.judging.verdicts.signatures import signature_of
from gatekeeper.model.service import Service
from gatekeeper.model.signature import ListedStatement
from gatekeeper.model.statement import Act, Statement, of_sign_off
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.record_check import runs_of
from gatekeeper.workspace.statements import StatementEntry, entries_of, is_over, lines_of


def check_signatures(
    loaded: LoadedWorkspace, as_of: date, service: Service | None = None
) -> tuple[ListedStatement, ...]:
    """Return every statement, or those about a service, each with what its signature is worth.

    The runs of records are among them: they are statements of pipelines.
    """
    everything = list(entries_of(loaded))
    lines = lines_of(loaded, (entry.place for entry in everything))
    places = {entry.place: f"{entry.place.file}:{lines[entry.place]}" for entry in everything}
    copies = _places_by_signature((entry, places[entry.place]) for entry in everything)
    of_people = (
        _checked(loaded, entry, as_of, places[entry.place], copies)
        for entry in everything
        if service is None or entry.service == service
    )
    services = loaded.manifests.services.values() if service is None else (service,)
    return (*of_people, *(run for of in services for run in runs_of(loaded, of)))


def _places_by_signature(entries: Iterable[tuple[StatementEntry, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry, place in entries:
        if signature := entry.statement.signature:
            found.setdefault("".join(signature.split()), []).append(place)
    return found


def _checked(
    loaded: LoadedWorkspace, entry: StatementEntry, as_of: date, place: str, copies: dict[str, list[str]]
) -> ListedStatement:
    statement, workspace = entry.statement, loaded.rulebook.workspace
    seen = signature_of(statement, loaded.rulebook, entry.service)
    same = copies.get("".join((statement.signature or "").split()), ())
    return ListedStatement(
        statement,
        entry.service.service if entry.service else None,
        place,
        statement.message(workspace) if workspace else None,
        seen,
        seen.is_wrong or (seen.is_unsigned and not _is_history(loaded, entry, as_of)),
        tuple(other for other in same if other != place),
    )


def _is_history(loaded: LoadedWorkspace, entry: StatementEntry, as_of: date) -> bool:
    """Return whether nothing depends on a statement any more, so that nobody has to sign it.

    An exit and the approval of a weakening are judged in the change that adds them.
    """
    statement = entry.statement
    match statement.act:
        case Act.EXIT | Act.WEAKENING:
            return True
        case Act.SIGN_OFF if entry.service:
            later = _later_sign_offs(loaded, entry.service, statement)
            return any(objection(loaded.rulebook, entry.service, of, as_of) is None for of in later)
        case _:
            return is_over(loaded, statement, as_of)


def _later_sign_offs(loaded: LoadedWorkspace, service: Service, statement: Statement) -> Iterator[Statement]:
    """Yield the sign-offs of higher levels in the same role: lower levels need none of their own."""
    scale, role = loaded.rulebook.scale, statement.about["role"]
    for level, roles in service.sign_offs.items():
        if role in roles and scale[level] > scale[statement.about["level"]]:
            yield of_sign_off(service.signed_as, level, role, roles[role])
