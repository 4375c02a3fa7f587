"""An imported page is cited by its workspace: it differs from it in nothing, and contradicts no operand."""

from pathlib import Path

import pytest

import gatekeeper
from builders.documents import FLATTENED, as_text
from builders.own_ids import TABLES, rendered
from builders.workspaces import QUARTERS, ROOT, Run, write
from gatekeeper.documents.render import Flavour
from gatekeeper.model.rulebook import Gate, LevelDefinition
from gatekeeper.model.workspace import Manifests

OWN = TABLES.replace("- beta run: only run.drill\n", "")
PAGES = {
    "reference": rendered(gatekeeper.open(ROOT).loaded.manifests),
    "reference on a site": rendered(gatekeeper.open(ROOT).loaded.manifests, Flavour.DOCUSAURUS),
    "reference as text": as_text(rendered(gatekeeper.open(ROOT).loaded.manifests)),
    "quarters": rendered(gatekeeper.open(QUARTERS).loaded.manifests),
    "own ids": OWN + "\nWe serve 3 regions.\n\n| Region | Since |\n|---|---|\n| eu | 2020 |\n",
    "flattened": FLATTENED.replace(
        "G1.pure Is it pure? From L2.", "At least 70 % are covered, see 04 §2."
    ).replace("& tests\n", "& tests\nL2Usable: by 9 of usStaff\nL3Open\nL4Whole, per 03 specAll of us\n"),
    "governance": OWN + "\n## Governance\n\n- Keeping: logs are kept for 90 days.\n- No subject here.\n",
    "lowest level": OWN + "\n### none Nothing — level criteria\n\n- Is there a name?\n",
}


def imported(run: Run, folder: Path, page: str | bytes) -> tuple[Path, Manifests]:
    file = write(folder / "page.txt", page)
    made = run("docs", "import", file, "--out", folder / "made")
    assert (made.code, made.err) == (0, "")
    return file, gatekeeper.open(folder / "made").loaded.manifests


@pytest.mark.long
@pytest.mark.parametrize("text", PAGES.values(), ids=PAGES)
def test_an_imported_page_passes_the_check_of_itself(run: Run, tmp_path: Path, text: str) -> None:
    file, _ = imported(run, tmp_path, text)
    assert run("-C", tmp_path / "made", "validate").code == 0
    checked = run("-C", tmp_path / "made", "docs", "--check", file)
    assert checked.code == 0, checked.out


@pytest.mark.long
def test_the_page_of_the_reference_becomes_the_reference(run: Run, tmp_path: Path, page: bytes) -> None:
    file, made = imported(run, tmp_path, page)
    reference = gatekeeper.open(ROOT).loaded.manifests
    assert (made.gates, made.levels) == (reference.gates, reference.levels)
    assert (made.governance.policy, made.governance.prose) == (
        reference.governance.policy,
        reference.governance.prose,
    )
    assert run("-C", tmp_path / "made", "docs", "--check", file).code == 0
    assert run("-C", tmp_path / "made", "validate").code == 0


def test_every_rule_that_is_taken_from_a_page_cites_it(run: Run, tmp_path: Path) -> None:
    _, made = imported(run, tmp_path, PAGES["governance"])
    groups: list[Gate | LevelDefinition] = [*made.gates.values(), *made.levels.levels]
    assert all(group.cites for group in groups)
    assert {one.id: one.cites[0].text for group in groups for one in group.criteria if one.cites} == {
        "run.is-a-drill-held": "Is a drill held?",
        "run.build-image": "build.image Is there an image?",
        "run.v1-2-is-supported": "v1.2 is supported",
        "build.d": "d",
    } or all(one.cites for one in made.gates["run"].criteria)
    [policy] = made.governance.policy.values()
    assert (policy.text, policy.cites[0].text) == (
        "logs are kept for 90 days.",
        "Keeping: logs are kept for 90 days.",
    )
    assert policy.cites[0].aside == ("90",)
    assert made.governance.prose == ("Governance", "No subject here.")


@pytest.mark.long
def test_what_the_page_asks_otherwise_is_not_asked_as_in_the_reference(
    run: Run, tmp_path: Path, page: bytes
) -> None:
    changed = page.decode().replace("Unit coverage ≥ 95 %", "Unit coverage ≥ 90 %").encode()
    _, made = imported(run, tmp_path, changed)
    ids = [one.id for one in made.gates["G1"].criteria]
    assert "G1.coverage" not in ids
    [added] = [one for one in made.gates["G1"].criteria if one.attested_by]
    assert added.question == "Does this hold: Unit coverage ≥ 90 % on domain folder?"
    assert [citation.text for citation in added.cites] == ["Unit coverage ≥ 90 % on domain folder."]
