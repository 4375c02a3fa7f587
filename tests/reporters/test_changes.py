"""A change in every format of `check --base`: what blocks it is shown, whatever the names, and bounded."""

import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from builders.hostile import HOSTILE, TEXTS
from builders.reports import SCREEN, hostile, nothing_in_scope, pilot, with_change
from gatekeeper.model.changes import Cause, Change, ChangeKind
from gatekeeper.model.listing import Listing
from gatekeeper.model.report import Report
from gatekeeper.reporters import REPORTERS, comment, github, gitlab, junit, markdown, sarif, table
from gatekeeper.reporters import json as json_format
from gatekeeper.reporters.text.screen import visible
from gatekeeper.syntax.yaml import load

WEAKENED = Change(
    ChangeKind.RULE_WEAKENED, "G1.coverage:95->70", "lines_pct at least 70 instead of 95", Cause.RULE,
    blocks=True, needs_sign_off=True, lacks=("security",), file="gates/G1.yaml", line=44,
)  # fmt: skip
LOST = Change(
    ChangeKind.REGRESSION, "payments-service:G8.isolation", "G8.isolation: pass → fail", Cause.ARTEFACT,
    "payments-service", ("M1", "M2"), blocks=True, file="services/payments-service.yaml", line=36,
)  # fmt: skip
GONE = Change(
    ChangeKind.PLAN_WEAKENED, "old-service:removed", "it is no longer in the plan", Cause.PLAN, "old-service",
    blocks=True, needs_sign_off=True, lacks=("security",),
)  # fmt: skip
SIGNED = Change(
    ChangeKind.PLAN_WEAKENED, "M9:removed", "M9 is no longer planned", Cause.PLAN, needs_sign_off=True,
    signed_by="eli",
)  # fmt: skip
BETTER = Change(
    ChangeKind.IMPROVEMENT, "orders-service:G1.coverage", "now green", Cause.ARTEFACT, "orders-service"
)
NOTED = Change(ChangeKind.NOTE, "orders-service:owner", "it has a new owner", Cause.PLAN, "orders-service")
CHANGES = (WEAKENED, LOST, GONE, SIGNED, BETTER, NOTED)
STATES = {"intoto", "badge-json", "cortex", "datadog", "ics", "openmetrics"}
"""Formats of the state alone; a change is in none of them."""
FORMATS = sorted(set(REPORTERS.names) - STATES)
CONCLUSION = "The change must not be merged: 2 weakenings without approval, 1 regression."


def changed(*changes: Change, notes: tuple[str, ...] = ("the rules have moved on",)) -> Report:
    return with_change(pilot("M1"), *changes, notes=notes)


def rendered(name: str, report: Report) -> str:
    reporter = REPORTERS.find(name)
    assert reporter
    return reporter.render(report, SCREEN)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_shows_what_blocks_and_how_to_approve_it(name: str) -> None:
    text = " ".join(rendered(name, changed(*CHANGES)).replace("\\", "").replace("&gt;", ">").split())
    for change in (WEAKENED, LOST, GONE):
        assert change.message.split(" → ")[0] in text
    for change in (WEAKENED, GONE):
        assert change.id in text
    assert "M1" in text


@pytest.mark.parametrize("name", ["table", "markdown", "comment", "github", "sarif"])
def test_people_read_the_conclusion_and_the_notes(name: str) -> None:
    text = " ".join(rendered(name, changed(*CHANGES)).split())
    assert CONCLUSION in text
    assert "the rules have moved on" in text
    harmless = rendered(name, changed(BETTER))
    assert "The change may be merged: no regression and no weakening without approval." in " ".join(
        harmless.split()
    )


@pytest.mark.parametrize("name", FORMATS)
def test_without_a_base_no_format_speaks_of_a_change(name: str) -> None:
    assert "merged" not in rendered(name, pilot("M1"))
    text = rendered(name, pilot("M1"))
    assert [kind for kind in ChangeKind if f"change:{kind}" in text] == []


def test_what_reads_the_same_of_many_services_is_one_line_with_an_entry_each() -> None:
    names = [f"service-{n}" for n in range(19)]
    same = [
        GONE._replace(id=f'{name}:"p95"', message="asks for less", service=name, file=f"{name}.yaml", line=7)
        for name in names
    ]
    text = table.render(changed(*same), SCREEN)
    assert text.count("asks for less") == text.count("have security approve it") == 1
    assert "service-0, service-1, service-2, service-3 and 15 more  asks for less" in text
    assert "service-0.yaml:7, service-1.yaml:7, service-2.yaml:7 and 16 more" in text
    entries = [line for line in text.splitlines() if line.lstrip().startswith("- {what")]
    approved = [load(entry.strip().encode()).value[0]["what"] for entry in entries]
    assert approved == [change.id for change in same]


# Each format


def test_the_table_begins_with_what_decides() -> None:
    text = table.render(changed(WEAKENED), SCREEN)
    assert text.startswith("✗ The change must not be merged: 1 weakening without approval.\n")
    assert "\n✗ M1 (Internal preview) is blocked by 3 of 4 services.\n" in text
    assert "Do first" not in text, "what was open before is a line of the grid"
    detailed = table.render(changed(WEAKENED)._replace(details=True), SCREEN)
    assert "G1.coverage" in detailed


def test_the_table_says_what_has_changed_of_each_service() -> None:
    lines = table.render(changed(*CHANGES), SCREEN._replace(width=130)).splitlines()
    [payments] = [line for line in lines if line.startswith("✓ payments-service")]
    assert payments.endswith("1 regression")
    [orders] = [line for line in lines if line.startswith("✗ orders-service")]
    assert orders.endswith("1 improvement, 1 note")


def test_on_demand_the_table_lists_only_services_that_the_change_touches() -> None:
    text = table.render(changed(BETTER), SCREEN._replace(listing=Listing(changed=True)))
    assert [line.split()[1] for line in text.splitlines() if "→L2" in line] == ["orders-service"]
    assert "3 services not touched by the change" in text
    assert "is blocked by 3 of 4 services." in text, "all are judged and counted"


def test_the_page_begins_with_what_decides() -> None:
    for format_ in (markdown, comment):
        text = format_.render(changed(*CHANGES), SCREEN)
        assert text.startswith(f"## ❌ {CONCLUSION}\n")
        assert text.index("at least 70") < text.index(
            "## ✗ M1 (Internal preview) is blocked by 3 of 4 services."
        )


@pytest.mark.long
def test_a_large_change_leaves_room_for_the_verdict() -> None:
    many = [WEAKENED._replace(id=f"{n}" * 50, message=f"number {n} " * 30) for n in range(5000)]
    text = comment.render(changed(*many), SCREEN)
    assert len(text.encode()) <= comment.MOST_BYTES
    assert re.search(r"and 4,\d\d\d more", text)
    assert "M1 (Internal preview) is blocked by 3 of 4 services." in text
    assert "**Omitted:**" in text


def test_json_has_the_comparison() -> None:
    document = json.loads(json_format.render(changed(*CHANGES), SCREEN))
    assert [change["id"] for change in document["comparison"]["changes"]] == [change.id for change in CHANGES]


def suite(report: Report) -> dict[str, ET.Element]:
    root = ET.fromstring(junit.render(report, SCREEN))  # noqa: S314 - our own text
    [found] = [one for one in root if one.get("name") == "change"]
    return {case.get("name", ""): case for case in found.iter("testcase")}


def test_junit_fails_what_blocks_and_passes_the_rest() -> None:
    failed = {name for name, case in suite(changed(*CHANGES)).items() if case.find("failure") is not None}
    assert failed == {f"{change.kind}: {change.id}" for change in (WEAKENED, LOST, GONE)}
    assert len(suite(changed(*CHANGES))) == len(CHANGES)


def test_junit_of_an_empty_change_shows_that_it_was_compared() -> None:
    [(name, case)] = suite(changed()).items()
    assert name.startswith("The change may be merged")
    assert len(case) == 0


def results(report: Report) -> list[dict[str, Any]]:
    [run] = json.loads(sarif.render(report, SCREEN))["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    found = [result for result in run["results"] if result["ruleId"].startswith("change:")]
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in found)
    return found


def test_sarif_has_a_result_for_what_needs_attention() -> None:
    found = results(changed(*CHANGES))
    assert [(result["ruleId"], result["level"]) for result in found] == [
        ("change:rule-weakened", "error"),
        ("change:regression", "error"),
        ("change:plan-weakened", "error"),
        ("change:plan-weakened", "warning"),
    ]
    places = [result["locations"][0]["physicalLocation"] for result in found]
    assert [place["artifactLocation"]["uri"] for place in places[:3]] == [
        "gates/G1.yaml", "services/payments-service.yaml", "governance.yaml",
    ]  # fmt: skip
    assert places[0]["region"]["startLine"] == 44
    assert found[1]["message"]["text"].startswith("payments-service (team-payments): ")
    assert found[2]["message"]["text"].startswith("old-service: "), "it has no owner any more"


def test_the_help_of_a_rule_is_not_about_one_change() -> None:
    [run] = json.loads(sarif.render(changed(*CHANGES), SCREEN))["runs"]
    helps = {rule["id"]: rule["help"]["text"] for rule in run["tool"]["driver"]["rules"]}
    assert WEAKENED.id not in helps["change:rule-weakened"]
    assert "weakening_sign_off" in helps["change:rule-weakened"]


def test_only_the_change_makes_annotations_red() -> None:
    text = github.render(changed(*CHANGES), SCREEN)
    errors = re.findall(r"^::error .*title=([^ :]+)", text, re.MULTILINE)
    assert errors == [f"change%3A{change.kind}" for change in (WEAKENED, LOST, GONE)]
    warnings = re.findall(r"^::warning .*title=([^ :]+)", text, re.MULTILINE)
    assert warnings[0] == "change%3Aplan-weakened", "what a reviewer has to see comes first"
    assert "unsigned-upgrade" in warnings
    assert f"\n::group::{CONCLUSION}\n" in text


def test_code_quality_weighs_the_change() -> None:
    issues = json.loads(gitlab.render(changed(*CHANGES), SCREEN))
    of_change = [issue for issue in issues if issue["check_name"].startswith("change:")]
    assert [issue["severity"] for issue in of_change] == ["blocker", "blocker", "blocker", "major"]
    assert WEAKENED.id in of_change[0]["description"]
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


# Untrusted text


@pytest.mark.long
@pytest.mark.parametrize("name", FORMATS)
@HOSTILE
@given(texts=TEXTS)
def test_no_text_of_a_change_breaks_a_format(texts: list[str], name: str) -> None:
    # JSON keeps texts as they are, and UTF-8 has no lone surrogates.
    text = rendered(name, hostile(changed(*CHANGES), [*map(visible, texts)] if "json" in name else texts))
    text.encode()
    match name:
        case "junit":
            assert ET.fromstring(text).tag == "testsuites"  # noqa: S314 - our own text
        case "json" | "sarif" | "gitlab":
            assert json.loads(text)
        case "ndjson":
            assert all(map(json.loads, text.splitlines()))
        case "markdown" | "comment":
            tokens = MarkdownIt("commonmark").enable("table").parse(text)
            inner = {child.type for token in tokens for child in token.children or ()}
            assert inner <= {"text", "text_special", "strong_open", "strong_close", "code_inline"}
            assert [token.tag for token in tokens if token.type == "heading_open"] == ["h2", "h2"]
        case "github":
            lines = [line for line in text.splitlines() if line.lstrip().startswith("::")]
            assert all(re.match(r"::(error|warning|notice|group|endgroup)", line) for line in lines)
        case _:
            assert all(visible(line) == line for line in text.splitlines())


def test_a_change_is_shown_where_nothing_is_in_scope() -> None:
    for name in FORMATS:
        text = rendered(name, with_change(nothing_in_scope(), WEAKENED))
        assert "at least 70 instead of 95" in text.replace("\\", "")
