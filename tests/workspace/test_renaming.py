"""A service is renamed with everything that names it, and nothing that was signed ends."""

import shutil
from pathlib import Path

import pytest

from builders.drawn_changes import compared
from builders.in_memory import GONE, Op, changed, state
from builders.signed_workspaces import require, sign, splice, with_keys
from builders.whats_open import DAY
from builders.workspaces import Run, copy_of_pilot, edit, write
from gatekeeper.errors import UsageError
from gatekeeper.workspace.judging import judge
from gatekeeper.workspace.loading import open_workspace, validate
from gatekeeper.workspace.renaming import prepare_rename
from workspace.test_dependencies import FILE, FILES, LEDGER

OLD, NEW = "payments-service", "money-service"


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return copy_of_pilot(tmp_path / "repository")


def _verdict(pilot: Path) -> str:
    loaded = open_workspace(pilot)
    judged = [
        judge(loaded, name, DAY, loaded.manifests.services.values()) for name in loaded.manifests.milestones
    ]
    found = {
        (of.milestone, one.service.service): (
            one.verdict,
            one.verified_level.id,
            one.signed_level.id,
            [(reason.code, reason.message) for reason in one.reasons],
            [(two.rule.id, two.status, two.basis, two.reason) for two in one.criteria],
            [two.seen.state for two in one.statements],
        )
        for of in judged
        for one in of.services
    }
    return "\n".join(sorted(f"{key} {value}" for key, value in found.items()))


def _rename(pilot: Path) -> None:
    prepare_rename(open_workspace(pilot), OLD, NEW).write()


def _files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def _as_new(text: str) -> str:
    return "\n".join(sorted(text.replace(OLD, NEW).splitlines()))


def test_the_verdict_is_the_same_under_the_new_name(pilot: Path) -> None:
    before = _verdict(pilot)
    _rename(pilot)
    assert _verdict(pilot) == _as_new(before)


def test_signatures_by_keys_go_on_to_count(pilot: Path) -> None:
    with_keys(pilot)
    sign(pilot)
    require(pilot, "owner", "architecture", "security")
    before = _verdict(pilot)
    assert "signed" in before
    _rename(pilot)
    assert _verdict(pilot) == _as_new(before)
    loaded = open_workspace(pilot)
    assert loaded.manifests.services[NEW].signed_as == OLD


def test_a_second_rename_keeps_them_too(pilot: Path) -> None:
    with_keys(pilot)
    sign(pilot)
    before = _verdict(pilot)
    _rename(pilot)
    prepare_rename(open_workspace(pilot), NEW, "cash-service").write()
    assert _verdict(pilot) == "\n".join(sorted(before.replace(OLD, "cash-service").splitlines()))


def test_a_record_of_the_old_name_goes_on_to_count(pilot: Path, run: Run) -> None:
    assert run("-C", pilot, "collect", OLD).code == 0
    for file in (pilot / "services" / OLD).iterdir():
        if file.name != "evidence.json":
            shutil.rmtree(file) if file.is_dir() else file.unlink()
    before = _verdict(pilot)
    assert "Basis.RECORD" in before
    _rename(pilot)
    assert _verdict(pilot) == _as_new(before)


def test_every_reference_follows(pilot: Path) -> None:
    others = pilot / "services/orders-service.yaml"
    splice(others, ["depends_on"], [OLD])
    splice(others, ["evidence", "runbook"], f"../{OLD}/runbook.md")
    splice(
        pilot / "governance.yaml",
        ["recorders"],
        {"ci": {"services": [OLD], "identity": {"issuer": "i", "subject": "s"}}},
    )
    splice(pilot / "milestones/M1.yaml", ["must_be_green"], [{"service": OLD, "level": "L1"}])
    write(
        pilot.parents[1] / "CODEOWNERS",
        f"# {OLD}\n/examples/pilot/services/{OLD}.yaml @a\n/examples/pilot/services/{OLD}/ @a\n",
    )
    rename = prepare_rename(open_workspace(pilot), OLD, NEW)
    rename.write()
    loaded = open_workspace(pilot)
    orders = loaded.manifests.services["orders-service"]
    assert orders.depends_on == (NEW,)
    assert orders.evidence["runbook"].path == f"../{NEW}/runbook.md"
    assert loaded.manifests.governance.recorders["ci"].services == (NEW,)
    assert [one.service for one in loaded.manifests.milestones["M1"].must_be_green] == [NEW]
    owners = (pilot.parents[1] / "CODEOWNERS").read_text("utf-8")
    assert owners == f"# {OLD}\n/examples/pilot/services/{NEW}.yaml @a\n/examples/pilot/services/{NEW}/ @a\n"
    assert {entry.service for entry in loaded.manifests.exceptions.values()} == {NEW}
    assert not (pilot / "services" / OLD).exists()


def test_exemptions_of_rules_follow(workspace: Path) -> None:
    exempt = "applies_when: {except_services: [tenant-service]}\n    question:"
    edit(workspace / "gates/G1.yaml", "question:", exempt)
    edit(
        workspace / "gates/levels.yaml",
        "      - id: L1.scaffold\n",
        "      - id: L1.scaffold\n        applies_when: {except_services: [tenant-service]}\n",
    )
    prepare_rename(open_workspace(workspace), "tenant-service", "customer-service").write()
    manifests = open_workspace(workspace).manifests
    rules = [*manifests.gates["G1"].criteria, *manifests.levels.levels[1].criteria]
    named = [
        rule.applies_when.except_services
        for rule in rules
        if rule.applies_when and rule.applies_when.except_services
    ]
    assert named == [("customer-service",), ("customer-service",)]


def test_what_followed_from_the_old_name_is_written_in_the_manifest(pilot: Path) -> None:
    settings = pilot / "gatekeeper.yaml"
    write(
        settings,
        settings.read_text("utf-8")
        + 'repository: "https://forge.example/acme/{service}"\nfolder: "services/{service}"\n'
        + "evidence: {runbook: 'docs/{service}.md'}\n",
    )
    before = open_workspace(pilot).manifests.services[OLD]
    rename = prepare_rename(open_workspace(pilot), OLD, NEW)
    assert sum("followed from the old name" in one for one in rename.changed) >= 2
    rename.write()
    now = open_workspace(pilot).manifests.services[NEW]
    assert now.identity.repository == f"https://forge.example/acme/{OLD}"
    assert now.evidence.keys() == before.evidence.keys()
    assert now.folder == f"services/{NEW}"


def test_places_that_only_mention_it_are_listed(pilot: Path) -> None:
    write(pilot / "notes.md", f"Nothing.\nAsk {OLD}.\nNot {OLD}s.\n")
    (pilot / "large.log").write_bytes(b"." * 1_000_001)
    assert "examples/pilot/notes.md:2" in prepare_rename(open_workspace(pilot), OLD, NEW).mentions


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("../up", "is not a name"),
        ("", "is not a name"),
        ("orders-service", "exists already"),
        ("catalogue", "is what"),
        (OLD, "exists already"),
    ],
)
def test_a_name_that_is_taken_or_none_is_refused(pilot: Path, new: str, why: str) -> None:
    before = _files(pilot)
    with pytest.raises(UsageError, match=why):
        prepare_rename(open_workspace(pilot), OLD, new).write()
    assert _files(pilot) == before


def test_a_folder_or_a_link_in_the_way_is_refused(pilot: Path) -> None:
    (pilot / "services" / NEW).mkdir()
    with pytest.raises(UsageError, match="exists already"):
        prepare_rename(open_workspace(pilot), OLD, NEW)
    (pilot / "services" / NEW).rmdir()
    elsewhere = pilot / "elsewhere"
    (pilot / "services" / OLD).rename(elsewhere)
    (pilot / "services" / OLD).symlink_to(elsewhere)
    with pytest.raises(UsageError, match="is a link"):
        prepare_rename(open_workspace(pilot), OLD, NEW)


def test_all_is_written_or_nothing(pilot: Path) -> None:
    rename = prepare_rename(open_workspace(pilot), OLD, NEW)
    entry = pilot / "milestones/risk-register/RR-1.yaml"
    entry.write_bytes(entry.read_bytes() + b"# changed\n")
    before = _files(pilot)
    with pytest.raises(UsageError, match="was changed meanwhile"):
        rename.write()
    assert _files(pilot) == before


def test_the_command_shows_first_and_writes_then(run: Run, pilot: Path) -> None:
    before = _files(pilot)
    dry = run("-C", pilot, "rename", OLD, NEW, "--dry-run")
    assert (dry.code, _files(pilot)) == (0, before)
    assert "nothing was written" in dry.out
    ran = run("-C", pilot, "rename", OLD, NEW)
    assert (ran.code, ran.err) == (0, "")
    assert f"renamed {OLD} to {NEW}" in ran.out
    assert "RR-1.yaml" in ran.out
    assert run("-C", pilot, "rename", OLD, NEW).code == 2


# What `diff` says


def _renamed(**identity: object) -> list[Op]:
    book = {**FILES[LEDGER], "service": "book", "identity": identity}
    return [
        Op(LEDGER, (), GONE),
        Op("services/book.yaml", (), book),
        Op(FILE, ("depends_on",), ["book"]),
    ]


def _needs_approval(*ops: Op) -> set[str]:

    changes = compared(FILES, changed(FILES, ops)).changes
    return {one.id.partition(":sha256:")[0] for one in changes if one.needs_sign_off}


def test_a_rename_needs_no_approval() -> None:
    assert _needs_approval(*_renamed(formerly=["ledger"])) == set()


def test_a_rename_is_recognised_although_the_plan_changes_too() -> None:
    ops = [*_renamed(formerly=["ledger"]), Op("services/book.yaml", ("targets",), {})]
    ops.append(Op("services/book.yaml", ("labels",), ["new"]))
    assert "ledger" not in _needs_approval(*ops)


@pytest.mark.parametrize("formerly", [["other"], ["other", "ledger"], ["ledger", "other"]])
def test_a_name_that_was_not_its_own_needs_an_approval(formerly: list[str]) -> None:
    assert "book:identity.formerly" in _needs_approval(*_renamed(formerly=formerly))


def test_a_new_service_with_a_past_needs_an_approval() -> None:
    new = {**FILES[LEDGER], "service": "book", "identity": {"formerly": ["archive"]}, "depends_on": []}
    assert "book:identity.formerly" in _needs_approval(Op("services/book.yaml", (), new))


def test_a_former_name_that_a_service_has_is_a_mistake() -> None:
    files = changed(FILES, [Op(FILE, ("identity",), {"formerly": ["ledger"]})])
    of = state("", files)
    [problem] = validate(of.root, of.tree).problems
    assert "'ledger' is what ledger is called too" in problem.message
