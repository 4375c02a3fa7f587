"""`collect` by several pipelines and runs: what each replaces, what is kept, and what `check` makes of all of it."""

import itertools
import json
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders.program import AS_OF, criterion, one_service, process
from builders.repositories import commit_all
from builders.workspaces import Run, copy_of_pilot, edit, write

SERVICE = "payments-service"
CHECK = ("check", "-m", "M2", "-s", SERVICE, *AS_OF, "--format", "json")
REPORTS = {
    "load_test": "reports/k6-peak.json",
    "isolation_tests": "reports/isolation.xml",
    "use_case_tests": "reports/use-cases.xml",
    "slos": "slos.yaml",
}


@pytest.fixture(autouse=True)
def no_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the names out that the CI of these tests gives itself."""
    for name in ("GITHUB_WORKFLOW", "CI_JOB_NAME", "BUILD_DEFINITIONNAME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return pilot_in(tmp_path / "repository")


def pilot_in(folder: Path) -> Path:
    pilot = copy_of_pilot(folder)
    edit(
        pilot / f"services/{SERVICE}.yaml",
        "capability_tests: {path: reports/use-cases.xml",
        "capability_tests: {path: reports/others.xml",
    )
    return pilot


@pytest.fixture
def artefacts(pilot: Path, tmp_path: Path) -> Path:
    """Return the artefacts of the service, gone from the plan's repository to the service's own."""
    folder = tmp_path / "service"
    shutil.move(pilot / "services" / SERVICE, folder)
    return folder


class Job:
    """A job of the service's CI, which has some of its artefacts."""

    def __init__(self, run: Run, pilot: Path, artefacts: Path, *slots: str) -> None:
        self.folder = artefacts.parent / f"job-{len(slots)}-{slots[0]}"
        self._run, self._pilot = run, pilot
        for slot in slots:
            write(self.folder / REPORTS[slot], (artefacts / REPORTS[slot]).read_text(encoding="utf-8"))

    def collect(self, *arguments: str, at: str = "2026-11-18T10:00:00Z", commit: str = "5b1c7e9") -> str:
        """Collect what the job has; return the screen in one line."""
        options = ("--from", self.folder, "--at", at, "--commit", commit, *arguments)
        ran = self._run("-C", self._pilot, "collect", SERVICE, *options)
        assert ran.code == 0, ran.err
        return " ".join(ran.out.split())


def runs_of(pilot: Path, file: str = "evidence.json") -> list[Any]:
    record = json.loads((pilot / "services" / SERVICE / file).read_text(encoding="utf-8"))
    found: list[Any] = record["runs"]
    return found


def slots_of(run: Any) -> list[str]:
    return [entry["slot"] for entry in run["evidence"]]


def entries_of(pilot: Path, file: str = "evidence.json") -> dict[str, Any]:
    """Return each entry with what its run states, by slot."""
    return {
        entry["slot"]: {**run, "evidence": entry} for run in runs_of(pilot, file) for entry in run["evidence"]
    }


def test_two_jobs_that_name_no_pipeline_both_count(run: Run, pilot: Path, artefacts: Path) -> None:
    Job(run, pilot, artefacts, "load_test").collect()
    told = Job(run, pilot, artefacts, "use_case_tests").collect(at="2026-11-18T11:00:00Z")
    assert "- load_test not found; kept from the run of 2026-11-18T10:00:00Z, commit 5b1c7e9" in told
    assert "? slos there is no file at slos.yaml; nothing is recorded" in told
    service = one_service(run("-C", pilot, *CHECK).out)
    assert criterion(service, "G7.peak-load")["status"] == "pass"
    assert criterion(service, "L2.use-cases")["status"] == "pass"


@pytest.mark.parametrize("is_first", [True, False])
def test_two_pipelines_have_a_file_each_and_both_count(
    run: Run, pilot: Path, artefacts: Path, *, is_first: bool
) -> None:
    pipelines = [("load", "load_test"), ("unit", "use_case_tests")]
    for name, slot in pipelines if is_first else reversed(pipelines):
        told = Job(run, pilot, artefacts, slot).collect("--pipeline", name, "--run", f"{name}-1")
        assert f"wrote services/{SERVICE}/evidence/{name}.json" in told
    other = "load_test" if is_first else "use_case_tests"
    assert f"- {other} not found; recorded by the pipeline {'load' if is_first else 'unit'}" in told
    assert not (pilot / "services" / SERVICE / "evidence.json").exists()
    service = one_service(run("-C", pilot, *CHECK).out)
    assert criterion(service, "G7.peak-load")["status"] == "pass"
    assert criterion(service, "L2.use-cases")["status"] == "pass"
    assert "record" not in run("-C", pilot, "validate").err


def test_what_a_run_does_not_collect_keeps_its_run_with_its_own_commit_and_dates(
    run: Run, pilot: Path, artefacts: Path
) -> None:
    Job(run, pilot, artefacts, "load_test", "slos").collect("--run", "1", at="2026-11-10T10:00:00Z")
    before = entries_of(pilot)
    Job(run, pilot, artefacts, "use_case_tests", "slos").collect("--run", "2", commit="aaaaaaa")
    assert [slots_of(one) for one in runs_of(pilot)] == [["load_test"], ["use_case_tests", "slos"]]
    assert [(one["run"], one["commit"]) for one in runs_of(pilot)] == [("1", "5b1c7e9"), ("2", "aaaaaaa")]
    assert entries_of(pilot)["load_test"] == before["load_test"] | {
        "evidence": before["load_test"]["evidence"]
    }


def test_the_slots_that_are_named_are_replaced_and_no_others(run: Run, pilot: Path, artefacts: Path) -> None:
    job = Job(run, pilot, artefacts, "load_test", "use_case_tests", "slos")
    job.collect()
    before = entries_of(pilot)
    for report in (*job.folder.glob("reports/*"), job.folder / "slos.yaml"):
        report.unlink()
    told = job.collect("--slot", "load_test", at="2026-11-18T12:00:00Z")
    assert "? load_test there is no file at reports/k6-peak.json" in told
    assert "reports/use-cases.xml" not in told
    after = entries_of(pilot)
    assert after["load_test"]["evidence"]["status"] == "missing"
    assert {**after, "load_test": None} == {**before, "load_test": None}
    service = one_service(run("-C", pilot, *CHECK).out)
    assert criterion(service, "G7.peak-load")["status"] == "missing"
    assert criterion(service, "L2.use-cases")["status"] == "pass"
    told = job.collect("--slot", "load_test", at="2026-11-18T13:00:00Z")
    assert "has this evidence of this commit already: nothing was written" in told


def test_several_slots_are_named(run: Run, pilot: Path, artefacts: Path) -> None:
    job = Job(run, pilot, artefacts, "load_test", "use_case_tests", "slos")
    job.collect("--slot", "slos", "--slot", "use_case_tests")
    assert sorted(entries_of(pilot)) == ["slos", "use_case_tests"]
    ran = run("-C", pilot, "collect", SERVICE, "--slot", "load-test")
    assert (ran.code, ran.out) == (2, "")
    assert "unknown evidence slot 'load-test'; did you mean 'load_test'?" in ran.err


def test_the_same_evidence_of_the_same_commit_is_not_written_again(
    run: Run, pilot: Path, artefacts: Path
) -> None:
    job = Job(run, pilot, artefacts, "load_test", "use_case_tests", "slos")
    job.collect("--run", "1")
    file = pilot / "services" / SERVICE / "evidence.json"
    before = file.read_bytes()
    for again in ("2", "3"):
        told = job.collect("--run", again, at=f"2026-11-18T1{again}:00:00Z")
        assert f"services/{SERVICE}/evidence.json has this evidence of this commit already" in told
        assert file.read_bytes() == before
    assert "wrote" in job.collect("--run", "4", commit="aaaaaaa")
    [only] = runs_of(pilot)
    assert (only["run"], only["commit"]) == ("4", "aaaaaaa")


def test_an_empty_list_of_findings_is_as_new_as_its_last_run(run: Run, pilot: Path, artefacts: Path) -> None:
    """It has the same bytes whenever it is made, so that its age is that of the run."""
    job = Job(run, pilot, artefacts, "use_case_tests")
    write(job.folder / REPORTS["use_case_tests"], '<testsuite tests="0"/>')
    job.collect()
    write(job.folder / REPORTS["use_case_tests"], '<testsuite><testcase name="a"/></testsuite>')
    assert "wrote" in job.collect()


def test_a_run_with_nothing_leaves_the_record_as_it_is(run: Run, pilot: Path, artefacts: Path) -> None:
    Job(run, pilot, artefacts, "load_test").collect()
    before = (pilot / "services" / SERVICE / "evidence.json").read_bytes()
    nothing = artefacts.parent / "nothing"
    nothing.mkdir()
    ran = run("-C", pilot, "collect", SERVICE, "--from", nothing, "--at", "2026-11-19T10:00:00Z")
    assert (ran.code, ran.out.endswith("nothing was written\n")) == (0, True)
    assert (pilot / "services" / SERVICE / "evidence.json").read_bytes() == before


def test_an_empty_report_that_is_there_replaces_the_last_one(run: Run, pilot: Path, artefacts: Path) -> None:
    job = Job(run, pilot, artefacts, "use_case_tests")
    job.collect()
    write(job.folder / REPORTS["use_case_tests"], "")
    job.collect(at="2026-11-18T11:00:00Z")
    assert criterion(one_service(run("-C", pilot, *CHECK).out), "L2.use-cases")["status"] != "pass"


@pytest.mark.parametrize(("first", "then"), [("ci", "CI"), (None, "Default")])
def test_names_of_pipelines_that_differ_by_case_only_are_refused(
    run: Run, pilot: Path, artefacts: Path, first: str | None, then: str
) -> None:
    job = Job(run, pilot, artefacts, "load_test")
    job.collect(*(["--pipeline", first] if first else []))
    ran = run("-C", pilot, "collect", SERVICE, "--from", job.folder, "--pipeline", then)
    assert ran.code == 2
    assert f"--pipeline {then}: the pipeline {first or 'default'} differs only by case" in ran.err


@pytest.mark.parametrize(
    ("file", "content", "why"),
    [
        ("evidence/CI.json", None, "the name of another record differs from"),
        ("evidence/default.json", None, "a record is evidence.json or evidence/<pipeline>.json"),
        ("evidence/load test.json", None, "a record is evidence.json or evidence/<pipeline>.json"),
        ("evidence/load.JSON", None, "a record is evidence.json or evidence/<pipeline>.json"),
        ("evidence/load.json", None, "the record is of the pipeline 'ci', not of 'load'"),
        ("evidence/load.json", "{}", "schema_version is missing"),
        ("evidence/load.json", "{", "EOF"),
        ("evidence/load.json", '{"schema_version": 2}', "the record is of the service None"),
    ],
)
def test_a_file_that_may_be_a_record_and_cannot_be_read_is_never_passed_over(
    run: Run, pilot: Path, artefacts: Path, file: str, content: str | None, why: str
) -> None:
    Job(run, pilot, artefacts, "load_test").collect("--pipeline", "ci")
    folder = pilot / "services" / SERVICE
    write(folder / file, content or (folder / "evidence/ci.json").read_text(encoding="utf-8"))
    ran = run("-C", pilot, "validate")
    assert ran.code == 0
    assert f"services/{SERVICE}/{file}:1:" in ran.err
    assert why in ran.err
    assert "or remove it; if it is an artefact, map it" in ran.err
    checked = run("-C", pilot, *CHECK)
    peak = criterion(one_service(checked.out), "G7.peak-load")
    assert peak["status"] == "unreadable", "it may hold another answer"


def test_an_artefact_in_the_folder_of_records_is_no_record(run: Run, pilot: Path, artefacts: Path) -> None:
    Job(run, pilot, artefacts, "use_case_tests").collect("--pipeline", "ci")
    folder = pilot / "services" / SERVICE
    shutil.copy(artefacts / REPORTS["load_test"], folder / "evidence/k6.json")
    assert f"services/{SERVICE}/evidence/k6.json:1:1" in run("-C", pilot, "validate").err
    edit(pilot / f"services/{SERVICE}.yaml", "reports/k6-peak.json", "evidence/k6.json")
    assert "record" not in run("-C", pilot, "validate").err
    service = one_service(run("-C", pilot, *CHECK).out)
    assert criterion(service, "L2.use-cases")["basis"] == "record"
    assert service["evidence"]["load_test"]["status"] == "ok"


def test_a_record_of_version_2_is_added_to(run: Run, pilot: Path, artefacts: Path) -> None:
    Job(run, pilot, artefacts, "load_test").collect("--run", "1")
    file = pilot / "services" / SERVICE / "evidence.json"
    [only] = runs_of(pilot)
    before = {"schema_version": 2, "service": SERVICE, "pipeline": "build", **only}
    write(file, json.dumps(before))
    assert "record" not in run("-C", pilot, "validate").err
    Job(run, pilot, artefacts, "slos").collect("--run", "2")
    assert [one["run"] for one in runs_of(pilot)] == ["1", "2"]
    assert runs_of(pilot)[0]["evidence"] == only["evidence"]


def test_processes_that_collect_at_once_lose_nothing(run: Run, pilot: Path, artefacts: Path) -> None:
    jobs = [Job(run, pilot, artefacts, slot) for slot in REPORTS]
    commands = [("-C", pilot, "collect", SERVICE, "--from", job.folder) for job in jobs]
    with ThreadPoolExecutor(len(jobs)) as pool:
        ended = list(pool.map(lambda command: process(*command), commands))
    assert [one.returncode for one in ended] == [0] * len(jobs), [one.stderr for one in ended]
    assert sorted(entries_of(pilot)) == sorted(REPORTS)


def test_a_record_elsewhere_has_what_the_workspace_had(run: Run, pilot: Path, artefacts: Path) -> None:
    Job(run, pilot, artefacts, "load_test").collect()
    out = artefacts.parent / "new.json"
    Job(run, pilot, artefacts, "slos").collect("--out", str(out))
    assert sorted(entries_of(pilot)) == ["load_test"]
    written = json.loads(out.read_text(encoding="utf-8"))
    assert [slots_of(one) for one in written["runs"]] == [["load_test"], ["slos"]]


FAILED = "<testsuite><testcase name='{}'><failure message='no'/></testcase></testsuite>"
PASSED = "<testsuite><testcase name='{}'/></testsuite>"


def collect_tests(run: Run, pilot: Path, artefacts: Path, *, passed: bool, **of: str) -> str:
    """Let a pipeline collect use-case tests that passed or failed."""
    job = Job(run, pilot, artefacts, "use_case_tests")
    name = f"[L2.use-cases] places an order, {of.get('pipeline')} {of.get('at')}"
    write(job.folder / REPORTS["use_case_tests"], (PASSED if passed else FAILED).format(name))
    options = {"at": "2026-11-18T10:00:00Z", **of}
    return job.collect("--pipeline", options.pop("pipeline", "unit"), **options)


def use_cases(run: Run, pilot: Path) -> Any:
    return criterion(one_service(run("-C", pilot, *CHECK).out), "L2.use-cases")


@pytest.mark.parametrize("is_first", [True, False])
def test_of_two_records_of_one_commit_the_worse_answer_counts(
    run: Run, pilot: Path, artefacts: Path, *, is_first: bool
) -> None:
    at = ("2026-11-18T10:00:00Z", "2026-11-18T11:00:00Z")
    collect_tests(run, pilot, artefacts, passed=is_first, pipeline="unit", at=at[0])
    collect_tests(run, pilot, artefacts, passed=not is_first, pipeline="nightly", at=at[1])
    found = use_cases(run, pilot)
    worst = "nightly" if is_first else "unit"
    told = f"the worst record of the commit counts: `use_case_tests` as the pipeline {worst} recorded it"
    assert (found["status"], found["reason"]) == ("fail", told)
    assert found["reasons"][0]["message"].endswith(told)
    explained = run("-C", pilot, "explain", "L2.use-cases", "-m", "M2", "-s", SERVICE, *AS_OF).out
    assert told in " ".join(explained.split())
    assert f"recorded by the service's CI, pipeline {worst}" in " ".join(explained.split())


def test_two_records_that_agree_need_no_explanation(run: Run, pilot: Path, artefacts: Path) -> None:
    for pipeline in ("unit", "nightly"):
        collect_tests(run, pilot, artefacts, passed=True, pipeline=pipeline)
    assert use_cases(run, pilot)["status"] == "pass"
    for pipeline in ("unit", "nightly"):
        collect_tests(run, pilot, artefacts, passed=False, pipeline=pipeline)
    found = use_cases(run, pilot)
    assert (found["status"], found["reason"]) == ("fail", None)


def test_missing_in_a_pipeline_that_must_deliver_it_is_the_worse_answer(
    run: Run, pilot: Path, artefacts: Path
) -> None:
    collect_tests(run, pilot, artefacts, passed=True, pipeline="unit")
    Job(run, pilot, artefacts, "load_test").collect("--pipeline", "nightly", "--slot", "use_case_tests")
    assert use_cases(run, pilot)["status"] == "missing"


@pytest.mark.parametrize("is_newer_first", [True, False])
def test_of_two_records_of_different_commits_the_newer_commit_counts(
    run: Run, pilot: Path, artefacts: Path, *, is_newer_first: bool
) -> None:
    """Not the one that was collected last: a slow pipeline may end after the next commit was tested."""
    records = [("unit", "fail", "aaaaaaa", "17"), ("nightly", "pass", "5b1c7e9", "18")]
    for pipeline, status, commit, day in reversed(records) if is_newer_first else records:
        collect_tests(run, pilot, artefacts, passed=status == "pass", pipeline=pipeline, commit=commit)
        file = pilot / "services" / SERVICE / f"evidence/{pipeline}.json"
        dated = f'"committed_at": "2026-11-{day}T08:00:00Z"'
        write(file, file.read_text("utf-8").replace('"committed_at": null', dated))
    found = use_cases(run, pilot)
    assert (found["status"], found["reason"]) == ("pass", None)


def test_a_commit_that_is_not_known_may_be_the_same(run: Run, pilot: Path, artefacts: Path) -> None:
    collect_tests(run, pilot, artefacts, passed=False, pipeline="unit")
    file = pilot / "services" / SERVICE / "evidence/unit.json"
    write(file, file.read_text("utf-8").replace('"commit": "5b1c7e9"', '"commit": null'))
    collect_tests(run, pilot, artefacts, passed=True, pipeline="nightly", at="2026-11-19T10:00:00Z")
    assert use_cases(run, pilot)["status"] == "fail"


def test_more_records_of_one_commit_than_can_be_compared_are_open(
    run: Run, pilot: Path, artefacts: Path
) -> None:
    collect_tests(run, pilot, artefacts, passed=True, pipeline="p0")
    folder = pilot / "services" / SERVICE / "evidence"
    first = (folder / "p0.json").read_text("utf-8")
    for number in range(1, 65):
        write(folder / f"p{number}.json", first.replace("p0", f"p{number}"))
    found = use_cases(run, pilot)
    assert found["status"] == "unreadable"
    assert found["reason"].startswith("too many pipelines recorded the same slots of one commit")
    (folder / "p64.json").unlink()
    assert use_cases(run, pilot)["status"] == "pass"
    same = first.replace('"p0"', '"p64"').replace("2026-11-18T10:00:00Z", "2026-11-18T10:07:00Z")
    write(folder / "p64.json", same)
    assert use_cases(run, pilot)["status"] == "pass"


def test_tests_that_pass_on_a_second_attempt_are_told(run: Run, pilot: Path, artefacts: Path) -> None:
    told = "and failed before on the same commit"
    first = collect_tests(run, pilot, artefacts, passed=False, at="2026-11-18T10:00:00Z")
    assert told not in first
    second = collect_tests(run, pilot, artefacts, passed=True, at="2026-11-18T11:00:00Z")
    assert f"use_case_tests passes on attempt 2, {told}" in second
    [entry] = runs_of(pilot, "evidence/unit.json")[0]["evidence"]
    [attempt] = entry["attempts"]
    assert (attempt["collected_at"], attempt["failed"]) == ("2026-11-18T10:00:00Z", 1)
    shown = ("explain", "L2.use-cases", "-m", "M2", "-s", SERVICE, *AS_OF)
    explained = " ".join(run("-C", pilot, *shown).out.split())
    assert "passed on attempt 2, failed before on the same commit" in explained
    service = one_service(run("-C", pilot, *CHECK).out)
    assert service["evidence"]["use_case_tests"]["attempts"][0]["failed"] == 1
    third = collect_tests(run, pilot, artefacts, passed=True, at="2026-11-18T12:00:00Z", commit="aaaaaaa")
    assert told not in third
    assert "attempts" not in runs_of(pilot, "evidence/unit.json")[0]["evidence"][0]


def test_the_verdict_does_not_depend_on_the_order_of_pipelines(
    run: Run, pilot: Path, artefacts: Path
) -> None:
    of = [("load", "load_test", "5b1c7e9"), ("unit", "use_case_tests", "5b1c7e9"), ("slo", "slos", "aaaaaaa")]
    verdicts = set()
    for order in itertools.permutations(of):
        shutil.rmtree(pilot / "services" / SERVICE, ignore_errors=True)
        for pipeline, slot, commit in order:
            Job(run, pilot, artefacts, slot).collect("--pipeline", pipeline, commit=commit)
        verdicts.add(run("-C", pilot, *CHECK).out)
    assert len(verdicts) == 1


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["default", "a", "b"]),
            st.sets(st.sampled_from(sorted(REPORTS)), min_size=1),
            st.booleans(),
            st.sampled_from(["5b1c7e9", "aaaaaaa"]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_a_run_never_changes_the_entries_of_other_slots(
    run: Run, made: list[tuple[str, set[str], bool, str]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pilot = pilot_in(Path(folder) / "repository")
        artefacts = Path(folder) / "service"
        shutil.move(pilot / "services" / SERVICE, artefacts)
        for at, (pipeline, slots, is_named, commit) in enumerate(made):
            file = "evidence.json" if pipeline == "default" else f"evidence/{pipeline}.json"
            exists = (pilot / "services" / SERVICE / file).exists()
            before = entries_of(pilot, file) if exists else {}
            job = Job(run, pilot, artefacts, *sorted(slots))
            named = [word for slot in sorted(slots) for word in ("--slot", slot)] if is_named else []
            job.collect("--pipeline", pipeline, *named, at=f"2026-11-18T1{at}:00:00Z", commit=commit)
            after = entries_of(pilot, file)
            assert after.keys() == before.keys() | slots
            assert {slot: after[slot] for slot in before.keys() - slots} == {
                slot: before[slot] for slot in before.keys() - slots
            }


def disagreeing(run: Run, pilot: Path, artefacts: Path) -> None:
    """Commit a workspace in which a pipeline recorded a failure, and another one of the same commit a pass."""
    collect_tests(run, pilot, artefacts, passed=False, pipeline="nightly")
    collect_tests(run, pilot, artefacts, passed=True, pipeline="unit", at="2026-11-18T11:00:00Z")
    shutil.rmtree(pilot.parents[1] / ".git")
    commit_all(pilot.parents[1])


def test_a_record_that_showed_a_failure_is_not_removed_in_silence(
    run: Run, pilot: Path, artefacts: Path
) -> None:
    disagreeing(run, pilot, artefacts)
    (pilot / "services" / SERVICE / "evidence/nightly.json").unlink()
    assert use_cases(run, pilot)["status"] == "pass"
    ran = run("-C", pilot, "diff", "HEAD", *AS_OF)
    assert ran.code == 1
    assert "`use_case_tests` has other records and the same bytes" in " ".join(ran.out.split())


def test_a_newer_record_that_showed_a_failure_is_not_removed_in_silence(
    run: Run, pilot: Path, artefacts: Path
) -> None:
    name = f"services/{SERVICE}.yaml"
    edit(pilot / name, "release: {version: 1.3.0, commit: 5b1c7e9}", "release: {version: 1.3.0}")
    edit(pilot / name, "isolation_tests: {path: reports/isolation.xml, commit: 5b1c7e9}", "")
    edit(
        pilot / name,
        "use_case_tests: {path: reports/use-cases.xml, commit: 5b1c7e9}",
        "use_case_tests: reports/use-cases.xml",
    )
    collect_tests(run, pilot, artefacts, passed=True, pipeline="unit", commit="aaaaaaa")
    collect_tests(run, pilot, artefacts, passed=False, pipeline="nightly", at="2026-11-18T11:00:00Z")
    assert use_cases(run, pilot)["status"] == "fail"
    shutil.rmtree(pilot.parents[1] / ".git")
    commit_all(pilot.parents[1])
    (pilot / "services" / SERVICE / "evidence/nightly.json").unlink()
    assert use_cases(run, pilot)["status"] == "pass"
    ran = run("-C", pilot, "diff", "HEAD", *AS_OF)
    assert ran.code == 1
    told = " ".join(ran.out.split())
    assert "`use_case_tests` goes back to an earlier record, by the pipeline unit: L2.use-cases" in told
    assert told.count("goes back to an earlier record") == 1


def test_a_pipeline_that_passes_when_it_runs_again_closes_what_it_opened(
    run: Run, pilot: Path, artefacts: Path
) -> None:
    disagreeing(run, pilot, artefacts)
    collect_tests(run, pilot, artefacts, passed=True, pipeline="nightly", at="2026-11-18T12:00:00Z")
    assert use_cases(run, pilot)["status"] == "pass"
    ran = run("-C", pilot, "diff", "HEAD", *AS_OF)
    assert "other records" not in " ".join(ran.out.split()), ran.out
    assert ran.code == 0, ran.out


def test_a_run_whose_commit_is_not_known_says_so(run: Run, pilot: Path, artefacts: Path) -> None:
    said = " ".join(run("-C", pilot, "collect", SERVICE, "--from", artefacts).out.split())
    assert "the commit is not known, so that this counts beside the records of every commit" in said
    said = run("-C", pilot, "collect", SERVICE, "--from", artefacts, "--commit", "5b1c7e9").out
    assert "commit is not known" not in said


def test_explain_says_once_why_the_worst_record_has_no_facts(run: Run, pilot: Path, artefacts: Path) -> None:
    job = Job(run, pilot, artefacts, "load_test")
    job.collect("--pipeline", "unit")
    (job.folder / REPORTS["load_test"]).unlink()
    job.collect("--pipeline", "nightly", "--slot", "load_test", at="2026-11-18T11:00:00Z")
    told = run("-C", pilot, "explain", "G7.peak-load", "-s", SERVICE, "-m", "M2", *AS_OF).out
    assert " ".join(told.split()).count("there is no file at reports/k6-peak.json") == 1


def test_a_record_is_not_written_through_a_link(run: Run, pilot: Path, artefacts: Path) -> None:
    governance = (pilot / "governance.yaml").read_bytes()
    folder = pilot / "services" / SERVICE / "evidence"
    folder.mkdir(parents=True)
    (folder / "unit.json").symlink_to(pilot / "governance.yaml")
    ran = run("-C", pilot, "collect", SERVICE, "--from", artefacts, "--pipeline", "unit")
    assert ran.code == 2
    assert "unit.json is a link" in ran.err
    assert (pilot / "governance.yaml").read_bytes() == governance
