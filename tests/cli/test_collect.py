"""`collect`: evidence recorded in a service's own CI, and what `check` makes of the record."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from builders.program import AS_OF, criterion, one_service
from builders.repositories import commit_all, git
from builders.workspaces import Run, copy_of_pilot, edit, write

SERVICE = "payments-service"
AT = ("--at", "2026-11-18T10:00:00Z")
COLLECT = ("collect", SERVICE, *AT, "--commit", "5b1c7e9")
CHECK = ("check", "-m", "M2", "-s", SERVICE, *AS_OF, "--format", "json")


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return copy_of_pilot(tmp_path / "repository")


@pytest.fixture
def artefacts(pilot: Path, tmp_path: Path) -> Path:
    """Return the artefacts of the service, gone from the plan's repository to the service's own."""
    folder = tmp_path / "service"
    shutil.move(pilot / "services" / SERVICE, folder)
    return folder


@pytest.fixture(autouse=True)
def no_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the names out that the CI of these tests gives itself."""
    for name in ("GITHUB_WORKFLOW", "CI_JOB_NAME", "BUILD_DEFINITIONNAME"):
        monkeypatch.delenv(name, raising=False)


def record_of(pilot: Path, file: str = "evidence.json") -> Any:
    return json.loads((pilot / "services" / SERVICE / file).read_text(encoding="utf-8"))


def run_of(pilot: Path, file: str = "evidence.json") -> Any:
    """Return the last run of a record."""
    return record_of(pilot, file)["runs"][-1]


def test_a_record_takes_the_place_of_the_artefacts(run: Run, pilot: Path, artefacts: Path) -> None:
    assert run("-C", pilot, *CHECK).code == 1
    ran = run("-C", pilot, *COLLECT, "--from", artefacts)
    assert ran.code == 0, ran.err
    assert "load_test" in ran.out
    assert f"wrote services/{SERVICE}/evidence.json" in " ".join(ran.out.split())
    checked = run("-C", pilot, *CHECK)
    assert checked.code == 0
    service = one_service(checked.out)
    peak = criterion(service, "G7.peak-load")
    assert (peak["status"], peak["basis"]) == ("pass", "typed"), "the manifest states its date"
    assert criterion(service, "L2.use-cases")["basis"] == "record"
    assert peak["evidence"] == ["load_test"]
    evidence = service["evidence"]["load_test"]
    assert {part["commit"] for part in evidence["parts"]} == {"5b1c7e9"}
    assert evidence["path"] == "reports/k6-peak.json"
    explained = run("-C", pilot, "explain", "G7.peak-load", "-m", "M2", "-s", SERVICE, *AS_OF)
    assert "recorded by the service's CI" in " ".join(explained.out.split())


def test_collect_says_which_artefact_is_not_whole(run: Run, pilot: Path, artefacts: Path) -> None:
    edit(artefacts / "reports/isolation.xml", '.000Z" tests="2"', '.000Z" tests="5"')
    out = " ".join(run("-C", pilot, *COLLECT, "--from", artefacts).out.split())
    assert "≠ isolation_tests  reports/isolation.xml".replace("  ", " ") in out
    assert "- partial: test/isolation.test.ts: 5 tests are counted, but 2 are listed" in out
    assert out.count("≠") == 1


def test_an_artefact_at_hand_counts_before_the_record(run: Run, pilot: Path) -> None:
    assert run("-C", pilot, *COLLECT).code == 0
    write(pilot / f"services/{SERVICE}/reports/use-cases.xml", "<testsuite")
    service = one_service(run("-C", pilot, *CHECK).out)
    assert criterion(service, "L2.use-cases")["status"] == "unreadable"
    assert criterion(service, "G7.peak-load")["basis"] == "typed"


def test_a_dry_run_writes_nothing(run: Run, pilot: Path) -> None:
    ran = run("-C", pilot, *COLLECT, "--dry-run")
    assert ran.code == 0
    assert ran.out.endswith("nothing was written\n")
    assert not (pilot / f"services/{SERVICE}/evidence.json").exists()


def test_the_same_artefacts_and_clock_give_the_same_bytes(run: Run, pilot: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert run("-C", pilot, *COLLECT, "--out", tmp_path / name).code == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert record_of_is_small(tmp_path / "a")


def record_of_is_small(file: Path) -> bool:
    return file.stat().st_size < 12_000


def test_what_is_missing_or_unreadable_is_recorded_as_that(run: Run, pilot: Path, artefacts: Path) -> None:
    (artefacts / "reports/k6-peak.json").unlink()
    write(artefacts / "reports/use-cases.xml", "<testsuite")
    ran = run("-C", pilot, *COLLECT, "--from", artefacts)
    assert ran.code == 0
    assert "? load_test" in ran.out
    assert "! use_case_tests" in ran.out
    service = one_service(run("-C", pilot, *CHECK).out)
    assert criterion(service, "G7.peak-load")["status"] == "missing"
    use_cases = criterion(service, "L2.use-cases")
    assert use_cases["status"] == "unreadable"
    assert use_cases["reason"].startswith("reports/use-cases.xml: line 1: not XML")


def test_the_commit_is_that_of_the_artefacts_repository(run: Run, pilot: Path, artefacts: Path) -> None:
    commit_all(artefacts)
    head = subprocess.run(["git", "-C", artefacts, "rev-parse", "HEAD"], capture_output=True, check=True)
    assert run("-C", pilot, "collect", SERVICE, *AT, "--from", artefacts).code == 0
    assert run_of(pilot)["commit"] == head.stdout.decode().strip()
    # The release in the manifest is of another commit.
    peak = criterion(one_service(run("-C", pilot, *CHECK).out), "G7.peak-load")
    assert peak["status"] == "stale"
    assert "the release is 5b1c7e9" in peak["reason"]


def test_without_a_commit_evidence_of_the_release_is_stale(run: Run, pilot: Path, artefacts: Path) -> None:
    ran = run("-C", pilot, "collect", SERVICE, *AT, "--from", artefacts)
    assert "commit unknown: give it with --commit" in ran.out
    peak = criterion(one_service(run("-C", pilot, *CHECK).out), "G7.peak-load")
    assert (peak["status"], peak["reason"]) == (
        "stale",
        "`load_test` is of an unknown commit, the release is 5b1c7e9",
    )


def test_a_record_ages(run: Run, pilot: Path, artefacts: Path) -> None:
    assert run("-C", pilot, *COLLECT, "--from", artefacts).code == 0
    later = [*CHECK[:-4], "--as-of", "2027-01-15", "--format", "json"]
    peak = criterion(one_service(run("-C", pilot, *later).out), "G7.peak-load")
    assert (peak["status"], peak["reason"]) == ("stale", "`load_test` is 58 days old; at most 30 are allowed")


def test_a_record_from_the_future_is_refused(run: Run, pilot: Path, artefacts: Path) -> None:
    edit(pilot / f"services/{SERVICE}.yaml", "collected_at: 2026-11-18T09:00:00Z, ", "")
    command = ("collect", SERVICE, "--at", "2027-01-01T00:00:00Z", "--commit", "5b1c7e9")
    assert run("-C", pilot, *command, "--from", artefacts).code == 0
    peak = criterion(one_service(run("-C", pilot, *CHECK).out), "G7.peak-load")
    assert peak["status"] == "missing"
    assert "after the as-of date" in peak["reason"]


def test_a_pinned_digest_holds_for_the_record_too(run: Run, pilot: Path, artefacts: Path) -> None:
    assert run("-C", pilot, *COLLECT, "--from", artefacts).code == 0
    edit(
        pilot / f"services/{SERVICE}.yaml",
        "use_case_tests: {path: reports/use-cases.xml, commit: 5b1c7e9}",
        f"use_case_tests: {{path: reports/use-cases.xml, sha256: {'a' * 64}}}",
    )
    use_cases = criterion(one_service(run("-C", pilot, *CHECK).out), "L2.use-cases")
    assert use_cases["status"] == "unreadable"
    assert "does not match its pin" in use_cases["reason"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"schema_version": 9}', b"\xff"])
def test_a_broken_record_opens_what_rests_on_it(
    run: Run, pilot: Path, artefacts: Path, content: bytes
) -> None:
    assert artefacts.is_dir()
    write(pilot / f"services/{SERVICE}/evidence.json", content)
    ran = run("-C", pilot, *CHECK)
    assert ran.code == 1
    service = one_service(ran.out)
    peak = criterion(service, "G7.peak-load")
    assert peak["status"] == "unreadable"
    assert peak["reason"].startswith(f"examples/pilot/services/{SERVICE}/evidence.json: ")
    assert criterion(service, "L1.scaffold")["status"] == "pass"


def test_a_record_that_is_a_link_out_of_the_repository_is_not_followed(
    run: Run, pilot: Path, artefacts: Path
) -> None:
    assert run("-C", pilot, *COLLECT, "--from", artefacts, "--out", artefacts / "evidence.json").code == 0
    folder = pilot / "services" / SERVICE
    folder.mkdir()
    (folder / "evidence.json").symlink_to(artefacts / "evidence.json")
    peak = criterion(one_service(run("-C", pilot, *CHECK).out), "G7.peak-load")
    assert peak["status"] == "unreadable"
    assert "is outside the repository" in peak["reason"]


def test_shards_of_a_report_are_merged(run: Run, pilot: Path, artefacts: Path) -> None:
    shard = (artefacts / "reports/use-cases.xml").read_text(encoding="utf-8")
    for number in (1, 2):
        write(artefacts / f"reports/shards/{number}.xml", shard.replace("use cases", f"shard {number}"))
    edit(
        pilot / f"services/{SERVICE}.yaml",
        "use_case_tests: {path: reports/use-cases.xml, commit: 5b1c7e9}",
        "use_case_tests: {path: reports/shards/*.xml, commit: 5b1c7e9}",
    )
    assert run("-C", pilot, *COLLECT, "--from", artefacts).code == 0
    [entry] = [entry for entry in run_of(pilot)["evidence"] if entry["slot"] == "use_case_tests"]
    assert entry["facts"]["total"] == 6
    assert criterion(one_service(run("-C", pilot, *CHECK).out), "L2.use-cases")["status"] == "pass"


def test_a_folder_without_any_of_it_is_told(run: Run, pilot: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = run("-C", pilot, *COLLECT, "--from", tmp_path / "empty")
    assert ran.code == 0
    told = f"{tmp_path / 'empty'} has none of these artefacts; check --from, which is relative to -C"
    assert "".join(told.split()) in "".join(ran.out.split())
    assert "is --from right" not in run("-C", pilot, *COLLECT).out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("payment-service", "unknown service 'payment-service'; did you mean 'payments-service'?"),
        ("payments-service --from nowhere", "--from nowhere: there is no such folder"),
        ("payments-service --commit 5b1c", "--commit 5b1c: write at least seven hexadecimal digits"),
        ("payments-service --pipeline a/b", "--pipeline a/b: write up to 32 letters, digits, `-` and `_`"),
        ("payments-service --at soon", "--at soon: write a time as 2026-11-20T10:00:00Z"),
    ],
)
def test_wrong_usage_is_told(run: Run, pilot: Path, arguments: str, told: str) -> None:
    ran = run("-C", pilot, "collect", *arguments.split())
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err


def test_a_service_that_maps_nothing_is_told(run: Run, workspace: Path) -> None:
    ran = run("-C", workspace, "collect", "identity-service")
    assert ran.code == 2
    assert "identity-service maps no evidence: add `evidence` to services/identity-service.yaml" in ran.err


def test_now_is_the_time_of_a_record(run: Run, pilot: Path) -> None:
    assert run("-C", pilot, "collect", SERVICE).code == 0
    assert run_of(pilot)["collected_at"].endswith("Z")


def test_a_record_states_where_it_comes_from_and_no_credentials(
    run: Run, pilot: Path, artefacts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit_all(artefacts)
    git(artefacts, "remote", "add", "origin", "https://ci:SECRET@forge.example:8443/acme/Payments.git")
    monkeypatch.setenv("GITHUB_WORKFLOW", "Build & Test!")
    monkeypatch.setenv("GITHUB_RUN_ID", "77")
    monkeypatch.setenv("GITHUB_RUN_ATTEMPT", "2")
    ran = run("-C", pilot, "collect", SERVICE, *AT, "--from", artefacts)
    assert ran.code == 0, ran.err
    assert record_of(pilot, "evidence/build-test.json")["pipeline"] == "build-test"
    record = run_of(pilot, "evidence/build-test.json")
    assert (record["repository"], record["run"]) == ("forge.example/acme/Payments", "77-2")
    assert record["committed_at"] == git(artefacts, "show", "-s", "--format=%cI").strip().replace(
        "+00:00", "Z"
    )
    assert "SECRET" not in ran.out + json.dumps(record)
    named = ("--pipeline", "load", "--run", "a/1")
    assert run("-C", pilot, *COLLECT, "--from", artefacts, *named).code == 0
    assert run_of(pilot, "evidence/load.json")["run"] == "a/1"


def test_a_report_that_is_older_than_its_commit_is_told(run: Run, pilot: Path, artefacts: Path) -> None:
    commit_all(artefacts, on="2026-11-18T10:30:00Z")
    ran = run("-C", pilot, "collect", SERVICE, *AT, "--from", artefacts)
    [told] = re.findall(
        r"made before the commit, so not of that commit; run it again: (.*) wrote", " ".join(ran.out.split())
    )
    assert "reports/k6-peak.json" in told.split(", ")
    commit = run_of(pilot)["commit"]
    edit(pilot / f"services/{SERVICE}.yaml", "commit: 5b1c7e9}", f"commit: {commit}}}")
    peak = criterion(one_service(run("-C", pilot, *CHECK).out), "G7.peak-load")
    assert peak["status"] == "stale"
    assert peak["reason"].startswith("`load_test` is of 2026-11-18T09:00:00Z, before its commit was made: ")


def test_collecting_unchanged_bytes_again_does_not_make_them_fresher(
    run: Run, pilot: Path, artefacts: Path
) -> None:
    undated = '<testsuite><testcase name="places an order"/></testsuite>'
    write(artefacts / "reports/use-cases.xml", undated)
    first, later = ("2026-11-01T10:00:00Z", "2026-11-18T10:00:00Z")
    command = ("collect", SERVICE, "--commit", "5b1c7e9", "--from", artefacts, "--at")
    assert run("-C", pilot, *command, first).code == 0
    ran = run("-C", pilot, *command, later)
    assert "so as old as in the last record: " in " ".join(ran.out.split())
    assert date_of(run, pilot) == first
    write(artefacts / "reports/use-cases.xml", undated + "\n")
    assert run("-C", pilot, *command, later).code == 0
    assert date_of(run, pilot) == later


def date_of(run: Run, pilot: Path) -> Any:
    [part] = one_service(run("-C", pilot, *CHECK).out)["evidence"]["use_case_tests"]["parts"]
    return part["produced_at"]


def test_a_last_record_that_cannot_be_read_is_told(run: Run, pilot: Path, artefacts: Path) -> None:
    write(pilot / f"services/{SERVICE}/evidence.json", "{")
    ran = run("-C", pilot, *COLLECT, "--from", artefacts)
    assert ran.code == 0
    assert "cannot be read, so that nothing of it is kept: " in " ".join(ran.out.split())
    assert record_of(pilot)["schema_version"] == 3


def test_a_service_is_collected_from_its_own_repository_only(run: Run, pilot: Path, artefacts: Path) -> None:
    commit_all(artefacts)
    ran = run("-C", pilot, *COLLECT, "--from", artefacts)
    assert "states no `identity: {repository: ...}`" in " ".join(ran.out.split())
    manifest = pilot / f"services/{SERVICE}.yaml"
    edit(manifest, "\nrelease:", "\nidentity: {repository: git@forge.example:acme/payments.git}\nrelease:")
    ran = run("-C", pilot, *COLLECT, "--from", artefacts)
    assert "own repository: the folder has no remote `origin`" in " ".join(ran.out.split())
    git(artefacts, "remote", "add", "origin", "https://forge.example/acme/basket.git")
    ran = run("-C", pilot, *COLLECT, "--from", artefacts)
    assert ran.code == 2
    assert (
        "is of the repository forge.example/acme/payments, and the artefacts are of forge.example/acme/basket"
        in ran.err
    )
    git(artefacts, "remote", "set-url", "origin", "ssh://git@Forge.example:22/acme/payments")
    ran = run("-C", pilot, *COLLECT, "--from", artefacts)
    assert (ran.code, "own repository" in ran.out) == (0, False)


def test_the_record_of_another_service_is_about_something_else(
    run: Run, pilot: Path, artefacts: Path
) -> None:
    """Somebody copies a record and writes the name of another service into it."""
    commit_all(artefacts)
    git(artefacts, "remote", "add", "origin", "https://forge.example/acme/basket.git")
    assert run("-C", pilot, *COLLECT, "--from", artefacts).code == 0
    manifest = pilot / f"services/{SERVICE}.yaml"
    edit(manifest, "\nrelease:", "\nidentity: {repository: https://forge.example/acme/payments}\nrelease:")
    service = one_service(run("-C", pilot, *CHECK).out)
    peak = criterion(service, "G7.peak-load")
    assert (peak["status"], peak["reason_code"]) == ("unproven", "other-subject")
    assert "acme/basket" in peak["reason"]


def test_a_run_of_an_older_commit_says_what_it_replaces(run: Run, pilot: Path, artefacts: Path) -> None:
    """Somebody starts the pipeline of last week again."""
    commit_all(artefacts, on="2026-11-16T10:00:00Z")
    old = git(artefacts, "rev-parse", "HEAD").strip()
    git(artefacts, "commit", "--allow-empty", "-q", "-m", "newer")
    newer = git(artefacts, "rev-parse", "HEAD").strip()
    command = ("-C", pilot, "collect", SERVICE, *AT, "--from", artefacts, "--commit")
    assert "replaces what was recorded" not in run(*command, newer).out
    told = " ".join(run(*command, old).out.split())
    assert f"this run replaces what was recorded of the newer commit {newer}, made at " in told
    assert run_of(pilot)["commit"] == old
