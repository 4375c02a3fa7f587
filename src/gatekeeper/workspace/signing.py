"""Sign off a level of a service, or withdraw that: what is signed, whether it counts, and the edit."""

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from gatekeeper.errors import UsageError, known
from gatekeeper.judging.obligations.expand import signed_digest
from gatekeeper.judging.places import Place
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.sign_off_preview import preview_sign_off
from gatekeeper.judging.verdicts.sign_offs import lacking_sign_offs, objection_to_sign_off, signed_evidence
from gatekeeper.judging.verdicts.signatures import signature_of
from gatekeeper.manifests.text_edit import Step
from gatekeeper.model.level import Level, Scale
from gatekeeper.model.service import Service, SignOff
from gatekeeper.model.sign_off_preview import SignOffPreview
from gatekeeper.model.statement import Statement, of_sign_off
from gatekeeper.model.verdict import MilestoneResult
from gatekeeper.workspace.editing import Edit, Edited, value_of
from gatekeeper.workspace.entry_signing import check_signer, entries_at, withdrawn
from gatekeeper.workspace.judging import case_of, judge_everywhere
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.selection import person_hint, service_named

if TYPE_CHECKING:
    from gatekeeper.attested.signing import StatementSigner


class SignatureRequest(NamedTuple):
    """A signature that somebody wants to give."""

    service: str
    level: str
    role: str
    by: str
    on: date
    is_dated: bool
    """The date was stated, so that a signature of another day is another one."""
    link: str | None
    as_of: date
    signer: "StatementSigner | None" = None
    """The key; None: the sign-off is only typed."""


class PreparedSignature(NamedTuple):
    """A signature that would count, and what it is given for."""

    request: SignatureRequest
    loaded: LoadedWorkspace
    case: Case
    level: Level
    sign_off: SignOff
    before: SignOff | None
    """The sign-off that it replaces."""
    preview: SignOffPreview
    results: list[MilestoneResult]
    """The service at every milestone."""

    @property
    def service(self) -> Service:
        """The service."""
        return self.case.service

    @property
    def statement(self) -> Statement:
        """What is signed."""
        return self._stated(self.sign_off)

    @property
    def existing(self) -> SignOff | None:
        """The sign-off in the manifest if it counts and says the same, in the same way."""
        old, new = self.before, self.sign_off
        if old is None or (old.by, old.obligations) != (new.by, new.obligations):
            return None
        seen = signature_of(self._stated(old), self.loaded.rulebook, self.service)
        is_other_evidence = new.evidence is not None and new.evidence != old.evidence
        if seen.why or is_other_evidence or (self.request.signer and old.signature is None):
            return None
        is_same_day = not self.request.is_dated or old.on == new.on
        return old if is_same_day and new.link in (None, old.link) else None

    def edit(self) -> Edit:
        """Return the edit that writes the sign-off into the manifest of the service, without a signature."""
        scale, roles = self.loaded.rulebook.scale, self.loaded.rulebook.governance.upgrade_sign_offs
        path = (
            Step("sign_offs"),
            Step(str(self.level), behind=tuple(name for name, level in scale.items() if level < self.level)),
            Step(self.request.role, behind=roles[: roles.index(self.request.role)]),
        )
        return Edit(self.loaded.manifests.files[Service, self.request.service], path, value_of(self.sign_off))

    def _stated(self, sign_off: SignOff) -> Statement:
        return of_sign_off(self.service.signed_as, self.level.id, self.request.role, sign_off)


def prepare_signature(loaded: LoadedWorkspace, request: SignatureRequest) -> PreparedSignature:
    """Return what would be signed.

    Raises:
        UsageError: The sign-off would not count.
    """
    rulebook, governance = loaded.rulebook, loaded.rulebook.governance
    service = service_named(loaded.manifests, request.service)
    if not governance.upgrade_sign_offs:
        raise UsageError(
            "no level needs signatures here: governance lists no `upgrade_sign_offs`; "
            f"write `level: {request.level}` in the manifest of {request.service}"
        )
    level = _level(service, request.level, rulebook.scale)
    role = known(request.role, governance.upgrade_sign_offs, "role")
    digest = signed_digest(service, rulebook, level)
    sign_off = SignOff.model_construct(by=request.by, on=request.on, link=request.link, obligations=digest)
    if why := objection_to_sign_off(rulebook, service, level, role, sign_off, request.as_of):
        raise UsageError(f"the signature would not count: {why}{person_hint(governance, request.by)}")
    case = case_of(loaded, service, request.as_of)
    if request.signer or "evidence" in governance.resign_on.get(level.id, ()):
        sign_off = sign_off.model_copy(update={"evidence": signed_evidence(case, level)})
    statement = of_sign_off(service.signed_as, level.id, role, sign_off)
    check_signer(loaded, statement, service, request.signer)
    before = service.sign_offs.get(level.id, {}).get(role)
    preview, results = preview_sign_off(case, level), judge_everywhere(loaded, case)
    return PreparedSignature(request, loaded, case, level, sign_off, before, preview, results)


def withdraw_sign_off(
    loaded: LoadedWorkspace, service: str, level: str, role: str, by: str, on: date
) -> tuple[SignOff, Edited] | None:
    """Return a sign-off and the workspace without it; None if the service has no such sign-off.

    Raises:
        UsageError: The service or level is unknown, or nobody on the roster withdraws it.
    """
    given = service_named(loaded.manifests, service).sign_offs
    known(level, loaded.rulebook.scale, "level")
    known(role, loaded.rulebook.governance.roles, "role")
    if role not in given.get(level, {}):
        return None
    place = Place(loaded.manifests.files[Service, service], ("sign_offs", level, role))
    [entry] = entries_at(loaded, [place])
    return given[level][role], withdrawn(loaded, entry, by, on)


def missing_roles(prepared: PreparedSignature, after: LoadedWorkspace) -> list[str]:
    """Return the roles that have not signed the level in a workspace that has the signature."""
    service = after.manifests.services[prepared.request.service]
    return list(lacking_sign_offs(prepared.case._replace(service=service), prepared.level))


def _level(service: Service, written: str, scale: Scale) -> Level:
    level = scale[known(written, scale, "level")]
    highest = max(scale[cell.level] for cell in service.plan.values())
    if level == scale.lowest:
        raise UsageError(f"{level} needs no signature: it requires nothing")
    if level > highest:
        raise UsageError(f"the plan of {service.service} asks for {highest} at most: change the plan first")
    return level
