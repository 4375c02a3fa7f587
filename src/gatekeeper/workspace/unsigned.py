"""Find the entries of a person without a signature that counts, and decide which a key can sign."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from gatekeeper.errors import UsageError
from gatekeeper.judging.plans.attestable import attesting_roles, criteria_of, lasting_roles
from gatekeeper.judging.verdicts.attestations import objection, objection_to_attestation
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.roster import objection_to_person
from gatekeeper.judging.verdicts.sign_offs import objection_to_sign_off
from gatekeeper.judging.verdicts.signatures import objection_to_key, signature_of
from gatekeeper.model.service import Service
from gatekeeper.model.signature import SignatureState
from gatekeeper.model.statement import Act
from gatekeeper.signatures.public_keys import PublicKey
from gatekeeper.workspace.entry_signing import check_owner, workspace_id
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.selection import person_hint
from gatekeeper.workspace.statements import StatementEntry, entries_of, is_over


class UnsignedEntry(NamedTuple):
    """An entry without a signature that counts."""

    entry: StatementEntry
    before: str | None
    """Why the signature that it has does not count; None: it has none."""
    objection: str | None
    """Why it would not count if it was signed; None: it would."""


def unsigned_entries(
    loaded: LoadedWorkspace, by: str, key: PublicKey, as_of: date
) -> tuple[UnsignedEntry, ...]:
    """Return the entries of a person without a signature that counts, but for exceptions that are closed.

    Raises:
        UsageError: The key is not one of the person's, or nothing can be signed in this workspace.
    """
    governance = loaded.rulebook.governance
    if by.casefold() not in governance.people:
        raise UsageError(f"{by} is not on the roster{person_hint(governance, by)}")
    workspace_id(loaded)
    check_owner(loaded, by, key)
    return tuple(
        UnsignedEntry(entry, before, _objection(loaded, entry, key, as_of))
        for entry, before in _of_person(loaded, by)
    )


def _of_person(loaded: LoadedWorkspace, by: str) -> Iterator[tuple[StatementEntry, str | None]]:
    """Yield the entries of a person, each with why the signature that it has does not count."""
    for entry in entries_of(loaded):
        of = entry.statement
        if of.by.casefold() != by.casefold():
            continue
        if of.act is Act.EXCEPTION and is_over(loaded, of, date.max):
            continue
        if of.signature is None:
            yield entry, None
        # An approval counts in the change that adds it, so that another signature would change nothing.
        elif of.act is not Act.WEAKENING:
            seen = signature_of(of, loaded.rulebook, entry.service)
            if seen.state is SignatureState.INVALID:
                yield entry, seen.why


def _objection(loaded: LoadedWorkspace, entry: StatementEntry, key: PublicKey, as_of: date) -> str | None:
    statement, service, rulebook = entry.statement._replace(signature=None), entry.service, loaded.rulebook
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
        attested, lasting = service.attestations[rule.id], lasting_roles(rule)
        return objection_to_attestation(attested, rule, attesting_roles(rule), lasting, case)
    until = service.not_applicable[rule.id].until
    return objection(statement, until, [rule.waivable_by] if rule.waivable_by else [], case)
