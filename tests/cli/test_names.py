"""Names beside ids on every screen and page, ids as long as they may be, and names that are markup elsewhere."""

import json
import re
from pathlib import Path

import pytest

from builders.long_names import CRITERION, GATES, MILESTONES, NASTY, SERVICES, workspace
from builders.program import AS_OF
from builders.repositories import commit_all
from builders.workspaces import QUARTERS, Run, edit

SCREENS = (
    "",
    "check",
    "check -s shop",
    "check --details",
    "check -f github",
    "next",
    "matrix",
    "summary",
    "except list",
    "audit",
    f"explain api.{CRITERION}",
    "can-ship shop --to lab",
    f"obligations -m {MILESTONES[0]}",
)
WITH_DATE = ("check", "next", "matrix", "except", "explain", "can-ship")
SIGN_OFFS = r"sign[ -]off|signed|signature"
NAMED = {
    "check -m 2026Q4": "2026Q4 (Pilot customers) is blocked by 2 of 4",
    "check -m 2026Q4 -q": "2026Q4 (Pilot customers) is blocked",
    "check -m 2026Q4 -f github": "::group::2026Q4 (Pilot customers) is blocked",
    "check -m 2026Q4 -f comment": "## ✗ 2026Q4 (Pilot customers) is blocked",
    "check -m 2026Q4 -f junit": '<property name="milestone" value="2026Q4 (Pilot customers)"/>',
    "check -m 2026Q4 -f sarif": '"text": "2026Q4 (Pilot customers) is blocked by 2 of 4 services."',
    "check -m 2026Q4 -s kite-shop": "verified bronze (Runs in the lab), claims silver (Ready for pilot customers)",
    "next -m 2026Q4": "2026Q4 (Pilot customers) is blocked",
    "except list -m 2026Q4": "2026Q4 Pilot customers  as of",
    "matrix": "2026Q4 Pilot customers   2 of 4 reached",
    "matrix -f markdown": "levels: none Not started; bronze Runs in the lab",
    "explain build.tests -m 2026Q4": "build.tests  2026Q4 Pilot customers\n",
    "explain build.tests -m 2026Q4 -s kite-catalogue": "  2026Q4 silver (Ready for pilot customers)  pass\n",
    "can-ship kite-shop --to lab": "verified bronze (Runs in the lab), claims silver (Ready for pilot customers)",
    "obligations -m 2026Q4": "milestone/2026Q4 Pilot customers  ",
    "obligations --level silver": "level/silver Ready for pilot customers  ",
    "report -m 2026Q4": "2026Q4 (Pilot customers) is blocked by 2 of 4 services",
    "report -m 2026Q4 --format markdown": "# Exit report of 2026Q4 Pilot customers",
}


def run_on(run: Run, folder: Path, command: str) -> str:
    """Return what a command prints; a verdict may be blocked, and nothing else may happen."""
    dated = AS_OF if not command or command.startswith(WITH_DATE) else ()
    ran = run("-C", folder, *command.split(), *(dated if command else ()))
    assert (ran.code in (0, 1), ran.err) == (True, "")
    return ran.out


@pytest.fixture
def long(tmp_path: Path) -> Path:
    return workspace(tmp_path / "long")


@pytest.mark.parametrize("columns", [40, 60, 80])
@pytest.mark.parametrize("command", SCREENS)
def test_long_ids_fit_the_screen_and_are_whole(
    command: str, columns: int, run: Run, long: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = run_on(run, long, command)
    if "github" not in command:
        # A command is on one line, to be copied.
        lines = [
            line for line in shown.splitlines() if ": gatekeeper " not in line and "one service: " not in line
        ]
        assert max(map(len, lines)) <= columns
    assert re.findall(r"\S*…\S*", shown.replace("team-of-the-shop", "")) in (
        [],
        ["team…"] * shown.count("team…"),
    )


def test_the_gates_of_check_are_numbered_where_their_ids_do_not_fit(
    run: Run, long: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = run_on(run, long, "check")
    assert heading(shown)[:6] == ["service", "1", "2", "3", "4", "5"], "levels do not fit either"
    assert f"  1 api {NASTY}\n" in shown
    assert f"  5 service_level_objectives {NASTY}\n" in shown
    monkeypatch.setenv("COLUMNS", "300")
    shown = run_on(run, long, "check")
    assert heading(shown)[:9] == ["service", "owner", "level", "met", *sorted(GATES)]
    assert f"api {NASTY}" not in shown


def heading(shown: str) -> list[str]:
    """Return the columns of the grid."""
    [line] = [line for line in shown.splitlines() if line.startswith("  service ")]
    return line.split()


def test_names_are_text_everywhere(run: Run, long: Path) -> None:
    for command in ("check -s shop", "next", "matrix", "summary"):
        assert NASTY in " ".join(run_on(run, long, command).split())
    for command in ("check -f comment", "report --format markdown", "matrix -f markdown"):
        page = run("-C", long, *command.split(), *AS_OF).out
        assert "A \\[bold\\]name\\[/\\] \\| &lt;b&gt;of&lt;/b&gt; \\*several\\* \\`words\\`" in page
    page = run("-C", long, "report", *AS_OF).out
    assert "<b>of</b> *several*" not in page
    assert "&lt;b&gt;of&lt;/b&gt;" in page


@pytest.mark.parametrize("name", ["LEVEL", "level"])
def test_a_name_like_the_id_is_left_out(name: str, run: Run, tmp_path: Path) -> None:
    folder = workspace(tmp_path / "same", name)
    assert run_on(run, folder, "check -m level").startswith("✗ level is blocked by 2 of 2 services.")
    assert run_on(run, folder, "check -m level -q") == "✗ level is blocked by 2 of 2 services.\n"


@pytest.mark.parametrize("command", NAMED)
def test_the_name_is_beside_the_id(command: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert NAMED[command] in run("-C", QUARTERS, *command.split(), *AS_OF).out


def test_json_has_the_names(run: Run) -> None:
    levels = {
        "none": "Not started",
        "bronze": "Runs in the lab",
        "silver": "Ready for pilot customers",
        "gold": "Ready for everyone",
    }
    milestones = {
        "2026Q3": "The lab",
        "2026Q4": "Pilot customers",
        "2027Q1": "Rentals for everyone",
        "2027Q2": "Kites for everyone",
    }

    def told(command: str) -> dict[str, object]:
        found: dict[str, object] = json.loads(run_on(run, QUARTERS, f"{command} -f json"))
        return found

    for command in ("check -m 2026Q4", "next", "except list", "explain build.tests"):
        assert told(command)["milestone_name"] == "Pilot customers"
    assert (told("check")["level_names"], told("matrix")["level_names"]) == (levels, levels)
    assert told("can-ship kite-shop --to lab")["level_names"] == {
        level: levels[level] for level in ("bronze", "silver")
    }
    assert told("matrix")["milestone_names"] == told("summary")["milestone_names"] == milestones


def test_a_trend_has_the_names_of_today(run: Run, long: Path) -> None:
    commit_all(long)
    shown = " ".join(run("-C", long, "trend").out.split())
    assert f"milestones: {MILESTONES[0]} {NASTY}; level {NASTY}" in shown
    chart = run("-C", long, "trend", "-m", "level", "-f", "svg").out
    assert (
        "<title>Burn-up of level A [bold]name[/] | &lt;b&gt;of&lt;/b&gt; *several* `words`</title>" in chart
    )


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_a_trend_of_long_ids_fits(
    columns: int, run: Run, long: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    commit_all(long)
    shown = run("-C", long, "trend").out
    assert max(map(len, shown.splitlines())) <= columns
    assert "…" not in shown


def test_a_site_of_long_ids_has_a_file_for_each(run: Run, long: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    assert run("-C", long, "site", "--out", out, *AS_OF).code == 0
    assert {file.stem for file in (out / "milestones").iterdir()} == set(MILESTONES)
    badges = {file.name for file in (out / "badges/services/shop").glob("*.svg")}
    assert badges == {
        "level.svg",
        "level.milestone.svg",
        *(f"{name}.svg" for name in MILESTONES if name != "level"),
    }
    page = (out / f"milestones/{MILESTONES[0]}.html").read_text(encoding="utf-8")
    assert not {id_ for id_ in re.findall(r' id="([^"]+)"', page) if page.count(f' id="{id_}"') > 1}
    shop = (out / "services/shop.html").read_text(encoding="utf-8")
    assert "(badges/services/shop/level.milestone.svg)" in shop
    assert all(service in page for service in SERVICES)


def test_the_filter_tells_gates_from_other_groups(run: Run, long: Path) -> None:
    page = run("-C", long, "report", *AS_OF).out
    gates = re.findall(r'<option value="([^"]+)">', page)
    assert len(gates) == len(set(gates))
    assert {".levels", ".capabilities", "capabilities", "service", ".service:blocked"} <= set(gates)
    marks = {mark for marks in re.findall(r'data-marks="([^"]+)"', page) for mark in marks.split()}
    assert {"service:missing", "capabilities:missing", ".capabilities:missing", ".service:blocked"} <= marks


# Without sign-offs


def test_no_screen_speaks_of_sign_offs_where_there_are_none(run: Run, long: Path) -> None:
    for command in (*SCREENS, "check -f comment", "check -f junit", "check -f sarif"):
        assert not re.search(SIGN_OFFS, run_on(run, long, command), re.IGNORECASE), command
    for milestone in ("2026Q4", "2027Q1", "2027Q2"):
        for command in (
            "check --details",
            "check -f comment",
            "next",
            "except list",
            "report --format markdown",
        ):
            shown = run("-C", QUARTERS, *command.split(), "-m", milestone, *AS_OF).out
            assert not re.search(SIGN_OFFS, shown, re.IGNORECASE), (milestone, command)


def test_an_exception_covers_the_claim_of_its_level(run: Run) -> None:
    assert "claim of gold" in run("-C", QUARTERS, "except", "list", "-m", "2027Q1", *AS_OF).out
    report = run("-C", QUARTERS, "report", "-m", "2027Q1", "--format", "markdown", *AS_OF).out
    assert "claim of gold (open)" in report
    told = json.loads(run("-C", QUARTERS, "except", "list", "-m", "2027Q1", "-f", "json", *AS_OF).out)
    assert "sign-off:gold" in told["exceptions"][0]["open"]


def test_a_capability_that_nothing_can_show_says_so(run: Run, long: Path) -> None:
    assert "the rulebook has no slot for its tests, and no role may attest it" in " ".join(
        run_on(run, long, "check -s shop").split()
    )


def test_a_role_of_the_service_may_attest_it(run: Run, long: Path) -> None:
    roles = '"lead":{"about":"Leads.","of_service":true}'
    edit(long / "gates/governance.yaml", '"lead":"Leads."', roles)
    assert "needs an attestation by lead" in run_on(run, long, "check -s shop")
