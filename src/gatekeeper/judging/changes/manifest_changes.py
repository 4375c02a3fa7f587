"""Report changes of a manifest besides what the plan asks: claims, owners, mappings and declarations."""

from collections.abc import Iterator, Sequence

from gatekeeper.judging.changes.service_matching import ServicePair
from gatekeeper.judging.changes.weakening_approvals import weakening
from gatekeeper.judging.plans.identity import identities
from gatekeeper.judging.verdicts.services import some
from gatekeeper.model.changes import Cause, Change, ChangeKind, ManifestPlace
from gatekeeper.model.evidence import Evidence, SubjectType
from gatekeeper.model.level import Level
from gatekeeper.model.moment import as_written
from gatekeeper.model.rule import Rulebook


def compare_manifests(pair: ServicePair, rulebook: Rulebook) -> Iterator[Change]:
    """Yield a lowered claim as a weakening, and notes on everything else."""
    yield from _claim(pair, rulebook)
    yield from _identity(pair, rulebook)
    formerly = pair.base.identity.formerly
    yield from former_names(pair, (formerly, (*formerly, pair.base.service)))
    base, head = pair.base, pair.head
    if base.service != head.service:
        yield note(pair, "name", f"it was called {base.service}", Cause.PLAN, pair.where())
    if base.owner != head.owner:
        message = f"the owner is {head.owner} instead of {base.owner}; its people now sign for the service"
        yield note(pair, "owner", message, Cause.GOVERNANCE, pair.where("owner"))
    for milestone, cell in head.plan.items():
        if milestone not in base.plan:
            message = f"{milestone} has the target {cell.level}; before, it had none"
            place = pair.where("plan", milestone)
            yield note(pair, f"plan.{milestone}", message, Cause.DECLARATION, place)
    if more := [name for name in head.depends_on if name not in base.depends_on]:
        message, place = f"it also depends on {', '.join(more)}", pair.where("depends_on")
        yield note(pair, "depends_on", message, Cause.DECLARATION, place)
    yield from _conventions(pair)
    yield from _targets(pair)
    yield from _statements(pair)
    yield from _mappings(pair)
    for criterion, now in head.not_applicable.items():
        if base.not_applicable.get(criterion) != now:
            message = f"{criterion} is declared not applicable by {now.by}, {now.role}: {now.reason}"
            change = note(
                pair,
                f"not_applicable.{criterion}",
                message,
                Cause.NOT_APPLICABLE,
                pair.where("not_applicable", criterion),
            )
            yield change._replace(kind=ChangeKind.NOT_APPLICABLE)


def evidence_removed(pair: ServicePair, slot: str, message: str, where: ManifestPlace) -> Change:
    """Return the change that an artefact is gone."""
    change = note(pair, f"evidence.{slot}:removed", message, Cause.ARTEFACT, where)
    return change._replace(kind=ChangeKind.EVIDENCE_REMOVED)


def evidence_weakened(
    pair: ServicePair, slot: str, edit: str, states: Sequence[object], closed: Sequence[str]
) -> Change:
    """Return the weakening that something is met by an edit of a mapping, without new evidence.

    `states` are the evidence before and after.
    """
    where = pair.where("evidence", slot) if slot in pair.head.evidence else pair.where("evidence")
    mapped = [side.evidence.get(slot) for side in (pair.base, pair.head)]
    before, after = (
        [of and of.model_dump(mode="json"), state] for of, state in zip(mapped, states, strict=True)
    )
    message = f"{edit}: {_met(closed)}"
    return manifest_weakened(pair, f"evidence.{slot}", message, where, [before, sorted(closed)], after)


def evidence_hidden(pair: ServicePair, slot: str, digest: str | None, shown: Sequence[str]) -> Change:
    """Return the weakening that evidence is gone which showed more than that something is missing."""
    message = f"the evidence of `{slot}` is gone, which showed that {some(sorted(shown))} did not hold"
    return manifest_weakened(
        pair, f"evidence.{slot}", message, pair.where("evidence"), [digest, sorted(shown)], None
    )


def field_weakened(pair: ServicePair, field: str, closed: Sequence[str]) -> Change:
    """Return the weakening that something is met because of another owner, or of a plan that asks as much."""
    before, after = (side.model_dump(mode="json", include={field}) for side in (pair.base, pair.head))
    edits = {"plan": "the plan differs"}
    edit = edits.get(field, f"the {field} is {after[field]} instead of {before[field]}")
    message = f"{edit}: {_met(closed)}"
    return manifest_weakened(pair, field, message, pair.where(field), [before, sorted(closed)], after)


def attested_instead(pair: ServicePair, criterion: str) -> Change:
    """Return the weakening that a person says what an artefact showed."""
    given = pair.head.attestations.get(criterion)
    message = f"{criterion} was shown by evidence and is attested now"
    where = pair.where("attestations", criterion)
    after = given.model_dump(mode="json") if given else None
    return manifest_weakened(pair, f"attestations.{criterion}", message, where, "evidence", after)


def typed_instead(pair: ServicePair, slot: str, what: str) -> Change:
    """Return the weakening that the manifest dates evidence that dated itself, or names its commit."""
    given = pair.head.evidence[slot].model_dump(mode="json")
    message = f"the manifest states {what} `{slot}` was made; before, the evidence did"
    return manifest_weakened(
        pair, f"evidence.{slot}", message, pair.where("evidence", slot), "stated by the evidence", given
    )


def redated(pair: ServicePair, slot: str, was: Evidence, now: Evidence) -> Change:
    """Return the weakening that bytes which the base holds count as newer."""
    before, after = (one.produced_at and as_written(one.produced_at) for one in (was, now))
    message = f"`{slot}` is dated {after} instead of {before}, and has the same bytes"
    return manifest_weakened(pair, f"evidence.{slot}", message, pair.where("evidence", slot), before, after)


def signature_withdrawn(pair: ServicePair, before: Level, after: Level) -> Change:
    """Return the weakening that sign-offs were withdrawn; otherwise that would hide a regression."""
    message = f"it is signed off for {after} instead of {before}"
    was, now = (side.model_dump(mode="json", include={"sign_offs"}) for side in (pair.base, pair.head))
    change = manifest_weakened(pair, "sign_offs", message, pair.where("sign_offs"), was, now)
    return change._replace(cause=Cause.GOVERNANCE)


def _met(closed: Sequence[str]) -> str:
    return f"{some(sorted(closed))} {'is' if len(closed) == 1 else 'are'} no longer open"


def manifest_weakened(
    pair: ServicePair, name: str, message: str, where: ManifestPlace, before: object, after: object
) -> Change:
    """Return a weakening of something that a manifest states."""
    change = weakening(ChangeKind.PLAN_WEAKENED, f"{pair.name}:{name}", message, where, before, after)
    return change._replace(service=pair.name)


def _claim(pair: ServicePair, rulebook: Rulebook) -> Iterator[Change]:
    before, now = (rulebook.scale.claimed(side.level) for side in (pair.base, pair.head))
    if now >= before:
        return
    message, place = f"it claims {now} instead of {before}", pair.where("level")
    if rulebook.governance.upgrade_sign_offs:
        yield manifest_weakened(pair, "level", message, place, str(before), str(now))
    else:
        yield note(pair, "level", message, Cause.PLAN, place)


def _identity(pair: ServicePair, rulebook: Rulebook) -> Iterator[Change]:
    """Yield what the service is newly called: then evidence about something else may count."""
    was, now = (identities(side, rulebook.repository) for side in (pair.base, pair.head))
    more = sorted(name for of, names in was.items() for name in now.get(of, frozenset()) - names)
    more += sorted(now.get(SubjectType.IMAGE, frozenset()) - was.get(SubjectType.IMAGE, frozenset()))
    more, lost = list(dict.fromkeys(more)), [str(of) for of in was if of not in now]
    if pair.base.service != pair.head.service or not (more or lost):
        return
    said = [f"it is also called {', '.join(more)}"] if more else []
    said += [f"it no longer states its {of}, so evidence about any {of} counts" for of in lost]
    message, stated = "; ".join(said), pair.head.identity.model_fields_set
    place = pair.where("identity") if stated else pair.where()
    if pair.base.sign_offs or not rulebook.governance.upgrade_sign_offs:
        before, after = (side.identity.model_dump(mode="json") for side in (pair.base, pair.head))
        yield manifest_weakened(pair, "identity", message, place, before, after)
    else:
        yield note(pair, "identity", message, Cause.DECLARATION, place)


def _conventions(pair: ServicePair) -> Iterator[Change]:
    """Yield another profile and another folder; what they change of mappings and targets is yielded too."""
    for field, what in (("profile", "the profile"), ("folder", "its folder of artefacts")):
        before, after = (getattr(side, field) for side in (pair.base, pair.head))
        if before != after:
            message = f"{what} is {after or 'the default'} instead of {before or 'the default'}"
            yield note(pair, field, message, Cause.ARTEFACT, pair.where(field))


def former_names(pair: ServicePair, known: Sequence[tuple[str, ...]]) -> Iterator[Change]:
    """Yield a weakening if other former names are stated than those known: what was signed of them counts."""
    if (stated := pair.head.identity.formerly) in known:
        return
    message = f"it says that it was called {some(stated) or 'nothing else'}: what was signed so counts"
    before, place = sorted(map(list, known)), pair.where("identity", "formerly")
    yield manifest_weakened(pair, "identity.formerly", message, place, before, list(stated))


def _targets(pair: ServicePair) -> Iterator[Change]:
    """Yield targets that are set or removed; without its target a criterion is open."""
    before, after = pair.base.targets, pair.head.targets
    for name in sorted(before.keys() ^ after.keys()):
        message = (
            f"the target {name} is {_number(after.get(name))}; before, it was {_number(before.get(name))}"
        )
        yield note(pair, f"targets.{name}", message, Cause.DECLARATION, pair.where("targets", name))


def _statements(pair: ServicePair) -> Iterator[Change]:
    """Yield attestations and waivers that are valid for longer, although nobody gave them anew."""
    for field in ("attestations", "not_applicable"):
        before, after = getattr(pair.base, field), getattr(pair.head, field)
        for name in sorted(before.keys() & after.keys()):
            was, now = before[name], after[name]
            is_same = (was.by, was.role, was.on) == (now.by, now.role, now.on)
            # An older entry, such as one from the history, is nothing that anybody says anew.
            if (
                (is_same or now.on < was.on)
                and was.until is not None
                and (now.until is None or now.until > was.until)
            ):
                until = f"until {now.until}" if now.until else "without end"
                message = f"what {now.by} said on {name} is valid {until} instead of until {was.until}"
                states = (one.model_dump(mode="json") for one in (was, now))
                yield manifest_weakened(pair, f"{field}.{name}", message, pair.where(field, name), *states)


def _number(value: float | None) -> str:
    return "not set" if value is None else f"{value:g}"


def _mappings(pair: ServicePair) -> Iterator[Change]:
    for slot, before in pair.base.evidence.items():
        after = pair.head.evidence.get(slot)
        if after is None:
            message = f"`{slot}` is no longer mapped; it was {before.path}"
            yield evidence_removed(pair, slot, message, pair.where("evidence", slot))
        elif after.path != before.path:
            message = f"`{slot}` is read from {after.path} instead of {before.path}"
            yield note(pair, f"evidence.{slot}", message, Cause.ARTEFACT, pair.where("evidence", slot))


def note(pair: ServicePair, name: str, message: str, cause: Cause, where: ManifestPlace) -> Change:
    """Return a change that needs nobody's approval."""
    return Change(ChangeKind.NOTE, f"{pair.name}:{name}", message, cause, pair.name, where=where)
