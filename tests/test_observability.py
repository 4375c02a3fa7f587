"""The dashboard and the alert rules of `examples/observability`: ours can read them, and they show what we write."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from builders.oracles import needed
from builders.reports import SCREEN, with_dates
from builders.workspaces import ROOT, Run
from gatekeeper.reporters import openmetrics

FOLDER = ROOT / "examples/observability"
ALERTS = FOLDER / "alerts.yml"
DASHBOARD = FOLDER / "dashboard.json"
AS_OF = 1_795_132_800
"""2026-11-20 in Unix time."""


def test_the_alert_rules_pass_our_own_gate(run: Run) -> None:
    facts = json.loads(run("facts", "alerts", ALERTS, "-f", "json").out)["facts"]
    assert facts.pop("alerts") == 6
    assert facts == {"without_threshold": [], "without_escalation": [], "without_runbook": []}


def test_every_panel_of_the_dashboard_shows_data(run: Run) -> None:
    found = json.loads(run("facts", "dashboard", DASHBOARD, "-f", "json").out)
    assert found["facts"]["without_query"] == []
    assert len(found["facts"]["panels"]) == len(json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"])


@pytest.mark.parametrize("file", [ALERTS, DASHBOARD], ids=lambda file: file.name)
def test_they_name_only_what_the_format_writes(file: Path) -> None:
    written = openmetrics.render(with_dates("M3"), SCREEN)
    names = set(re.findall(r"gatekeeper_\w+", file.read_text(encoding="utf-8")))
    assert names
    assert names <= {line.partition("{")[0] for line in written.splitlines()}
    assert names <= set(openmetrics.GAUGES)


@pytest.mark.parametrize(
    ("day", "firing"),
    [
        (0, {"ServiceRegressed": 2}),
        (10, {"ServiceRegressed": 2, "MilestoneBlockedBeforeExit": 1, "ReadinessReportIsOld": 2}),
        (25, {"ServiceRegressed": 2, "MilestoneBlockedBeforeExit": 1, "ReadinessReportIsOld": 2, "EvidenceLapsesSoon": 1}),
    ],
)  # fmt: skip
def test_the_alerts_fire_when_days_pass_after_a_report(
    day: int, firing: dict[str, int], tmp_path: Path
) -> None:
    text = "".join(openmetrics.render(with_dates(name), SCREEN) for name in ("M1", "M3"))
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    query = {
        "expr": 'count by (alertname) (ALERTS{alertstate="firing"})',
        "eval_time": f"{day}d",
        "exp_samples": [
            {"labels": f'{{alertname="{name}"}}', "value": count} for name, count in firing.items()
        ],
    }
    series = [{"series": name, "values": f"{_shifted(int(value))}x30"} for name, _, value in lines]
    tests = [{"interval": "1d", "input_series": series, "promql_expr_test": [query]}]
    file = tmp_path / "test.yml"
    file.write_text(json.dumps({"rule_files": [str(ALERTS)], "evaluation_interval": "1d", "tests": tests}))
    done = subprocess.run(
        [needed("promtool"), "test", "rules", file], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _shifted(value: int) -> int:
    """Return a date in Unix time counted from the day of the report, where the clock of promtool begins."""
    return value - AS_OF if value >= AS_OF else value
