"""Find the entries of a person that are not signed, and decide which of them a key can sign."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from gatekeeper.errors import UsageError
from gatekeeper.judging.plans.attestable import attesting_roles, criteria_of
from gatekeeper.judging.verdicts.attestations import objection, objection_to_attestation
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.roster import objection_to_person
from gatekeeper.judging.verdicts.sign_offs import objection_to_sign_off
from gatekeeper.judging.verdicts.signatures import objection_to_key, signature_of
from gatekeeper.model.service import Service
from gatekeeper.model.statement import Act
from gatekeeper.signatures.public_keys import PublicKey
from gatekeeper.workspace.entry_signing import check_owner, workspace_id
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.selection import person_hint
from gatekeeper.workspace.statements import StatementEntry, entries_of


class UnsignedEntry(NamedTuple):
    """An entry without a signature."""

    entry: StatementEntry
    objection: str | None
    """Why it would not count if it was signed; None: it would."""


def unsigned_entries(
    loaded: LoadedWorkspace, by: str, key: PublicKey, as_of: date
) -> tuple[UnsignedEntry, ...]:
    """Return the unsigned entries of a person, without exceptions that are closed.

    Raises:
        UsageError: The key is not one of the person's, or nothing can be signed in this workspace.
    """
    governance = loaded.rulebook.governance
    if by.casefold() not in governance.people:
        raise UsageError(f"{by} is not on the roster{person_hint(governance, by)}")
    workspace_id(loaded)
    check_owner(loaded, by, key)
    return tuple(
        UnsignedEntry(entry, _objection(loaded, entry, key, as_of)) for entry in _of_person(loaded, by)
    )


def _of_person(loaded: LoadedWorkspace, by: str) -> Iterator[StatementEntry]:
    for entry in entries_of(loaded):
        of = entry.statement
        if of.signature is None and of.by.casefold() == by.casefold():
            is_exception = of.act is Act.EXCEPTION
            if not (is_exception and loaded.manifests.exceptions[of.about["exception"]].closed):
                yield entry


def _objection(loaded: LoadedWorkspace, entry: StatementEntry, key: PublicKey, as_of: date) -> str | None:
    statement, service, rulebook = entry.statement, entry.service, loaded.rulebook
    seen = signature_of(statement, rulebook, service)
    if seen.why and not seen.is_unsigned:
        return seen.why
    if service is None or statement.act is Act.EXCEPTION:
        why = _objection_to_person(loaded, entry, as_of)
    else:
        why = _objection_of_service(loaded, entry, service, as_of)
    return why or objection_to_key(key, statement.by, statement.on, rulebook)


def _objection_to_person(loaded: LoadedWorkspace, entry: StatementEntry, as_of: date) -> str | None:
    statement = entry.statement
    if statement.act is Act.WEAKENING and statement.role is None:
        return "governance names no role that approves weakenings: see `weakening_sign_off`"
    return objection_to_person(loaded.rulebook, statement, as_of)


def _objection_of_service(
    loaded: LoadedWorkspace, entry: StatementEntry, service: Service, as_of: date
) -> str | None:
    statement, rulebook = entry.statement, loaded.rulebook
    about = statement.about
    if statement.act is Act.SIGN_OFF:
        level, role = about["level"], about["role"]
        given = service.sign_offs[level][role]
        return objection_to_sign_off(rulebook, service, rulebook.scale[level], role, given, as_of)
    case = Case(service, rulebook, {}, as_of, loaded.manifests.milestones)
    rule = criteria_of(service, rulebook).get(about["criterion"])
    if rule is None:
        return "neither the rulebook nor the plan asks it"
    if statement.act is Act.ATTESTATION:
        return objection_to_attestation(service.attestations[rule.id], rule, attesting_roles(rule), case)
    until = service.not_applicable[rule.id].until
    return objection(statement, until, [rule.waivable_by] if rule.waivable_by else [], case)
