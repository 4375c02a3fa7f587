"""`collect --part` and `collect --merge`: the jobs of one run, each with a part of the artefacts."""

import json
import shutil
import struct
import warnings
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from builders.program import AS_OF, criterion, one_service
from builders.repositories import commit_all, git
from builders.workspaces import Ran, Run, copy_of_pilot, edit, write
from gatekeeper.evidence import part_files

SERVICE = "payments-service"
CHECK = ("check", "-m", "M2", "-s", SERVICE, *AS_OF, "--format", "json")
REPORT = "reports/use-cases.xml"
CASE = '<testsuite><testcase name="[L2.use-cases] {}"/></testsuite>'


@pytest.fixture(autouse=True)
def no_pipeline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Leave the names out that the CI of these tests gives itself, and write parts to a folder of the test."""
    for name in ("GITHUB_WORKFLOW", "CI_JOB_NAME", "BUILD_DEFINITIONNAME", "GITHUB_RUN_ID", "CI_PIPELINE_ID"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "parts").mkdir()
    monkeypatch.chdir(tmp_path / "parts")


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    return tmp_path / "parts"


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    pilot = copy_of_pilot(tmp_path / "repository")
    shutil.move(pilot / "services" / SERVICE, tmp_path / "service")
    manifest = pilot / f"services/{SERVICE}.yaml"
    edit(manifest, "capability_tests: {path: reports/use-cases.xml", "capability_tests: {path: reports/x.xml")
    return pilot


class Jobs:
    """The jobs of a run, each of which has one report."""

    def __init__(self, run: Run, pilot: Path) -> None:
        self.run, self.pilot = run, pilot
        self.folder = pilot.parents[2] / "job"

    def part(self, of: str, *more: str, **files: str) -> Ran:
        """Write a part file with these artefacts; `report` is that of the use-case tests."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        for name, text in files.items():
            write(self.folder / (REPORT if name == "report" else name), text)
        about = {"--commit": "5b1c7e9", "--run": "7", "--at": "2026-11-18T10:00:00Z"}
        about |= dict(zip(more[::2], more[1::2], strict=True))
        options = [word for option in about.items() for word in option]
        return self.run("-C", self.pilot, "collect", SERVICE, "--from", self.folder, "--part", of, *options)

    def three(self) -> None:
        """Write the three parts of a run, with a passed test each."""
        for number in "123":
            assert self.part(f"{number}/3", report=CASE.format(f"case {number}")).code == 0

    def merge(self, *paths: object) -> Ran:
        options = [word for path in paths or (Path.cwd(),) for word in ("--merge", path)]
        return self.run("-C", self.pilot, "collect", SERVICE, *options)

    def use_cases(self) -> Any:
        return criterion(one_service(self.run("-C", self.pilot, *CHECK).out), "L2.use-cases")

    def entry(self) -> Any:
        record = json.loads((self.pilot / "services" / SERVICE / "evidence.json").read_text("utf-8"))
        [entry] = record["runs"][-1]["evidence"]
        return entry


@pytest.fixture
def jobs(run: Run, pilot: Path) -> Jobs:
    return Jobs(run, pilot)


def flat(ran: Ran) -> str:
    return " ".join((ran.out + ran.err).split())


def test_the_parts_of_a_run_are_one_artefact(jobs: Jobs, parts: Path) -> None:
    told = flat(jobs.part("1/3", report=CASE.format("case 1")))
    assert "wrote part 1 of 3: " in told
    assert f"gatekeeper -C {jobs.pilot} collect payments-service --merge FOLDER" in told
    assert (parts / f"{SERVICE}.default.part-1-of-3.zip").is_file()
    assert not (jobs.pilot / "services" / SERVICE).exists()
    jobs.three()
    assert jobs.use_cases()["status"] == "missing", "a part file is never judged"
    assert jobs.merge().code == 0
    entry = jobs.entry()
    assert (entry["facts"]["total"], len(entry["facts"]["passed"])) == (3, 3)
    assert [part["path"] for part in entry["parts"]] == [f"part-{number}/{REPORT}" for number in (1, 2, 3)]
    assert all("partial" not in part for part in entry["parts"])
    assert jobs.use_cases()["status"] == "pass"


def test_a_part_that_failed_fails(jobs: Jobs) -> None:
    jobs.three()
    jobs.part("2/3", report=CASE.format("case 2").replace("/></", "><failure/></testcase></"))
    assert jobs.merge().code == 0
    assert jobs.use_cases()["status"] == "fail"


def test_without_all_parts_a_slot_is_partial(jobs: Jobs, parts: Path) -> None:
    jobs.three()
    (parts / f"{SERVICE}.default.part-3-of-3.zip").unlink()
    told = flat(jobs.merge())
    assert "2 of 3 parts were collected: part 3 is missing; what is recorded is partial" in told
    found = jobs.use_cases()
    assert (found["status"], found["reason_code"]) == ("unproven", "partial")
    assert "2 of 3 parts were collected: part 3 is missing" in found["reason"]


def test_a_part_without_the_report_makes_the_slot_partial(jobs: Jobs) -> None:
    """Its job crashed before it wrote the report, which looks like a part that never had one."""
    jobs.three()
    assert "this part has no artefact; check --from" in jobs.part("3/3").out
    assert jobs.merge().code == 0
    assert jobs.use_cases()["reason_code"] == "partial"
    assert "part 3 of 3 has no file of it" in jobs.use_cases()["reason"]


def test_a_part_that_names_other_slots_need_not_have_a_slot(jobs: Jobs) -> None:
    jobs.part("1/2", "--slot", "use_case_tests", report=CASE.format("case"))
    slos = "slos.yaml"
    jobs.part(
        "2/2", "--slot", "slos", **{slos: (jobs.pilot.parents[2] / "service" / slos).read_text("utf-8")}
    )
    assert jobs.merge().code == 0
    assert jobs.use_cases()["status"] == "pass"


def test_a_part_that_names_no_slot_keeps_what_other_parts_do_not_name(jobs: Jobs) -> None:
    slos = (jobs.pilot.parents[2] / "service/slos.yaml").read_text("utf-8")
    jobs.part("1/2", report=CASE.format("case 1"), **{"slos.yaml": slos})
    jobs.part("2/2", "--slot", "use_case_tests", report=CASE.format("case 2"))
    told = jobs.merge().out
    assert "✓ slos  slos.yaml" in told
    assert "? isolation_tests" in told, "a slot that nobody names and nobody has is told, and not recorded"
    assert jobs.use_cases()["status"] == "pass"


def test_a_slot_that_is_named_and_in_no_part_is_missing(jobs: Jobs) -> None:
    jobs.part("1/1", "--slot", "use_case_tests")
    assert jobs.merge().code == 0
    assert jobs.entry()["status"] == "missing"


def test_parts_without_any_artefact_are_told(jobs: Jobs) -> None:
    jobs.part("1/1")
    assert "the parts have none of these artefacts\n" in jobs.merge().out


def test_parts_with_the_same_report_are_partial(jobs: Jobs) -> None:
    """Every job ran the first shard."""
    for number in "12":
        jobs.part(f"{number}/2", report=CASE.format("case"))
    assert jobs.merge().code == 0
    assert "parts 1, 2 have the same report" in jobs.use_cases()["reason"]


@pytest.mark.parametrize(("expected", "status"), [(3, "pass"), (4, "unproven")])
def test_the_parts_that_a_slot_expects_are_those_of_the_run(jobs: Jobs, expected: int, status: str) -> None:
    gates = jobs.pilot.parents[1] / "gates"
    [file] = [file for file in gates.glob("*.yaml") if "  use_case_tests:" in file.read_text("utf-8")]
    text = file.read_text("utf-8")
    start = text.index("  use_case_tests:")
    line = text[start : text.index("\n", start)]
    edit(file, line, line.replace("{", f"{{parts: {expected}, ", 1))
    jobs.three()
    assert jobs.merge().code == 0
    assert jobs.use_cases()["status"] == status


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--run", "8", "part 2 of 3, run 8"),
        ("--commit", "aaaaaaa", "part 2 of 3, commit aaaaaaa"),
        ("--pipeline", "ci", "part 2 of 3, pipeline ci"),
    ],
)
def test_runs_never_mix(jobs: Jobs, option: str, value: str, told: str) -> None:
    jobs.part("1/3", report=CASE.format("case 1"))
    jobs.part("2/3", option, value, report=CASE.format("case 2"))
    ran = jobs.merge()
    assert (ran.code, ran.out) == (2, "")
    assert "these parts are not of one run:" in ran.err
    assert told in flat(ran)
    assert not (jobs.pilot / "services" / SERVICE).exists()


def of_another(about: dict[str, Any]) -> dict[str, Any]:
    """Return what a part states, of another repository."""
    return about | {"stamp": about["stamp"] | {"repository": "forge.example/acme/basket"}}


def test_parts_of_another_number_or_repository_never_mix(jobs: Jobs, parts: Path) -> None:
    jobs.part("1/3", report=CASE.format("case 1"))
    jobs.part("2/2", report=CASE.format("case 2"))
    assert "part 2 of 2" in flat(jobs.merge())
    (parts / f"{SERVICE}.default.part-2-of-2.zip").unlink()
    file = parts / f"{SERVICE}.default.part-1-of-3.zip"
    changed(file, lambda about: of_another(about) | {"part": 2}, parts / "b.zip")
    told = flat(jobs.merge())
    assert "repository unknown" in told
    assert "repository forge.example/acme/basket" in told


def test_parts_of_another_repository_or_service_are_refused(jobs: Jobs, parts: Path) -> None:
    jobs.three()
    commit_all(jobs.folder)
    git(jobs.folder, "remote", "add", "origin", "https://forge.example/acme/basket.git")
    edit(
        jobs.pilot / f"services/{SERVICE}.yaml",
        "\nrelease:",
        "\nidentity: {repository: forge.example/acme/payments}\nrelease:",
    )
    file = parts / f"{SERVICE}.default.part-1-of-3.zip"
    changed(file, lambda about: of_another(about) | {"of": 1}, parts / "b.zip")
    ran = jobs.merge(parts / "b.zip")
    assert "the artefacts are of forge.example/acme/basket" in flat(ran)
    changed(file, lambda about: about | {"service": "orders-service"}, file)
    ran = jobs.merge()
    assert (ran.code, "these are not all parts of payments-service:" in ran.err) == (2, True)
    assert "service orders-service" in flat(ran)


def test_a_part_twice_is_one_and_with_other_artefacts_an_error(jobs: Jobs, parts: Path) -> None:
    jobs.three()
    first = parts / f"{SERVICE}.default.part-1-of-3.zip"
    shutil.copytree(parts, parts / "again")
    assert jobs.merge().code == 0
    assert jobs.entry()["facts"]["total"] == 3
    jobs.part("1/3", report=CASE.format("another case"))
    ran = jobs.merge()
    assert ran.code == 2
    assert "part 1 is there twice, with other artefacts:" in ran.err
    assert str(first) in "".join(ran.err.split())


def test_a_part_is_not_written_below_the_services(jobs: Jobs) -> None:
    ran = jobs.part("1/3", "--out", str(jobs.pilot / "services"), report=CASE.format("case"))
    assert ran.code == 2
    assert "is in the folder of the services: name another place with --out" in flat(ran)


def test_the_same_parts_give_the_same_record(jobs: Jobs, parts: Path) -> None:
    jobs.three()
    assert jobs.merge().code == 0
    before = (jobs.pilot / "services" / SERVICE / "evidence.json").read_bytes()
    assert "has this evidence of this commit already" in flat(jobs.merge())
    shutil.rmtree(jobs.pilot / "services" / SERVICE)
    assert jobs.merge(*sorted(parts.iterdir(), reverse=True)).code == 0
    assert (jobs.pilot / "services" / SERVICE / "evidence.json").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("--part 3", "--part 3: write which part it is, and of how many: 2/3"),
        ("--part 4/3", "--part 4/3: write which part it is"),
        ("--part 0/3", "--part 0/3: write which part it is"),
        ("--part 1/1001", "--part 1/1001: write which part it is"),
        ("--part 1/3 --merge x", "use one of them"),
        (
            "--merge x --run 7",
            "--merge takes all of --from, --commit, --pipeline, --run and --at from the parts",
        ),
        ("--merge nowhere", "it cannot be read: No such file or directory"),
        ("--merge .", "there is no part file (`*.zip`)"),
    ],
)
def test_wrong_usage_is_told(jobs: Jobs, arguments: str, told: str) -> None:
    ran = jobs.run("-C", jobs.pilot, "collect", SERVICE, *arguments.split())
    assert (ran.code, ran.out) == (2, "")
    assert told in flat(ran)


# What somebody may put in place of a part file


def changed(file: Path, change: Callable[[Any], Any], to: Path) -> None:
    """Write a part file with another description."""
    with zipfile.ZipFile(file) as zipped:
        members = {name: zipped.read(name) for name in zipped.namelist()}
    members["part.json"] = json.dumps(change(json.loads(members["part.json"]))).encode()
    to.write_bytes(zip_of(list(members.items())))


def zip_of(
    members: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED, mode: int = 0o100644
) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", method) as zipped, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a name that is there twice
        for name, content in members:
            info = zipfile.ZipInfo(name)
            info.compress_type, info.external_attr = method, mode << 16
            zipped.writestr(info, content)
    return data.getvalue()


GOOD = b'{"schema_version": 1}'
DIGEST = "0" * 64


def bomb() -> bytes:
    """Return a zip with a member that says it has ten bytes, and has a thousand times what may be read."""
    whole = zip_of([("part.json", b"\0" * 50_000_000)])
    small = struct.pack("<I", 10)
    at = whole.index(b"PK\x01\x02")
    return whole[:22] + small + whole[26 : at + 24] + small + whole[at + 28 :]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "it does not end like a part file"),
        (b"PK\x05\x06" + b"\0" * 18, "it has no part.json"),
        (zip_of([("part.json", GOOD)])[:-10], "it does not end like a part file"),
        (zip_of([("part.json", GOOD)]) + b"x", "it does not end like a part file"),
        (zip_of([("part.json", b"[]")]), "part.json is not of schema version 1"),
        (zip_of([("part.json", b"{")]), "part.json: "),
        (zip_of([("part.json", b'{"schema_version": 1}')]), "part.json: service: Field required"),
        (zip_of([("../../evidence.json", b"{}")]), "a part file has no member '../../evidence.json'"),
        (zip_of([("/etc/passwd", b"{}")]), "a part file has no member '/etc/passwd'"),
        (zip_of([("Part.json", GOOD), ("part.json", GOOD)]), "a part file has no member 'Part.json'"),
        (zip_of([(f"files/{DIGEST.replace('0', 'A')}", b"")]), "a part file has no member"),
        (zip_of([("files/", b"")]), "a part file has no member 'files/'"),
        (zip_of([("part.json", GOOD), ("part.json", GOOD)]), "part.json is there twice"),
        (zip_of([("part.json", b"/etc/passwd")], mode=0o120777), "part.json is not a regular file"),
        (zip_of([("part.json", GOOD)], zipfile.ZIP_BZIP2), "compressed by another method than deflate"),
        (zip_of([("part.json", GOOD)]).replace(b"\x14\0\0\0", b"\x14\0\x01\0"), "is encrypted"),
        (zip_of([("part.json", b'{"schema_version": 1}')], zipfile.ZIP_STORED).replace(b"n\": 1", b"n\": 2"), "not a whole zip"),
        (bomb(), "it is not a whole zip"),
        (zip_of([(f"files/{number:064x}", b"") for number in range(20_001)]), "more than 20,000 members"),
        (b"<html>404</html>" * 10, "it does not end like a part file"),
    ],
    ids=range(20),
)  # fmt: skip
def test_a_file_that_is_no_part_file_is_refused(jobs: Jobs, parts: Path, data: bytes, told: str) -> None:
    jobs.three()
    (parts / "a.zip").write_bytes(data)
    ran = jobs.merge()
    assert (ran.code, ran.out) == (2, "")
    assert "these are not part files; nothing was written:" in ran.err
    assert told in flat(ran)
    assert not (jobs.pilot / "services" / SERVICE).exists()


def test_all_parts_together_are_bounded(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.three()
    monkeypatch.setattr(part_files, "MAX_BYTES", 1500)
    ran = jobs.merge()
    assert ran.code == 2
    assert "bytes, unpacked" in flat(ran)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"part": 4}, "there is no part 4 of 3"),
        ({"of": 10**9, "part": 1}, "there is no part 1 of 1000000000"),
        ({"slots": {}}, "does not list the contents that it has"),
        ({"slots": {"use_case_tests": {"files": {"a": DIGEST}}}}, "does not list the contents that it has"),
        ({"slots": {"use_case_tests": {"files": 3}}}, "slots.use_case_tests.files"),
        ({"stamp": {"collected_at": "soon"}}, "collected_at: "),
        ({"stamp": 3}, "stamp: "),
        ({"service": 3}, "service: "),
    ],
)
def test_a_description_that_was_tampered_with_is_refused(
    jobs: Jobs, parts: Path, change: dict[str, Any], told: str
) -> None:
    jobs.three()
    file = parts / f"{SERVICE}.default.part-1-of-3.zip"
    changed(file, lambda about: about | change, file)
    ran = jobs.merge()
    assert (ran.code, told in flat(ran)) == (2, True), ran.err


@pytest.mark.parametrize("name", ["../x.xml", "/x.xml", "a/../x.xml", "a\x1b[31m.xml"])
def test_a_name_that_leads_elsewhere_is_refused(jobs: Jobs, parts: Path, name: str) -> None:
    jobs.three()
    file = parts / f"{SERVICE}.default.part-1-of-3.zip"

    def renamed(about: Any) -> Any:
        [digest] = about["slots"]["use_case_tests"]["files"].values()
        return about | {"slots": {"use_case_tests": {"files": {name: digest}}}}

    changed(file, renamed, file)
    ran = jobs.merge()
    assert (ran.code, "is not the name of a file in a folder" in flat(ran)) == (2, True)
    assert "\x1b" not in ran.err


def test_a_content_that_was_replaced_is_refused(jobs: Jobs, parts: Path) -> None:
    jobs.three()
    file = parts / f"{SERVICE}.default.part-1-of-3.zip"
    with zipfile.ZipFile(file) as zipped:
        members = [(name, zipped.read(name).replace(b"case 1", b"case 9")) for name in zipped.namelist()]
    file.write_bytes(zip_of(members))
    assert "has another content" in flat(jobs.merge())
