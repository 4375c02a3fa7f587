"""Require signatures of a role: what was stated without one, and counts, stays valid for now."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from gatekeeper.errors import UsageError, known
from gatekeeper.judging.verdicts.roster import objection
from gatekeeper.judging.verdicts.sign_offs import signed_level
from gatekeeper.manifests.text_edit import Step
from gatekeeper.model.rulebook import RECORDS, Governance, Person, Recorder
from gatekeeper.model.signature import RequiredSignatures
from gatekeeper.model.statement import Act, Statement
from gatekeeper.workspace.editing import Edit, Edited, changed, line_of
from gatekeeper.workspace.entry_signing import workspace_id
from gatekeeper.workspace.judging import cases_of
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.statements import StatementEntry, entries_of, is_over


class PreparedRequirement(NamedTuple):
    """What the requirement means, and its edit; None if signatures are required already."""

    required: RequiredSignatures
    edited: Edited | None


def prepare_requirement(loaded: LoadedWorkspace, role: str, as_of: date) -> PreparedRequirement:
    """Return the edit that requires signatures of a role, and keeps what counts without one today.

    Raises:
        UsageError: There is no such role, nothing can be signed here, or no pipeline may sign records.
    """
    governance, file = loaded.rulebook.governance, loaded.manifests.files[Governance, ""]
    known(role, [*governance.roles, RECORDS], "role")
    workspace = workspace_id(loaded)
    requirement = Edit(file, (Step("signatures"), Step(role)), "required")
    people = tuple(_people(governance, role))
    if governance.needs_signature(role):
        place = line_of(loaded, requirement)
        return PreparedRequirement(
            RequiredSignatures(role, place, is_new=False, kept=(), people=people), None
        )
    if role == RECORDS and not governance.recorders:
        raise UsageError(
            f"no pipeline may sign records, so that none would count; first add them to {file}:\n"
            "recorders:\n  NAME: {keys: [ssh-ed25519 AAAA...], services: [SERVICE]}"
        )
    scale = loaded.rulebook.scale
    kept = tuple(sorted(_kept(loaded, role, as_of), key=lambda one: scale[one[1]]))
    edits = [Edit(file, (Step("grandfathered"), Step(of.digest(workspace))), level) for of, level in kept]
    edited = changed(loaded, requirement, *edits)
    required = RequiredSignatures(role, edited.place, is_new=True, kept=kept, people=people)
    return PreparedRequirement(required, edited)


def _people(governance: Governance, role: str) -> Iterator[tuple[str, int]]:
    """Yield who holds a role, and the number of their keys that are not revoked."""
    holders: Iterable[tuple[str, Person | Recorder]] = governance.recorders.items()
    if role != RECORDS:
        of_service = governance.roles[role].of_service
        roster = governance.roster.items()
        holders = [(name, one) for name, one in roster if role in one.roles or (of_service and one.teams)]
    for name, owner in holders:
        yield name, sum(not key.revoked for key in owner.keys)


def _kept(loaded: LoadedWorkspace, role: str, as_of: date) -> Iterator[tuple[Statement, str]]:
    """Yield the unsigned statements about services that count today and would not, with the signed level."""
    entries = [entry for entry in entries_of(loaded) if _is_affected(loaded, entry, role, as_of)]
    services = {entry.service.service: entry.service for entry in entries if entry.service}
    cases = cases_of(loaded, list(services.values()), as_of)
    levels = {name: signed_level(case).id for name, case in cases.items()}
    for statement, service, _ in entries:
        if service:
            yield statement, levels[service.service]


def _is_affected(loaded: LoadedWorkspace, entry: StatementEntry, role: str, as_of: date) -> bool:
    statement, service, _ = entry
    rulebook = loaded.rulebook
    if (
        service is None
        or statement.signature is not None
        or rulebook.governance.needs_signature(statement.role)
    ):
        return False
    if is_over(loaded, statement, as_of):
        return False
    if statement.act is Act.EXCEPTION:
        return role != RECORDS
    return statement.role == role and objection(rulebook, service, statement, as_of) is None
