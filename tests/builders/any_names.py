"""Workspaces of any names: levels, gates, milestones, roles and destinations of a workspace's own.

A `Draft` is a workspace whose ids are those of the document; `build` gives it other ones. So the same workspace
can be judged under two sets of names.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

from builders.judging import (
    AS_OF,
    Known,
    api,
    broken,
    coverage,
    load_test,
    report,
    source,
    threats,
)
from builders.judging import roadmap as roadmap_of
from gatekeeper import collectors
from gatekeeper.judging.plans.validation import check_plan
from gatekeeper.judging.rules.binding import RESERVED, bind
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.manifests.roadmap_order import natural_order, plan_in_order
from gatekeeper.model.evidence import EvidenceStatus
from gatekeeper.model.manifest import ID
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Gate, Governance, Levels
from gatekeeper.model.service import Service
from gatekeeper.model.workspace import ManifestKey, Manifests

TEAM = "team"
OUTSIDER = "outsider"
"""A person in every role, and in no team."""


class Id(str):
    """An id of the document, to be replaced by that of a workspace."""

    __slots__ = ()


LEVELS = [Id(f"L{number}") for number in range(7)]
GATES = [Id(f"G{number}") for number in range(1, 6)]
MILESTONES = [Id(f"M{number}") for number in range(5)]
ROLES = [Id(name) for name in ("owner", "architecture", "security", "release")]
DESTINATIONS = [Id(name) for name in ("internal", "staging", "production")]
SLOTS = {
    "unit_tests": {"kind": "tests"},
    "coverage": {"kind": "coverage"},
    "source": {"kind": "typescript"},
    "api": {"kind": "openapi"},
    "load": {"kind": "load_test"},
    "threats": {"kind": "document"},
    "isolation": {"kind": "tests"},
    "chaos": {"kind": "tests"},
    "capability_tests": {"kind": "tests"},
    "scope_tests": {"kind": "tests"},
}
TEXTS = {"question": "q", "why": "w", "remedy": "Fix it.", "effort": "small"}
PASSES = {"failed": {"empty": True}, "passed": {"empty": False}}
REQUIRES: Mapping[str, Mapping[str, Any]] = {
    "tests": {"requires": {f"unit_tests.{fact}": what for fact, what in PASSES.items()}},
    "coverage": {
        "requires": {
            "coverage.lines_pct": {"at_least": 95},
            "source.files": {"within": {"fact": "coverage.paths"}},
        }
    },
    "deep": {"requires": {"unit_tests.passed": {"mentions": ["deep"]}}},
    "writes": {"requires": {"api.writes_without_idempotency_key": {"empty": True}}, "subjects": "api.writes"},
    "limits": {"requires": {"api.throttled_without_headers": {"empty": True}}},
    "load": {"requires": {"load.p95_ms": {"at_most": {"target": "p95_ms"}}}, "max_age_days": 30},
    "isolation": {"requires": {f"isolation.{fact}": what for fact, what in PASSES.items()}},
    "threats": {
        "requires": {"threats.front_matter.milestone": {"equals": {"context": "milestone"}}},
        "per_milestone": True,
    },
    "chaos": {"requires": {f"chaos.{fact}": what for fact, what in PASSES.items()}},
    "word": {},
    "aged-word": {"max_age_days": 90},
}
"""What a criterion may ask for, by its slug; without facts it is decided by an attestation."""
CAPABILITIES = ("a", "b", "c")

GOOD: Mapping[str, Known] = {
    "unit_tests": report("unit_tests", "deep a"),
    "coverage": coverage(97, "a.ts"),
    "source": source("a.ts"),
    "api": api(writes=1, writes_without_idempotency_key=(), throttled_without_headers=()),
    "load": load_test(200),
    "isolation": report("isolation", "x"),
    "chaos": report("chaos", "x"),
    "capability_tests": report("capability_tests", *CAPABILITIES),
    "scope_tests": report("scope_tests", "s", "core"),
}
"""Evidence that passes whatever asks for it; a threat model passes at its own milestone only."""
OTHER: Mapping[str, Sequence[Known]] = {
    "unit_tests": [report("unit_tests", "a", failed=["b"]), broken("unit_tests")],
    "coverage": [coverage(90, "a.ts"), coverage(None)],
    "source": [source("a.ts", aggregates=()), broken("source", EvidenceStatus.MISSING)],
    "api": [api(writes=0, writes_without_idempotency_key=(), throttled_without_headers=())],
    "load": [load_test(400), load_test(200, on=None), load_test(200, on="2026-10-25")],
    "isolation": [report("isolation", "x", failed=["y"])],
    "chaos": [report("chaos", "x", failed=["y"])],
    "capability_tests": [report("capability_tests", "b", failed=["a"])],
    "scope_tests": [report("scope_tests", "s")],
}
"""Evidence that is short of something."""


class DraftService(NamedTuple):
    """A service of a draft."""

    manifest: Mapping[str, Any]
    evidence: Mapping[str, Known]
    threats: Id | None
    """The milestone of its threat model; None if it has none."""


class Draft(NamedTuple):
    """A workspace under the ids of the document."""

    levels: Mapping[str, Any]
    gates: Mapping[Id, Mapping[str, Any]]
    governance: Mapping[str, Any]
    milestones: Mapping[Id, str | None]
    """The day on which each has exited."""
    services: tuple[DraftService, ...]
    exceptions: tuple[Mapping[str, Any], ...] = ()

    @property
    def level_ids(self) -> list[Id]:
        return [level["level"] for level in self.levels["levels"]]

    @property
    def roles(self) -> list[Id]:
        return list(self.governance["roles"])

    @property
    def criteria(self) -> list[Id]:
        groups = (*self.levels["levels"], *self.gates.values())
        return [criterion["id"] for group in groups for criterion in group["criteria"]]


class Built(NamedTuple):
    """A workspace under any names, ready to be judged."""

    workspace: Manifests
    rulebook: Rulebook
    cases: tuple[Case, ...]

    def entries(self, service: str) -> list[RegisteredException]:
        return [entry for entry in self.workspace.exceptions.values() if entry.service == service]


# Drafts


def choice(draw: st.DrawFn, values: Sequence[Any]) -> Any:
    return draw(st.sampled_from(values))


def criterion_of(
    draw: st.DrawFn, group: Id, slug: str, levels: Sequence[Id], roles: Sequence[Id]
) -> dict[str, Any]:
    stanza: dict[str, Any] = {"id": Id(f"{group}.{slug}"), **TEXTS, **REQUIRES[slug]}
    if "requires" not in stanza:
        return stanza | {"attested_by": choice(draw, roles)}
    if slug == "coverage" and draw(st.booleans()):
        stanza["subjects"] = {"fact": "source.aggregates", "up_to": choice(draw, levels)}
    for key in ("or_attested_by", "waivable_by"):
        if role := choice(draw, [None, None, *roles]):
            stanza[key] = role
    return stanza


def _applies_when(draw: st.DrawFn, gates: Sequence[Id]) -> dict[str, Any]:
    return {
        "applies_when": choice(
            draw,
            [
                {"gate": gates[0]},
                {"any_gate": [gates[0], gates[-1]]},
                {"label": "odd"},
                {"except_services": ["a"]},
            ],
        )
    }


def _gates(draw: st.DrawFn, gates: Sequence[Id], levels: Sequence[Id], roles: Sequence[Id]) -> dict[Id, Any]:
    found = {}
    for gate in gates:
        slugs = draw(st.lists(st.sampled_from(sorted(REQUIRES)), unique=True, min_size=1, max_size=3))
        criteria = [criterion_of(draw, gate, slug, levels, roles) for slug in slugs]
        for stanza in criteria:
            if level := choice(draw, [None, None, *levels]):
                stanza["from"] = level
            if draw(st.integers(0, 5)) == 0:
                stanza.update(_applies_when(draw, gates))
        words = dict.fromkeys(("name", "definition", "artefact"), "n")
        found[gate] = words | {"gate": gate, "role": choice(draw, roles), "criteria": criteria}
    return found


def _levels(
    draw: st.DrawFn, levels: Sequence[Id], gates: Mapping[Id, Any], roles: Sequence[Id]
) -> dict[str, Any]:
    originals = [criterion for gate in gates.values() for criterion in gate["criteria"]]
    found = []
    for rank, level in enumerate(levels):
        slugs = draw(st.lists(st.sampled_from(sorted(REQUIRES)), unique=True, max_size=2)) if rank else []
        criteria = [criterion_of(draw, level, slug, levels, roles) for slug in slugs]
        for stanza in criteria:
            kind = draw(st.integers(0, 7))
            if kind == 0:
                stanza.update(_applies_when(draw, list(gates)))
            elif kind == 1:
                stanza["only_at"] = level
            elif kind == 2 and "attested_by" in stanza:
                stanza["covers_capabilities"] = True
        in_time = [one["id"] for one in originals if levels.index(one.get("from", level)) <= rank]
        if rank and in_time and choice(draw, [True, False]):
            criteria.append({"id": Id(f"{level}.twin"), **TEXTS, "same_as": choice(draw, in_time)})
        ships_to = [place for place in DESTINATIONS if draw(st.booleans())]
        words = dict.fromkeys(("name", "meaning", "audience"), "n")
        found.append(words | {"level": level, "ships_to": ships_to, "criteria": criteria})
    return {"slots": SLOTS, "levels": found}


def _timed(draw: st.DrawFn, groups: Sequence[Mapping[str, Any]], milestones: Sequence[Id]) -> None:
    """Give some criteria a time from which they bind, or a tightened version for a later milestone."""
    for stanza in (criterion for group in groups for criterion in group["criteria"]):
        kind = draw(st.integers(0, 9))
        if kind == 0:
            stanza["advisory"] = True
        elif kind == 1 and "same_as" not in stanza:
            stanza["effective"] = choice(draw, [*milestones, "2026-11-20", "2026-11-21"])
        elif kind == 2 and "requires" in stanza:
            tightened = stanza["requires"] | {"chaos.passed": {"empty": False}}
            stanza["upcoming"] = {"effective": choice(draw, milestones), "requires": tightened}


def _governance(draw: st.DrawFn, roles: Sequence[Id], levels: Sequence[Id]) -> dict[str, Any]:
    of_service = {role: draw(st.booleans()) for role in roles}
    signers = draw(st.lists(st.sampled_from(roles), unique=True, max_size=4))
    found: dict[str, Any] = {
        "roles": {role: {"about": "r", "of_service": of_service[role]} for role in roles},
        "upgrade_sign_offs": signers,
        "roster": {
            **{person(role): {"roles": [role], "teams": [TEAM]} for role in roles},
            OUTSIDER: {"roles": list(roles)},
        },
    }
    if len(levels) > 2 and draw(st.booleans()):
        ship_at = draw(st.integers(1, len(levels) - 2))
        excuse = draw(st.integers(ship_at + 1, len(levels) - 1))
        found["exceptions"] = {"excuse": levels[excuse], "ship_at": levels[ship_at]}
    return found


def person(role: str) -> str:
    """Return the person who holds a role of the document."""
    return f"p-{ROLES.index(Id(role))}"


def _scope(draw: st.DrawFn, gate: Mapping[str, Any]) -> Any:
    only = [criterion["id"] for criterion in gate["criteria"]]
    return choice(
        draw,
        [
            None,
            None,
            {"scope": "core"},
            {"scope": "s", "effect": "demands"},
            {"scope": "s", "only": only[:1]},
        ],
    )


def _plan(
    draw: st.DrawFn, milestones: Sequence[Id], levels: Sequence[Id], gates: Mapping[Id, Any]
) -> dict[Id, Any]:
    plan = {}
    carried: list[Id] | None = None
    left = list(CAPABILITIES)
    places = draw(st.sets(st.integers(0, len(milestones) - 1), min_size=1))
    is_rising = draw(st.booleans())
    rank = 0
    for place in sorted(places):
        rank = draw(st.integers(rank if is_rising else 0, len(levels) - 1))
        adds = draw(st.lists(st.sampled_from(left), unique=True, max_size=2)) if left else []
        left = [name for name in left if name not in adds]
        cell: dict[str, Any] = {
            "level": levels[rank],
            "adds": [{"capability": name, "optional": draw(st.integers(0, 3)) == 0} for name in adds],
        }
        needs_gates = rank > 1
        if carried is None or (needs_gates and not carried) or draw(st.booleans()):
            some_gates = st.lists(st.sampled_from(list(gates)), unique=True, min_size=int(needs_gates))
            carried = draw(some_gates)
            cell["gates"] = {gate: _scope(draw, gates[gate]) for gate in carried}
        plan[milestones[place]] = cell
    return plan


def attestable(draft: Draft, plan: Mapping[Id, Any]) -> dict[str, Id]:
    """Return the role that attests each criterion and capability that can be attested."""
    groups = (*draft.levels["levels"], *draft.gates.values())
    stanzas = [criterion for group in groups for criterion in group["criteria"]]
    roles = {
        stanza["id"]: role
        for stanza in stanzas
        if (role := stanza.get("attested_by") or stanza.get("or_attested_by"))
    }
    of_service = [role for role, what in draft.governance["roles"].items() if what["of_service"]]
    added = [one["capability"] for cell in plan.values() for one in cell["adds"]]
    return roles | {f"capability:{name}": of_service[0] for name in added if of_service}


def attestation(role: Id, on: str, milestone: Id | None, by: str | None = None) -> dict[str, Any]:
    word = {"by": by or person(role), "role": role, "on": on, "link": "l"}
    return word | ({"milestone": milestone} if milestone else {})


def _statements(draw: st.DrawFn, draft: Draft, plan: Mapping[Id, Any]) -> dict[str, Any]:
    """Return attestations by the right people, but for some that are left out or not by them."""
    roles = attestable(draft, plan)
    if not roles:
        return {}
    kept = _kept(draw, list(roles))
    odd = choice(draw, [None, None, *roles])
    milestone = choice(draw, [None, *draft.milestones])
    on = choice(draw, ["2026-11-01", "2026-11-01", "2026-08-01", "2026-11-21"])
    return {name: attestation(roles[name], on, milestone, OUTSIDER if name == odd else None) for name in kept}


def _kept(draw: st.DrawFn, names: Sequence[str]) -> list[str]:
    """Return all of these names, all but a few, some or none."""
    share = draw(st.sampled_from(["all", "most", "some", "none"]))
    if share in ("all", "none"):
        return list(names) if share == "all" else []
    chosen = draw(st.sets(st.sampled_from(list(names)), max_size=2 if share == "most" else None))
    return [name for name in names if (name in chosen) == (share == "some")]


def _service(draw: st.DrawFn, draft: Draft, name: str) -> DraftService:
    levels, milestones = draft.level_ids, list(draft.milestones)
    plan = _plan(draw, milestones, levels, draft.gates)
    kept = _kept(draw, list(GOOD))
    changed = draw(st.sets(st.sampled_from(sorted(OTHER)), max_size=2))
    evidence = {slot: choice(draw, OTHER[slot]) if slot in changed else GOOD[slot] for slot in kept}
    signers = draft.governance["upgrade_sign_offs"]
    signed = choice(draw, [None, *levels])
    sign_offs = {role: {"by": person(role), "on": "2026-11-01"} for role in signers}
    if sign_offs and draw(st.integers(0, 7)) == 0:
        sign_offs.popitem()
    claims = choice(draw, [None, signed, *levels])
    manifest: dict[str, Any] = {
        "service": name,
        "owner": TEAM,
        "plan": plan,
        "labels": ["odd"] if draw(st.booleans()) else [],
        "attestations": _statements(draw, draft, plan),
        "sign_offs": {signed: sign_offs} if signed and sign_offs else {},
        "not_applicable": _waived(draw, draft),
    }
    if _asks_for_a_target(draft):
        manifest["targets"] = {"p95_ms": 250}
    if claims:
        manifest["level"] = claims
    return DraftService(manifest, evidence, choice(draw, [None, *milestones]))


def _waived(draw: st.DrawFn, draft: Draft) -> dict[str, Any]:
    groups = (*draft.levels["levels"], *draft.gates.values())
    waivable = {
        stanza["id"]: stanza["waivable_by"]
        for group in groups
        for stanza in group["criteria"]
        if "waivable_by" in stanza
    }
    if not waivable or draw(st.integers(0, 3)):
        return {}
    name = choice(draw, list(waivable))
    role = waivable[name]
    return {name: {"reason": "r", "by": person(role), "role": role, "on": "2026-11-01"}}


def _asks_for_a_target(draft: Draft) -> bool:
    return any(criterion.endswith(".load") for criterion in draft.criteria)


def _milestones(draw: st.DrawFn) -> dict[Id, str | None]:
    milestones = MILESTONES[: draw(st.integers(1, 5))]
    exited = draw(st.integers(0, len(milestones)))
    days = ["2026-11-10", "2026-11-15", "2026-11-20"]
    on = [choice(draw, days) if place < exited else None for place in range(len(milestones))]
    return dict(zip(milestones, on, strict=True))


@st.composite
def drafts(draw: st.DrawFn, most_services: int = 3) -> Draft:
    """A workspace of any shape: its rulebook, plans, evidence, statements, sign-offs and exits."""
    levels = LEVELS[: draw(st.integers(2, 7))]
    roles = ROLES[: draw(st.integers(1, 4))]
    gates = _gates(draw, GATES[: draw(st.integers(1, 5))], levels, roles)
    of_levels, milestones = _levels(draw, levels, gates, roles), _milestones(draw)
    _timed(draw, [*gates.values(), *of_levels["levels"]], list(milestones))
    draft = Draft(
        levels=of_levels,
        gates=gates,
        governance=_governance(draw, roles, levels),
        milestones=milestones,
        services=(),
    )
    names = ("a", "b", "c")[: draw(st.integers(1, most_services))]
    return draft._replace(services=tuple(_service(draw, draft, name) for name in names))


# Names

_ODD = (
    "G10",
    "G9",
    "r2",
    "r10",
    "L4",
    "L0",
    "M1",
    "M0",
    "G5",
    "G1",
    "owner",
    "production",
    "staging",
    "0",
    "10",
    "9",
    "null",
    "x-",
    "Y_",
)
_IDS = st.one_of(
    st.sampled_from(_ODD), st.from_regex(ID, fullmatch=True, alphabet=st.characters(codec="ascii"))
)


def _some_ids(draw: st.DrawFn, count: int, key: Any = str.casefold) -> list[str]:
    ids = _IDS.filter(lambda name: name.casefold() not in RESERVED)
    return draw(st.lists(ids, min_size=count, max_size=count, unique_by=key))


@st.composite
def namings(draw: st.DrawFn, draft: Draft) -> dict[str, str]:
    """Return new ids for all of a draft; only gates keep the order of their ids, because it is theirs."""
    levels, gates, slugs = draft.level_ids, list(draft.gates), sorted({*REQUIRES, "twin"})
    groups = _some_ids(draw, len(levels) + len(gates), (str.casefold, _natural))
    names: dict[str, str] = dict(zip(levels, groups, strict=False))
    names |= zip(gates, sorted(groups[len(levels) :], key=natural_order), strict=True)
    names |= zip(draft.milestones, _some_ids(draw, len(draft.milestones)), strict=True)
    names |= zip(draft.roles, _some_ids(draw, len(draft.roles)), strict=True)
    names |= zip(DESTINATIONS, _some_ids(draw, len(DESTINATIONS)), strict=True)
    slug = st.from_regex(r"[a-z0-9][a-z0-9-]{0,5}", fullmatch=True).filter(lambda text: text != "scope")
    new = draw(st.lists(slug, min_size=len(slugs), max_size=len(slugs), unique=True))
    return names | _criteria(draft, names, dict(zip(slugs, new, strict=True)))


def _natural(name: str) -> Any:
    return tuple(natural_order(name))


def _criteria(draft: Draft, names: Mapping[str, str], slugs: Mapping[str, str]) -> dict[str, str]:
    """Return the names of everything whose id is made of others."""
    found = {}
    for criterion in draft.criteria:
        group, _, slug = criterion.partition(".")
        found[str(criterion)] = f"{names[group]}.{slugs[slug]}"
    found |= {f"{gate}.scope": f"{names[gate]}.scope" for gate in draft.gates}
    return found | {f"sign-off:{level}": f"sign-off:{names[level]}" for level in draft.level_ids}


def document_names(draft: Draft) -> dict[str, str]:
    """Return the ids of the document for a draft."""
    ids = (*draft.level_ids, *draft.gates, *draft.milestones, *draft.roles, *DESTINATIONS)
    names = {str(name): str(name) for name in ids}
    return names | _criteria(draft, names, {slug: slug for slug in (*REQUIRES, "twin")})


# Workspaces


def build(draft: Draft, names: Mapping[str, str]) -> Built:
    """Return the workspace of a draft under these names; it has no mistakes."""
    manifests = _manifests(draft, names)
    bound = bind(manifests, collectors.find)
    assert bound.mistakes == ()
    assert check_plan(manifests, bound.rulebook) == ()
    cases = tuple(
        _case(of, names, manifests.services[of.manifest["service"]], bound.rulebook, manifests.milestones)
        for of in draft.services
    )
    return Built(manifests, bound.rulebook, cases)


def _named(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, Id):
        return names[value]
    if isinstance(value, Mapping):
        return {_named(key, names): _named(of, names) for key, of in value.items()}
    if isinstance(value, list | tuple):
        return [_named(one, names) for one in value]
    return value


def _manifests(draft: Draft, names: Mapping[str, str]) -> Manifests:
    exits = {names[name]: on for name, on in draft.milestones.items()}
    roadmap = roadmap_of(*exits, exits={name: on for name, on in exits.items() if on})
    gates = {names[name]: Gate.model_validate(_named(gate, names)) for name, gate in draft.gates.items()}
    services = [
        Service.model_validate(
            _named(of.manifest, names) | {"evidence": {slot: {"path": "x"} for slot in _known(of, names)}}
        )
        for of in draft.services
    ]
    entries = [RegisteredException.model_validate(_named(entry, names)) for entry in draft.exceptions]
    files: dict[ManifestKey, str] = {(Levels, ""): "levels", (Governance, ""): "governance"}
    files |= {(Gate, name): name for name in gates}
    files |= {(Service, one.service): one.service for one in services}
    files |= {(Milestone, name): name for name in roadmap}
    files |= {(RegisteredException, one.id): one.id for one in entries}
    return Manifests(
        levels=Levels.model_validate(_named(draft.levels, names)),
        governance=Governance.model_validate(_named(draft.governance, names)),
        gates=gates,
        services={one.service: plan_in_order(one, roadmap) for one in services},
        milestones=roadmap,
        exceptions={one.id: one for one in entries},
        files=files,
        rulebook_digest="sha256:0",
    )


def _known(of: DraftService, names: Mapping[str, str]) -> dict[str, Known]:
    model = {"threats": threats(names[of.threats])} if of.threats else {}
    return {**of.evidence, **model}


def _case(
    of: DraftService, names: Mapping[str, str], service: Service, rulebook: Rulebook, roadmap: Roadmap
) -> Case:
    known = {key: found for part in _known(of, names).values() for key, found in part.items()}
    return Case(service, rulebook, known, AS_OF, roadmap)
