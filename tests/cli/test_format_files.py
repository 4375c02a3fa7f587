"""The formats of `check` through the program: kept as files, pointing at the right lines, many in one run."""

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from builders.program import AS_OF, PILOT, Kept, environment
from builders.workspaces import ROOT, Run, copy_of_pilot, edit, write
from gatekeeper import __version__, reporters
from gatekeeper.cli import main

CHECK = ("check", "-m", "M1", *AS_OF)
ENDINGS = {
    "badge-json": "json",
    "comment": "md",
    "cortex": "json",
    "csv": "csv",
    "datadog": "json",
    "github": "txt",
    "gitlab": "json",
    "ics": "ics",
    "intoto": "json",
    "json": "json",
    "junit": "xml",
    "markdown": "md",
    "ndjson": "ndjson",
    "openmetrics": "prom",
    "sarif": "sarif",
    "tap": "tap",
}


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    """Return the pilot in a repository that has no commit yet."""
    return copy_of_pilot(tmp_path / "a repository, 100 %")


def normal(text: str) -> str:
    """Return a report without what differs from release to release and from rulebook to rulebook."""
    text = re.sub(r"sha256:[0-9a-f]{12,64}", "sha256:DIGEST", text.replace("\r\n", "\n"))
    return text.replace(f'"{__version__}"', '"VERSION"').replace(
        f"gatekeeper {__version__}", "gatekeeper VERSION"
    )


@pytest.mark.parametrize("name", sorted(set(ENDINGS) - {"json", "ndjson", "intoto"}))
def test_a_report_on_the_pilot(name: str, run: Run, pilot: Path, snapshot: SnapshotAssertion) -> None:
    ran = run("-C", pilot, *CHECK, "-f", name)
    assert (ran.code, ran.err) == (1, "")
    assert snapshot(extension_class=Kept) == normal(ran.out)


def test_every_format_is_kept_or_looked_at_elsewhere() -> None:
    assert set(reporters.REPORTERS.names) == {*ENDINGS, "table"}


@pytest.mark.parametrize(("milestone", "code"), [("M0", 0), ("M1", 1), ("M3", 0), ("M4", 1)])
def test_no_format_changes_the_exit_code(milestone: str, code: int, run: Run, pilot: Path) -> None:
    for name in reporters.REPORTERS.names:
        assert run("-C", pilot, "check", "-m", milestone, *AS_OF, "-f", name).code == code


def test_one_run_writes_them_all(run: Run, pilot: Path, tmp_path: Path) -> None:
    files = {name: tmp_path / f"report.{name}" for name in ENDINGS}
    sinks = [part for name, file in files.items() for part in ("-o", f"{name}={file}")]
    assert run("-C", pilot, *CHECK, *sinks).code == 1
    for name, file in files.items():
        assert file.read_bytes().decode() == run("-C", pilot, *CHECK, "-f", name).out


# Where remarks stand


def places(run: Run, pilot: Path) -> dict[tuple[str, str], list[tuple[str, int]]]:
    """Return the places of the remarks by service and rule."""
    [result] = json.loads(run("-C", pilot, *CHECK, "-f", "sarif").out)["runs"]
    found: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for one in result["results"]:
        physical = one["locations"][0]["physicalLocation"]
        place = physical["artifactLocation"]["uri"], physical["region"]["startLine"]
        found.setdefault((one["properties"]["service"], one["ruleId"]), []).append(place)
    return found


def line_of(file: Path, start: str) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.strip().startswith(start))


def test_a_remark_stands_where_it_is_mended(run: Run, pilot: Path) -> None:
    found = places(run, pilot)
    orders = pilot / "services/orders-service.yaml"
    catalogue = pilot / "services/catalogue-service.yaml"
    notifications = pilot / "services/notifications-service.yaml"
    for service, rule, file, start in (
        ("orders-service", "G1.coverage", orders, "domain_coverage:"),
        ("orders-service", "G7.peak-load", orders, "load_test:"),
        ("orders-service", "capability:split-deliveries", orders, "capability_tests:"),
        ("catalogue-service", "unsigned-upgrade", catalogue, "level:"),
        ("notifications-service", "L2.use-cases", notifications, "use_case_tests:"),
        ("notifications-service", "regression", notifications, "L2:"),
    ):
        assert found[service, rule] == [(f"examples/pilot/services/{file.name}", line_of(file, start))], rule


def test_what_has_no_evidence_is_remarked_at_the_plan(run: Run, pilot: Path) -> None:
    orders = pilot / "services/orders-service.yaml"
    edit(
        orders,
        "  load_test: {path: reports/k6-peak.json, collected_at: 2026-10-05T09:00:00Z, commit: c0ffee1}\n",
        "",
    )
    edit(orders, "  capability_tests: {path: reports/use-cases.xml, commit: c0ffee1}\n", "")
    found = places(run, pilot)
    file = "examples/pilot/services/orders-service.yaml"
    assert found["orders-service", "G7.peak-load"] == [(file, line_of(orders, "G7:"))]
    assert found["orders-service", "capability:split-deliveries"] == [(file, line_of(orders, "adds:"))]
    assert found["orders-service", "sign-offs-missing"] == [(file, line_of(orders, "level: L2"))]


@pytest.mark.parametrize("folder", [".", "examples/pilot/services/orders-service"])
def test_a_finding_in_a_file_that_is_here_stands_on_its_line(run: Run, pilot: Path, folder: str) -> None:
    write(pilot.parents[1] / folder / "src/domain/discount.ts", "\n" * 9)
    found = places(run, pilot)["orders-service", "G1.coverage"]
    file = f"{folder}/src/domain/discount.ts".removeprefix("./")
    assert found[0] == (file, 5)
    assert found[1][0] == "examples/pilot/services/orders-service.yaml"
    annotated = run("-C", pilot, *CHECK, "-f", "github").out
    assert f"::error file={file},line=5,title=G1.coverage orders-service (team-orders)::4 of 4" in annotated


@pytest.mark.parametrize("name", ["../secret.ts", "/etc/passwd", "link.ts", "a\\0b.ts", "x" * 5_000])
def test_no_finding_points_out_of_the_repository(run: Run, pilot: Path, name: str) -> None:
    repository = pilot.parents[1]
    secret = write(repository.parent / "secret.ts", "")
    (repository / "link.ts").symlink_to(secret)
    lcov = pilot / "services/orders-service/reports/lcov.info"
    edit(lcov, "src/domain/discount.ts", name)
    edit(pilot.parents[1] / "gates/G1.yaml", 'kind: coverage, include: "**/domain/**"', "kind: coverage")
    found = places(run, pilot)["orders-service", "G1.coverage"]
    assert {file for file, _ in found} == {"examples/pilot/services/orders-service.yaml"}


def test_a_manifest_that_is_gone_by_then_is_still_named(
    run: Run, pilot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gatekeeper.workspace.loading import open_workspace
    from gatekeeper.workspace.rendering import places_of

    of = places_of(open_workspace(pilot), "M1")
    assert of.of("orders-service", ("level",)).line > 1
    (pilot / "services/catalogue-service.yaml").unlink()
    assert of.of("catalogue-service", ("level",)) == ("examples/pilot/services/catalogue-service.yaml", 1)
    assert of.milestone == "examples/pilot/milestones/M1.yaml"


def test_an_owner_without_a_target_is_remarked_at_the_milestone(run: Run) -> None:
    ran = run("-C", PILOT, "check", "-m", "M0", "--owner", "team-catalogue", *AS_OF, "-f", "gitlab")
    assert ran.code == 1
    [issue] = json.loads(ran.out)
    assert issue["check_name"] == "nothing-in-scope"
    assert issue["location"]["path"].endswith("examples/pilot/milestones/M0.yaml")


def test_every_format_is_on_the_page() -> None:
    page = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
    assert [name for name in reporters.REPORTERS.names if f"\n| `{name}` |" not in page] == []


# Where formats go


@pytest.mark.parametrize("name", sorted(set(ENDINGS) - {"sarif"}))
def test_a_locale_without_unicode_does_not_matter_to_a_machine(
    name: str, run: Run, pilot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_utf_8 = run("-C", pilot, *CHECK, "-f", name).out
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding="ascii"))
    assert main.run(["-C", str(pilot), *CHECK, "-f", name]) == 1
    # The log of GitHub is a screen, whose signs are others where there is no Unicode.
    assert name == "github" or written.getvalue().decode() == in_utf_8


def test_nor_does_it_to_a_process(run: Run, pilot: Path) -> None:
    env = environment(PYTHONPATH=str(ROOT / "src"), PYTHONIOENCODING="ascii")
    command = [sys.executable, "-m", "gatekeeper", "-C", str(pilot), *CHECK, "-f", "sarif"]
    done = subprocess.run(command, capture_output=True, check=False, env=env)
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.decode() == run("-C", pilot, *CHECK, "-f", "sarif").out


def test_our_test_report_is_read_by_ourselves(run: Run, tmp_path: Path) -> None:
    assert run("-C", PILOT, *CHECK, "-o", f"junit={tmp_path / 'junit.xml'}").code == 1
    facts = json.loads(run("-C", tmp_path, "facts", "tests", "junit.xml", "-f", "json").out)["facts"]
    assert len(facts["failed"]) == 8
    assert facts["total"] == 60


# What a format costs those who do not ask for it


@pytest.mark.long
def test_a_format_is_loaded_when_it_is_asked_for() -> None:
    script = (
        "import sys; from gatekeeper.cli import main; "
        f"main.run(['-C', {str(PILOT)!r}, 'check', '-m', 'M1', '-f', 'json']); "
        "print(*(name for name in sys.modules if name.startswith('gatekeeper.reporters.')), file=sys.stderr)"
    )
    env = environment(PYTHONPATH=str(ROOT / "src"))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, env=env)
    loaded = {name.rpartition(".")[2] for name in done.stderr.decode().split()}
    assert "json" in loaded
    assert not loaded & {"junit", "sarif", "github", "gitlab", "markdown", "comment", "_remarks", "table"}


def test_a_file_is_named_from_the_folder_that_the_run_starts_in(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pilot = copy_of_pilot(tmp_path / "repository")
    monkeypatch.chdir(tmp_path)
    run("-C", "repository/examples/pilot", "check", "-m", "M1", *AS_OF, "-o", "json=out/verdict.json")
    assert json.loads((pilot / "out" / "verdict.json").read_text(encoding="utf-8"))["milestone"] == "M1"
