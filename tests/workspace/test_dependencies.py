"""Services that depend on others: their signed levels decide, in a verdict, in a change, and before a deployment."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from builders.drawn_changes import compared
from builders.in_memory import GONE, ROOT, Files, MemoryTree, Op, changed, state
from builders.small_workspaces import OWN_LEVEL, criterion, sign_offs
from builders.whats_open import DAY, load_files
from gatekeeper.judging.outlook.validity import validity
from gatekeeper.model.verdict import CriterionResult, MilestoneResult
from gatekeeper.reporters.wording.actions import what_to_do
from gatekeeper.workspace.judging import case_of, judge, may_ship
from gatekeeper.workspace.loading import LoadedWorkspace, open_for_service, validate

WORDS = dict.fromkeys(("name", "meaning", "audience", "definition", "artefact"), "n")
SIGNERS = ("owner", "architecture", "security")
FILE, LEDGER, GOVERNANCE = "services/shop.yaml", "services/ledger.yaml", "gates/governance.yaml"
LOW = "ledger (team-ledger) is signed off for bronze, and silver is required"


def _level(name: str, *criteria: Any, ships_to: Sequence[str] = ()) -> dict[str, Any]:
    return {"level": name, **{key: WORDS[key] for key in ("name", "meaning", "audience")}} | {
        "criteria": list(criteria),
        "ships_to": list(ships_to),
    }


def _service(name: str, signed: str, **more: Any) -> dict[str, Any]:
    plan = {"alpha": {"level": "silver", "gates": {"run": None}}}
    given = {"sign_offs": sign_offs(signed, SIGNERS), "level": signed}
    return {"service": name, "owner": f"team-{name}", "plan": plan, **given, **more}


def _gate(*criteria: Any) -> dict[str, Any]:
    words = {key: WORDS[key] for key in ("name", "definition", "artefact")}
    return {"gate": "run", **words, "role": "security", "criteria": list(criteria)}


REVIEW = criterion("run.review", attested_by="security", waivable_by="security")
NEIGHBOURS = criterion("silver.neighbours", dependencies=OWN_LEVEL)
REVIEWED = {"run.review": {"by": "cy", "role": "security", "on": "2026-11-02", "link": "l"}}
TEAMS = [f"team-{name}" for name in ("shop", "ledger", "search", "book")]
FILES: Files = {
    "gatekeeper.yaml": {"roadmap": ["alpha", "beta"]},
    "milestones/alpha.yaml": {"milestone": "alpha"},
    "milestones/beta.yaml": {"milestone": "beta"},
    "gates/run.yaml": _gate(REVIEW),
    "gates/levels.yaml": {
        "levels": [
            _level("none"),
            _level("bronze", ships_to=["staging"]),
            _level("silver", NEIGHBOURS, ships_to=["production"]),
        ]
    },
    GOVERNANCE: {
        "roles": {"owner": {"about": "o", "of_service": True}, "architecture": "a", "security": "s"},
        "upgrade_sign_offs": list(SIGNERS),
        "weakening_sign_off": "architecture",
        "roster": {
            name: {"roles": [role], "teams": TEAMS}
            for name, role in zip(("ada", "bo", "cy"), SIGNERS, strict=True)
        },
    },
    FILE: _service("shop", "silver", depends_on=["ledger"], attestations=REVIEWED),
    LEDGER: _service("ledger", "bronze", depends_on=["shop"], attestations=REVIEWED),
}


def _loaded(*ops: Op) -> LoadedWorkspace:
    loaded = load_files(changed(FILES, ops))
    assert loaded
    return loaded


def _judged(*ops: Op) -> MilestoneResult:
    loaded = _loaded(*ops)
    return judge(loaded, "alpha", DAY, loaded.manifests.services.values())


def _criterion(result: MilestoneResult, name: str = "silver.neighbours") -> CriterionResult:
    of = next(one for one in result.services if one.service.service == "shop")
    return next(one for one in of.criteria if one.rule.id == name)


def _sign(level: str, file: str = LEDGER) -> Op:
    return Op(file, ("sign_offs",), sign_offs(level, SIGNERS))


def test_a_dependency_below_the_level_fails_and_is_named_with_its_owner() -> None:
    found = _criterion(_judged())
    assert (found.status, found.reason) == ("fail", LOW)
    assert [(one.service, str(one.signed)) for one in found.dependencies] == [("ledger", "bronze")]


def test_services_that_depend_on_each_other_hold_each_other_up() -> None:
    assert [of.verdict for of in _judged(_sign("silver")).services] == ["ready", "ready"]


def test_the_level_that_is_claimed_counts_without_sign_offs() -> None:
    ops = [
        Op(GOVERNANCE, ("upgrade_sign_offs",), []),
        *(Op(file, ("sign_offs",), GONE) for file in (FILE, LEDGER)),
    ]
    result = _judged(*ops)
    assert _criterion(result).reason == "ledger (team-ledger) claims bronze, and silver is required"
    assert "Set `level: silver` of ledger (team-ledger): others depend on it." in {
        what_to_do(step) for step in result.actions
    }
    assert _criterion(_judged(*ops, Op(LEDGER, ("level",), "silver"))).status == "pass"


def test_a_service_without_dependencies_is_not_asked() -> None:
    found = _criterion(_judged(Op(FILE, ("depends_on",), GONE)))
    assert (found.status, found.reason) == ("not_applicable", "depends on no service")


def test_a_criterion_of_a_gate_asks_for_the_target() -> None:
    asked = criterion("run.neighbours", dependencies=OWN_LEVEL)
    gate = Op("gates/run.yaml", (), _gate(asked))
    attestations = [Op(file, ("attestations",), GONE) for file in (FILE, LEDGER)]
    assert _criterion(_judged(gate, *attestations), "run.neighbours").status == "fail"
    at_bronze = Op(FILE, ("plan", "alpha", "level"), "bronze")
    assert _criterion(_judged(gate, *attestations, at_bronze), "run.neighbours").status == "pass"


def test_a_signature_that_ends_with_its_evidence_ends_for_those_that_depend_on_it_too() -> None:
    signed = sign_offs("silver", SIGNERS)["silver"]
    tested = criterion("run.tests", requires={"suite.failed": {"empty": True}})
    report = b'<testsuite name="t"><testcase name="a"/></testsuite>'
    ops = [
        Op(GOVERNANCE, ("resign_on",), {"silver": ["evidence"]}),
        Op("gates/run.yaml", (), {**_gate(REVIEW, tested), "slots": {"suite": {"kind": "tests"}}}),
        Op(LEDGER, ("evidence",), {"suite": "report.xml"}),
        Op("services/ledger/report.xml", (), report),
    ]
    loaded = _loaded(*ops)
    known = case_of(loaded, loaded.manifests.services["ledger"], DAY).evidence
    digest = next(one.sha256 for one in known.values())
    for stated, status in ((digest, "pass"), ("0" * 64, "fail")):
        given = {role: {**of, "evidence": {"suite": stated}} for role, of in signed.items()}
        assert _criterion(_judged(*ops, Op(LEDGER, ("sign_offs",), {"silver": given}))).status == status


def test_next_names_the_dependency_and_leaves_the_step_to_its_owner() -> None:
    steps = {what_to_do(step): step for step in _judged().actions}
    one = steps["Get ledger (team-ledger) signed off for silver: others depend on it."]
    assert (one.owners, one.services, one.criteria) == (("team-ledger",), ("shop",), ("silver.neighbours",))


# Before a deployment


def test_a_deployment_waits_for_the_dependency_and_reads_no_further_manifest() -> None:
    files = changed(FILES, [Op("services/search.yaml", (), b"[")])
    loaded = open_for_service(Path(ROOT), "shop", MemoryTree(files))
    shipping = may_ship(loaded, "shop", "production", DAY, None)
    assert not shipping.may_ship
    assert [one.reason for one in shipping.criteria] == [LOW]
    assert [step.owners for step in shipping.actions] == [("team-ledger",)]
    assert loaded.manifests.services.keys() == {"shop", "ledger"}


def test_dependencies_of_dependencies_are_not_read() -> None:
    files = changed(FILES, [Op(LEDGER, ("depends_on",), ["search"]), Op("services/search.yaml", (), b"[")])
    assert open_for_service(Path(ROOT), "shop", MemoryTree(files)).manifests.services.keys() == {
        "shop",
        "ledger",
    }


@pytest.mark.parametrize(
    ("depends_on", "message"),
    [
        (["ledgr"], "unknown service 'ledgr'; did you mean 'ledger'?"),
        (["shop"], "shop cannot depend on itself; leave it out"),
        (["ledger", "ledger"], "'ledger' is listed twice; list each service once"),
    ],
)
def test_a_mistake_is_reported_with_its_place(depends_on: list[str], message: str) -> None:
    files = changed(FILES, [Op(FILE, ("depends_on",), depends_on)])
    of = state("", files)
    for problems in (validate(of.root, of.tree).problems, _problems_of_one(files)):
        assert [str(one) for one in problems] == [f"{FILE}:1:{problems[0].column}: {message}"]
        assert problems[0].column > 1


def _problems_of_one(files: Files) -> Sequence[Any]:
    from gatekeeper.errors import InvalidWorkspace

    with pytest.raises(InvalidWorkspace) as error:
        open_for_service(Path(ROOT), "shop", MemoryTree(files))
    return error.value.problems


@pytest.mark.parametrize("field", [{"max_age_days": 3}, {"same_commit": True}, {"per_milestone": True}])
def test_a_criterion_about_dependencies_has_no_fields_about_evidence(field: Mapping[str, Any]) -> None:
    files = changed(
        FILES, [Op("gates/run.yaml", (), _gate(criterion("run.n", dependencies=OWN_LEVEL, **field)))]
    )
    of = state("", files)
    assert any(
        "decided by the levels of other services" in one.message
        for one in validate(of.root, of.tree).problems
    )


# What a change does


def _changes(*ops: Op) -> dict[str, tuple[str, str, str]]:
    found = compared(FILES, changed(FILES, ops)).changes
    return {one.id.partition(":sha256:")[0]: (str(one.kind), str(one.cause), one.message) for one in found}


def test_a_dependency_that_is_signed_off_closes_by_a_signature() -> None:
    kind, cause, _ = _changes(_sign("silver"))["shop:silver.neighbours"]
    assert (kind, cause) == ("improvement", "signature")


def test_a_dependency_that_loses_its_level_is_a_regression() -> None:
    lost = compared(changed(FILES, [_sign("silver")]), FILES).changes
    [found] = [one for one in lost if one.id == "shop:silver.neighbours"]
    assert (str(found.kind), str(found.cause), found.blocks) == ("regression", "signature", True)


def test_a_dependency_that_is_removed_is_a_weakening() -> None:
    found = _changes(Op(FILE, ("depends_on",), GONE))
    assert found["shop:depends_on"][:2] == ("plan-weakened", "plan")
    assert found["shop:silver.neighbours"][:2] == ("improvement", "weakening")


def test_one_of_two_dependencies_that_is_removed_is_a_weakening() -> None:
    base = changed(
        FILES,
        [
            Op(FILE, ("depends_on",), ["ledger", "search"]),
            Op("services/search.yaml", (), _service("search", "silver", attestations=REVIEWED)),
        ],
    )
    head = changed(base, [Op(FILE, ("depends_on",), ["search"])])
    messages = [one.message for one in compared(base, head).changes if one.needs_sign_off]
    assert messages == ["silver.neighbours no longer asks for a level of ledger at silver, alpha"]


def test_a_dependency_and_its_service_are_removed_at_once() -> None:
    found = _changes(Op(FILE, ("depends_on",), GONE), Op(LEDGER, (), GONE))
    assert {"shop:depends_on", "ledger"} <= {name for name, of in found.items() if of[0] == "plan-weakened"}


def test_a_dependency_that_is_added_is_a_declaration() -> None:
    search = _service("search", "silver", attestations=REVIEWED)
    ops = (Op(FILE, ("depends_on",), ["ledger", "search"]), Op("services/search.yaml", (), search))
    assert _changes(*ops)["shop:depends_on"] == ("note", "declaration", "it also depends on search")


def test_a_renamed_dependency_is_still_the_same() -> None:
    renamed = _service("book", "bronze", depends_on=["shop"], attestations=REVIEWED, owner="team-ledger")
    ops = (Op(LEDGER, (), GONE), Op("services/book.yaml", (), renamed), Op(FILE, ("depends_on",), ["book"]))
    assert _changes(*ops) == {"book:name": ("note", "plan", "it was called ledger")}


def test_a_criterion_that_asks_nothing_of_dependencies_any_more_is_weaker() -> None:
    attested = criterion("silver.neighbours", attested_by="owner")
    kind, _, message = _changes(Op("gates/levels.yaml", ("levels", 2, "criteria", 0), attested))[
        "silver.neighbours"
    ]
    assert kind == "rule-weakened"
    assert "asks for no level of the services that it depends on" in message


def test_a_criterion_that_asks_of_dependencies_instead_of_a_person_is_weaker_by_the_person_only() -> None:
    base = changed(
        FILES,
        [
            Op(
                "gates/levels.yaml",
                ("levels", 2, "criteria", 0),
                criterion("silver.neighbours", attested_by="owner"),
            )
        ],
    )
    [found] = [one for one in compared(base, FILES).changes if str(one.kind) == "rule-weakened"]
    assert found.message.startswith("silver.neighbours")
    assert "depends" not in found.message


def test_a_verdict_lasts_until_a_signature_of_a_dependency_counts() -> None:
    later = {role: {**of, "on": "2026-12-24"} for role, of in sign_offs("silver", SIGNERS)["silver"].items()}
    loaded = _loaded(Op(LEDGER, ("sign_offs",), {"silver": later}))
    end = validity(case_of(loaded, loaded.manifests.services["shop"], DAY), ()).end
    assert end
    assert abs((end - DAY).days - 34) <= timedelta(days=1).days
