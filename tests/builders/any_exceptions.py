"""Registers of workspaces of any names, and services that ship below their target by exceptions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from builders.any_names import (
    GOOD,
    MILESTONES,
    Built,
    Draft,
    DraftService,
    Id,
    attestable,
    attestation,
    build,
    choice,
    criterion_of,
    document_names,
    drafts,
    namings,
    person,
)
from gatekeeper.judging.plans.validation import excusable
from gatekeeper.judging.verdicts.services import judge_service
from gatekeeper.model.service import CAPABILITY_PREFIX


@st.composite
def registered(draw: st.DrawFn, draft: Draft) -> Draft:
    """Return a draft with exceptions of its services; nothing is excepted twice."""
    names = document_names(draft)
    built = build(draft, names)
    may_open = list(draft.milestones)[:-1]
    if not may_open:
        return draft
    entries = []
    for of in draft.services:
        service = built.workspace.services[of.manifest["service"]]
        *owed, sign_off = excusable(service, built.rulebook)
        shares = _shares(draw, list(dict.fromkeys(owed)))
        for number, delta in enumerate(shares):
            ids = [Id(name) if name in names else name for name in (*delta, *choice(draw, [[], [sign_off]]))]
            entry = {
                "id": f"RR-{service.service}-{number}",
                "service": service.service,
                "delta": ids,
                "opened_in": choice(draw, may_open),
                "opened_on": choice(draw, ["2026-11-01", "2026-11-01", "2026-11-20", "2026-11-21"]),
                **dict.fromkeys(("risk", "owner", "approved_by", "link"), "r"),
            }
            if draw(st.integers(0, 7)) == 0:
                entry["closed"] = "2026-11-21"
            entries.append(entry)
    return draft._replace(exceptions=tuple(entries))


def _shares(draw: st.DrawFn, owed: Sequence[str]) -> Iterable[list[str]]:
    """Return what is owed, spread over at most two entries."""
    if not owed:
        return []
    count = draw(st.integers(0, 2))
    places = [draw(st.integers(0, count)) if draw(st.booleans()) else 0 for _ in owed]
    found = [
        [name for name, place in zip(owed, places, strict=True) if place == share] for share in range(count)
    ]
    return [delta for delta in found if delta]


@st.composite
def any_workspaces(draw: st.DrawFn, most_services: int = 3) -> Built:
    """A workspace of any shape and any names, with its register."""
    draft = draw(registered(draw(drafts(most_services))))
    return build(draft, draw(namings(draft)))


@st.composite
def excepted(draw: st.DrawFn) -> tuple[Built, str]:
    """A service that ships below its target by exceptions, and the milestone of these.

    It has everything that the lower level asks for, and lacks some of what its target adds. Whatever of that
    can be excepted, its exceptions cover.
    """
    draft = draw(drafts(most_services=1))
    milestones = MILESTONES[: max(2, len(draft.milestones))]
    exited = draw(st.integers(0, len(milestones)))
    draft = draft._replace(
        milestones={name: "2026-11-15" if i < exited else None for i, name in enumerate(milestones)}
    )
    draft, excused = _with_exceptions(draw, draft)
    at = choice(draw, milestones[:-1])
    plan = _aiming(draft, at, excused[-1])
    roles = attestable(draft, plan)
    may_lack = _apart(draft, excused)
    lost = draw(st.sets(st.sampled_from(may_lack), min_size=min(3, len(may_lack))))
    if "capability_tests" in lost:
        lost |= {name for name in roles if name.startswith(CAPABILITY_PREFIX)}
    signers = {
        role: {"by": person(role), "on": "2026-11-01"} for role in draft.governance["upgrade_sign_offs"]
    }
    ship_at = draft.governance["exceptions"]["ship_at"]
    [of] = draft.services
    manifest = {
        **of.manifest,
        "plan": plan,
        "level": ship_at,
        "attestations": {
            name: attestation(role, "2026-11-01", at) for name, role in roles.items() if name not in lost
        },
        "sign_offs": {ship_at: signers} if signers else {},
    }
    evidence = {slot: known for slot, known in GOOD.items() if slot not in lost}
    draft = draft._replace(services=(DraftService(manifest, evidence, at),))
    draft = draft._replace(exceptions=tuple(_covering(draw, draft, at)))
    names = draw(namings(draft))
    return build(draft, names), names[at]


def _with_exceptions(draw: st.DrawFn, draft: Draft) -> tuple[Draft, list[Id]]:
    """Return a draft that excuses a level, which asks for something of its own; and what is excused."""
    levels = draft.level_ids
    assume(len(levels) > 2)  # nothing ships at the lowest level by exception
    below = draw(st.integers(1, len(levels) - 2))
    above = draw(st.integers(below + 1, len(levels) - 1))
    rule = {"exceptions": {"excuse": levels[above], "ship_at": levels[below]}}
    stanzas = list(draft.levels["levels"])
    has = {criterion["id"] for criterion in stanzas[above]["criteria"]}
    more = [criterion_of(draw, levels[above], slug, levels, draft.roles) for slug in ("word", "chaos")]
    more = [stanza for stanza in more if stanza["id"] not in has]
    stanzas[above] = {**stanzas[above], "criteria": [*stanzas[above]["criteria"], *more]}
    draft = draft._replace(
        governance={**draft.governance, **rule}, levels={**draft.levels, "levels": stanzas}
    )
    return draft, levels[below + 1 : above + 1]


def _aiming(draft: Draft, at: Id, level: Id) -> dict[Id, Any]:
    """Return the plan of the service with a level as its target at a milestone."""
    plan, order = draft.services[0].manifest["plan"], list(draft.milestones)
    cell = {**plan.get(at, {"adds": [], "gates": {}}), "level": level}
    earlier = [of for name, of in plan.items() if order.index(name) < order.index(at)]
    listed = [of["gates"] for of in (*earlier, cell) if "gates" in of]
    if not listed or not listed[-1]:
        cell["gates"] = dict.fromkeys(draft.gates)
    return {**plan, at: cell}


def _apart(draft: Draft, excused: Sequence[Id]) -> list[str]:
    """Return the slots and attestations that only excused criteria need."""
    of_level = [(level["level"], one) for level in draft.levels["levels"] for one in level["criteria"]]
    of_gates = [(one.get("from"), one) for gate in draft.gates.values() for one in gate["criteria"]]
    found: set[str] = {"capability_tests"}
    others: set[str] = set()
    for level, stanza in (*of_level, *of_gates):
        slots = {fact.partition(".")[0] for fact in stanza.get("requires", {})}
        (found if level in excused else others).update(
            {stanza["id"], stanza.get("same_as", stanza["id"]), *slots}
        )
    return sorted(found - others)


def _covering(draw: st.DrawFn, draft: Draft, at: Id) -> Iterable[Mapping[str, Any]]:
    """Yield exceptions for all that is open at a milestone and can be excepted, spread over one or two."""
    names = document_names(draft)
    built = build(draft, names)
    [case] = built.cases
    result = judge_service(case, at)
    assert result
    still_open = {found.rule.id for found in result.criteria if found.blocks}
    *owed, sign_off = dict.fromkeys(excusable(case.service, built.rulebook))
    delta = [name for name in owed if name in still_open] or [sign_off]
    cut = draw(st.integers(0, len(delta)))
    for number, share in enumerate(part for part in (delta[:cut], delta[cut:]) if part):
        yield {
            "id": f"RR-{number}",
            "service": case.service.service,
            "delta": [Id(name) if name in names else name for name in share],
            "opened_in": at,
            "opened_on": "2026-11-01",
            **dict.fromkeys(("risk", "owner", "approved_by", "link"), "r"),
        }
