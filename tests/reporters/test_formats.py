"""Formats for machines: well-formed whatever they are given, complete, bounded, and the same tomorrow."""

import gzip
import json
import re
from collections import Counter
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from builders.hostile import HOSTILE, NASTY, TEXTS
from builders.reports import (
    SCREEN,
    changed,
    finding,
    hostile,
    large,
    nothing_in_scope,
    only,
    pilot,
    with_change,
    with_files,
)
from gatekeeper.model.evidence import Finding
from gatekeeper.model.report import Filter, Report
from gatekeeper.model.status import Basis, FailOn
from gatekeeper.model.verdict import REGRESSIONS, CriterionResult
from gatekeeper.reporters import comment, csv, github, gitlab, junit, markdown, sarif, table, tap
from gatekeeper.reporters.text.screen import visible
from gatekeeper.reporters.wording.diagnostics import MOST_OF_A_CRITERION, diagnostics
from gatekeeper.reporters.wording.reasons import REASONS, DiagnosticSeverity

MILESTONES = ("M1", "M3", "M4")


def test_a_verdict_on_chosen_services_says_that_services_are_not_compared() -> None:
    whole = pilot("M1")
    chosen = whole._replace(filter=Filter(services=("orders-service",)))
    for render in (markdown.render, table.render):
        said = "whether another service has the same reports"
        assert [said in render(report, SCREEN) for report in (whole, chosen)] == [False, True]


def blocked_codes(report: Report) -> Counter[str]:
    return Counter(reason.code for service in report.result.services for reason in service.reasons)


# JUnit


@pytest.mark.parametrize("milestone", MILESTONES)
@HOSTILE
@given(texts=TEXTS)
def test_junit_is_well_formed_whatever_the_names(texts: list[str], milestone: str) -> None:
    report = hostile(pilot(milestone), texts)
    root = ET.fromstring(junit.render(report, SCREEN))  # noqa: S314 - our own text
    assert root.tag == "testsuites"
    assert len(root) == len(report.result.services)


def cases(report: Report) -> dict[tuple[str, str], ET.Element]:
    root = ET.fromstring(junit.render(report, SCREEN))  # noqa: S314 - our own text
    found = {(case.get("classname", ""), case.get("name", "")): case for case in root.iter("testcase")}
    assert len(found) == sum(1 for _ in root.iter("testcase"))
    return found


def outcome(case: ET.Element) -> tuple[str, str | None]:
    [result] = list(case) or [ET.Element("passed")]
    return result.tag, result.get("type") or (result.text or "").partition(";")[0] or None


def test_junit_tells_statuses_apart() -> None:
    found = cases(pilot("M1"))
    assert outcome(found["orders-service", "G1.coverage"]) == ("failure", "fail")
    assert outcome(found["orders-service", "G7.peak-load"]) == ("failure", "stale:too-old")
    assert outcome(found["orders-service", "capability:split-deliveries"]) == ("failure", "missing")
    assert outcome(found["notifications-service", "L2.use-cases"]) == ("failure", "unreadable")
    assert outcome(found["catalogue-service", "capability:gift-cards"]) == ("skipped", "missing, optional")
    assert outcome(found["payments-service", "G8.tenant-keys"]) == ("skipped", "not applicable")
    assert outcome(found["payments-service", "G7.peak-load"]) == ("passed", None)
    assert outcome(cases(pilot("M3"))["payments-service", "L4.chaos"]) == ("skipped", "excepted")


def test_junit_fails_what_only_signatures_block() -> None:
    found = cases(pilot("M1"))
    assert outcome(found["catalogue-service", "sign-offs-missing"]) == ("failure", "sign-offs-missing")
    assert outcome(found["catalogue-service", "unsigned-upgrade"]) == ("failure", "unsigned-upgrade")
    assert outcome(found["notifications-service", "regression"]) == ("failure", "regression")
    assert outcome(cases(pilot("M4"))["payments-service", "overdue-exception"])[0] == "failure"


def test_junit_says_what_to_do() -> None:
    [failure] = cases(pilot("M1"))["orders-service", "G1.coverage"]
    assert "23.57 below the threshold" in failure.get("message", "")
    assert "src/domain/discount.ts:5" in (failure.text or "")
    assert "→ Test the uncovered lines of the domain" in (failure.text or "")


@pytest.mark.parametrize("milestone", MILESTONES)
def test_junit_counts_what_it_lists(milestone: str) -> None:
    root = ET.fromstring(junit.render(pilot(milestone), SCREEN))  # noqa: S314 - our own text
    for element in root.iter("testsuite"):
        assert element.get("tests") == str(sum(1 for _ in element.iter("testcase")))
        assert element.get("failures") == str(sum(1 for _ in element.iter("failure")))
        assert element.get("skipped") == str(sum(1 for _ in element.iter("skipped")))
    verdicts = {of.service.service: of.verdict for of in pilot(milestone).result.services}
    for suite in root.iter("testsuite"):
        assert (suite.get("failures") != "0") == (verdicts[suite.get("name", "")] == "blocked")


# SARIF: what its schema and GitHub ask for; the whole schema is not ours to ship.

RESULT_KEYS = {
    "ruleId", "ruleIndex", "kind", "level", "message", "locations", "partialFingerprints", "properties",
}  # fmt: skip
RULE_KEYS = {"id", "shortDescription", "fullDescription", "help", "properties"}


def sarif_run(report: Report) -> Any:
    document = json.loads(sarif.render(report, SCREEN))
    assert document["version"] == "2.1.0"
    assert document["$schema"].endswith("/sarif-schema-2.1.0.json")
    [run] = document["runs"]
    return run


def assert_is_sarif(run: Any) -> None:
    """Assert what the schema and GitHub's own rules ask of the parts that we write."""
    rules = run["tool"]["driver"]["rules"]
    ids = [rule["id"] for rule in rules]
    assert len(set(ids)) == len(ids)
    for rule in rules:
        assert set(rule) == RULE_KEYS
        assert set(rule["help"]) == {"text", "markdown"}
        assert all(
            isinstance(rule[key]["text"], str) for key in ("shortDescription", "fullDescription", "help")
        )
    for result in run["results"]:
        assert set(result) - {"suppressions"} == RESULT_KEYS
        assert result["level"] in ("error", "warning", "note")
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        [location] = result["locations"]
        physical = location["physicalLocation"]
        assert physical["region"]["startLine"] >= 1
        assert re.fullmatch(r"[A-Za-z0-9/._~%-]+", physical["artifactLocation"]["uri"])
        assert physical["artifactLocation"]["uriBaseId"] in run["originalUriBaseIds"]


@pytest.mark.parametrize("milestone", MILESTONES)
@HOSTILE
@given(texts=TEXTS)
def test_sarif_is_whole_whatever_the_names(texts: list[str], milestone: str) -> None:
    report = with_files(hostile(pilot(milestone), texts))
    run = sarif_run(report)
    assert run["results"]
    for result in run["results"]:
        [location] = result["locations"]
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9/._~%-]*", uri)
        assert "](" not in result["message"]["text"]
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


@pytest.mark.parametrize("milestone", MILESTONES)
def test_sarif_has_the_parts_that_code_scanning_needs(milestone: str) -> None:
    run = sarif_run(pilot(milestone))
    assert_is_sarif(run)
    assert run["automationDetails"]["id"] == f"gatekeeper/{milestone}/"
    assert run["invocations"][0]["exitCode"] == int(pilot(milestone).exit_code)


def test_sarif_levels_follow_the_status() -> None:
    found = {
        (result["properties"]["service"], result["ruleId"]): result["level"]
        for result in sarif_run(pilot("M1"))["results"]
    }
    assert found["orders-service", "G1.coverage"] == "error"
    assert found["notifications-service", "L2.use-cases"] == "error"
    assert found["orders-service", "G7.peak-load"] == "warning"
    assert found["orders-service", "capability:split-deliveries"] == "warning"
    assert found["catalogue-service", "unsigned-upgrade"] == "error"
    assert found["catalogue-service", "capability:gift-cards"] == "note"


def test_sarif_suppresses_what_an_exception_covers() -> None:
    results = sarif_run(pilot("M3"))["results"]
    assert {result["level"] for result in results} == {"note"}
    covered = [result["suppressions"] for result in results if "suppressions" in result]
    assert [suppressions[0]["justification"] for suppressions in covered] == ["exception RR-1"] * 3
    # What is advisory is open, too, and no exception is needed for it.
    assert [result["ruleId"] for result in results if "suppressions" not in result] == ["G7.observed-peak"]


def test_sarif_of_too_many_results_keeps_the_heaviest_and_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 4)
    run = sarif_run(pilot("M1"))
    assert_is_sarif(run)
    assert [result["level"] for result in run["results"]] == ["error"] * 4
    told = [note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]]
    assert told[1].startswith("7 results are omitted: at most 4 can be uploaded")


def test_sarif_of_too_many_bytes_keeps_the_heaviest(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sarif.render(pilot("M1"), SCREEN)
    monkeypatch.setattr(sarif, "MOST_BYTES", len(gzip.compress(whole.encode(), 1)) - 500)
    run = sarif_run(pilot("M1"))
    assert_is_sarif(run)
    assert [result["level"] for result in run["results"]] == ["error"] * 4 + ["warning"]


def test_sarif_names_the_page_of_the_program_if_it_is_known() -> None:
    driver = sarif_run(pilot("M1"))["tool"]["driver"]
    assert "informationUri" not in driver
    known = pilot("M1")._replace(tool_home=lambda: "https://forge.example.org/gatekeeper")
    assert sarif_run(known)["tool"]["driver"]["informationUri"] == "https://forge.example.org/gatekeeper"


def test_sarif_says_what_the_base_says_of_each_result(monkeypatch: pytest.MonkeyPatch) -> None:
    head = changed(with_change(pilot("M1")), "G7.peak-load", lambda of: of._replace(reason="new words"))
    [was] = [of for of in pilot("M1").result.services if of.service.service == "orders-service"]
    results = sarif_run(head._replace(before=lambda: pilot("M1").result))["results"]
    states = {(of["properties"]["service"], of["ruleId"]): of["baselineState"] for of in results}
    assert states.pop(("orders-service", "G7.peak-load")) == "updated"
    assert set(states.values()) == {"unchanged"}
    none = head.result._replace(
        services=tuple(of for of in head.result.services if of.service != was.service)
    )
    fewer = head._replace(result=none, before=lambda: pilot("M1").result)
    absent = [of for of in sarif_run(fewer)["results"] if of["baselineState"] == "absent"]
    assert {of["properties"]["service"] for of in absent} == {"orders-service"}
    assert len(absent) == 4
    assert {of["baselineState"] for of in sarif_run(head)["results"]} == {"new"}
    monkeypatch.setattr(sarif, "MOST_RESULTS", 3)
    assert {of["baselineState"] for of in sarif_run(fewer)["results"]} == {"unchanged"}


# Code Quality


def code_quality(report: Report) -> list[dict[str, Any]]:
    issues: list[dict[str, Any]] = json.loads(gitlab.render(report, SCREEN))
    return issues


def test_code_quality_of_too_many_bytes_keeps_the_most_severe_and_tells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = large(30, findings=3)
    whole = code_quality(many)
    size = len(gitlab.render(many, SCREEN).encode())
    monkeypatch.setattr(gitlab, "MOST_BYTES", size + 1_000)
    assert code_quality(many) == whole
    for share in (0.75, 0.25, 0.01):
        monkeypatch.setattr(gitlab, "MOST_BYTES", most := 1_000 + int(share * size))
        text = gitlab.render(many, SCREEN)
        assert len(text.encode()) <= most
        *kept, note = json.loads(text)
        assert kept == [issue for issue in whole if issue in kept], "in the order of the report"
        order = ["blocker", "critical", "major", "info"]
        left_out = [issue for issue in whole if issue not in kept]
        worst = max((order.index(issue["severity"]) for issue in kept), default=0)
        assert all(order.index(issue["severity"]) >= worst for issue in left_out)
        assert note["description"].startswith(f"{len(left_out):,} of the least severe issues are omitted")
        assert (note["severity"], note["location"]["path"]) == ("info", "milestones")
        assert {*note} == {*whole[0]}


def test_code_quality_without_issues_is_an_empty_array() -> None:
    none = pilot("M1")._replace(filter=Filter(gates=("none",)))
    ready = none._replace(
        result=none.result._replace(services=tuple(of._replace(reasons=()) for of in none.result.services))
    )
    assert gitlab.render(ready, SCREEN) == "[]\n"


# Fingerprints


def fingerprints(report: Report) -> list[str]:
    return [diagnostic.fingerprint for diagnostic in diagnostics(report)]


def test_fingerprints_are_unique_and_stay_when_lines_and_figures_change() -> None:
    before = with_files(large(3, findings=12))
    assert len(set(fingerprints(before))) == len(fingerprints(before))
    moved = [Finding(f"{n + 7} of 123 lines uncovered", f"src/{n}.ts", 999) for n in range(12)]
    after = changed(before, "G1.coverage", finding(*moved))
    assert fingerprints(after) == fingerprints(before)
    assert [diagnostic.where for diagnostic in diagnostics(after)] != [
        diagnostic.where for diagnostic in diagnostics(before)
    ]


def test_like_findings_of_one_file_have_fingerprints_of_their_own() -> None:
    like = [Finding(f"line {n} uncovered", "a.ts", n) for n in (1, 2)]
    found = fingerprints(changed(with_files(large(1)), "G1.coverage", finding(*like)))
    assert len(set(found)) == len(found)


# Remarks: where they stand


def test_a_finding_in_the_repository_is_a_remark_on_its_line() -> None:
    found = [
        diagnostic for diagnostic in diagnostics(with_files(pilot("M1"))) if diagnostic.rule == "G1.coverage"
    ]
    assert [(diagnostic.where.file, diagnostic.where.line) for diagnostic in found] == [
        ("src/domain/discount.ts", 5),
        ("src/domain/order.ts", 23),
    ]
    assert found[0].what == "4 of 4 lines uncovered"


def test_findings_elsewhere_are_one_remark_that_names_them() -> None:
    [found] = [diagnostic for diagnostic in diagnostics(pilot("M1")) if diagnostic.rule == "G1.coverage"]
    assert found.where.file == "services/orders-service.yaml"
    assert found.what.startswith("4 of 4 lines uncovered (src/domain/discount.ts:5); 4 of 17")


def test_what_a_record_tells_of_lies_in_another_repository() -> None:
    def recorded(of: CriterionResult) -> CriterionResult:
        return of._replace(evidence=tuple(seen._replace(basis=Basis.RECORD) for seen in of.evidence))

    report = changed(with_files(pilot("M1")), "G1.coverage", recorded)
    [found] = [diagnostic for diagnostic in diagnostics(report) if diagnostic.rule == "G1.coverage"]
    assert found.where.file == "orders-service.yaml"


def test_of_very_many_findings_the_rest_is_counted() -> None:
    found = [
        diagnostic
        for diagnostic in diagnostics(with_files(large(1, findings=50)))
        if diagnostic.rule == "G1.coverage"
    ]
    assert len(found) == MOST_OF_A_CRITERION + 1
    assert found[-1].what == "and 30 more"


def test_every_reason_that_blocks_is_told() -> None:
    for milestone in MILESTONES:
        rules = {diagnostic.rule for diagnostic in diagnostics(pilot(milestone))}
        named = {
            criterion
            for service in pilot(milestone).result.services
            for reason in service.reasons
            for criterion in reason.criteria
        }
        for code in blocked_codes(pilot(milestone)):
            assert code in rules or named & rules, (milestone, code)


def test_regressions_are_what_the_rule_engine_calls_so() -> None:
    assert {
        code for code, wording in REASONS.items() if wording.severity is DiagnosticSeverity.CRITICAL
    } == REGRESSIONS


def test_only_the_gate_asked_for_is_shown() -> None:
    rules = {diagnostic.rule for diagnostic in diagnostics(only(pilot("M1"), "G7"))}
    assert "G7.peak-load" in rules
    assert not {"G1.coverage", "L2.use-cases", "capability:split-deliveries"} & rules
    assert ("orders-service", "G1.coverage") not in cases(only(pilot("M1"), "G7"))
    assert "G1.coverage" not in markdown.render(only(pilot("M1"), "G7"), SCREEN)


# GitHub's workflow commands


def annotations(text: str) -> Counter[str]:
    return Counter(re.findall(r"^::(error|warning|notice) ", text, re.MULTILINE))


@pytest.mark.long
@pytest.mark.parametrize("milestone", MILESTONES)
@HOSTILE
@given(texts=TEXTS)
def test_no_text_becomes_a_command_of_its_own(texts: list[str], milestone: str) -> None:
    lines = github.render(hostile(pilot(milestone), texts), SCREEN).splitlines()
    start = lines.index(next(line for line in lines if line.startswith("::group::")))
    for line in lines[:start]:
        assert re.fullmatch(r"::(error|warning|notice) (file=[^:,]*,line=\d+,)?title=[^:,]*::.*", line)
    assert [line for line in lines[start + 1 : -1] if line.lstrip().startswith("::") or "##[" in line] == []
    assert lines[-1] == "::endgroup::"


def test_at_most_as_many_annotations_as_a_step_shows() -> None:
    text = github.render(with_files(large(40, findings=30)), SCREEN)
    found = annotations(text)
    assert all(count <= 10 for count in found.values())
    assert found["error"] == found["warning"] == 10
    [rest] = re.findall(r"^::notice .*::(Not annotated.*)$", text, re.MULTILINE)
    all_of = Counter(of.severity for of in diagnostics(with_files(large(40, findings=30))))
    assert (
        f"{all_of[DiagnosticSeverity.ERROR] - 10:,} errors, {all_of[DiagnosticSeverity.WARNING] - 10:,} warnings"
        in rest
    )


def test_the_sum_of_the_rest_is_one_of_the_notices() -> None:
    report = changed(large(40), "G1.coverage", lambda of: of._replace(binding=False))
    text = github.render(report, SCREEN)
    assert annotations(text)["notice"] == 10
    assert ", 31 notices. The log has the verdict." in text


def test_one_criterion_does_not_crowd_out_the_others() -> None:
    text = github.render(with_files(large(9, findings=30)), SCREEN)
    services = re.findall(r"^::error .*title=G1.coverage (service-\d+)", text, re.MULTILINE)
    assert set(services) == {f"service-{n:05}" for n in range(9)}


def test_lost_ground_comes_first() -> None:
    titles = re.findall(r"title=(\S+)", github.render(pilot("M1"), SCREEN))
    assert titles[:3] == ["unsigned-upgrade", "regression", "L2.use-cases"]


def test_what_lets_the_step_pass_is_no_error() -> None:
    strict = annotations(github.render(pilot("M1"), SCREEN))
    lenient = github.render(pilot("M1", FailOn.REGRESSION), SCREEN)
    assert strict["error"] == 4
    assert annotations(lenient)["error"] == 3
    assert re.search(r"^::warning .*title=G1.coverage", lenient, re.MULTILINE)


def test_the_log_is_folded_under_the_verdict() -> None:
    assert "\n::group::M1 (Internal preview) is blocked by 3 of 4 services.\n" in github.render(
        pilot("M1"), SCREEN
    )


# GitLab's Code Quality


@pytest.mark.parametrize("milestone", MILESTONES)
@HOSTILE
@given(texts=TEXTS)
def test_code_quality_is_json_with_unique_fingerprints(texts: list[str], milestone: str) -> None:
    issues = json.loads(gitlab.render(hostile(pilot(milestone), texts), SCREEN))
    assert issues
    for issue in issues:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in ("blocker", "critical", "major", "minor", "info")
        assert issue["location"]["lines"]["begin"] >= 1
        assert visible(issue["description"]) == issue["description"]


def test_code_quality_weighs() -> None:
    issues = json.loads(gitlab.render(pilot("M1"), SCREEN))
    found = {(issue["location"]["path"], issue["check_name"]): issue["severity"] for issue in issues}
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    assert found["services/catalogue-service.yaml", "unsigned-upgrade"] == "blocker"
    assert found["services/orders-service.yaml", "G1.coverage"] == "critical"
    assert found["services/orders-service.yaml", "G7.peak-load"] == "major"
    assert found["services/catalogue-service.yaml", "capability:gift-cards"] == "info"


# Markdown

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
OUR_HTML = re.compile(r"<details>\n<summary>[^<>\n]*(<b>[^<>\n]*</b>[^<>\n]*)?</summary>\n|</details>\n")


@pytest.mark.long
@pytest.mark.parametrize("milestone", MILESTONES)
@HOSTILE
@given(texts=TEXTS)
def test_a_page_has_no_markup_but_ours(texts: list[str], milestone: str) -> None:
    tokens = MARKDOWN.parse(markdown.render(hostile(pilot(milestone), texts), SCREEN))
    for token in tokens:
        if token.type == "html_block":
            assert OUR_HTML.fullmatch(token.content)
        inner = {child.type for child in token.children or ()}
        assert inner <= {"text", "text_special", "code_inline", "strong_open", "strong_close"}
    kinds = Counter(token.type for token in tokens)
    assert kinds["heading_open"] == 1
    assert not kinds["fence"] + kinds["code_block"] + kinds["blockquote_open"] + kinds["hr"]
    services = pilot(milestone).result.services
    rows = sum(of.verdict == "blocked" for of in services) + sum(len(of.exceptions) for of in services)
    tables = kinds["table_open"]
    assert kinds["tr_open"] == rows + tables
    assert kinds["td_open"] == 5 * rows


def test_the_verdict_is_the_first_line() -> None:
    assert markdown.render(pilot("M1"), SCREEN).startswith(
        "## ✗ M1 (Internal preview) is blocked by 3 of 4 services.\n"
    )
    assert markdown.render(pilot("M3"), SCREEN).startswith(
        "## ~ M3 (General availability of payments) may exit, "
    )
    assert markdown.render(pilot("M0"), SCREEN).startswith("## ✓ M0 (Walking skeletons) may exit: ")


def test_a_page_says_first_what_to_do_who_does_it_and_what_that_unblocks() -> None:
    visible_part, _, _ = markdown.render(pilot("M1"), SCREEN).partition("<details>")
    lines = [line for line in visible_part.splitlines() if line]
    assert lines[1].startswith("25 of 29 criteria are met (86 %). Services: 1 regressed, 1 unsigned, ")
    [start] = [place for place, line in enumerate(lines) if line == "**Do first**"]
    assert "restores L2" in lines[start + 1]
    assert lines[start + 1].endswith("unblocks it; team-notifications")
    assert lines[start + 6] == "and 1 more action: `gatekeeper next -m M1`"
    sentences = [part for line in lines for part in re.split(r"; |\. ", line) if len(part) > 30]
    assert len(set(sentences)) == len(sentences)


def test_a_page_tells_why_the_step_passes() -> None:
    page = markdown.render(pilot("M2", FailOn.REGRESSION), SCREEN)
    assert "--fail-on regression: a regression was found, exit 1." in page


@pytest.mark.long
@pytest.mark.parametrize(("format_", "most"), [(markdown, 1_048_576), (comment, 65_536)])
def test_a_page_of_too_many_services_is_cut_and_tells(format_: Any, most: int) -> None:
    page = format_.render(large(3_000), SCREEN)
    assert most // 2 < len(page.encode()) <= most
    shown = page.count("<details>")
    assert shown == page.count("</details>")
    rows = len(re.findall(r"^\| \*\*service-", page, re.MULTILINE))
    [told] = re.findall(r"\*\*Omitted:\*\* ([\d,]+) rows and sections did not fit", page)
    assert int(told.replace(",", "")) == (3_000 - rows) + (3_000 - shown)
    assert page.startswith("## ✗ M1 (Internal preview) is blocked by ")


def test_a_short_page_is_not_cut() -> None:
    assert "Cut:" not in comment.render(pilot("M1"), SCREEN)


@pytest.mark.long
@HOSTILE
@given(texts=TEXTS)
def test_a_comment_fits_whatever_the_names(texts: list[str]) -> None:
    page = comment.render(hostile(pilot("M1"), [text * 3_000 for text in texts]), SCREEN)
    assert len(page.encode()) <= 65_536


# All of them

FORMATS = {
    "junit": junit,
    "sarif": sarif,
    "github": github,
    "gitlab": gitlab,
    "markdown": markdown,
    "comment": comment,
    "tap": tap,
    "csv": csv,
}


@pytest.mark.long
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("text", NASTY)
def test_every_format_takes_every_text(name: str, text: str) -> None:
    for milestone in MILESTONES:
        rendered = FORMATS[name].render(with_files(hostile(pilot(milestone), [text])), SCREEN)
        assert rendered.encode()
        rendered = rendered.replace("\r\n", "\n") if name == "csv" else rendered
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", rendered)


@pytest.mark.parametrize("name", FORMATS)
def test_where_nothing_is_in_scope_nothing_looks_green(name: str) -> None:
    text = FORMATS[name].render(nothing_in_scope(), SCREEN)
    assert "no service is in scope" in text
    if name == "sarif":
        assert_is_sarif(json.loads(text)["runs"][0])


@pytest.mark.parametrize("name", ["junit", "sarif", "gitlab"])
def test_a_format_grows_with_the_services_and_no_faster(name: str) -> None:
    sizes = [len(FORMATS[name].render(large(services), SCREEN)) for services in (10, 20, 40)]
    assert sizes[2] - sizes[1] == pytest.approx(2 * (sizes[1] - sizes[0]), rel=0.01)
