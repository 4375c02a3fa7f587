"""Sign off a level of a service: what is signed, whether the signature counts, and the edit."""

from datetime import date
from typing import NamedTuple

from gatekeeper.errors import UsageError, known
from gatekeeper.judging.obligations.expand import signed_digest
from gatekeeper.judging.verdicts.sign_off_preview import preview_sign_off
from gatekeeper.judging.verdicts.sign_offs import lacking_sign_offs, objection_to_sign_off
from gatekeeper.manifests.text_edit import Step
from gatekeeper.model.level import Level, Scale
from gatekeeper.model.service import Service, SignOff
from gatekeeper.model.sign_off_preview import SignOffPreview
from gatekeeper.model.verdict import MilestoneResult
from gatekeeper.workspace.editing import Edit
from gatekeeper.workspace.judging import case_of, judge_everywhere
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.selection import person_hint, service_named


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


class PreparedSignature(NamedTuple):
    """A signature that would count, and what it is given for."""

    request: SignatureRequest
    loaded: LoadedWorkspace
    service: Service
    level: Level
    sign_off: SignOff
    before: SignOff | None
    """The sign-off that it replaces."""
    preview: SignOffPreview
    results: list[MilestoneResult]
    """The service at every milestone."""

    @property
    def existing(self) -> SignOff | None:
        """The sign-off in the manifest if it says the same of the same obligations."""
        old, new = self.before, self.sign_off
        if old is None or (old.by, old.obligations) != (new.by, new.obligations):
            return None
        is_same_day = not self.request.is_dated or old.on == new.on
        return old if is_same_day and new.link in (None, old.link) else None

    def edit(self) -> Edit:
        """Return the edit that writes the sign-off into the manifest of the service."""
        fields = tuple(Service.model_fields)
        scale, roles = self.loaded.rulebook.scale, self.loaded.rulebook.governance.upgrade_sign_offs
        path = (
            Step("sign_offs", behind=fields[: fields.index("sign_offs")]),
            Step(str(self.level), behind=tuple(name for name, level in scale.items() if level < self.level)),
            Step(self.request.role, behind=roles[: roles.index(self.request.role)]),
        )
        new = self.sign_off
        value = {"by": new.by, "on": new.on.isoformat(), "link": new.link, "obligations": new.obligations}
        return Edit(Service, self.request.service, path, {key: text for key, text in value.items() if text})


def prepare_signature(loaded: LoadedWorkspace, request: SignatureRequest) -> PreparedSignature:
    """Return what would be signed.

    Raises:
        UsageError: The signature would not count.
    """
    governance = loaded.rulebook.governance
    service = service_named(loaded.manifests, request.service)
    if not governance.upgrade_sign_offs:
        raise UsageError(
            "no level needs signatures here: governance lists no `upgrade_sign_offs`; "
            f"write `level: {request.level}` in the manifest of {request.service}"
        )
    level = _level(service, request.level, loaded.rulebook.scale)
    role = known(request.role, governance.upgrade_sign_offs, "role")
    digest = signed_digest(service, loaded.rulebook, level)
    sign_off = SignOff.model_construct(by=request.by, on=request.on, link=request.link, obligations=digest)
    if why := objection_to_sign_off(loaded.rulebook, service, level, role, sign_off, request.as_of):
        raise UsageError(f"the signature would not count: {why}{person_hint(governance, request.by)}")
    case = case_of(loaded, service, request.as_of)
    before = service.sign_offs.get(level.id, {}).get(role)
    preview, results = preview_sign_off(case, level), judge_everywhere(loaded, case)
    return PreparedSignature(request, loaded, service, level, sign_off, before, preview, results)


def missing_roles(prepared: PreparedSignature, after: LoadedWorkspace) -> list[str]:
    """Return the roles that have not signed the level in a workspace that has the signature."""
    service = after.manifests.services[prepared.request.service]
    return list(lacking_sign_offs(case_of(after, service, prepared.request.as_of), prepared.level))


def _level(service: Service, written: str, scale: Scale) -> Level:
    level = scale[known(written, scale, "level")]
    highest = max(scale[cell.level] for cell in service.plan.values())
    if level == scale.lowest:
        raise UsageError(f"{level} needs no signature: it requires nothing")
    if level > highest:
        raise UsageError(f"the plan of {service.service} asks for {highest} at most: change the plan first")
    return level
