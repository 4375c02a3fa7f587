"""Attest a criterion of a service, or withdraw the attestation."""

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from gatekeeper.errors import UsageError, known, nearest
from gatekeeper.judging.obligations.expand import attested_digest
from gatekeeper.judging.places import Place
from gatekeeper.judging.plans.attestable import attested_as, attesting_roles, criteria_of, lasting_roles
from gatekeeper.judging.verdicts.attestations import objection_to_attestation
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.signatures import signature_of
from gatekeeper.manifests.text_edit import Step
from gatekeeper.model.rule import Rule
from gatekeeper.model.service import Attestation, Service
from gatekeeper.model.statement import of_attestation
from gatekeeper.model.verdict import CriterionResult
from gatekeeper.workspace.editing import Edit, Edited, line_of, value_of
from gatekeeper.workspace.entry_signing import changed_and_signed, entries_at, withdrawn
from gatekeeper.workspace.judging import judge
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.selection import planned_milestone, service_named

if TYPE_CHECKING:
    from gatekeeper.attested.signing import StatementSigner


class AttestationRequest(NamedTuple):
    """An attestation that somebody wants to give."""

    service: str
    criterion: str
    by: str
    role: str
    link: str
    milestone: str | None
    on: date
    as_of: date
    until: date | None = None
    signer: "StatementSigner | None" = None
    """The key; None: the attestation is only typed."""


class Attested(NamedTuple):
    """An attestation that was written into the manifest of its service, or taken out of it."""

    rule: Rule
    """The criterion that it is written for: the twin of the one asked for, where there is one."""
    milestone: str | None
    before: Attestation | None
    """The attestation that the manifest had."""
    edited: Edited | None
    """None: the manifest said the same already."""
    place: str = ""


def attest(loaded: LoadedWorkspace, request: AttestationRequest) -> Attested:
    """Write an attestation into the manifest of its service.

    Raises:
        UsageError: The criterion is unknown, or the attestation would not count.
    """
    service = service_named(loaded.manifests, request.service)
    rule = _rule(loaded, service, request.criterion)
    milestone = request.milestone
    if rule.per_milestone or milestone is not None:
        milestone = planned_milestone(loaded.manifests, service, milestone, request.as_of)
    attestation = Attestation.model_construct(
        by=request.by,
        role=request.role,
        on=request.on,
        link=request.link,
        milestone=milestone,
        until=request.until,
    )
    _must_count(loaded, service, rule, attestation, request.as_of)
    if request.signer:
        digest = attested_digest(service, loaded.rulebook, loaded.manifests.milestones, rule.id)
        attestation = attestation.model_copy(update={"obligations": digest})
    before = service.attestations.get(rule.id)
    edit = _edit(loaded, request.service, rule.id, attestation)
    if before and _says_the_same(before, attestation, request) and _counts(loaded, service, rule, before):
        return Attested(rule, milestone, before, None, line_of(loaded, edit))
    edited = changed_and_signed(loaded, edit, request.signer)
    edited.write()
    return Attested(rule, milestone, before, edited, edited.place)


def withdraw(
    loaded: LoadedWorkspace, service_name: str, criterion: str, by: str | None, on: date
) -> Attested:
    """Remove an attestation from the manifest of its service; nothing is edited if it has none.

    Raises:
        UsageError: The criterion is unknown, or nobody on the roster withdraws what is signed.
    """
    service = service_named(loaded.manifests, service_name)
    name = criterion
    if name not in service.attestations:
        name = _rule(loaded, service, name).id  # the attestation is written for the twin
    if name not in service.attestations:
        return Attested(_rule(loaded, service, name), None, None, None)
    place = Place(loaded.manifests.files[Service, service_name], ("attestations", name))
    [entry] = entries_at(loaded, [place])
    edited = withdrawn(loaded, entry, by, on)
    edited.write()
    return Attested(_rule(edited.loaded, service, name), None, service.attestations[name], edited)


def status_of(
    loaded: LoadedWorkspace, service_name: str, rule: Rule, milestone: str | None, as_of: date
) -> tuple[str, CriterionResult | None]:
    """Judge a service and return the milestone and one criterion; None if it is not asked there."""
    service = service_named(loaded.manifests, service_name)
    at = planned_milestone(loaded.manifests, service, milestone, as_of)
    judged = judge(loaded, at, as_of, [service]).services[0]
    results = {one.rule.id: one for one in (*judged.held_up_by, *judged.criteria)}
    twin = next((one for one in results.values() if one.rule.twin == rule.id), None)
    return at, results.get(rule.id, twin)


def _rule(loaded: LoadedWorkspace, service: Service, criterion: str) -> Rule:
    """Return the criterion that an attestation is written for."""
    rules = criteria_of(service, loaded.rulebook)
    return attested_as(rules[known(criterion, sorted(rules), "criterion")], loaded.rulebook)


def _must_count(
    loaded: LoadedWorkspace, service: Service, rule: Rule, attestation: Attestation, as_of: date
) -> None:
    roles = attesting_roles(rule)
    case = Case(service, loaded.rulebook, {}, as_of, loaded.manifests.milestones)
    if not (lasting_roles(rule) or attestation.role in roles):
        return  # it takes no such attestation at all, which validation explains
    if roles and (why := objection_to_attestation(attestation, rule, roles, lasting_roles(rule), case)):
        roster = loaded.rulebook.governance.roster
        hint = f"; {nearest(attestation.by, roster)}" if why.endswith("not on the roster") else ""
        raise UsageError(f"the attestation would not count: {why}{hint}")


def _says_the_same(old: Attestation, new: Attestation, request: AttestationRequest) -> bool:
    """Return whether an attestation need not be written; a typed one says less than a signed one."""
    if request.signer is None:
        return old.model_copy(update={"obligations": None, "signature": None}) == new
    return old.signature is not None and old.model_copy(update={"signature": None}) == new


def _counts(loaded: LoadedWorkspace, service: Service, rule: Rule, attestation: Attestation) -> bool:
    stated = of_attestation(service.signed_as, rule.id, attestation)
    return signature_of(stated, loaded.rulebook, service).why is None


def _edit(loaded: LoadedWorkspace, service: str, criterion: str, attestation: Attestation) -> Edit:
    path = Step("attestations"), Step(criterion)
    return Edit(loaded.manifests.files[Service, service], path, value_of(attestation))
