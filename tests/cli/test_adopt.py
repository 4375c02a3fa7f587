"""`gatekeeper adopt`: from folders of strangers to manifests, and `collect` for all of them."""

import json
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from builders.polyglot import SERVICES, clones
from builders.program import Kept, on_terminal
from builders.repositories import git
from builders.workspaces import Run, edit, write

CLONES = ("adopt", "../clones")
COLLECT = ("-C", "plan", "collect", "--from", "../clones/{repository}")


@pytest.fixture(autouse=True)
def platform(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with eight clones and a workspace without services, which is the current one."""
    monkeypatch.chdir(tmp_path)
    clones(tmp_path / "clones")
    assert run("init", "plan", "--minimal", "--service", "none").code == 0
    return tmp_path


def manifests(platform: Path) -> list[str]:
    return sorted(file.stem for file in (platform / "plan/services").glob("*.yaml"))


def test_eight_services_fit_a_screen(run: Run, platform: Path, snapshot: SnapshotAssertion) -> None:
    write(platform / "clones/kit/package.json", '{"name": "kit"}')
    write(platform / "clones/odd/catalog-info.yaml", "a: *b\n")
    ran = run("-C", "plan", *CLONES, "--yes")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == snapshot(extension_class=Kept)
    assert manifests(platform) == SERVICES
    again = run("-C", "plan", *CLONES, "--yes")
    assert again.code == 0
    assert "nothing to add to 8 services of the workspace\n" in again.out
    assert "nothing was written\n" in again.out


@pytest.mark.parametrize("more", [("--dry-run",), ("--dry-run", "--yes"), ("--format", "json")])
def test_nothing_is_written_unless_asked_for(run: Run, platform: Path, more: tuple[str, ...]) -> None:
    assert run("-C", "plan", *CLONES, *more).code == 0
    assert manifests(platform) == []


def test_without_a_terminal_somebody_has_to_say_yes(run: Run, platform: Path) -> None:
    ran = run("-C", "plan", *CLONES)
    assert (ran.code, manifests(platform)) == (2, [])
    assert (
        "nothing can be asked without a terminal: add --yes to write the manifests, or --dry-run to see them"
        in ran.err
    )


def test_on_a_terminal_it_asks_for_unknown_owners_and_before_it_writes(platform: Path) -> None:
    (platform / "clones/mail-service/.github/CODEOWNERS").unlink()
    plan, where = platform / "plan", platform / "clones"
    code, shown = on_terminal("-C", plan, "adopt", where, typed="Team Mail\nn\n")
    assert (code, manifests(platform)) == (0, []), shown
    assert "Owner of mail-service (Enter: not known): " in shown
    assert "Write 8 new manifests? [y/N]: " in shown
    code, shown = on_terminal("-C", plan, "adopt", where, "-s", "mail-service", typed="Team Mail\ny\n")
    assert (code, manifests(platform)) == (0, ["mail-service"]), shown
    assert "owner: Team Mail\n" in (plan / "services/mail-service.yaml").read_text("utf-8")


def test_the_facts_are_data_too(run: Run, platform: Path) -> None:
    said = json.loads(run("-C", "plan", *CLONES, "-s", "ledger-service", "--yes", "--format", "json").out)
    assert list(said) == ["schema_version", "written", "services", "not_taken", "unread", "remarks"]
    [service] = said["services"]
    assert (said["written"], service["service"], service["is_new"]) == (True, "ledger-service", True)
    assert service["sources"] == {
        "name": "../clones/ledger-service/pom.xml",
        "service": "../clones/ledger-service/pom.xml: spring-boot-maven-plugin",
        "profile": "../clones/ledger-service/pom.xml",
        "repository": "the remote `origin`",
        "owner": "CODEOWNERS",
        "plan": "basic at beta, all gates",
    }
    assert manifests(platform) == ["ledger-service"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("-C", "clones", "adopt", "."),
            "run this first: gatekeeper -C clones init --minimal --service none",
        ),
        (("-C", "plan", "adopt", "../nowhere", "--yes"), "../nowhere: there is no such folder"),
        (("-C", "plan", *CLONES, "--yes", "-s", "male-service"), "did you mean 'mail-service'?"),
        (("-C", "plan", *CLONES, "--yes", "--plan", "no.md"), "no.md cannot be read"),
    ],
)
def test_a_mistake_says_what_to_do(run: Run, arguments: tuple[str, ...], said: str) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert said in ran.err


def test_a_folder_without_services_is_said_to_have_none(run: Run, platform: Path) -> None:
    (platform / "empty").mkdir()
    ran = run("-C", "plan", "adopt", "../empty", "--yes")
    assert ran.code == 0
    assert ran.out.startswith("no service was found in")
    assert "the mark of an application: a Dockerfile" in " ".join(ran.out.split())
    assert ran.out.endswith("\nnothing was written\n")


# Collecting from all clones


def test_every_service_with_a_folder_is_recorded_a_line_each(run: Run, platform: Path) -> None:
    run("-C", "plan", *CLONES, "--yes")
    (platform / "clones/mail-service").rename(platform / "clones/letters")
    edit(
        platform / "plan/services/stock-service.yaml",
        "identity:\n  repository: forge.example/acme/stock-service\n",
        "",
    )
    ran = run(*COLLECT)
    assert (ran.code, ran.err) == (0, "")
    lines = " ".join(ran.out.split())
    assert "✓ basket-service 3 artefacts; wrote services/basket-service/evidence.json" in lines
    assert "? mail-service has no folder ../clones/{repository}" in lines
    assert "? stock-service states no repository: add `identity: {repository: ...}`" in lines
    assert ran.out.count("✓") == 6
    assert run(*COLLECT).out.count("nothing was written") == 6


def test_the_others_are_recorded_if_one_folder_is_of_another_repository(run: Run, platform: Path) -> None:
    run("-C", "plan", *CLONES, "--yes")
    git(
        platform / "clones/mail-service",
        "remote",
        "set-url",
        "origin",
        "https://forge.example/other/mail.git",
    )
    ran = run(*COLLECT)
    assert (ran.code, ran.out.count("✓")) == (2, 7)
    assert "not recorded: mail-service" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("collect",), "name a SERVICE, or write --from with {service} or {repository}"),
        (
            ("collect", "--from", "../clones"),
            "name a SERVICE, or write --from with {service} or {repository}",
        ),
        (
            ("collect", "--from", "{service}", "--commit", "abcdef1"),
            "every service is recorded: leave --commit out",
        ),
    ],
)
def test_all_services_need_a_folder_that_names_them(run: Run, arguments: tuple[str, ...], said: str) -> None:
    ran = run("-C", "plan", *arguments)
    assert ran.code == 2
    assert said in ran.err
