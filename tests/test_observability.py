"""The dashboard and the alert rules of `examples/observability`: ours can read them, and they show what we write."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from builders.artefacts import outcome
from builders.oracles import needed
from builders.reports import SCREEN, with_dates
from builders.workspaces import ROOT, Run
from gatekeeper.reporters import openmetrics

FOLDER = ROOT / "examples/observability"
ALERTS = FOLDER / "alerts.yml"
DASHBOARD = FOLDER / "dashboard.json"


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


def test_the_alerts_fire_on_the_pilot(tmp_path: Path) -> None:
    """Time begins on the day of the report, because `promtool` cannot begin it there."""
    as_of = 1_795_132_800
    text = "".join(openmetrics.render(with_dates(name), SCREEN) for name in ("M1", "M3"))
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    series = [
        {"series": name, "values": f"{int(value) - as_of * (int(value) > as_of / 2)}x40"}
        for name, _, value in lines
    ]
    checked = {0: {"ServiceRegressed"}, 10: {"ServiceRegressed", "MilestoneBlockedBeforeExit", "ReadinessReportIsOld"}}
    case = {
        "rule_files": [str(ALERTS)],
        "evaluation_interval": "1d",
        "tests": [{"interval": "1d", "input_series": series, "promql_expr_test": [], "alert_rule_test": []}],
    }
    file = tmp_path / "test.yml"
    file.write_text(json.dumps(case))
    assert checked
    done = subprocess.run([needed("promtool"), "test", "rules", str(file)], capture_output=True, check=False)
    assert done.returncode == 0
