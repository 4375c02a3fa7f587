"""CODEOWNERS: `init` writes it where the forge reads it, and `validate` proves that it covers what decides."""

import json
from collections.abc import Collection
from pathlib import Path

import pytest

from builders.workspaces import Run, write

ALL = ["gatekeeper.yaml", "gates/", "milestones/", "milestones/risk-register/", "services/"]
WHOLE = "\n".join(f"/readiness/{path} @org/team" for path in ALL) + "\n/CODEOWNERS @org/team\n"
NOBODY = "no line names an owner"
NOT_THERE = "the last line that matches names nobody who must approve"


@pytest.fixture
def repository(run: Run, tmp_path: Path) -> Path:
    """Return a repository with a workspace in a folder of it, recognised as one on GitHub."""
    (tmp_path / ".git").mkdir()
    write(tmp_path / ".github/workflows/check.yaml", "a: b\n")
    assert run("-C", tmp_path, "init", "readiness", "--minimal", "--service", "example").code == 0
    return tmp_path


def warned(run: Run, repository: Path, owners: str | None = None, file: str = "CODEOWNERS") -> list[str]:
    """Return the warnings of `validate`, without the name of the CODEOWNERS file."""
    (repository / "CODEOWNERS").unlink(missing_ok=True)
    if owners is not None:
        write(repository / file, owners)
    ran = run("-C", repository / "readiness", "validate")
    assert ran.code == 0
    start = f"warning: ../{file}:"
    assert all(line.startswith((start, "hint: ")) for line in ran.err.splitlines()), ran.err
    return [line.removeprefix(start) for line in ran.err.splitlines()]


def test_a_new_file_covers_everything_and_itself_but_names_no_real_team(run: Run, repository: Path) -> None:
    written = (repository / "CODEOWNERS").read_text(encoding="utf-8")
    [placeholder] = warned(run, repository, written)
    assert placeholder.startswith(
        "3:1: @your-org/architecture is a placeholder of `gatekeeper init` (GitHub); name"
    )
    assert warned(run, repository, written.replace("@your-org/", "@org/")) == []


@pytest.mark.parametrize("mark", [".github/a", ".gitlab-ci.yml", ".gitlab/a", None])
def test_the_new_file_is_right_on_every_forge(run: Run, tmp_path: Path, mark: str | None) -> None:
    (tmp_path / ".git").mkdir()
    if mark:
        write(tmp_path / mark, "a")
    ran = run("-C", tmp_path, "init", "a folder/of mine", "--minimal", "--service", "example")
    assert f"wrote {tmp_path / 'CODEOWNERS'}: replace its teams by yours" in ran.out
    assert not list((tmp_path / "a folder").rglob("CODEOWNERS"))
    written = (tmp_path / "CODEOWNERS").read_text(encoding="utf-8")
    assert "/a\\ folder/of\\ mine/gates/ " in written
    write(tmp_path / "CODEOWNERS", written.replace("@your-org/", "@org/"))
    assert run("-C", tmp_path / "a folder/of mine", "validate").err == ""


@pytest.mark.parametrize(
    "file", [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"]
)
def test_an_existing_file_is_kept_and_the_lines_are_shown(run: Run, tmp_path: Path, file: str) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path / file, "* @org/everybody\n")
    ran = run("-C", tmp_path, "init", "readiness", "--minimal", "--service", "example")
    assert ran.code == 0
    assert f"{tmp_path / file} exists: add these lines to it\n" in ran.out
    assert (tmp_path / file).read_text(encoding="utf-8") == "* @org/everybody\n"
    assert len(list(tmp_path.rglob("CODEOWNERS"))) == 1
    lines = [line for line in ran.out.splitlines() if line.startswith("/")]
    assert any(line.startswith(f"/{file} ") for line in lines)
    write(tmp_path / file, "\n".join(["* @org/everybody", *lines]).replace("@your-org/", "@org/"))
    assert run("-C", tmp_path / "readiness", "validate").err == ""


def test_a_workspace_in_the_root_needs_no_folder_in_its_lines(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    run("-C", tmp_path, "init", "--minimal")
    assert "\n/gates/ " in (tmp_path / "CODEOWNERS").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("owners", "expected"),
    [
        (WHOLE, []),
        ("* @org/team\n", []),
        ("readiness/ @org/team\nCODEOWNERS @org/team\n", []),
        ("# nothing\n", [*(f"1:1: readiness/{path}: {NOBODY}" for path in ALL), f"1:1: CODEOWNERS: {NOBODY}"]),
        (WHOLE.replace("/readiness/gates/ ", "/gates/ "), [f"1:1: readiness/gates/: {NOBODY}"]),
        (WHOLE.replace("/CODEOWNERS @org/team", ""), [f"1:1: CODEOWNERS: {NOBODY}"]),
        (WHOLE.replace("gatekeeper.yaml @org/team", "gatekeeper.yaml"), [f"1:1: readiness/gatekeeper.yaml: {NOT_THERE}"]),
        (WHOLE + "/readiness/gates/governance.yaml\n", [f"7:1: readiness/gates/governance.yaml: {NOT_THERE}"]),
        (WHOLE + "*\n", [*(f"7:1: readiness/{path}: {NOT_THERE}" for path in ALL), f"7:1: CODEOWNERS: {NOT_THERE}"]),
        (WHOLE + "/readiness/services/*/evidence.json\n", [f"7:1: readiness/services/example/evidence.json: {NOT_THERE}"]),
        (WHOLE.replace("services/", "services/*.yaml"), [f"1:1: readiness/services/example/evidence.json: {NOBODY}"]),
        (WHOLE.replace("milestones/ ", "milestones/beta.yaml ").replace("risk-register/", "** "), []),
        (WHOLE.replace("gates/", "gates/[abglr]*.yaml"), [f"1:1: readiness/gates/: {NOBODY}"]),
        (WHOLE.replace("gates/", "gates/g*.yaml"), [f"1:1: readiness/gates/api.yaml and 3 more in readiness/gates/: {NOBODY}"]),
        (
            WHOLE.replace("/readiness/gates/ @org/team", "\n".join(
                f"/readiness/gates/{name}.yaml @org/team" for name in ("api", "build", "run", "levels", "governance")
            )),
            [f"1:1: a new file in readiness/gates/: {NOBODY}"],
        ),
        ("* @your-org/team\n", ["1:1: @your-org/team is a placeholder"]),
        ("x" * 3_000_001, ["1:1: cannot be read, or is larger than 3 MB"]),
    ],
)  # fmt: skip
def test_what_has_no_owner_is_a_warning(
    run: Run, repository: Path, owners: str, expected: Collection[str]
) -> None:
    found = warned(run, repository, owners)
    assert len(found) == len(expected), found
    for start in expected:
        assert any(line.startswith(start) and "(GitHub)" in line for line in found), (start, found)


def test_the_line_to_add_covers_what_it_is_for(run: Run, repository: Path) -> None:
    lines = [line.partition("`")[2].partition("`")[0] for line in warned(run, repository, "# nothing\n")]
    assert warned(run, repository, "\n".join(lines).replace("@owner", "@org/team")) == []


def test_the_file_counts_where_the_forge_reads_it_first(run: Run, repository: Path) -> None:
    write(repository / "CODEOWNERS", WHOLE)
    write(repository / ".github/CODEOWNERS", "# nothing\n")
    ran = run("-C", repository / "readiness", "validate")
    assert "../.github/CODEOWNERS:1:1: readiness/gates/: " in ran.err
    assert "/.github/CODEOWNERS @owner" in ran.err


def test_a_file_that_the_forge_does_not_read_does_not_count(run: Run, repository: Path) -> None:
    (repository / "CODEOWNERS").unlink()
    write(repository / "readiness/CODEOWNERS", WHOLE)
    [line] = run("-C", repository / "readiness", "validate").err.splitlines()
    assert line.startswith(
        "warning: ../.github/CODEOWNERS:1:1: there is no .github/CODEOWNERS or CODEOWNERS or "
    )
    assert (
        "nobody must review a change (GitHub); write CODEOWNERS with owners of /readiness/gatekeeper.yaml, "
        in line
    )


GITLAB = "[Rules] @org/team\n/readiness/\n/CODEOWNERS\n"


@pytest.mark.parametrize(
    ("owners", "expected"),
    [
        (GITLAB, []),
        (
            f"^{GITLAB}",
            [*(f"2:1: readiness/{path}: {NOT_THERE}" for path in ALL), f"3:1: CODEOWNERS: {NOT_THERE}"],
        ),
        (f"{GITLAB}!/readiness/gates/\n", [f"4:1: readiness/gates/: {NOT_THERE}"]),
        (GITLAB.replace("/readiness/", "/readiness"), [f"1:1: readiness/{path}: {NOBODY}" for path in ALL]),
    ],
)
def test_the_rules_of_gitlab(run: Run, repository: Path, owners: str, expected: Collection[str]) -> None:
    (repository / ".github/workflows/check.yaml").unlink()
    (repository / ".github/workflows").rmdir()
    (repository / ".github").rmdir()
    write(repository / ".git/config", '[remote "origin"]\n\turl = git@gitlab.example.org:org/plan.git\n')
    found = warned(run, repository, owners)
    assert len(found) == len(expected), found
    for start in expected:
        assert any(line.startswith(start) and "(GitLab)" in line for line in found), (start, found)


def test_a_forge_that_is_not_recognised_may_be_either(run: Run, repository: Path) -> None:
    (repository / ".github").rename(repository / "github")
    assert warned(run, repository, WHOLE) == []
    found = warned(run, repository, WHOLE.replace("/readiness/gates/", "/readiness/gates"))
    assert [line.partition("; ")[0] for line in found] == [f"1:1: readiness/gates/: {NOBODY} (GitLab)"]
    both = warned(run, repository, WHOLE.replace("/CODEOWNERS", "/nothing"))
    assert [line.partition("; ")[0] for line in both] == [f"1:1: CODEOWNERS: {NOBODY} (GitHub and GitLab)"]
    [hint] = warned(run, repository)
    assert hint.startswith("hint: no CODEOWNERS names who must review a change")


def test_warnings_of_owners_are_in_json_and_not_in_check(run: Run, repository: Path) -> None:
    write(repository / "CODEOWNERS", WHOLE.replace("/CODEOWNERS", "/nothing"))
    ran = run("-C", repository / "readiness", "validate", "--format", "json")
    [warning] = json.loads(ran.out)["warnings"]
    assert (warning["file"], warning["hint"]) == ("../CODEOWNERS", "add the line `/CODEOWNERS @owner`")
    assert "warning" not in run("-C", repository / "readiness", "check").err


def test_other_folders_and_a_roster_of_its_own_need_owners(run: Run, repository: Path) -> None:
    (repository / "readiness/gates").rename(repository / "rules")
    (repository / "rules/governance.yaml").rename(repository / "readiness/people.yaml")
    settings = repository / "readiness/gatekeeper.yaml"
    added = "gates: ../rules\ngovernance: people.yaml\n"
    write(settings, settings.read_text(encoding="utf-8") + added)
    found = warned(run, repository, WHOLE)
    assert [line.partition(": no")[0] for line in found] == ["1:1: readiness/people.yaml", "1:1: rules/"]
