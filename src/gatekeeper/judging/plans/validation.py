"""Validate services, milestones and the risk register against the rulebook and each other."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from gatekeeper.errors import nearest
from gatekeeper.judging.places import Place
from gatekeeper.judging.plans.attestable import lasting_roles
from gatekeeper.judging.plans.identity import forms
from gatekeeper.judging.plans.questions import SCOPE_CRITERION
from gatekeeper.model.evidence import SubjectType
from gatekeeper.model.level import Scale
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.rule import SIGN_OFF_PREFIX, Rule, Rulebook, TargetOperand
from gatekeeper.model.service import (
    LONGEST_DOUBT,
    Attestation,
    Effect,
    EvidencePointer,
    NotApplicable,
    Scope,
    Service,
)
from gatekeeper.model.workspace import Manifests, Mistake

Claim = tuple[str, str]
"""A type of subject and a normalised name: evidence about it is about the service that claims it."""


def check_plan(workspace: Manifests, rulebook: Rulebook) -> tuple[Mistake, ...]:
    """Return every mistake in services, milestones and register, in the order of the files."""
    return (
        *check_services(workspace, rulebook),
        *check_identities(workspace),
        *check_defaults(workspace, rulebook),
    )


def check_services(workspace: Manifests, rulebook: Rulebook) -> tuple[Mistake, ...]:
    """Return every mistake in services and their entries of the register, compared with what all share."""
    milestones, targets = tuple(workspace.milestones), _targets(rulebook)
    # A service with an invalid manifest exists, too.
    files, unread = {name for model, name in workspace.files if model is Service}, workspace.unread
    known = {*files, *unread} if files.difference(unread) else unread
    mistakes: list[Mistake] = []
    resolvable: dict[str, Service] = {}
    for name, service in workspace.services.items():
        place = Place(workspace.files[Service, name])
        if unknown := tuple(_unknown_levels(service, rulebook.scale, place)):
            mistakes += unknown
            continue  # its plan cannot be resolved
        resolvable[name] = service
        mistakes += _plan(service, rulebook, milestones, place)
        mistakes += _of_manifest(service, workspace, rulebook, targets, place)
        mistakes += _statements(service, rulebook, milestones, place)
        mistakes += _sign_offs(service, rulebook, place)
        mistakes += _dependencies(service, known, place)
    mistakes += _register(workspace, resolvable, known, rulebook)
    return tuple(mistakes)


def check_defaults(workspace: Manifests, rulebook: Rulebook) -> tuple[Mistake, ...]:
    """Return every mistake in milestones and in the defaults of services."""
    return (*_conventions(workspace, rulebook), *_published(workspace, rulebook.scale))


def _targets(rulebook: Rulebook) -> set[str]:
    """Return the names of the targets that criteria compare with."""
    return {
        condition.operand.name
        for rule in rulebook.by_id.values()
        for version in rule.versions
        for condition in version.conditions
        if isinstance(condition.operand, TargetOperand)
    }


def _of_manifest(
    service: Service, workspace: Manifests, rulebook: Rulebook, targets: Collection[str], place: Place
) -> Iterator[Mistake]:
    """Yield mistakes in the mappings and targets of a service, without those that are defaults."""
    profiles, by_default = workspace.conventions.profiles, workspace.mapped_by.get(service.service, {})
    if service.profile and service.profile not in profiles:
        message = f"unknown profile {service.profile!r}"
        yield (place / "profile").mistake(message, nearest(service.profile, profiles))
    profile = profiles.get(service.profile or "")
    evidence = {slot: pointer for slot, pointer in service.evidence.items() if slot not in by_default}
    own = [name for name in service.targets if not (profile and name in profile.targets)]
    yield from _mappings(evidence, rulebook, place)
    yield from _unknown_keys(own, targets, "target", place, "targets")


def _conventions(workspace: Manifests, rulebook: Rulebook) -> Iterator[Mistake]:
    """Yield mistakes in the defaults of all services, and in those of profiles."""
    conventions, targets = workspace.conventions, _targets(rulebook)
    place = Place(workspace.files.get((type(conventions), ""), ""))
    yield from _mappings(conventions.evidence, rulebook, place)
    for name, profile in conventions.profiles.items():
        where = place / "profiles" / name
        yield from _mappings(profile.evidence, rulebook, where)
        yield from _unknown_keys(profile.targets, targets, "target", where, "targets")


def _mappings(evidence: Mapping[str, EvidencePointer], rulebook: Rulebook, place: Place) -> Iterator[Mistake]:
    """Yield mappings of unknown slots, and those that choose tests in evidence of another kind."""
    yield from _unknown_keys(evidence, rulebook.slots, "slot", place, "evidence")
    for name, pointer in evidence.items():
        slot = rulebook.slots.get(name)
        if slot is None or slot.kind == "tests":
            continue
        for field in ("select", "whole"):
            if getattr(pointer, field):
                message = f"{slot.kind} has no tests that `{field}` could choose"
                yield place.at("evidence", name, field).wrong_key(message, "only slots of the kind tests do")


def _unknown_levels(service: Service, scale: Scale, place: Place) -> Iterator[Mistake]:
    if service.level is not None and service.level not in scale:
        yield from unknown_level(service.level, scale, place / "level")
    for milestone, cell in service.plan.items():
        if cell.level not in scale:
            yield from unknown_level(cell.level, scale, place.at("plan", milestone, "level"))
    yield from _unknown_keys(service.sign_offs, scale, "level", place, "sign_offs")


def unknown_level(level: str, scale: Scale, place: Place) -> Iterator[Mistake]:
    """Yield a mistake if the workspace has no such level."""
    if level not in scale:
        yield place.mistake(f"unknown level {level!r}", nearest(level, scale))


def _dependencies(service: Service, known: Collection[str], place: Place) -> Iterator[Mistake]:
    """Yield unknown services, the service itself, and repeated names among those that it depends on."""
    for i, name in enumerate(service.depends_on):
        if name not in known:
            hint = nearest(name, sorted(known))
            yield place.at("depends_on", i).mistake(f"unknown service {name!r}", hint)
        elif name == service.service:
            yield place.at("depends_on", i).mistake(f"{name} cannot depend on itself", "leave it out")
        elif name in service.depends_on[:i]:
            message = f"{name!r} is listed twice"
            yield place.at("depends_on", i).mistake(message, "list each service once")


def claims(name: str, service: Service) -> Iterator[Claim]:
    """Yield what a service is called, normalised; what another service is called too proves neither."""
    return (claim for of, written, _ in _called(name, service) for claim in _claims(of, written))


def claimed_twice(claimed: Mapping[str, Iterable[Claim]]) -> frozenset[str]:
    """Return the services that claim what another one claims too; `claimed` has the claims of each."""
    owners: dict[Claim, str] = {}
    found: set[str] = set()
    for service, its in claimed.items():
        for claim in its:
            owner = owners.setdefault(claim, service)
            found |= {owner, service} if owner != service else set()
    return frozenset(found)


def check_identities(workspace: Manifests) -> Iterator[Mistake]:
    """Yield names and images that two services claim: evidence about them would prove both."""
    claimed: dict[Claim, str] = {}
    for name, service in workspace.services.items():
        for of, written, path in _called(name, service):
            its = tuple(_claims(of, written))
            other = next((claimed[claim] for claim in its if claim in claimed), name)
            if other != name:
                place = Place(workspace.files[Service, name], path)
                message = f"{written!r} is what {other} is called too"
                yield place.mistake(message, "evidence about it would prove both: keep it in one service")
            claimed |= dict.fromkeys(its, name)


def _claims(of: SubjectType, written: str) -> Iterator[Claim]:
    return ((of.value, form) for form in forms(of, written))


def _called(name: str, service: Service) -> Iterator[tuple[SubjectType, str, tuple[str | int, ...]]]:
    """Yield each name of a service, with its type and its place in the manifest."""
    yield SubjectType.SERVICE, name, ("service",)
    of = service.identity
    for kind, field, written in (
        (SubjectType.SERVICE, "names", of.names),
        (SubjectType.SERVICE, "formerly", of.formerly),
        (SubjectType.IMAGE, "images", of.images),
    ):
        for i, one in enumerate(written):
            yield kind, one, ("identity", field, i)


def _published(workspace: Manifests, scale: Scale) -> Iterator[Mistake]:
    for name, milestone in workspace.milestones.items():
        place = Place(workspace.files[Milestone, name]) / "must_be_green"
        for i, entry in enumerate(milestone.must_be_green):
            yield from unknown_level(entry.level, scale, place / i / "level")


def _unknown_keys(
    written: Iterable[str], known: Collection[str], what: str, place: Place, *steps: str
) -> Iterator[Mistake]:
    for key in written:
        if key not in known:
            hint = nearest(key, sorted(known))
            yield place.at(*steps, key).wrong_key(f"unknown {what} {key!r}", hint)


def _plan(
    service: Service, rulebook: Rulebook, milestones: tuple[str, ...], place: Place
) -> Iterator[Mistake]:
    scale, gates = rulebook.scale, None
    first = scale.lowest if len(scale) == 1 else list(scale.values())[1]
    capabilities: set[str] = set()
    for milestone, cell in service.plan.items():
        if milestone not in milestones:
            hint = nearest(milestone, milestones)
            yield place.at("plan", milestone).wrong_key(f"there is no milestone {milestone!r}", hint)
        gates = gates if cell.gates is None else cell.gates
        if not gates and rulebook.gates and scale[cell.level] > first:
            at = place.at("plan", milestone, *(() if cell.gates is None else ("gates",)))
            hint = f"list the gates of {cell.level}; only {first} can be reached without one"
            yield at.wrong_key(
                f"{milestone} targets {cell.level}, and no gate is listed or carried over", hint
            )
        elif gates is None and cell.level != scale.lowest.id:
            hint = "list the gates, or write `gates: {}`"
            message = f"{milestone} lists no gates, and no earlier cell does"
            yield place.at("plan", milestone).wrong_key(message, hint)
        listed = cell.gates or {}
        yield from _unknown_keys(listed, rulebook.gates, "gate", place, "plan", milestone, "gates")
        for gate, scope in listed.items():
            if scope and gate in rulebook.gates:
                yield from _scope(scope, gate, rulebook, place.at("plan", milestone, "gates", gate))
        for i, added in enumerate(cell.adds):
            if added.id in capabilities:
                hint = "capabilities are cumulative: name each once"
                at = place.at("plan", milestone, "adds", i)
                yield at.mistake(f"{added.capability!r} is added twice", hint)
            capabilities.add(added.id)


def _scope(scope: Scope, gate: str, rulebook: Rulebook, place: Place) -> Iterator[Mistake]:
    narrows = [key for key in ("only", "paths", "subjects", "aggregates") if getattr(scope, key)]
    if scope.effect is Effect.DEMANDS and narrows:
        hint = "write `effect: narrows`, or leave it out"
        yield (place / narrows[0]).wrong_key(f"a demand cannot narrow: {', '.join(narrows)}", hint)
    known = rulebook.gates[gate]
    for i, criterion in enumerate(scope.only or ()):
        if criterion not in known.ids:
            ids = [rule.id for rule in known.rules]
            message = f"{gate} has no criterion {criterion!r}"
            yield (place / "only" / i).mistake(message, nearest(criterion, ids))


def _statements(
    service: Service, rulebook: Rulebook, milestones: tuple[str, ...], place: Place
) -> Iterator[Mistake]:
    """Yield attestations and declarations with an unknown criterion or role."""
    unknown = [key for key in service.attestations if key not in rulebook.by_id]
    if unknown:
        own = _own_questions(service)
        known = {*rulebook.by_id, *own}
        unknown_anywhere = [key for key in unknown if key not in own]
        yield from _unknown_keys(unknown_anywhere, known, "criterion", place, "attestations")
    roles = rulebook.governance.roles
    for key, attestation in service.attestations.items():
        if attestation.role not in roles:
            hint = nearest(attestation.role, roles)
            where = place.at("attestations", key, "role")
            yield where.mistake(f"unknown role {attestation.role!r}", hint)
        if attestation.milestone is not None and attestation.milestone not in milestones:
            hint = nearest(attestation.milestone, milestones)
            where = place.at("attestations", key, "milestone")
            yield where.mistake(f"there is no milestone {attestation.milestone!r}", hint)
        yield from _validity(attestation, place, "attestations", key)
        if rule := rulebook.by_id.get(key):
            yield from _taken(attestation, rule, place)
    for key, declared in service.not_applicable.items():
        where = place / "not_applicable" / key
        yield from _validity(declared, where)
        waivable = sorted(rule.id for rule in rulebook.by_id.values() if rule.waivable_by)
        if key not in waivable:
            hint = "only " + ", ".join(waivable) if waivable else "no criterion of this rulebook can"
            yield where.wrong_key(f"{key!r} cannot be declared not applicable", hint)
        elif declared.role != rulebook.by_id[key].waivable_by:
            message = f"{key} is waived by {rulebook.by_id[key].waivable_by}, not by {declared.role}"
            yield (where / "role").mistake(message)


def _taken(attestation: Attestation, rule: Rule, place: Place) -> Iterator[Mistake]:
    """Yield a mistake if a criterion cannot take an attestation; any takes one of what is not understood."""
    if lasting_roles(rule):
        return
    where = place.at("attestations", rule.id)
    role, days = rule.doubts_attested_by, LONGEST_DOUBT.days
    if role is None or attestation.role != role:
        hint = f"map evidence: {', '.join(rule.slots)}"
        hint += f"; {role} may attest for {days} days what a reader does not understand" if role else ""
        yield where.wrong_key(f"{rule.id} takes no attestation", hint)
    elif not attestation.ends_soon:
        message = (
            f"{rule.id} takes an attestation of what a reader does not understand, for {days} days at most"
        )
        yield where.wrong_key(message, f"write `until`, at most {days} days after {attestation.on}")


def _validity(statement: Attestation | NotApplicable, place: Place, *steps: str) -> Iterator[Mistake]:
    if statement.until and statement.until < statement.on:
        message = f"it is valid until {statement.until}, and was made on {statement.on}"
        yield place.at(*steps, "until").mistake(message, "write the last day on which it counts")


def _own_questions(service: Service) -> set[str]:
    """Return the ids of the criteria that the service's own plan adds."""
    cells = service.plan.values()
    scopes = {
        f"{gate}.{SCOPE_CRITERION}"
        for cell in cells
        for gate, scope in (cell.gates or {}).items()
        if scope and scope.effect is Effect.DEMANDS
    }
    return scopes | {added.id for cell in cells for added in cell.adds}


def _sign_offs(service: Service, rulebook: Rulebook, place: Place) -> Iterator[Mistake]:
    for level, given in service.sign_offs.items():
        roles = rulebook.governance.upgrade_sign_offs
        yield from _unknown_keys(given, roles, "role", place, "sign_offs", level)


def _register(
    workspace: Manifests, resolvable: Mapping[str, Service], known: Collection[str], rulebook: Rulebook
) -> Iterator[Mistake]:
    renewed = repeated(workspace.exceptions.values())
    for name, entry in workspace.exceptions.items():
        place = Place(workspace.files[RegisteredException, name])
        if entry.service not in known:
            hint = nearest(entry.service, sorted(known))
            yield (place / "service").mistake(f"unknown service {entry.service!r}", hint)
            continue
        yield from _opening(entry, tuple(workspace.milestones), place)
        if entry.service not in resolvable or entry.closed:
            continue  # a closed entry is history
        owed = set(excusable(resolvable[entry.service], rulebook))
        for i, criterion in enumerate(entry.delta):
            where = place / "delta" / i
            if criterion not in owed:
                terms = rulebook.exceptions
                message = (
                    f"{criterion!r} cannot be excepted: only what {terms.excuse} adds to {terms.ship_at} can"
                )
                yield where.mistake(message, nearest(criterion, sorted(owed)))
            if earlier := renewed.get((entry.id, i)):
                hint = "an exception cannot be renewed: deliver it"
                yield where.mistake(f"{criterion!r} was excepted in {earlier} already", hint)


def _opening(entry: RegisteredException, milestones: tuple[str, ...], place: Place) -> Iterator[Mistake]:
    where = place / "opened_in"
    if entry.opened_in not in milestones:
        yield where.mistake(
            f"there is no milestone {entry.opened_in!r}", nearest(entry.opened_in, milestones)
        )
    elif entry.opened_in == milestones[-1]:
        hint = "there is no later milestone to close it in"
        yield where.mistake(f"no exception can open in {entry.opened_in}, the last milestone", hint)
    if entry.closed and entry.closed < entry.opened_on:
        yield (place / "closed").mistake(f"closed on {entry.closed}, before it was opened")


def excusable(service: Service, rulebook: Rulebook) -> Iterator[str]:
    """Yield what an exception of a service may name: criteria, capabilities and the sign-off of its level."""
    for rule in rulebook.by_id.values():
        if rulebook.exceptions.covers(rule.level):
            yield rule.id
    for cell in service.plan.values():
        if rulebook.exceptions.covers(rulebook.scale[cell.level]):
            yield from (added.id for added in cell.adds)
    yield rulebook.exceptions.sign_off


def repeated(entries: Iterable[RegisteredException]) -> dict[tuple[str, int], str]:
    """Return the earlier entry for each criterion excepted twice, by entry id and index in its delta.

    Every exception of a service covers the sign-off of its level, so only one may be for that alone.
    """
    excepted: dict[tuple[str, str], str] = {}
    found = {}
    for entry in entries:
        names = [SIGN_OFF_PREFIX if name.startswith(SIGN_OFF_PREFIX) else name for name in entry.delta]
        for i, name in enumerate(names):
            earlier = excepted.get((entry.service, name))
            if earlier and (name != SIGN_OFF_PREFIX or len(names) == 1):
                found[entry.id, i] = earlier
            excepted[entry.service, name] = entry.id
        excepted[entry.service, SIGN_OFF_PREFIX] = entry.id
    return found
