"""What is read and written: regular files of the repository, and nothing that belongs to Git."""

import json
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.program import AS_OF, contents, criterion, environment, one_service, process
from builders.repositories import git
from builders.workspaces import Run, copy_of_pilot, edit, write
from gatekeeper.cli.command_list import COMPLETING

PAYMENTS = "services/payments-service"
USE_CASES = "use_case_tests: {path: reports/use-cases.xml, commit: 5b1c7e9}"
OF_GIT = "belongs to Git, not to the workspace"
OUTSIDE = "is outside the repository once links are followed"
needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return copy_of_pilot(tmp_path / "repository")


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    return tmp_path / "outside"


def use_cases(run: Run, pilot: Path) -> tuple[str, str]:
    """Return the status of the use cases of a service, and the reason."""
    ran = run("-C", pilot, "check", "-m", "M2", "-s", "payments-service", *AS_OF, "--format", "json")
    found = criterion(one_service(ran.out), "L2.use-cases")
    return found["status"], found.get("reason") or ""


@pytest.mark.parametrize(
    "path",
    [
        "../../../../.git/tests.xml",
        "../../../../.GIT/tests.xml",
        "../../../../.git",
        "../../../../.git/*.xml",
        "../../../../.git/**",
        "link.xml",
        "folder-link/tests.xml",
        "folder-link",
        "sub/.git",
    ],
)
def test_what_belongs_to_git_is_no_artefact(run: Run, pilot: Path, path: str) -> None:
    """Otherwise a report would show what the configuration holds, such as a token."""
    service, repository = pilot / PAYMENTS, pilot.parents[1]
    for place in (".git", ".GIT"):
        shutil.copy(service / "reports/use-cases.xml", write(repository / place / "tests.xml", ""))
    (service / "link.xml").symlink_to(repository / ".git/tests.xml")
    (service / "folder-link").symlink_to(repository / ".git")
    shutil.copy(service / "reports/use-cases.xml", write(service / "sub/.git", ""))
    edit(
        pilot / f"{PAYMENTS}.yaml",
        USE_CASES,
        f"use_case_tests: {{path: {json.dumps(path)}, commit: 5b1c7e9}}",
    )
    status, reason = use_cases(run, pilot)
    assert status == "unreadable"
    assert OF_GIT in reason


@pytest.mark.parametrize("folder", ["../../../outside", "link", "../../.git"])
@pytest.mark.parametrize("file", [f"{PAYMENTS}.yaml", "gatekeeper.yaml"])
def test_a_folder_of_artefacts_outside_the_repository_is_not_read(
    run: Run, pilot: Path, outside: Path, folder: str, file: str
) -> None:
    for place in (outside, pilot.parents[1] / ".git"):
        shutil.copytree(pilot / PAYMENTS / "reports", place / "reports")
    (pilot / "link").symlink_to(outside)
    (pilot / file).write_text(f"folder: {folder}\n{(pilot / file).read_text('utf-8')}", "utf-8")
    status, reason = use_cases(run, pilot)
    assert status == "unreadable"
    assert OUTSIDE in reason or OF_GIT in reason
    ran = run("-C", pilot, "collect", "payments-service", "--dry-run")
    assert (ran.code, "the folder" in ran.err) == (2, True)


@pytest.mark.parametrize("path", ["reports/whole", "reports/whole/**/*", "reports/{whole,x}/**"])
def test_a_folder_is_read_without_what_belongs_to_git(run: Run, pilot: Path, path: str) -> None:
    """The folder of a submodule has a `.git`, and so has a folder that a tool cloned."""
    reports = pilot / PAYMENTS / "reports"
    (reports / "whole").mkdir()
    shutil.copy(reports / "use-cases.xml", reports / "whole/a.xml")
    for place in (".git", "inner/.git/config", "inner/.GIT/hooks/x"):
        write(reports / "whole" / place, "no test report")
    edit(
        pilot / f"{PAYMENTS}.yaml",
        USE_CASES,
        f"use_case_tests: {{path: {json.dumps(path)}, commit: 5b1c7e9}}",
    )
    assert use_cases(run, pilot) == ("pass", "")


def test_facts_show_nothing_that_belongs_to_git(run: Run, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "remote", "add", "origin", "https://user:secret@example.org/r.git")
    for path in (tmp_path / ".git/config", tmp_path / ".git", ".git/config"):
        ran = run("-C", tmp_path, "facts", "document", path)
        assert (ran.code, "secret" in ran.out + ran.err) == (1, False)
        assert OF_GIT in " ".join((ran.out + ran.err).split())


def test_manifests_are_not_read_from_the_folder_of_git(run: Run, pilot: Path) -> None:
    shutil.copytree(pilot / "services", pilot.parents[1] / ".git/services")
    edit(pilot / "gatekeeper.yaml", "gates:", "services: ../../.git/services\ngates:")
    ran = run("-C", pilot, "validate")
    assert ran.code == 3
    assert OF_GIT in ran.err


# What is written stays in the repository, too.


def refused(run: Run, pilot: Path, outside: Path, *arguments: object, code: int = 2) -> str:
    """Run a command that must not write anything; return its message."""
    before = contents(pilot)
    ran = run("-C", pilot, *arguments)
    assert ran.code == code, ran.out + ran.err
    assert list(outside.iterdir()) == []
    assert contents(pilot) == before
    return " ".join(ran.err.split())


def test_a_record_is_not_written_through_a_linked_folder(run: Run, pilot: Path, outside: Path) -> None:
    artefacts = pilot.parents[2] / "artefacts"
    (pilot / PAYMENTS).rename(artefacts)
    (pilot / PAYMENTS).symlink_to(outside)
    arguments = ("collect", "payments-service", "--from", artefacts)
    assert OUTSIDE in refused(run, pilot, outside, *arguments)
    assert OUTSIDE in refused(run, pilot, outside, *arguments, "--dry-run")
    ran = run("-C", pilot, *arguments, "--out", outside / "own-choice.json")
    assert ran.code == 0, ran.err
    assert [file.name for file in outside.iterdir()] == ["own-choice.json"]


@pytest.mark.parametrize("target", ["hooks", "elsewhere"])
def test_a_record_is_not_written_through_a_link(run: Run, pilot: Path, outside: Path, target: str) -> None:
    targets = {"hooks": pilot.parents[1] / ".git/post-checkout", "elsewhere": outside / "x"}
    (pilot / PAYMENTS / "evidence.json").symlink_to(targets[target])
    message = refused(run, pilot, outside, "collect", "payments-service")
    assert (OF_GIT if target == "hooks" else OUTSIDE) in message
    assert not targets[target].exists()


def test_a_record_is_written_through_a_link_inside_the_repository(run: Run, pilot: Path) -> None:
    (pilot / PAYMENTS).rename(pilot / "moved")
    (pilot / PAYMENTS).symlink_to(pilot / "moved")
    assert run("-C", pilot, "collect", "payments-service").code == 0
    assert (pilot / "moved/evidence.json").is_file()


@pytest.mark.parametrize("linked", ["manifest", "folder"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("attest", "orders-service", "capability:split-deliveries", "--by", "ada", "--role", "owner",
         "--link", "https://example.org/1"),
        ("sign", "orders-service", "L2", "--by", "ada", "--role", "owner", "--link", "https://example.org/1"),
    ],
    ids=["attest", "sign"],
)  # fmt: skip
def test_a_manifest_outside_is_not_edited(
    run: Run, pilot: Path, tmp_path: Path, outside: Path, linked: str, arguments: tuple[str, ...]
) -> None:
    services, elsewhere = pilot / "services", tmp_path / "elsewhere"
    shutil.copytree(services, elsewhere)
    if linked == "manifest":
        (services / "orders-service.yaml").unlink()
        (services / "orders-service.yaml").symlink_to(elsewhere / "orders-service.yaml")
    else:
        shutil.rmtree(services)
        services.symlink_to(elsewhere)
    before = contents(elsewhere)
    assert OUTSIDE in refused(run, pilot, outside, *arguments, code=3)
    assert contents(elsewhere) == before


def test_an_exception_is_not_written_into_a_linked_register(run: Run, pilot: Path, outside: Path) -> None:
    register = pilot / "milestones/risk-register"
    shutil.rmtree(register, ignore_errors=True)
    register.symlink_to(outside)
    ran = refused(run, pilot, outside, "except", "open", "payments-service", "--delta", "L4.chaos", "--delta", "L4.capabilities", "--delta", "capability:instalments",
                  "--risk", "r", "--approved-by", "dana", "--link", "https://example.org", "-m", "M3", *AS_OF)  # fmt: skip
    assert OUTSIDE in ran


@pytest.mark.parametrize("start", ["--minimal", "--empty", "--reference"])
@pytest.mark.parametrize("linked", ["services", "gates", "milestones"])
def test_a_new_workspace_is_not_written_through_a_link(
    run: Run, tmp_path: Path, outside: Path, start: str, linked: str
) -> None:
    target = tmp_path / "new"
    (target / ".git").mkdir(parents=True)
    (target / linked).symlink_to(outside)
    ran = run("init", target, start, "--yes")
    assert ran.code == 2
    assert OUTSIDE in " ".join(ran.err.split())
    assert list(outside.iterdir()) == []
    assert sorted(path.name for path in target.iterdir()) == [".git", linked]


def test_a_new_workspace_may_be_named_by_a_link(run: Run, tmp_path: Path, outside: Path) -> None:
    (tmp_path / "named").symlink_to(outside)
    assert run("init", tmp_path / "named", "--minimal", "--yes").code == 0
    assert (outside / "gatekeeper.yaml").is_file()


def test_a_new_service_is_not_written_through_a_link(run: Run, pilot: Path, outside: Path) -> None:
    edit(pilot / "gatekeeper.yaml", "gates:", "services: linked\ngates:")
    (pilot / "linked").symlink_to(outside)
    shutil.rmtree(pilot / "milestones/risk-register")
    assert OUTSIDE in refused(run, pilot, outside, "init", "--service", "new-service")


# Only regular files are opened: whoever reads a pipe waits for its other end.


@pytest.fixture
def never_waiting(run: Run) -> Iterator[Run]:
    """Run the program; fail if it has not ended after a minute."""

    def give_up(*_: object) -> None:
        pytest.fail("it waits for the other end of a pipe")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(60)
    yield run
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


@needs_pipes
@pytest.mark.parametrize("arguments", [
    ("facts", "document", "{}"),
    ("verify-report", "{}", "--key", "{}"),
    ("docs", "--check", "{}"),
    ("docs", "import", "{}", "new"),
])  # fmt: skip
def test_a_pipe_that_is_named_is_not_opened(
    never_waiting: Run, pilot: Path, pipe: Path, arguments: tuple[str, ...]
) -> None:
    ran = never_waiting("-C", pilot, *(argument.format(pipe) for argument in arguments))
    assert ran.code in (1, 2), ran.err
    assert "Traceback" not in ran.err


@needs_pipes
@pytest.mark.parametrize(
    "manifest",
    ["gatekeeper.yaml", "services/orders-service.yaml", "milestones/M1.yaml", "governance.yaml",
     "../../gates/levels.yaml", "../../gates/G1.yaml"],
)  # fmt: skip
def test_a_manifest_that_is_a_pipe_is_reported(never_waiting: Run, pilot: Path, manifest: str) -> None:
    (pilot / manifest).unlink()
    os.mkfifo(pilot / manifest)
    ran = never_waiting("-C", pilot, "validate")
    assert ran.code == 3, ran.err
    assert f"{manifest}:1:1: cannot be read: it is not a regular file" in ran.err


@needs_pipes
@pytest.mark.parametrize("path", ["pipes", "pipes/a.xml", "pipes/*", "linked.xml"])
def test_a_pipe_in_place_of_an_artefact_is_not_opened(never_waiting: Run, pilot: Path, path: str) -> None:
    service = pilot / PAYMENTS
    (service / "pipes").mkdir()
    os.mkfifo(service / "pipes/a.xml")
    (service / "linked.xml").symlink_to("pipes/a.xml")
    edit(
        pilot / f"{PAYMENTS}.yaml",
        USE_CASES,
        f"use_case_tests: {{path: {json.dumps(path)}, commit: 5b1c7e9}}",
    )
    status, reason = use_cases(never_waiting, pilot)
    assert status == ("missing" if path.endswith(".xml") else "unreadable")
    assert ("it is not a regular file" in reason) is not path.endswith(".xml")
    ran = never_waiting("-C", pilot, "collect", "payments-service", "--from", service, "--dry-run")
    assert ran.code == 0, ran.err


@pytest.mark.long
def test_a_glob_in_a_manifest_takes_no_time(pilot: Path) -> None:
    """A regular expression would try more ways to divide the folders than there are atoms."""
    write(pilot / PAYMENTS / ("a/" * 40 + "x.xml"), "")
    edit(pilot / f"{PAYMENTS}.yaml", USE_CASES, f"use_case_tests: {json.dumps('**/' * 12 + 'zzz')}")
    done = process("-C", pilot, "check", "-m", "M2", "-s", "payments-service", *AS_OF, "--format", "json")
    assert criterion(one_service(done.stdout.decode()), "L2.use-cases")["status"] == "missing"


@needs_pipes
@pytest.mark.parametrize("words", ["check -s ", "explain ", "check --owner ", "sign orders-service "])
def test_completion_does_not_open_a_pipe(pilot: Path, words: str) -> None:
    os.mkfifo(pilot / "services/a.yaml")
    os.mkfifo(pilot.parents[1] / "gates/a.yaml")
    (pilot.parents[1] / "gates/levels.yaml").unlink()
    os.mkfifo(pilot.parents[1] / "gates/levels.yaml")
    line = f"gatekeeper -C {pilot} {words}"
    variables = {COMPLETING: "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)}
    done = process(env=environment(**variables))
    assert done.stderr == b""
    assert bool(done.stdout.strip()) is not words.startswith("sign")  # levels are in the pipe
